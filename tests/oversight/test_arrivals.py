"""What the database counts of the weeks that passed: whole days of Lima, real people, figures that can be believed."""

import datetime
import time
from typing import Any

import pytest
from django.db import connection

from cases.models import Case, Note, NoteRevision
from oversight.arrivals import ASSUMED, Arrivals, arrivals, figures
from tests.cast import make_member
from tests.oversight.past import NOW, came, each_day, lima
from triage.models import Contact, Offer
from vault.models import DataKey

pytestmark = pytest.mark.django_db(databases="__all__")

MINUTE = datetime.timedelta(minutes=1)
DAY = datetime.timedelta(days=1)
MANY = 100_000


def test_people_are_counted_in_the_hours_of_lima() -> None:
    came([lima("2026-05-30 23:59:59"), lima("2026-05-31 00:00"), lima("2026-05-31 00:59:59")])
    seen = arrivals(NOW)
    saturday, sunday = datetime.date(2026, 5, 30), datetime.date(2026, 5, 31)
    assert seen == Arrivals(saturday, NOW.date(), {(saturday, 23): 1, (sunday, 0): 2})
    assert seen.days == [saturday, sunday]


def test_today_is_not_over_and_does_not_count() -> None:
    came([lima("2026-06-01 00:00"), NOW, NOW + 30 * DAY])  # the last by a clock that went wrong
    assert arrivals(NOW) == Arrivals(NOW.date(), NOW.date(), {})


def test_nobody_at_all_is_no_days() -> None:
    seen = arrivals(NOW)
    assert (seen.days, seen.people) == ([], 0)


def test_a_day_with_three_people_is_one_day() -> None:
    came(each_day(1, 3))
    seen = arrivals(NOW)
    assert (len(seen.days), seen.people) == (1, 3)


def test_days_on_which_nobody_came_count_from_the_first_person_on() -> None:
    came([NOW - 10 * DAY])
    assert len(arrivals(NOW).days) == 10


def test_only_the_last_weeks_are_looked_at() -> None:
    came([NOW - 57 * DAY, NOW - 56 * DAY, NOW - DAY])
    seen = arrivals(NOW)
    assert (len(seen.days), seen.people) == (56, 2)
    assert arrivals(NOW, weeks=9).people == 3


def test_a_clock_that_jumped_a_year_leaves_days_on_which_nobody_came() -> None:
    came([NOW - DAY])
    assert arrivals(NOW + 365 * DAY).people == 0
    assert arrivals(NOW - 365 * DAY).days == []


def test_rehearsals_and_real_people_are_counted_apart() -> None:
    came([NOW - DAY], rehearsal=True)
    came([NOW - DAY, NOW - 2 * DAY])
    assert arrivals(NOW).people == 2
    assert arrivals(NOW, rehearsal=True).people == 1


def test_who_never_joined_the_queue_did_not_come() -> None:
    came([NOW - DAY], state="consent", queued_at=None)
    assert arrivals(NOW).people == 0


# Figures ------------------------------------------------------------------------------------------------------------


def talked(minutes: float, count: int, **columns: Any) -> list[Contact]:
    """Let people have waited a minute and talked for some minutes, an hour ago."""
    at = NOW - 5 * 60 * MINUTE
    times = {"assigned_at": at + MINUTE, "ended_at": at + MINUTE + minutes * MINUTE}
    return came([at] * count, **times | columns)


def value(name: str) -> tuple[float, bool, int]:
    figure = figures(NOW)[name]
    return figure.value, figure.measured, figure.cases


def test_until_there_is_enough_everything_is_assumed_and_said_so() -> None:
    found = figures(NOW)
    assert list(found) == list(ASSUMED)
    assert {name: (figure.value, figure.measured, figure.cases) for name, figure in found.items()} == {
        name: (assumed.value, False, 0) for name, assumed in ASSUMED.items()
    }


def test_the_length_of_conversations_is_measured_once_there_are_thirty() -> None:
    talked(20, 29)
    assert value("talk") == (45 * 60, False, 29)
    talked(50, 1, ended_at=None, left_at=NOW - 5 * 60 * MINUTE + 51 * MINUTE, state="left")
    assert value("talk")[0] == pytest.approx((29 * 20 + 50) * 60 / 30)
    assert value("talk")[1:] == (True, 30)


