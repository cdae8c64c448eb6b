"""Serves one node: Daphne with our guard, the sweeper and the doorbell's listener on its loop."""

import asyncio
import gc
import importlib
import secrets
import sys

from django.conf import settings

from chat.delivery import WRITER
from chat.elsewhere import COURIER
from chat.heeding import HEEDER, read_aside
from hotline import service_manager
from hotline.health import STATE
from hotline.redaction import catch_the_rest
from hotline.sweeper import keep_sweeping
from triage import attention
from wire import daphne_server, doorbell, pool

#: Objects made beyond those let go, then collections of the young, then of the middle-aged (Python: 700, 10, 10).
COLLECTED_EVERY = (2_000, 10, 100)

_tasks: set[asyncio.Task[None]] = set()


def _spare_the_loop() -> None:
    """Have the collector look through everything rarely: with 5,000 sockets that stops the loop for 0.3 s (measured).

    A socket that closes leaves it nothing to find, and what is made from now on it looks at as before.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED_EVERY)


async def _read_phrases() -> None:
    """Have the phrases at hand, which takes a second, before anybody's first words wait for them."""
    await pool.run(attention.read, "hola")


def _ready() -> None:
    """Start what runs beside the server and print the line that says so."""
    _spare_the_loop()
    loop = asyncio.get_event_loop()
    holder = secrets.token_hex(8)
    _tasks.add(loop.create_task(keep_sweeping(holder)))
    doorbell.when_said_elsewhere(COURIER.fetch)
    _tasks.add(loop.create_task(doorbell.listen()))
    _tasks.add(loop.create_task(service_manager.keep_alive()))
    _tasks.add(loop.create_task(_read_phrases()))
    read_aside()
    STATE.serving = True
    host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
    sys.stdout.write(f"ready http://{host}:{settings.PORT}/\n")
    sys.stdout.flush()
    service_manager.tell(service_manager.READY)


async def _stop() -> None:
    """Readiness fails first; what was said is stored before the process goes."""
    STATE.serving = False
    service_manager.tell(service_manager.LEAVING)
    for task in _tasks:
        task.cancel()
    await WRITER.drain()
    await HEEDER.finish()


def serve_line() -> None:
    """Serve until SIGTERM, then leave in order. Raises wire.daphne_server.PortInUse."""
    catch_the_rest()
    application = importlib.import_module("hotline.asgi").application  # builds Django's handler: after preparation
    daphne_server.serve(application, settings.HOST, settings.PORT, on_ready=_ready, on_stop=_stop)
