"""The opening hours as the coordination keeps them, read from rows; no row at all means always open."""

import datetime
from collections import defaultdict
from collections.abc import Iterable

from roster.hours import Hours, Span
from roster.models import Open, OpeningDay, OpeningException, OpeningSpan
from wire import clock

WEEK = tuple(range(7))


def hours() -> Hours:
    """Return the opening hours in force (two questions)."""
    by_day = defaultdict[int, list[OpeningSpan]](list)
    for row in OpeningSpan.objects.all():
        by_day[row.day].append(row)
    by_date = defaultdict[datetime.date, list[OpeningException]](list)
    for exception in OpeningException.objects.all():
        by_date[exception.date].append(exception)
    every = by_day.get(OpeningDay.EVERY, [])
    weekly = {day: _spans(by_day.get(day, every)) for day in WEEK} if by_day.keys() - {OpeningDay.HOLIDAY} else {}
    return Hours(
        weekly=weekly,
        holidays=_spans(by_day[OpeningDay.HOLIDAY]) if OpeningDay.HOLIDAY in by_day else None,
        exceptions={date: _spans(rows) for date, rows in by_date.items()},
    )


def _spans(rows: Iterable[Open]) -> tuple[Span, ...]:
    return tuple(
        Span(row.opens, row.closes, row.needed) for row in rows if row.opens is not None and row.closes is not None
    )


def names_of(first: datetime.date, last: datetime.date) -> dict[datetime.date, str]:
    """Return the names of the dates with hours of their own, from the first to the last."""
    return dict(OpeningException.objects.filter(date__range=(first, last)).values_list("date", "name"))


def is_open(now: datetime.datetime | None = None) -> bool:
    """Say whether the line is open now."""
    return hours().is_open(now or clock.now())


def next_opening(now: datetime.datetime | None = None) -> datetime.datetime | None:
    """Return when the line is open next, as ``Hours.next_opening``."""
    return hours().next_opening(now or clock.now())


def closes_at(now: datetime.datetime | None = None) -> datetime.datetime | None:
    """Return when the line closes next, as ``Hours.closes_at``."""
    return hours().closes_at(now or clock.now())
