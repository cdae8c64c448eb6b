"""Group commit: what arrived while the last transaction ran goes into the next; receipts after commit."""

import asyncio
import collections
import contextlib
import logging
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import InterfaceError, OperationalError

from wire import pool

T = TypeVar("T")
R = TypeVar("R")
logger = logging.getLogger(__name__)

MOST_AT_ONCE = 200  # items of one transaction
#: Turns of the loop for which, while several put at once, a batch waits for more: each takes in what the sockets have
#: received meanwhile, a transaction costs more than an item of it (docs/PERFORMANCE.md), and whoever writes alone waits
#: for nobody. No clock: uvloop counts in whole milliseconds, and that is too long.
TURNS = 2
_Waiting = tuple[T, "asyncio.Future[R]"]


class NotSaved(Exception):
    """The storage failed; nothing of this item was stored, and it may be tried again."""


def _to_nobody(_results: list[Any]) -> None:
    """Deliver nothing."""


class Writer(Generic[T, R]):
    """Collects items and commits them in batches; one batch is under way at a time.

    ``turns`` of the loop a batch waits for more while several put at once.
    ``deliver`` is called with the results of each batch, on the loop, between its commit and the receipts: what is
    stored reaches everybody even if whoever put it is gone by then. ``pause`` are the seconds from one batch to the
    next, for what nobody awaits by the millisecond: who comes after a longer quiet waits for nobody all the same.
    """

    def __init__(
        self,
        commit: Callable[[list[T]], list[R]],
        deliver: Callable[[list[R]], None] = _to_nobody,
        *,
        lane: pool.Lane | None = None,
        pause: float = 0.0,
        turns: int = TURNS,
    ) -> None:
        self._commit = commit
        self._deliver = deliver
        self._run = lane.run if lane else pool.run
        self._waiting: collections.deque[_Waiting[T, R]] = collections.deque()
        self._task: asyncio.Task[None] | None = None
        self._several = False  # whether the last batch held more than one
        self._pause, self._turns = pause, turns
        self._ended_at = -pause  # the last batch, in the loop's time

    def put(self, item: T) -> "asyncio.Future[R]":
        """Take an item; its result comes once it is committed, or NotSaved when the storage failed."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        self._waiting.append((item, future))
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._work())
        return future

    async def drain(self) -> None:
        """Return once everything that was put is committed or has failed."""
        while self._task is not None and not self._task.done():
            await asyncio.wait([self._task])

    async def _work(self) -> None:
        while self._waiting:
            await self._gather()
            batch = [self._waiting.popleft() for _ in range(min(MOST_AT_ONCE, len(self._waiting)))]
            try:
                await self._store(batch)
            except (OperationalError, InterfaceError):
                pass  # the storage itself is ill: nobody waits for it once for each item
            except Exception:  # noqa: BLE001  one item that cannot be stored must not take the others with it
                await self._store_each(batch)
            _fail_the_rest(batch)
            self._several, self._ended_at = len(batch) > 1, asyncio.get_running_loop().time()

    async def _gather(self) -> None:
        """Wait for more, where that is worth it."""
        since = asyncio.get_running_loop().time() - self._ended_at
        if since < self._pause:
            await asyncio.sleep(self._pause - since)
        elif self._several and not self._pause:
            for _turn in range(self._turns):
                await asyncio.sleep(0)

    async def _store_each(self, batch: "list[_Waiting[T, R]]") -> None:
        for one in batch:
            with contextlib.suppress(Exception):
                await self._store([one])

    async def _store(self, batch: "list[_Waiting[T, R]]") -> None:
        try:
            results = await self._run(self._commit, [item for item, _future in batch])
        except Exception as error:
            logger.warning("a batch of %d failed (%s)", len(batch), type(error).__name__)
            raise
        self._deliver(results)
        for (_item, future), result in zip(batch, results, strict=True):
            if not future.done():
                future.set_result(result)


def _fail_the_rest(batch: "list[_Waiting[T, R]]") -> None:
    for _item, future in batch:
        if not future.done():
            future.set_exception(NotSaved())
