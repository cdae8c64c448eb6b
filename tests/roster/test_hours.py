"""When the line is open: at midnight, at the ends of spans, on holidays, on exceptions."""

import datetime

import pytest

from roster.hours import ALL_DAY, LIMA, Hours, Span
from roster.models import OpeningDay, OpeningException, OpeningSpan
from roster.opening import closes_at, hours, is_open, next_opening


def lima(text: str) -> datetime.datetime:
    """Return a moment of Lima: «2026-11-26 20:00»."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=LIMA)


def span(text: str, needed: int = 1) -> Span:
    """Return a span: «20:00-04:00»."""
    opens, closes = (datetime.time.fromisoformat(one) for one in text.split("-"))
    return Span(opens, closes, needed)


def daily(*spans: Span) -> dict[int, tuple[Span, ...]]:
    return dict.fromkeys(range(7), spans)


EVENINGS = Hours(daily(span("20:00-04:00")))
OFFICE = Hours({day: (span("09:00-13:00"), span("15:00-18:30")) for day in range(5)})  # Monday to Friday


def test_without_hours_the_line_never_closes() -> None:
    now = lima("2026-11-26 03:00")
    assert Hours().is_open(now)
    assert Hours().next_opening(now) == now
    assert Hours().closes_at(now) is None
    assert Hours().needed_at(now) == 1


@pytest.mark.parametrize(
    ("at", "open_"),
    [
        ("2026-11-26 08:59:59", False),
        ("2026-11-26 09:00", True),
        ("2026-11-26 12:59:59", True),
        ("2026-11-26 13:00", False),
        ("2026-11-26 15:00", True),
        ("2026-11-26 18:30", False),
        ("2026-11-28 10:00", False),  # a Saturday
    ],
)
def test_a_span_is_open_from_its_beginning_and_closed_at_its_end(at: str, *, open_: bool) -> None:
    assert OFFICE.is_open(lima(at)) is open_


@pytest.mark.parametrize(
    ("at", "open_"),
    [
        ("2026-11-26 19:59:59", False),
        ("2026-11-26 20:00", True),
        ("2026-11-26 23:59:59", True),
        ("2026-11-27 00:00", True),
        ("2026-11-27 03:59:59", True),
        ("2026-11-27 04:00", False),
        ("2027-01-01 00:00", True),  # the year ends in the middle
    ],
)
def test_a_span_passes_midnight(at: str, *, open_: bool) -> None:
    assert EVENINGS.is_open(lima(at)) is open_


def test_the_next_opening_skips_closed_days() -> None:
    assert OFFICE.next_opening(lima("2026-11-27 18:30")) == lima("2026-11-30 09:00")
    assert OFFICE.next_opening(lima("2026-11-26 13:00")) == lima("2026-11-26 15:00")
    assert OFFICE.next_opening(lima("2026-11-26 10:00")) == lima("2026-11-26 10:00")


def test_closing_is_said_across_midnight_and_across_spans_that_touch() -> None:
    assert EVENINGS.closes_at(lima("2026-11-26 22:00")) == lima("2026-11-27 04:00")
    touching = Hours(daily(span("20:00-00:00"), span("00:00-04:00")))
    assert touching.closes_at(lima("2026-11-26 22:00")) == lima("2026-11-27 04:00")
    assert OFFICE.closes_at(lima("2026-11-26 13:00")) is None


def test_twenty_four_hours_a_day_close_on_the_one_day_that_is_closed() -> None:
    almost = Hours(dict.fromkeys(range(6), (ALL_DAY,)))
    assert almost.closes_at(lima("2026-11-26 03:00")) == lima("2026-11-29 00:00")
    assert almost.next_opening(lima("2026-11-29 00:00")) == lima("2026-11-30 00:00")
    assert Hours(daily(ALL_DAY)).closes_at(lima("2026-11-26 03:00")) is None


def test_a_closed_date_is_closed_from_midnight_to_midnight() -> None:
    christmas = Hours(daily(span("20:00-04:00")), exceptions={datetime.date(2026, 12, 25): ()})
    assert christmas.is_open(lima("2026-12-24 23:59"))
    assert christmas.closes_at(lima("2026-12-24 22:00")) == lima("2026-12-25 00:00")
    assert not christmas.is_open(lima("2026-12-25 00:00"))
    assert not christmas.is_open(lima("2026-12-25 22:00"))
    assert not christmas.is_open(lima("2026-12-26 01:00"))  # the night that would have begun on that date
    assert christmas.next_opening(lima("2026-12-25 00:00")) == lima("2026-12-26 20:00")


def test_an_exception_may_open_a_line_that_is_else_closed() -> None:
    only = Hours({}, exceptions={datetime.date(2026, 12, 25): (span("10:00-12:00"),)})
    assert only.is_open(lima("2026-12-24 23:00"))  # else always open
    assert not only.is_open(lima("2026-12-25 09:00"))
    saturday = Hours(OFFICE.weekly, exceptions={datetime.date(2026, 11, 28): (span("10:00-12:00"),)})
    assert saturday.next_opening(lima("2026-11-27 18:30")) == lima("2026-11-28 10:00")


def test_holidays_have_hours_of_their_own_or_are_days_as_any_other() -> None:
    at = lima("2026-12-08 10:00")  # a Tuesday
    assert OFFICE.is_open(at)
    assert not Hours(OFFICE.weekly, holidays=()).is_open(at)
    short = Hours(OFFICE.weekly, holidays=(span("12:00-14:00"),))
    assert short.next_opening(at) == lima("2026-12-08 12:00")


def test_an_exception_wins_over_the_holiday_of_the_same_date() -> None:
    both = Hours(OFFICE.weekly, holidays=(), exceptions={datetime.date(2026, 12, 8): (span("10:00-11:00"),)})
    assert both.is_open(lima("2026-12-08 10:30"))


def test_a_line_that_never_opens_says_none() -> None:
    never = Hours({0: ()}, exceptions={})
    assert never.next_opening(lima("2026-11-26 10:00")) is None


def test_a_moment_of_another_time_zone_is_the_same_moment() -> None:
    assert OFFICE.is_open(datetime.datetime(2026, 11, 26, 14, 0, tzinfo=datetime.UTC))
    assert not OFFICE.is_open(datetime.datetime(2026, 11, 26, 13, 59, tzinfo=datetime.UTC))


def test_an_hour_needs_the_most_that_any_of_its_spans_asks_for_and_none_while_closed() -> None:
    busy = Hours(daily(span("09:00-21:30", 1), span("18:00-21:30", 3)))
    wanted = {"08:00": 0, "09:00": 1, "17:00": 1, "18:00": 3, "21:00": 3, "22:00": 0}
    assert {at: busy.needed_at(lima(f"2026-11-26 {at}")) for at in wanted} == wanted


def test_being_open_throughout_has_no_break() -> None:
    assert OFFICE.covers(lima("2026-11-26 11:00"), lima("2026-11-26 13:00"))
    assert not OFFICE.covers(lima("2026-11-26 11:00"), lima("2026-11-26 16:00"))
    assert not OFFICE.covers(lima("2026-11-26 08:00"), lima("2026-11-26 10:00"))
    assert EVENINGS.covers(lima("2026-12-31 23:00"), lima("2027-01-01 01:00"))


# Rows ---------------------------------------------------------------------------------------------------------------


def put(day: int, text: str = "", needed: int = 1) -> None:
    opens, closes = text.split("-") if text else (None, None)
    OpeningSpan.objects.create(day=day, opens=opens, closes=closes, needed=needed)


@pytest.mark.django_db
def test_a_line_without_rows_is_always_open() -> None:
    now = lima("2026-11-26 03:00")
    assert (is_open(now), next_opening(now), closes_at(now)) == (True, now, None)


@pytest.mark.django_db
def test_a_weekday_s_own_rows_win_over_those_of_every_day() -> None:
    put(OpeningDay.EVERY, "08:00-20:00", 2)
    put(OpeningDay.SUNDAY)
    put(OpeningDay.SATURDAY, "10:00-12:00")
    put(OpeningDay.SATURDAY, "14:00-16:00")
    found = hours()
    assert found.needed_at(lima("2026-11-26 19:00")) == 2
    assert not found.is_open(lima("2026-11-29 10:00"))
    assert not found.is_open(lima("2026-11-28 13:00"))
    assert found.is_open(lima("2026-11-28 15:00"))


@pytest.mark.django_db
def test_rows_for_holidays_alone_leave_the_week_open() -> None:
    put(OpeningDay.HOLIDAY)
    assert is_open(lima("2026-12-24 10:00"))
    assert not is_open(lima("2026-12-25 10:00"))


@pytest.mark.django_db
def test_rows_by_date_close_a_day_or_give_it_other_hours() -> None:
    OpeningException.objects.create(date="2026-12-24", name="Nochebuena", opens="10:00", closes="16:00")
    OpeningException.objects.create(date="2026-12-25", name="Navidad")
    assert closes_at(lima("2026-12-24 10:00")) == lima("2026-12-24 16:00")
    assert next_opening(lima("2026-12-24 16:00")) == lima("2026-12-26 00:00")
