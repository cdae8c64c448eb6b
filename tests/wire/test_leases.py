"""Duties that one node at a time does."""

import pytest
from django.utils import timezone

from wire import leases
from wire.models import Lease

pytestmark = pytest.mark.django_db


def test_the_first_takes_a_duty_and_keeps_it_while_it_holds() -> None:
    assert leases.hold("sweeper", "one", 5)
    assert not leases.hold("sweeper", "other", 5)
    assert leases.hold("sweeper", "one", 5)


def test_a_duty_whose_holder_is_gone_passes_on() -> None:
    assert leases.hold("sweeper", "one", 5)
    Lease.objects.update(until=timezone.now())
    assert leases.hold("sweeper", "other", 5)
    assert not leases.hold("sweeper", "one", 5)


def test_duties_of_different_names_do_not_know_each_other() -> None:
    assert leases.hold("sweeper", "one", 5)
    assert leases.hold("counter", "other", 5)
