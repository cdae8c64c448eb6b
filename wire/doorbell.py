"""The only file that speaks with the channel layer: «look again», never content; losing a ring loses nothing."""

import asyncio
import contextlib
import logging
import secrets
import threading
import time
from collections.abc import Iterable
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction

from wire import hub

logger = logging.getLogger(__name__)

GROUP = "doorbell"
NODE = secrets.token_hex(8)
PULSE_EVERY = 3.0  # seconds between two rings to oneself over the layer
PULSE_LOST_AFTER = 8.0  # seconds without hearing oneself: the layer counts as lost

_loop: asyncio.AbstractEventLoop | None = None
_lock = threading.Lock()
_for_others: dict[str, None] = {}


def attach() -> None:
    """Make the running loop the one on which this process's rooms live."""
    global _loop  # noqa: PLW0603  one loop serves a process, and threads must find it
    _loop = asyncio.get_running_loop()


def _several_nodes() -> bool:
    return bool(settings.REDIS_URL)


def ring(*rooms: str) -> None:
    """Ring rooms here and on other nodes; inside a transaction once it is committed. May be called from any thread."""
    transaction.on_commit(lambda: _ring_everywhere(rooms), robust=True)


def _ring_everywhere(rooms: Iterable[str]) -> None:
    if _loop is not None and not _loop.is_closed():
        with contextlib.suppress(RuntimeError):  # the loop closed in between: nobody sits here any more
            _loop.call_soon_threadsafe(_ring_here, tuple(rooms))
            ring_others(rooms)
    elif _several_nodes():
        _ring_from_command(list(rooms))


def _ring_here(rooms: Iterable[str]) -> None:
    for room in rooms:
        hub.ring(room)


def _ring_from_command(rooms: list[str]) -> None:
    """A management command has no loop of its own; it rings the nodes and goes."""
    with contextlib.suppress(Exception):
        async_to_sync(_send)(rooms)


def ring_others(rooms: Iterable[str]) -> None:
    """Ring rooms on other nodes only (what was committed was delivered here already); one message per batch."""
    if not _several_nodes() or _loop is None:
        return
    with _lock:
        first = not _for_others
        _for_others.update(dict.fromkeys(rooms))
    if first:
        _loop.call_soon_threadsafe(_start_sending)


_sending: set[asyncio.Task[None]] = set()


def _start_sending() -> None:
    task = asyncio.get_running_loop().create_task(_send_batch())
    _sending.add(task)
    task.add_done_callback(_sending.discard)


async def _send_batch() -> None:
    with _lock:
        rooms = list(_for_others)
        _for_others.clear()
    await _send(rooms)


async def _send(rooms: list[str]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        await asyncio.wait_for(layer.group_send(GROUP, {"type": "ring", "node": NODE, "rooms": rooms}), 5)
    except Exception as error:  # noqa: BLE001  whatever the layer throws, nobody's receipt may suffer
        logger.warning("a ring to the other nodes was lost (%s)", type(error).__name__)


class Pulse:
    """Whether this node hears itself over the layer."""

    def __init__(self) -> None:
        self.heard_at = time.monotonic()
        self.lost = False

    def heard(self) -> None:
        """Note one's own ring; after a loss every room looks again."""
        self.heard_at = time.monotonic()
        if self.lost:
            self.lost = False
            logger.warning("the channel layer is back: every room looks again")
            hub.ring_all()

    def check(self) -> None:
        """While nothing is heard, every room looks at the rows at each pulse: slower, and nothing is lost."""
        if time.monotonic() - self.heard_at > PULSE_LOST_AFTER:
            if not self.lost:
                logger.warning("the channel layer is away: rooms look by themselves")
            self.lost = True
            hub.ring_all()


_pulse = Pulse()


def is_away() -> bool:
    """Say whether the other nodes cannot be rung now (never, where there are none)."""
    return _several_nodes() and _pulse.lost


async def _beat(pulse: Pulse) -> None:
    while True:
        await _send([])
        await asyncio.sleep(PULSE_EVERY)
        pulse.check()


async def _hear(pulse: Pulse) -> None:
    layer: Any = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(GROUP, channel)
    while True:
        message = await layer.receive(channel)
        if message["node"] == NODE:
            pulse.heard()
        else:
            _ring_here(message["rooms"])


async def listen() -> None:
    """Hear other nodes' rings for ever; a layer that is away is joined again."""
    attach()
    if not _several_nodes():
        return
    pulse = _pulse
    beating = asyncio.get_running_loop().create_task(_beat(pulse))
    try:
        while True:
            try:
                await _hear(pulse)
            except Exception as error:  # noqa: BLE001  the layer's errors are of many kinds
                logger.warning("the channel layer is away (%s)", type(error).__name__)
                await asyncio.sleep(1)
    finally:
        beating.cancel()
