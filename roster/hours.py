"""When the line is open: a week in Lima, its holidays and its exceptions; pure.

What is more particular wins: an exception by date over the hours of holidays, these over the weekday's. An exception
or a holiday with hours of its own fills its date from midnight on: what runs in from the day before ends there.
"""

import dataclasses
import datetime
import zoneinfo
from collections.abc import Mapping
from typing import NamedTuple

from roster import holidays

LIMA = zoneinfo.ZoneInfo("America/Lima")  # UTC−5; no daylight change since 1994 (IANA time zone database)
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
LOOKS_AHEAD = 400  # days after which nobody asks any more when the line opens or closes
MIDNIGHT = datetime.time(0)


class Span(NamedTuple):
    """Hours of one day; ``closes`` not after ``opens`` is on the next day, the same time means 24 hours."""

    opens: datetime.time
    closes: datetime.time
    needed: int = 1  # volunteers in each of these hours


class Interval(NamedTuple):
    """A span on its date."""

    begin: datetime.datetime
    end: datetime.datetime
    needed: int


ALL_DAY = Span(MIDNIGHT, MIDNIGHT)


def at_midnight(day: datetime.date) -> datetime.datetime:
    """Return when a date begins in Lima."""
    return datetime.datetime.combine(day, MIDNIGHT, LIMA)


def day_of(now: datetime.datetime) -> datetime.date:
    """Return the date in Lima."""
    return now.astimezone(LIMA).date()


@dataclasses.dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours; times given must be aware, times returned are of Lima.

    ``weekly`` has the spans of each weekday (0: Monday), closed where one has none; empty: always open. ``holidays`` is
    None where a holiday is a day as any other.
    """

    weekly: Mapping[int, tuple[Span, ...]] = dataclasses.field(default_factory=dict)
    holidays: tuple[Span, ...] | None = None
    exceptions: Mapping[datetime.date, tuple[Span, ...]] = dataclasses.field(default_factory=dict)

    def is_open(self, now: datetime.datetime) -> bool:
        """Say whether the line is open; at the moment of closing it is not."""
        return any(one.begin <= now < one.end for one in self._around(now))

    def next_opening(self, now: datetime.datetime) -> datetime.datetime | None:
        """Return when the line is open next: now, if it is; None if it does not open within 400 days."""
        if self.is_open(now):
            return now.astimezone(LIMA)
        today = day_of(now)
        for days in range(LOOKS_AHEAD):
            coming = [one.begin for one in self._of(today + days * DAY) if one.begin > now]
            if coming:
                return min(coming)
        return None

    def closes_at(self, now: datetime.datetime) -> datetime.datetime | None:
        """Return when the line, open now, closes next; None if it is closed, or stays open for 400 days."""
        until = now
        for _days in range(LOOKS_AHEAD):
            on = [one.end for one in self._around(until) if one.begin <= until < one.end]
            if not on:
                return until.astimezone(LIMA) if until > now else None
            until = max(on)
        return None

    def covers(self, begin: datetime.datetime, end: datetime.datetime) -> bool:
        """Say whether the line is open from ``begin`` to ``end`` without a break."""
        until = begin
        while until < end:
            on = [one.end for one in self._around(until) if one.begin <= until < one.end]
            if not on:
                return False
            until = max(on)
        return True

    def needed_at(self, hour: datetime.datetime) -> int:
        """Return how many volunteers the hour that begins at ``hour`` needs; none while the line is closed."""
        on = (one.needed for one in self._around(hour) if one.begin < hour + HOUR and one.end > hour)
        return max(on, default=0)

    def _spans(self, day: datetime.date) -> tuple[tuple[Span, ...], bool]:
        """Return the spans that begin on a date, and whether the date has hours of its own."""
        if day in self.exceptions:
            return self.exceptions[day], True
        if self.holidays is not None and holidays.name_of(day):
            return self.holidays, True
        return self.weekly.get(day.weekday(), ()) if self.weekly else (ALL_DAY,), False

    def _of(self, day: datetime.date) -> list[Interval]:
        spans, _own = self._spans(day)
        _next, cut = self._spans(day + DAY)
        found = []
        for span in spans:
            over_night = span.closes <= span.opens
            end = datetime.datetime.combine(day + DAY if over_night else day, span.closes, LIMA)
            begin = datetime.datetime.combine(day, span.opens, LIMA)
            found.append(Interval(begin, min(end, at_midnight(day + DAY)) if cut else end, span.needed))
        return found

    def _around(self, now: datetime.datetime) -> list[Interval]:
        """Return what may be open at a moment: what began on its date or on the one before."""
        today = day_of(now)
        return [*self._of(today - DAY), *self._of(today)]
