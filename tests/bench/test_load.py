"""The load counts from the moment a message was due, and loses none that was not lost."""

import asyncio
import time
from collections.abc import Callable

import pytest

from bench import load
from bench.errors import CannotMeasure
from bench.load import exchange, light, saturate


class Side:
    """One side of a conversation without a server: what it says, the other side hears a moment later."""

    def __init__(self, deliver: Callable[["Side", int], None]) -> None:
        self.heard: Callable[[int], object] = str
        self.other: Side = self
        self._deliver = deliver

    def say(self, number: int) -> None:
        """Hand the number over."""
        self._deliver(self.other, number)


def _pair(deliver: Callable[[Side, int], None]) -> tuple[Side, Side]:
    caller, volunteer = Side(deliver), Side(deliver)
    caller.other, volunteer.other = volunteer, caller
    return caller, volunteer


def _soon(side: Side, number: int) -> None:
    asyncio.get_running_loop().call_soon(side.heard, number)


def _nobody(_side: Side, _number: int) -> None:
    """Lose it."""


def _no_cpu() -> tuple[float, float]:
    return 0.0, 0.0


async def test_everything_that_was_said_is_heard_once() -> None:
    came = await light([_pair(_soon), _pair(_soon)], rate=500, seconds=0.2, cpu=_no_cpu)
    assert (came.messages, came.lost) == (100, 0)
    assert came.percentile(0.5) < 5


async def test_a_server_that_stalls_cannot_hide_its_queue() -> None:
    stalled = iter([True])

    def deliver(side: Side, number: int) -> None:
        if next(stalled, False):
            time.sleep(0.2)  # nothing can be sent meanwhile, and all of that was due
        _soon(side, number)

    came = await light([_pair(deliver)], rate=100, seconds=0.3, cpu=_no_cpu)
    assert came.percentile(0.5) > 20


async def test_what_is_never_heard_is_lost_and_counts_as_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "DRAIN", 0.1)
    came = await light([_pair(_nobody)], rate=100, seconds=0.1, cpu=_no_cpu)
    assert (came.messages, came.lost) == (0, 10)
    assert came.percentile(0.5) > 50


async def test_pairs_answer_each_other_without_pause() -> None:
    came = await saturate([_pair(_soon)], seconds=0.1, cpu=_no_cpu)
    assert came.rate > 1_000
    assert came.lost == 0


async def test_an_exchange_has_at_least_so_many_messages() -> None:
    came = await exchange([_pair(_soon)], 500, _no_cpu)
    assert came.messages >= 500


async def test_an_exchange_that_falls_silent_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "DRAIN", 0.1)
    with pytest.raises(CannotMeasure, match="0 of 5 messages"):
        await exchange([_pair(_nobody)], 5, _no_cpu)


async def test_what_others_used_of_the_core_is_told_apart() -> None:
    used = iter([(1.0, 5.0), (1.1, 5.15)])
    came = await saturate([_pair(_soon)], seconds=0.1, cpu=lambda: next(used))
    assert came.cpu == pytest.approx(0.1)
    assert came.others == pytest.approx(0.05 / came.seconds)
