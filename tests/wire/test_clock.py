"""The line's clock goes on steadily, follows the database's, and tells when that one jumped."""

import datetime
import time
from collections.abc import Callable

import pytest
from django.utils import timezone

from wire import clock
from wire.clock import Clock

HOUR = datetime.timedelta(hours=1)
NEARLY = datetime.timedelta(seconds=1)

Jump = Callable[[datetime.timedelta], None]


@pytest.fixture
def jump(monkeypatch: pytest.MonkeyPatch) -> Jump:
    """Return what sets this machine's clock, and the database's, by so much from the true time."""
    true = timezone.now

    def set_both(by: datetime.timedelta) -> None:
        monkeypatch.setattr(timezone, "now", lambda: true() + by)
        monkeypatch.setattr(clock, "_of_the_database", lambda: true() + by)

    return set_both


def off(one: Clock) -> datetime.timedelta:
    """Return by how much it is ahead of this machine's."""
    return one.now() - timezone.now()


def test_a_clock_that_nobody_read_is_this_machine_s() -> None:
    assert abs(off(Clock())) < NEARLY


@pytest.mark.django_db
def test_the_clock_of_the_database_is_read() -> None:
    one = Clock()
    one.read()
    assert abs(off(one)) < NEARLY


@pytest.mark.parametrize("by", [HOUR, -HOUR])
def test_between_two_readings_no_jump_of_this_machine_s_clock_matters(jump: Jump, by: datetime.timedelta) -> None:
    one = Clock()
    jump(datetime.timedelta(0))
    one.read()
    jump(by)
    assert abs(off(one) + by) < NEARLY


def test_nodes_whose_own_clocks_differ_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    true = timezone.now()
    monkeypatch.setattr(clock, "_of_the_database", lambda: true)
    one, other = Clock(), Clock()
    one.read()
    monkeypatch.setattr(timezone, "now", lambda: true + HOUR)
    other.read()
    assert abs(one.now() - other.now()) < NEARLY


@pytest.mark.parametrize(
    ("by", "leeway"), [(HOUR, HOUR), (-HOUR, datetime.timedelta(0)), (NEARLY, datetime.timedelta(0))]
)
def test_a_jump_forward_gives_leeway_for_a_while(
    jump: Jump, by: datetime.timedelta, leeway: datetime.timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Clock()
    jump(datetime.timedelta(0))
    one.read()
    jump(by)
    one.read()
    assert abs(off(one)) < NEARLY
    assert abs(one.leeway() - leeway) < NEARLY
    later = time.monotonic() + clock.LENIENT + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert one.leeway() == datetime.timedelta(0)


def test_an_answer_that_took_long_is_no_reading(jump: Jump, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Clock()
    jump(datetime.timedelta(0))
    one.read()

    def late() -> datetime.datetime:
        beginning = time.monotonic()
        monkeypatch.setattr(time, "monotonic", lambda: beginning + 8)
        return timezone.now()

    monkeypatch.setattr(clock, "_of_the_database", late)
    one.read()
    assert abs(off(one) - datetime.timedelta(seconds=8)) < NEARLY  # it goes on as it did
