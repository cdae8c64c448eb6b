"""Who comes twice from the same place: nobody is refused, and everybody's first is served before anybody's second."""

from typing import Any

import pytest

from triage import actions, queue, sources
from triage.models import Contact

pytestmark = pytest.mark.django_db(databases="__all__")
HERE, THERE = b"here....", b"there..."


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin each test with a memory of its own."""
    monkeypatch.setattr(sources, "SOURCES", sources.Sources())


def order() -> list[Any]:
    """Return the ids of those who wait, in the order in which they are served."""
    return [contact.pk for contact in queue.waiting_in_order()]


def test_a_second_contact_of_one_place_stands_behind_everybodys_first(make_waiting: Any) -> None:
    first, second, third = (make_waiting(waited=waited) for waited in (90, 80, 70))
    other = make_waiting(waited=10)
    for contact in (first, second, third):
        actions.stand_in_line(HERE, contact)
    actions.stand_in_line(THERE, other)
    assert order() == [first.pk, other.pk, second.pk, third.pk]
    standing = [queue.ahead_of(Contact.objects.get(pk=one)) for one in order()]
    assert standing == [0, 1, 2, 3]
    assert [queue.Reading().standing_of(one).ahead for one in order()] == [0, 1, 2, 3]  # type: ignore[union-attr]


def test_once_the_first_is_served_the_second_takes_the_turn(make_waiting: Any) -> None:
    first, second, other = (make_waiting(waited=waited) for waited in (90, 80, 10))
    for contact in (first, second):
        actions.stand_in_line(HERE, contact)
    actions.end(first, by="caller", ending="talked")
    actions.keep_sources()
    assert order() == [second.pk, other.pk]
    assert sources.SOURCES.everybody() == [second.pk]


def test_of_three_the_second_follows_the_first_and_the_third_still_stands_behind(make_waiting: Any) -> None:
    first, second, third, other = (make_waiting(waited=waited) for waited in (90, 80, 70, 10))
    for contact in (first, second, third):
        actions.stand_in_line(HERE, contact)
    actions.end(first, by="caller", ending="talked")
    actions.keep_sources()
    assert order() == [second.pk, other.pk, third.pk]


def test_another_class_is_another_turn(make_waiting: Any) -> None:
    calm, urgent, other = make_waiting(waited=50), make_waiting(waited=5, urgency="B"), make_waiting(urgency="B")
    for contact in (calm, urgent):
        actions.stand_in_line(HERE, contact)
    assert order() == [urgent.pk, other.pk, calm.pk]
    assert not Contact.objects.filter(behind=True).exists()


def test_whose_level_rises_is_the_first_of_the_new_class(make_waiting: Any) -> None:
    first, second = make_waiting(waited=50), make_waiting(waited=5)
    for contact in (first, second):
        actions.stand_in_line(HERE, contact)
    Contact.objects.filter(pk=second.pk).update_noted(urgency="B")
    actions.keep_sources()
    assert not Contact.objects.filter(behind=True).exists()


def test_where_there_is_no_token_nobody_stands_behind(make_waiting: Any) -> None:
    first, second = make_waiting(waited=50), make_waiting(waited=5)
    for contact in (first, second):
        actions.stand_in_line(None, contact)
    assert order() == [first.pk, second.pk]
    assert sources.SOURCES.everybody() == []


def test_nobody_who_waits_no_more_is_remembered(make_waiting: Any) -> None:
    contact = make_waiting()
    actions.stand_in_line(HERE, contact)
    actions.end(contact, by="caller", ending="talked")
    actions.keep_sources()
    assert sources.SOURCES.everybody() == []
    actions.stand_in_line(HERE, Contact.objects.get(pk=contact.pk))
    assert sources.SOURCES.everybody() == []


def test_what_somebody_is_told_of_the_wait_is_kept_once(make_waiting: Any) -> None:
    assert make_waiting().said_wait == queue.NOBODY_READY
