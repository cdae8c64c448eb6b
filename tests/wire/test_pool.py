"""Database work of sockets runs beside the loop, bounded, and gives its connections back."""

import asyncio
import threading
import time

import pytest
from django.db import connection, connections

from wire import pool


async def test_slow_work_stalls_neither_the_loop_nor_other_work() -> None:
    slow = [asyncio.ensure_future(pool.run(time.sleep, 0.5)) for _ in range(pool.THREADS - 1)]
    began = time.monotonic()
    assert await pool.run(len, "hola") == 4
    assert time.monotonic() - began < 0.3
    await asyncio.gather(*slow)


async def test_work_that_may_take_long_has_threads_of_its_own() -> None:
    slow = [asyncio.ensure_future(pool.run_slow(time.sleep, 0.3)) for _ in range(pool.SLOW_THREADS * 2)]
    began = time.monotonic()
    await asyncio.gather(*(pool.run(len, "hola") for _ in range(20)))
    assert time.monotonic() - began < 0.25
    await asyncio.gather(*slow)
    assert time.monotonic() - began >= 0.5


async def test_no_more_threads_than_allowed_work_at_once() -> None:
    names: set[str] = set()

    def work() -> None:
        names.add(threading.current_thread().name)
        time.sleep(0.01)

    await asyncio.gather(*(pool.run(work) for _ in range(50)))
    assert len(names) <= pool.THREADS


async def test_an_error_reaches_whoever_asked() -> None:
    with pytest.raises(ZeroDivisionError):
        await pool.run(lambda: 1 // 0)


@pytest.mark.django_db(transaction=True)
async def test_connections_are_given_back_to_their_pool_and_files_stay_open() -> None:
    def ask() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        time.sleep(0.01)
        return threading.get_ident()

    def still_open() -> tuple[int, bool]:
        time.sleep(0.01)
        return threading.get_ident(), connections["default"].connection is not None

    asked = await asyncio.gather(*(pool.run(ask) for _ in range(pool.THREADS * 3)))
    left = await asyncio.gather(*(pool.run(still_open) for _ in range(pool.THREADS * 3)))
    assert {is_open for thread, is_open in left if thread in set(asked)} == {connection.vendor == "sqlite"}
    await asyncio.gather(*(pool.run(connections.close_all) for _ in range(pool.THREADS * 5)))
