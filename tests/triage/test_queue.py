"""The order of the queue, the place told to a caller, and the wait told to a caller."""

import datetime
import random
from typing import Any

import pytest
from django.utils import timezone

from triage import queue
from triage.models import Contact, ContactState, Offer

pytestmark = pytest.mark.django_db(databases="__all__")


def order(*contacts: Contact) -> list[Contact]:
    """Return these contacts as the queue serves them."""
    return queue.in_order(contacts, timezone.now())


def test_a_new_emergency_comes_before_everybody(make_waiting: Any) -> None:
    late, danger = make_waiting(waited=9000, urgency="B"), make_waiting(urgency="A")
    assert order(late, danger) == [danger, late]


def test_no_calm_contact_overtakes_a_very_urgent_one_however_long_it_waits(make_waiting: Any) -> None:
    calm, urgent = make_waiting(waited=90_000, urgency="E"), make_waiting(urgency="B")
    assert order(calm, urgent) == [urgent, calm]


def test_among_the_ageing_classes_the_larger_share_of_the_target_wins(make_waiting: Any) -> None:
    c, d, e = make_waiting(waited=300, urgency="C"), make_waiting(waited=900, urgency="D"), make_waiting(waited=900)
    Contact.objects.filter(pk=e.pk).update_noted(urgency="E")
    e.refresh_from_db()
    assert order(e, c, d) == [d, c, e]


def test_who_was_put_to_the_front_comes_first_of_their_class_only(make_waiting: Any) -> None:
    urgent = make_waiting(urgency="B")
    early, front = make_waiting(waited=500, urgency="C"), make_waiting(urgency="C", placed_front=True)
    assert order(early, front, urgent) == [urgent, front, early]


@pytest.mark.parametrize("seed", range(4))
def test_the_place_told_to_each_caller_is_the_place_in_the_queue(make_waiting: Any, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  a shuffle, no secret
    for _number in range(20):
        make_waiting(
            waited=chance.randrange(1, 4000), urgency=chance.choice("AABCDE"), placed_front=chance.random() < 0.3
        )
    now = timezone.now()
    assert [queue.ahead_of(contact, now) for contact in queue.waiting_in_order(now)] == list(range(20))


def test_rehearsed_callers_are_not_counted_before_real_ones(make_waiting: Any) -> None:
    make_waiting(waited=500, rehearsal=True)
    assert queue.ahead_of(make_waiting()) == 0


def test_a_contact_that_talks_is_no_longer_in_the_queue(make_waiting: Any, make_volunteer: Any) -> None:
    contact = make_waiting()
    Contact.objects.filter(pk=contact.pk).update_noted(state=ContactState.TALKING, volunteer=make_volunteer())
    assert queue.waiting_in_order() == []


def accepted(contact: Contact, member: Any, *minutes: int, answered_in: int = 10) -> None:
    """Write offers that this member accepted so many minutes ago."""
    for ago in minutes:
        at = timezone.now() - datetime.timedelta(minutes=ago)
        sent = at - datetime.timedelta(seconds=answered_in)
        Offer.objects.create(contact=contact, member=member, state="accepted", sent_at=sent, until=at, answered_at=at)
    queue.forget_pace()


def wait_of(contact: Contact) -> int:
    """Return the seconds that this caller is told."""
    return queue.standing_of(contact).wait


def test_while_nobody_is_ready_the_wait_is_said_to_be_long(make_waiting: Any, make_volunteer: Any) -> None:
    contact = make_waiting()
    accepted(contact, make_volunteer(ready=False), 10, 20, 30, 40)
    assert wait_of(contact) == queue.NOBODY_READY >= max(queue.TARGETS.values())


def test_a_line_without_a_past_says_careful_guesses(make_waiting: Any, make_volunteer: Any) -> None:
    make_volunteer()
    first, second, third = (make_waiting(waited=waited) for waited in (90, 60, 30))
    assert [wait_of(first), wait_of(second)] == [queue.ASSUMED.answer] * 2
    assert wait_of(third) == queue.ASSUMED.interval


def test_with_open_hands_the_wait_is_the_usual_time_to_answer(make_waiting: Any, make_volunteer: Any) -> None:
    contact = make_waiting()
    accepted(contact, make_volunteer(), 10, 20, 30, 40, answered_in=12)
    assert wait_of(contact) == 12


def test_each_place_beyond_open_hands_costs_the_usual_interval(make_waiting: Any, make_volunteer: Any) -> None:
    member = make_volunteer()
    busy = [make_waiting() for _number in range(2)]
    accepted(busy[0], member, 10, 20, 30, 40)
    Contact.objects.filter(pk__in=[one.pk for one in busy]).update_noted(state=ContactState.TALKING, volunteer=member)
    first, second = make_waiting(waited=60), make_waiting(waited=30)
    assert [wait_of(first), wait_of(second)] == [600, 1200]


def test_that_the_last_ones_found_open_hands_makes_no_short_wait_where_all_are_full(
    make_waiting: Any, make_volunteer: Any
) -> None:
    member = make_volunteer()
    busy = [make_waiting(waited=20 * 60 + 15) for _number in range(2)]
    for one in busy:
        accepted(one, member, 20)  # each was answered after a few seconds
    Contact.objects.filter(pk__in=[one.pk for one in busy]).update_noted(state=ContactState.TALKING, volunteer=member)

    assert wait_of(make_waiting(urgency=busy[0].urgency)) == queue.ASSUMED.interval


def test_rehearsed_offers_say_nothing_about_real_waits(make_waiting: Any, make_volunteer: Any) -> None:
    accepted(make_waiting(rehearsal=True), make_volunteer(), 10, 20, 30, 40, answered_in=3)
    assert wait_of(make_waiting()) == queue.ASSUMED.answer


def test_one_reading_of_the_queue_says_of_everybody_what_each_is_told(make_waiting: Any, make_volunteer: Any) -> None:
    make_volunteer()
    now = timezone.now()
    waiting = [make_waiting(waited=37 * number, urgency="ABCDE"[number % 5]) for number in range(20)]
    waiting += [make_waiting(waited=number, rehearsal=True) for number in range(3)]
    reading = queue.Reading(now)
    alone = {contact.pk: queue.standing_of(contact, now) for contact in waiting}
    assert {contact.pk: reading.standing_of(contact.pk) for contact in waiting} == alone


def test_whoever_came_after_a_reading_stands_in_it_where_they_stand(make_waiting: Any, make_volunteer: Any) -> None:
    make_volunteer()
    now = timezone.now()
    early = [make_waiting(waited=37 * number, urgency="ABCDE"[number % 5]) for number in range(10)]
    reading = queue.Reading(now)
    late = make_waiting(waited=1, urgency="B")
    rehearsed = make_waiting(rehearsal=True)
    assert all(reading.standing_of(contact.pk) for contact in early)
    assert not any(reading.standing_of(contact.pk) for contact in (late, rehearsed))
    assert [reading.estimate(one) for one in (late, rehearsed)] == [
        queue.standing_of(one, now) for one in (late, rehearsed)
    ]
