"""Who is missing now, and where gaps open within a day."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from roster import actions, shifts
from roster.hours import LIMA
from roster.models import Member, OpeningSpan, Presence, Role, Shift
from tests.cast import make_member

pytestmark = pytest.mark.django_db(databases="__all__")

NOW = datetime.datetime(2026, 11, 26, 23, 30, tzinfo=LIMA)
HOUR = datetime.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _late_in_the_evening() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def put(member: Member, begin: int, end: int) -> Shift:
    """Put somebody on duty, by hours from the present one."""
    hour = NOW.replace(minute=0)
    return Shift.objects.create(member=member, starts_at=hour + begin * HOUR, ends_at=hour + end * HOUR)


def absent() -> list[str]:
    return [one.alias for one in shifts.missing().absent]


def gaps() -> list[tuple[int, int, int]]:
    """Return the gaps: from and to as hours from the present one, and how many are too few."""
    hour = NOW.replace(minute=0)
    return [((one.begin - hour) // HOUR, (one.end - hour) // HOUR, one.lacking) for one in shifts.missing().gaps]


def test_whose_shift_runs_and_who_is_not_there_is_missing() -> None:
    rosa, luis = make_member(alias="Rosa", ready=True), make_member(alias="Luis")
    for member in (rosa, luis):
        put(member, 0, 2)
    put(make_member(alias="Inés"), 1, 3)
    assert absent() == ["Luis"]
    actions.renew_lease(luis.pk)
    assert absent() == []


def test_who_was_there_and_whose_lease_ran_out_is_missing() -> None:
    rosa = make_member(alias="Rosa", ready=True)
    put(rosa, 0, 2)
    Presence.objects.filter(member=rosa).update(lease_until=NOW)
    assert absent() == ["Rosa"]


@pytest.mark.parametrize(("begin", "end", "missed"), [(-2, 0, []), (-1, 1, ["Rosa"]), (1, 3, [])])
def test_nobody_is_missed_before_or_after_their_shift(begin: int, end: int, missed: list[str]) -> None:
    put(make_member(alias="Rosa"), begin, end)
    assert absent() == missed


def test_a_supervisor_who_is_not_there_is_missing_too() -> None:
    put(make_member(Role.SUPERVISOR, "Carmen"), 0, 2)
    assert absent() == ["Carmen"]


def test_hours_without_enough_people_are_told_for_a_day_together_where_they_are_alike() -> None:
    put(make_member(), 2, 4)
    put(make_member(), 2, 3)
    shifts.need({NOW.replace(minute=0) + number * HOUR: 2 for number in range(6)})
    assert gaps() == [(0, 2, 2), (3, 4, 1), (4, 6, 2), (6, 24, 1)]


def test_the_next_full_hour_is_told_by_itself() -> None:
    assert (made := shifts.missing().soon) is not None
    assert (made.begin, made.end, made.lacking) == (NOW.replace(minute=0) + HOUR, NOW.replace(minute=0) + 2 * HOUR, 1)
    shifts.need({NOW.replace(minute=0) + HOUR: 0})
    assert shifts.missing().soon is None


def test_a_closed_hour_needs_nobody() -> None:
    OpeningSpan.objects.create(day=7, opens="22:00", closes="02:00")
    assert gaps() == [(0, 3, 1), (23, 24, 1)]


def test_who_does_not_take_callers_fills_no_gap() -> None:
    put(make_member(licence_checked_on=None), 0, 24)
    put(make_member(Role.SUPERVISOR), 0, 24)
    put(make_member(is_active=False), 0, 24)
    assert gaps() == [(0, 24, 1)]
    put(make_member(), 0, 24)
    assert gaps() == []


def test_rehearsals_are_never_mixed_with_real_people() -> None:
    put(make_member(alias="Ensayo", rehearsal=True), 0, 24)
    assert absent() == []
    assert gaps() == [(0, 24, 1)]
    assert [one.alias for one in shifts.missing(rehearsal=True).absent] == ["Ensayo"]


def test_many_shifts_cost_no_more_questions_than_one(django_assert_num_queries: Any) -> None:
    for count in (1, 40):
        for _number in range(count):
            put(make_member(), 0, 4)
        with django_assert_num_queries(6):
            shifts.missing()
