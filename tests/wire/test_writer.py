"""Group commit: what waits is stored together, delivered once, and failures reach only those they concern."""

import asyncio
import threading

import pytest
from django.db import DataError, OperationalError

from wire.writer import NotSaved, Writer


class Storage:
    """Keeps batches; ``ill`` items cannot be stored, and it waits while its door is shut."""

    def __init__(self, *ill: str, error: type[Exception] = DataError) -> None:
        self.batches: list[list[str]] = []
        self.tried = 0
        self.delivered: list[list[str]] = []
        self.ill = set(ill)
        self.error = error
        self.door = threading.Event()
        self.door.set()

    def commit(self, items: list[str]) -> list[str]:
        self.door.wait(5)
        self.tried += 1
        if self.ill & set(items):
            raise self.error
        self.batches.append(items)
        return [item.upper() for item in items]

    def deliver(self, results: list[str]) -> None:
        self.delivered.append(results)

    def writer(self) -> Writer[str, str]:
        return Writer(self.commit, self.deliver)


async def test_what_arrives_while_a_transaction_runs_goes_into_the_next() -> None:
    storage = Storage()
    storage.door.clear()
    writer = storage.writer()
    waiting = [asyncio.ensure_future(writer.put("a"))]
    await asyncio.sleep(0.05)
    waiting += [asyncio.ensure_future(writer.put(item)) for item in "bcd"]
    await asyncio.sleep(0)
    storage.door.set()
    assert await asyncio.gather(*waiting) == ["A", "B", "C", "D"]
    assert storage.batches == [["a"], ["b", "c", "d"]]
    assert storage.delivered == [["A"], ["B", "C", "D"]]


async def test_an_item_that_cannot_be_stored_takes_no_other_with_it() -> None:
    storage = Storage("b")
    writer = storage.writer()
    results = await asyncio.gather(*(writer.put(item) for item in "abc"), return_exceptions=True)
    assert (results[0], results[2]) == ("A", "C")
    assert isinstance(results[1], NotSaved)
    assert storage.delivered == [["A"], ["C"]]


async def test_a_storage_that_is_away_is_tried_once_for_all_that_wait() -> None:
    storage = Storage("a", error=OperationalError)
    writer = storage.writer()
    results = await asyncio.gather(*(writer.put(item) for item in "abc"), return_exceptions=True)
    assert [type(result) for result in results] == [NotSaved] * 3
    assert (storage.tried, storage.delivered) == (1, [])
    assert await writer.put("d") == "D"


async def test_what_is_stored_is_delivered_although_its_author_is_gone() -> None:
    storage = Storage()
    storage.door.clear()
    writer = storage.writer()
    author = asyncio.ensure_future(writer.put("a"))
    await asyncio.sleep(0.05)
    author.cancel()
    storage.door.set()
    await writer.drain()
    assert storage.delivered == [["A"]]
    with pytest.raises(asyncio.CancelledError):
        await author


async def test_draining_waits_for_everything_that_was_put() -> None:
    storage = Storage()
    writer = storage.writer()
    waiting = [asyncio.ensure_future(writer.put(str(number))) for number in range(500)]
    await asyncio.sleep(0)
    await writer.drain()
    assert sum(len(batch) for batch in storage.batches) == 500
    await asyncio.gather(*waiting)


async def test_draining_an_idle_writer_returns_at_once() -> None:
    await asyncio.wait_for(Storage().writer().drain(), 1)


async def test_while_several_write_a_batch_waits_a_moment_for_more_and_who_writes_alone_does_not() -> None:
    storage = Storage()
    writer = storage.writer()
    alone = writer.put("a")
    await asyncio.sleep(0)
    await asyncio.gather(alone, writer.put("b"), writer.put("c"))
    assert storage.batches == [["a"], ["b", "c"]]
    await writer.drain()  # however long nobody wrote
    first = writer.put("d")
    await asyncio.sleep(0)
    await asyncio.gather(first, writer.put("e"))
    assert storage.batches[2:] == [["d", "e"]]


async def test_a_paused_writer_takes_all_that_comes_meanwhile_at_once_and_lets_nobody_wait_after_a_quiet() -> None:
    storage = Storage()
    writer: Writer[str, str] = Writer(storage.commit, storage.deliver, pause=0.3)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await writer.put("a")
    assert loop.time() - began < 0.2
    waiting = []
    for item in "bcd":
        waiting.append(writer.put(item))
        await asyncio.sleep(0.02)
    await asyncio.gather(*waiting)
    assert storage.batches == [["a"], ["b", "c", "d"]]
    assert 0.25 < loop.time() - began < 0.6
    await asyncio.sleep(0.35)
    began = loop.time()
    await writer.put("e")
    assert loop.time() - began < 0.2
