"""A thousand who wait: routing costs as little as for ten, and still serves them in order."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import make_crowd, seconds_of
from triage import actions, queue
from triage.models import Contact, Offer
from triage.silence import ASKED_AT_ONCE

pytestmark = pytest.mark.django_db(databases="__all__")


def _route_anew() -> None:
    Offer.objects.all().delete()
    actions.route()


def test_routing_a_thousand_takes_no_more_questions(make_volunteer: Any, django_assert_num_queries: Any) -> None:
    for _number in range(20):
        make_volunteer()
    make_crowd(30)
    with django_assert_num_queries(18):
        actions.route()
    Offer.objects.all().delete()
    make_crowd(970)
    with django_assert_num_queries(18):
        actions.route()
    assert Offer.objects.filter(state="open").count() == 20


# Machines differ in speed: what is said of time is how it grows (in milliseconds: docs/PERFORMANCE.md).


def test_four_thousand_take_the_router_hardly_more_time_than_one_thousand(make_volunteer: Any) -> None:
    for _number in range(20):
        make_volunteer()
    make_crowd(1000)
    for_thousand = seconds_of(_route_anew)
    assert seconds_of(actions.route) < for_thousand / 2  # everybody rings: nothing is left to do
    make_crowd(3000)
    assert seconds_of(_route_anew) < 3 * for_thousand  # 1.3 as measured; 16 if it grew with the square


def test_the_first_of_a_crowd_are_those_of_the_whole_queue(make_volunteer: Any) -> None:
    make_crowd(400)
    Contact.objects.filter(pk__in=Contact.objects.filter(urgency="D")[:3].values("pk")).update(placed_front=True)
    now = timezone.now()
    whole = queue.waiting_in_order(now)
    assert queue.waiting_in_order(now, most=40)[:40] == whole[:40]
    volunteer = make_volunteer()
    actions.route()
    assert Offer.objects.get().contact == whole[0]
    assert Offer.objects.get().member == volunteer


def test_hands_that_passed_the_first_of_a_crowd_are_not_left_idle(make_volunteer: Any, make_waiting: Any) -> None:
    member, now = make_volunteer(), timezone.now()
    make_crowd(120, "C")
    passed = list(Contact.objects.all())
    last = make_waiting(urgency="C")
    Offer.objects.bulk_create(
        Offer(contact=one, member=member, state="declined", sent_at=now, until=now, answered_at=now) for one in passed
    )
    actions.route()
    assert Offer.objects.get(state="open").contact == last


def test_a_crowd_of_silent_pages_hides_nobody(make_volunteer: Any, make_waiting: Any) -> None:
    make_volunteer()
    make_crowd(120, "A", seen=timezone.now() - datetime.timedelta(minutes=5))
    there = make_waiting()
    actions.route()
    assert Offer.objects.get().contact == there


def test_a_crowd_of_silent_pages_is_asked_some_at_a_time(django_assert_num_queries: Any) -> None:
    make_crowd(ASKED_AT_ONCE + 100, seen=timezone.now() - datetime.timedelta(minutes=5))
    for asked, questions in ((ASKED_AT_ONCE, 4), (100, 4), (0, 3)):  # two of them the transaction's own
        with django_assert_num_queries(questions):
            assert len(actions.ask_still_there(timezone.now())) == asked


def test_the_place_and_the_wait_told_to_one_of_a_thousand_come_quickly(make_waiting: Any, make_volunteer: Any) -> None:
    make_volunteer()
    make_crowd(1000)
    mine = make_waiting()
    assert queue.ahead_of(mine) > 400
    for_one, for_all = seconds_of(lambda: queue.standing_of(mine)), seconds_of(queue.Reading)
    make_crowd(3000)
    assert seconds_of(lambda: queue.standing_of(mine)) < 3 * for_one
    assert seconds_of(queue.Reading) < 8 * for_all  # everybody is read: four times as many
