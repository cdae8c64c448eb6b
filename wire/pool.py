"""The bounded database pool that sockets use instead of the process-wide thread (one slow query stalls no other)."""

import asyncio
import contextvars
import functools
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import connections

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

THREADS = 6  # also the most database connections that sockets hold
CHECKED_AFTER = 1.0  # seconds
SLOW_THREADS = 2  # memory-hard hashing: at most two at once

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="pool")
_slow_threads = ThreadPoolExecutor(SLOW_THREADS, thread_name_prefix="slow")


def _give_back() -> None:
    """Return PostgreSQL connections to their pool; a SQLite one stays open in its thread unless it failed."""
    for connection in connections.all(initialized_only=True):
        if connection.vendor != "sqlite" or connection.errors_occurred:
            connection.close()


def _with_connections(work: Callable[[], R]) -> R:
    try:
        return work()
    finally:
        _give_back()


async def run(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run blocking database work in the pool and return its result."""
    call = functools.partial(work, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_threads, _with_connections, call)


async def run_slow(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run work that needs much memory or time, two at once at most."""
    call = functools.partial(work, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_slow_threads, _with_connections, call)


class Lane:
    """One thread whose database connections stay open, for work that hardly pauses: nothing is fetched or given back.

    After a pause of CHECKED_AFTER seconds a connection is tried before it is used: its server may have gone meanwhile.
    """

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._used_at = 0.0

    async def run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run blocking database work on this thread and return its result."""
        call = functools.partial(work, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._with_connections, call)

    def _with_connections(self, work: Callable[[], R]) -> R:
        paused = time.monotonic() - self._used_at > CHECKED_AFTER
        for connection in connections.all(initialized_only=True):
            if connection.errors_occurred or (paused and connection.connection and not connection.is_usable()):
                connection.close()
        try:
            return work()
        finally:
            self._used_at = time.monotonic()


def later(work: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
    """Run slow work once whoever asked has gone on, in the same context; a failure is logged and told to nobody."""
    call = functools.partial(work, *args, **kwargs)
    _slow_threads.submit(contextvars.copy_context().run, _with_connections, functools.partial(_logged, call))


def _logged(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:
        logger.exception("what was left for later failed")
