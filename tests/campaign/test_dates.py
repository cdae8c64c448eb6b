"""The dates of the campaign: when they come next, and as a calendar that other programs read."""

import datetime

import pytest
from icalendar import Calendar

from campaign import dates, safe_messaging


def nearest(day: datetime.date) -> tuple[str, datetime.date, datetime.date]:
    first = dates.coming(day)[0]
    return first.date.key, first.begins, first.ends


@pytest.mark.parametrize(
    ("today", "key", "begins", "ends"),
    [
        ("2026-09-09", "prevencion", "2026-09-10", "2026-09-10"),
        ("2026-09-10", "prevencion", "2026-09-10", "2026-09-10"),
        ("2026-09-11", "salud-mental", "2026-10-10", "2026-10-10"),
        ("2026-12-31", "fin-de-ano", "2026-12-24", "2027-01-01"),
        ("2027-01-01", "fin-de-ano", "2026-12-24", "2027-01-01"),
        ("2027-01-02", "depresion", "2027-01-13", "2027-01-13"),
        ("2027-07-29", "fiestas-patrias", "2027-07-28", "2027-07-29"),
    ],
)
def test_the_date_that_lasts_or_comes_next_stands_first(today: str, key: str, begins: str, ends: str) -> None:
    day = datetime.date.fromisoformat

    assert nearest(day(today)) == (key, day(begins), day(ends))


def test_each_date_is_told_once_and_the_seven_of_the_campaign_are_there() -> None:
    told = [one.date.key for one in dates.coming(datetime.date(2026, 11, 26))]

    assert told == [
        "fin-de-ano",
        "depresion",
        "psicologia",
        "fiestas-patrias",
        "prevencion",
        "salud-mental",
        "violencia",
    ]


def test_the_calendar_repeats_every_date_each_year_for_whole_days() -> None:
    events = Calendar.from_ical(dates.calendar()).walk("VEVENT")
    days = {
        str(one["uid"]).partition("@")[0]: (one.decoded("dtstart"), one.decoded("dtend") - one.decoded("dtstart"))
        for one in events
    }

    assert len(days) == len(dates.dates()) == 7
    assert days["prevencion"] == (datetime.date(2026, 9, 10), datetime.timedelta(days=1))
    assert days["fin-de-ano"] == (datetime.date(2026, 12, 24), datetime.timedelta(days=9))
    assert {tuple(one["rrule"]["freq"]) for one in events} == {("YEARLY",)}


def test_a_date_on_suicide_carries_the_whole_sentence_into_the_calendar() -> None:
    events = {str(one["uid"]): str(one["description"]) for one in Calendar.from_ical(dates.calendar()).walk("VEVENT")}

    assert safe_messaging.carries_sentence(events["prevencion@campana"])
    assert not safe_messaging.carries_sentence(events["fiestas-patrias@campana"])
