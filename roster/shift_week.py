"""One week of the roster as a page shows it: each hour, who is there, how many are needed, what can be taken."""

import dataclasses
import datetime

from django.utils.functional import Promise

from roster import holidays, opening, shifts
from roster.hours import DAY, HOUR, at_midnight, day_of
from roster.models import Member, Role, Shift
from roster.shift_rules import AHEAD, BLOCK, week_of
from wire import clock

EARLIER = 28 * DAY  # how far back weeks are shown


@dataclasses.dataclass(frozen=True, slots=True)
class Cell:
    """One hour of one day; ``names`` are volunteers, ``supervisors`` who watches over it."""

    hour: datetime.datetime
    is_open: bool
    needed: int
    have: int
    names: list[str]
    supervisors: list[str]
    mine: bool
    over: bool
    far: bool

    @property
    def ends_at(self) -> datetime.datetime:
        """When the hour is over."""
        return self.hour + HOUR

    @property
    def lacking(self) -> int:
        """How many volunteers are too few."""
        return max(0, self.needed - self.have)

    @property
    def free(self) -> bool:
        """Whether the reader could begin a shift here."""
        return self.is_open and not (self.mine or self.over or self.far)


@dataclasses.dataclass(frozen=True, slots=True)
class Day:
    """One day: its 24 hours, and what day it is, if it is a special one."""

    date: datetime.date
    is_today: bool
    special: str | Promise
    cells: list[Cell]

    @property
    def open_cells(self) -> list[Cell]:
        """The hours in which the line is open."""
        return [cell for cell in self.cells if cell.is_open]


@dataclasses.dataclass(frozen=True, slots=True)
class Week:
    """Seven days from a Monday, and the Mondays beside it as far as they are shown."""

    monday: datetime.date
    days: list[Day]
    before: datetime.date | None
    after: datetime.date | None

    @property
    def sunday(self) -> datetime.date:
        """The last day."""
        return self.monday + 6 * DAY

    @property
    def rows(self) -> list[list[Cell]]:
        """The same hour of all days, one row each, for the hours in which the line is open on any of them."""
        rows = [list(row) for row in zip(*(day.cells for day in self.days), strict=True)]
        return [row for row in rows if any(cell.is_open for cell in row)]


def monday_asked(text: str) -> datetime.date:
    """Return the Monday of a date's week (2026-11-30), kept within what is shown; of today, if the text is none."""
    today = day_of(clock.now())
    try:
        asked = datetime.date.fromisoformat(text)
    except ValueError:
        asked = today
    return week_of(min(max(asked, today - EARLIER), today + AHEAD))


def week(member: Member, monday: datetime.date) -> Week:
    """Return the week that begins on this Monday, as this member sees it."""
    now = clock.now()
    begin, end = at_midnight(monday), at_midnight(monday + 7 * DAY)
    open_hours = opening.hours()
    hours = shifts.hours_from(begin, 7 * 24)
    needed = shifts.needed(hours, open_hours)
    standing = shifts.standing(begin, end, rehearsal=member.rehearsal)
    open_ones = {hour for hour in hours if open_hours.needed_at(hour)}
    cells = [_cell(hour, needed[hour], standing, member, is_open=hour in open_ones) for hour in hours]
    names = opening.names_of(monday, monday + 6 * DAY)
    days = []
    for number in range(7):
        day = monday + number * DAY
        special = names.get(day) or holidays.name_of(day) or ""
        days.append(Day(day, day == day_of(now), special, cells[24 * number : 24 * number + 24]))
    first, last = monday_asked("0001-01-01"), monday_asked("9999-12-31")
    return Week(
        monday=monday,
        days=days,
        before=monday - 7 * DAY if monday > first else None,
        after=monday + 7 * DAY if monday < last else None,
    )


def _cell(hour: datetime.datetime, needed: int, standing: list[Shift], member: Member, *, is_open: bool) -> Cell:
    touching = [one for one in standing if one.starts_at < hour + HOUR and one.ends_at > hour]
    return Cell(
        hour=hour,
        is_open=is_open,
        needed=needed,
        have=shifts.on_duty(touching, hour),
        names=[one.member.alias for one in touching if one.member.role == Role.VOLUNTEER],
        supervisors=[one.member.alias for one in touching if one.member.role == Role.SUPERVISOR],
        mine=any(one.member_id == member.pk for one in touching),
        over=hour < clock.now(),
        far=hour + BLOCK - clock.now() > AHEAD,
    )
