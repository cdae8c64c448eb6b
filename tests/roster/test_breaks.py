"""Breaks: kept when they are due, longer when asked for, and one more person at the end of a shift."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from roster import actions, breaks
from roster.models import Member, Presence

pytestmark = pytest.mark.django_db(databases="__all__")
MINUTE = datetime.timedelta(minutes=1)


def row() -> Presence:
    """Return the one presence."""
    return Presence.objects.get()


def test_no_break_is_due_before_55_minutes(volunteer: Member) -> None:
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        actions.set_ready(volunteer)
        clock.shift(54.9 * MINUTE)
        breaks.note_conversation_over(volunteer.pk)
        assert row().break_until is None
        clock.shift(0.1 * MINUTE)
        breaks.note_conversation_over(volunteer.pk)
        assert row().break_until == now + 60 * MINUTE
        assert row().last_break_at == now + 55 * MINUTE
        clock.shift(10 * MINUTE)
        breaks.note_conversation_over(volunteer.pk)
        assert row().break_until == now + 60 * MINUTE


def test_a_pause_of_five_minutes_that_somebody_took_counts_as_a_break(volunteer: Member) -> None:
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        actions.set_ready(volunteer)
        clock.shift(30 * MINUTE)
        actions.set_away(volunteer, "own")
        clock.shift(4.9 * MINUTE)
        actions.set_ready(volunteer)
        assert row().last_break_at == now
        actions.set_away(volunteer, "own")
        clock.shift(5 * MINUTE)
        actions.set_ready(volunteer)
        assert row().last_break_at == now + 39.9 * MINUTE


def test_the_rest_from_the_urgent_is_kept_also_for_who_is_away(volunteer: Member) -> None:
    actions.set_away(volunteer, "own")
    until = timezone.now() + 10 * MINUTE
    breaks.note_conversation_over(volunteer.pk, rests_until=until)
    assert (row().rests_until, row().break_until) == (until, None)


def test_who_asks_rests_for_a_quarter_of_an_hour_and_may_come_back_sooner(volunteer: Member) -> None:
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        actions.set_ready(volunteer)
        breaks.rest(volunteer)
        assert row().break_until == now + 15 * MINUTE
        breaks.end_break(volunteer)
        assert row().break_until is None


def test_one_more_is_asked_for_until_somebody_is_taken_or_the_next_shift_begins(volunteer: Member) -> None:
    actions.set_ready(volunteer)
    breaks.ask_for_one(volunteer)
    assert row().asks
    actions.note_assigned([volunteer.pk])
    assert not row().asks
    breaks.ask_for_one(volunteer)
    actions.set_ready(volunteer)
    assert not row().asks
