"""The week ahead: who will come, how many volunteers each hour needs, and how many have promised to be there."""

import dataclasses
import datetime
from collections.abc import Iterable, Sequence

from django.utils.functional import Promise

from oversight.arrivals import Figures, arrivals, figures
from oversight.demand import HOURS, WEEK, Expected, Pattern, pattern
from oversight.staffing import Work
from oversight.staffing import needed as needed_for
from roster import holidays, opening, shifts
from roster.hours import DAY, HOUR, LIMA, Hours, at_midnight, day_of
from roster.models import Shift
from wire import clock


@dataclasses.dataclass(frozen=True, slots=True)
class Ahead:
    """One hour that comes: when it begins in Lima, who is expected, who is needed and who has promised to be there."""

    begin: datetime.datetime
    is_open: bool
    is_over: bool
    expected: Expected
    needed: int
    have: int
    all_end: bool  # whoever is there leaves at its end: before that nobody new is offered to anybody

    @property
    def lacking(self) -> int:
        """How many volunteers are too few."""
        return 0 if self.is_over else max(0, self.needed - self.have)


@dataclasses.dataclass(frozen=True, slots=True)
class DayAhead:
    """One day, its 24 hours, and its name if it is a special one."""

    date: datetime.date
    special: str | Promise
    hours: list[Ahead]


@dataclasses.dataclass(frozen=True, slots=True)
class Forecast:
    """What the line expects, made at one moment; asking it costs no question to the database."""

    at: datetime.datetime
    pattern: Pattern
    figures: Figures
    open_hours: Hours

    @property
    def work(self) -> Work:
        """What a conversation takes."""
        value = {name: figure.value for name, figure in self.figures.items()}
        work = value["talk"] + value["note"]
        return Work(work, value["patience"], value["urgent"], value["offers"], value["answer"])

    @property
    def guessed(self) -> bool:
        """Whether any part of it is assumed and not measured."""
        return self.pattern.guessed or not all(figure.measured for figure in self.figures.values())

    def needed(self, hour: datetime.datetime) -> int:
        """Return how many volunteers the hour that begins at ``hour`` (aware) needs; none while the line is closed."""
        if not self.open_hours.needed_at(hour):
            return 0
        return needed_for(self.work, self.pattern.at(hour).rate)


def read(now: datetime.datetime | None = None, *, rehearsal: bool = False) -> Forecast:
    """Forecast from the last weeks (seven questions): of real callers, or of rehearsals."""
    now = now or clock.now()
    return Forecast(
        at=now,
        pattern=pattern(arrivals(now, rehearsal=rehearsal), day_of(now)),
        figures=figures(now, rehearsal=rehearsal),
        open_hours=opening.hours(),
    )


def needed(hour: datetime.datetime) -> int:
    """Return how many volunteers the hour that begins at ``hour`` (aware) needs, by the forecast of this moment.

    For many hours ask one forecast: ``read().needed``.
    """
    return read().needed(hour)


def _all_end(standing: Sequence[Shift], hour: datetime.datetime) -> bool:
    """Say whether all who are on duty in this hour leave at its end, so that the routing offers nobody to them."""
    after = {one.member_id for one in standing if one.starts_at <= hour + HOUR < one.ends_at}
    staying = [one for one in standing if one.member_id in after]
    return shifts.on_duty(standing, hour) > 0 and shifts.on_duty(staying, hour) == 0


def week_ahead(made: Forecast, *, rehearsal: bool = False) -> list[DayAhead]:
    """Return today and the six days after it, with who has promised to be there (two questions)."""
    today = day_of(made.at)
    begin, end = at_midnight(today), at_midnight(today + WEEK * DAY)
    standing = shifts.standing(begin, end + HOUR, rehearsal=rehearsal)
    names = opening.names_of(today, today + (WEEK - 1) * DAY)
    hours = [
        Ahead(
            begin=hour.astimezone(LIMA),
            is_open=made.open_hours.needed_at(hour) > 0,
            is_over=hour + HOUR <= made.at,
            expected=made.pattern.at(hour),
            needed=made.needed(hour),
            have=shifts.on_duty(standing, hour),
            all_end=_all_end(standing, hour),
        )
        for hour in shifts.hours_from(begin, WEEK * HOURS)
    ]
    days = [today + number * DAY for number in range(WEEK)]
    return [
        DayAhead(day, names.get(day) or holidays.name_of(day) or "", hours[HOURS * number : HOURS * (number + 1)])
        for number, day in enumerate(days)
    ]


@dataclasses.dataclass(frozen=True, slots=True)
class Gap:
    """Hours one after the other in each of which volunteers are lacking: from ``least`` to ``most`` of them."""

    begin: datetime.datetime
    end: datetime.datetime
    least: int
    most: int

    @property
    def all_day(self) -> bool:
        """Whether it is a whole day."""
        return self.end - self.begin >= DAY


def gaps(hours: Iterable[Ahead]) -> list[Gap]:
    """Return where volunteers are lacking, the earliest first."""
    found: list[Gap] = []
    for hour in hours:
        lacking, last = hour.lacking, found[-1] if found else None
        if lacking and last and last.end == hour.begin:
            found[-1] = Gap(last.begin, hour.begin + HOUR, min(last.least, lacking), max(last.most, lacking))
        elif lacking:
            found.append(Gap(hour.begin, hour.begin + HOUR, lacking, lacking))
    return found
