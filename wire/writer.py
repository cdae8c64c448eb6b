"""Group commit: what arrived while the last transaction ran goes into the next; receipts after commit."""

import asyncio
import collections
import logging
from collections.abc import Callable
from typing import Generic, TypeVar

from wire import pool

T = TypeVar("T")
R = TypeVar("R")
logger = logging.getLogger(__name__)

MOST_AT_ONCE = 200  # items of one transaction


class NotSaved(Exception):
    """The storage failed; nothing of this item was stored, and it may be tried again."""


class Writer(Generic[T, R]):
    """Collects items and commits them in batches; one batch is under way at a time."""

    def __init__(self, commit: Callable[[list[T]], list[R]]) -> None:
        self._commit = commit
        self._waiting: collections.deque[tuple[T, asyncio.Future[R]]] = collections.deque()
        self._task: asyncio.Task[None] | None = None

    async def put(self, item: T) -> R:
        """Return the result of the item once it is committed. Raises NotSaved when the storage failed."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        self._waiting.append((item, future))
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._work())
        return await future

    async def drain(self) -> None:
        """Return once everything that was put is committed or has failed."""
        while self._task is not None and not self._task.done():
            await asyncio.wait([self._task])

    async def _work(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(MOST_AT_ONCE, len(self._waiting)))]
            if not await self._store(batch) and len(batch) > 1:
                for one in batch:  # one item that cannot be stored must not take the others with it
                    await self._store([one])
            _fail_the_rest(batch)

    async def _store(self, batch: list[tuple[T, "asyncio.Future[R]"]]) -> bool:
        try:
            results = await pool.run(self._commit, [item for item, _future in batch])
        except Exception as error:  # noqa: BLE001  whatever fails, the author hears «not saved» and nothing hangs
            logger.warning("a batch of %d was not saved (%s)", len(batch), type(error).__name__)
            return False
        for (_item, future), result in zip(batch, results, strict=True):
            if not future.done():
                future.set_result(result)
        return True


def _fail_the_rest(batch: list[tuple[T, "asyncio.Future[R]"]]) -> None:
    for _item, future in batch:
        if not future.done():
            future.set_exception(NotSaved())
