"""Duties that one node at a time does, and the breaks that their rows show."""

import datetime

import pytest
from django.utils import timezone

from wire import leases
from wire.models import Lease

pytestmark = pytest.mark.django_db

LONG_AGO = datetime.datetime(2020, 4, 1, tzinfo=datetime.UTC)


def ends(seconds: float) -> None:
    """Let the lease end so many seconds from now."""
    Lease.objects.update(until=timezone.now() + datetime.timedelta(seconds=seconds), since=LONG_AGO)


def test_the_first_takes_a_duty_and_keeps_it_while_it_holds() -> None:
    assert leases.hold("sweeper", "one", 5)
    assert not leases.hold("sweeper", "other", 5)
    assert leases.hold("sweeper", "one", 5)


def test_a_duty_whose_holder_is_gone_passes_on() -> None:
    assert leases.hold("sweeper", "one", 5)
    ends(0)
    assert leases.hold("sweeper", "other", 5)
    assert not leases.hold("sweeper", "one", 5)


def test_duties_of_different_names_do_not_know_each_other() -> None:
    assert leases.hold("sweeper", "one", 5)
    assert leases.hold("counter", "other", 5)


def test_a_duty_that_passes_on_in_time_has_no_break() -> None:
    assert leases.hold("sweeper", "one", 5) == leases.Hold(leases.EVER)
    ends(-4)
    assert leases.hold("sweeper", "other", 5) == leases.Hold(LONG_AGO)
    assert leases.hold("sweeper", "other", 5) == leases.Hold(LONG_AGO)


@pytest.mark.parametrize("off", [-20, -3600, 3600], ids=["it stood still", "the clock went on", "the clock went back"])
def test_a_break_is_seen_once_and_remembered_by_whoever_comes(off: float) -> None:
    leases.hold("sweeper", "one", 5)
    ends(off)
    held = leases.hold("sweeper", "a node that started just now", 5)
    assert held is not None
    assert held.after_break
    assert timezone.now() - held.since < datetime.timedelta(seconds=5)
    assert leases.hold("sweeper", "a node that started just now", 5) == leases.Hold(held.since)
