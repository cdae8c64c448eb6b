"""A line with a planted fault: it hands out its answers and only then commits them (``python -m`` runs it).

Nothing of the line knows this module. What it proves is that the checker sees such a fault.
"""

import asyncio
import importlib
import os
import time
from collections.abc import Callable
from typing import Any

import django
from django.db import transaction

LINGERS = 0.05  # seconds between the answers and the commit


async def hasty_run(lane: Any, commit: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return what ``commit`` would store, while its transaction is still open; takes the place of ``pool.Lane.run``."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Any] = loop.create_future()

    def store() -> None:
        with transaction.atomic():
            result = commit(*args, **kwargs)
            loop.call_soon_threadsafe(answer.set_result, result)
            time.sleep(LINGERS)

    stored = loop.run_in_executor(lane._thread, store)
    await asyncio.wait([stored, answer], return_when=asyncio.FIRST_COMPLETED)
    return answer.result() if answer.done() else await stored  # what failed before its answer raises here


def main() -> None:
    """Start the line with the lane of its writer made hasty."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotline.settings")
    django.setup()
    lane: Any = importlib.import_module("wire.pool").Lane
    assert hasattr(lane, "run"), "wire.writer stores in another way now: plant the fault anew"
    lane.run = hasty_run
    writer: Any = importlib.import_module("chat.delivery").WRITER
    assert writer._run.__func__ is hasty_run, "wire.writer stores in another way now: plant the fault anew"
    importlib.import_module("hotline.__main__").main()


if __name__ == "__main__":
    main()
