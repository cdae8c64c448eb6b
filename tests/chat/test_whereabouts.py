"""Where many callers are, asked at once: each hears what it would hear alone."""

import uuid
from typing import Any

import pytest

from chat.snapshot import FEW, state_for_caller, whereabouts
from tests.cast import make_member, make_talking, make_waiting
from triage import queue
from triage.models import Contact

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.mark.parametrize("count", [FEW, FEW + 3])
def test_each_of_several_stands_where_it_stands_alone(count: int) -> None:
    waiting = [make_waiting() for _number in range(count)]
    talking = make_talking(make_member(ready=True), "uno", "dos")
    found = whereabouts([(contact.pk, None) for contact in (*waiting, talking)])
    alone = [state_for_caller(Contact.objects.get(pk=contact.pk)) for contact in (*waiting, talking)]
    assert [one and one.state for one in found] == alone
    assert [one and one.last for one in found] == [0] * count + [2]


def test_what_was_just_read_is_not_counted_again(django_assert_num_queries: Any) -> None:
    contacts = [make_waiting() for _number in range(2)]
    reading = queue.Reading()
    with django_assert_num_queries(1):
        found = whereabouts([(contact.pk, reading) for contact in contacts])
    assert [one and one.state.ahead for one in found] == [0, 1]


@pytest.mark.parametrize("late", [FEW, FEW + 3])
def test_whoever_is_in_no_reading_of_the_queue_is_still_told_a_place(late: int) -> None:
    make_waiting()
    reading = queue.Reading()
    contacts = [make_waiting() for _number in range(late)]
    found = whereabouts([(contact.pk, reading) for contact in contacts])
    exact = list(range(1, late + 1))
    of_the_reading = [1] * late  # the next reading, a second later, knows the others
    assert [one and one.state.ahead for one in found] == (exact if late <= FEW else of_the_reading)


def test_a_contact_that_is_gone_is_nowhere() -> None:
    assert whereabouts([(uuid.uuid4(), None)]) == [None]