def test_a_conversation_left_open_or_ended_by_a_wrong_clock_is_no_length() -> None:
    talked(20, 30)
    talked(60 * 9, 5)
    talked(-10, 5)
    talked(20, 5, state="talking", volunteer=make_member())
    assert value("talk") == (20 * 60, True, 30)


def test_patience_is_all_waiting_over_those_who_left() -> None:
    at = NOW - DAY
    came([at] * 30, state="left", left_at=at + 20 * MINUTE, caller_seen_at=at + 5 * MINUTE)
    assert value("patience") == (300, True, 30)
    talked(20, 60)  # who were answered after a minute had not given up by then
    assert value("patience") == ((30 * 300 + 60 * 60) / 30, True, 30)


def test_who_is_in_danger_is_counted_once_a_hundred_came() -> None:
    came([NOW - DAY] * 80)
    came([NOW - DAY] * 20, urgency="B")
    assert value("urgent") == (0.2, True, 100)


def test_offers_that_went_to_somebody_else_are_nobodys_fault() -> None:
    member = make_member()
    (contact,) = came([NOW - DAY])
    states = ["accepted"] * 30 + ["declined"] * 10 + ["expired"] * 10 + ["gone"] * 40
    Offer.objects.bulk_create(
        Offer(
            contact=contact,
            member=member,
            state=state,
            sent_at=NOW - DAY,
            until=NOW - DAY + MINUTE,
            answered_at=NOW - DAY + datetime.timedelta(seconds=8),
        )
        for state in states
    )
    assert value("offers") == (0.6, True, 50)
    assert value("answer") == (12, False, 30)
    Offer.objects.filter(state="gone").update(state="accepted")
    assert value("answer") == (8, True, 70)


def test_notes_are_measured_from_the_end_and_what_was_written_while_talking_takes_none() -> None:
    member = make_member()
    contacts = talked(20, 40)
    keys = DataKey.objects.bulk_create(DataKey(commitment=b"", created_on=NOW.date()) for _contact in contacts)
    for number, (contact, key) in enumerate(zip(contacts, keys, strict=True)):
        case = Case.objects.create(key=key, volunteer=member, opened_at=NOW)
        note = Note.objects.create(case=case, contact=contact, author=member)
        later = (10 if number % 2 else -5) if number < 30 else 600  # ten were written later, not after
        at = contact.ended_at + later * MINUTE if contact.ended_at else NOW
        NoteRevision.objects.create(note=note, revision=1, author=member, body=b"x", at=at)
        NoteRevision.objects.create(note=note, revision=2, author=member, body=b"x", at=at + MINUTE)
    assert value("note") == (5 * 60, True, 30)


def test_what_cannot_be_is_bounded() -> None:
    talked(1, 30)
    assert value("talk") == (5 * 60, True, 30)


# However many -------------------------------------------------------------------------------------------------------


def test_more_people_cost_no_more_questions(django_assert_num_queries: Any) -> None:
    for _turn in range(2):
        came(each_day(20, 10))
        with django_assert_num_queries(2):
            arrivals(NOW)
        with django_assert_num_queries(3):
            figures(NOW)


def _multiply(model: Any, times: int, **other: str) -> None:
    """Copy the only row of a table, with these columns as SQL says (n counts from 1)."""
    columns = [field.column for field in model._meta.concrete_fields]
    values = [other.get(column, f'"{column}"') for column in columns]
    named = ", ".join(f'"{column}"' for column in columns)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({named}) SELECT {', '.join(values)} FROM {table}, generate_series(1, {times}) AS n"  # noqa: S608
        )


@pytest.mark.database("postgresql")
def test_a_hundred_thousand_people_are_counted_in_less_than_a_second() -> None:
    came([NOW - DAY], assigned_at=NOW - DAY + MINUTE, ended_at=NOW - DAY + 40 * MINUTE)
    key = "md5(n::text)::uuid"
    _multiply(DataKey, MANY - 1, id=key)
    since = "- n * interval '50 seconds'"
    _multiply(
        Contact,
        MANY - 1,
        id="gen_random_uuid()",
        key_id=key,
        queued_at=f"queued_at {since}",
        assigned_at=f"assigned_at {since}",
        ended_at=f"ended_at {since}",
    )
    began = time.perf_counter()
    seen, found = arrivals(NOW), figures(NOW)
    assert time.perf_counter() - began < 1
    assert seen.people > 0.9 * 55 * 86_400 / 50
    assert (found["talk"].value, found["talk"].measured) == (39 * 60, True)
