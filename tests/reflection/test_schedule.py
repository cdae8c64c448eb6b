"""When circles meet, and what a form may ask for."""

import datetime

import pytest

from reflection.schedule import BadSchedule, Wish, full_hour_after, times, today
from roster.hours import LIMA

NOW = datetime.datetime(2026, 11, 26, 20, 0, tzinfo=datetime.UTC)
FIRST = datetime.datetime(2026, 12, 1, 19, 30, tzinfo=LIMA)
DAY = datetime.timedelta(days=1)


def test_a_circle_meets_once_or_every_so_many_weeks_at_the_same_hour() -> None:
    assert times(Wish(FIRST, 60, every=0), NOW) == [FIRST]
    assert times(Wish(FIRST, 60, every=2, times=3), NOW) == [FIRST, FIRST + 14 * DAY, FIRST + 28 * DAY]


def test_over_the_turn_of_the_year_it_is_the_same_weekday_and_hour_of_lima() -> None:
    begins = times(Wish(datetime.datetime(2026, 12, 24, 23, 30, tzinfo=LIMA), 60, every=1, times=3), NOW)
    assert [one.isoformat()[:16] for one in begins] == ["2026-12-24T23:30", "2026-12-31T23:30", "2027-01-07T23:30"]
    assert {one.weekday() for one in begins} == {3}


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (Wish(NOW, 60), "past"),
        (Wish(NOW - DAY, 60), "past"),
        (Wish(NOW + 400 * DAY, 60), "too_far"),
        (Wish(datetime.datetime(1, 1, 1, tzinfo=LIMA), 60), "past"),
        (Wish(datetime.datetime(9999, 12, 31, 23, 59, tzinfo=LIMA), 60), "too_far"),
        (Wish(FIRST, 0), "bad_length"),
        (Wish(FIRST, -60), "bad_length"),  # an end before the beginning
        (Wish(FIRST, 29), "bad_length"),
        (Wish(FIRST, 121), "bad_length"),
        (Wish(FIRST, 60, every=5), "bad_repetition"),
        (Wish(FIRST, 60, every=-1), "bad_repetition"),
        (Wish(FIRST, 60, every=0, times=9), "once"),
        (Wish(FIRST, 60, every=1, times=0), "bad_repetition"),
        (Wish(FIRST, 60, every=1, times=14), "bad_repetition"),
    ],
)
def test_what_cannot_be_is_refused_by_name(wish: Wish, code: str) -> None:
    with pytest.raises(BadSchedule) as refused:
        times(wish, NOW)
    assert refused.value.code == code


def test_days_are_those_of_lima_and_times_kept_are_full_hours() -> None:
    assert today(datetime.datetime(2026, 11, 26, 3, 0, tzinfo=datetime.UTC)) == datetime.date(2026, 11, 25)
    assert full_hour_after(NOW) == NOW
    assert full_hour_after(NOW + datetime.timedelta(seconds=1)) == NOW + datetime.timedelta(hours=1)
