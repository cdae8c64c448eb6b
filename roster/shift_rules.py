"""What a shift must be, and how much one person may take on; pure, each rule with its sentence for the volunteer.

The figures are those of Crisis Text Line's policies as its pages give them: blocks of two hours, twelve hours a week as
the most, one night from 20 to 4 h a month. Four hours at a stretch, and that the one night is a limit and no duty, are
our choice; all of them wait for the clinical lead's yes.
"""

import datetime
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from roster.hours import DAY, LIMA, Hours, at_midnight, day_of

BLOCK = datetime.timedelta(hours=2)
STRETCH = datetime.timedelta(hours=4)  # at most without a pause
A_WEEK = datetime.timedelta(hours=12)  # at most from Monday to Sunday in Lima
NIGHTS = 1  # at most in a month of Lima
NIGHT_BEGINS = datetime.timedelta(hours=20)  # after midnight
NIGHT_ENDS = datetime.timedelta(hours=28)  # 4 h of the next day
AHEAD = datetime.timedelta(days=90)  # beyond which nobody plans
LATE = datetime.timedelta(hours=24)  # a shift given back later than so long before its start leaves a gap
NOTHING = datetime.timedelta(0)


class Time(NamedTuple):
    """Time on duty, both ends aware."""

    starts_at: datetime.datetime
    ends_at: datetime.datetime


class Rule(StrEnum):
    """What keeps a shift from being taken."""

    ORDER = "order"
    PAST = "past"
    FAR = "far"
    OVERLAP = "overlap"
    CLOSED = "closed"
    BLOCK = "block"
    STRETCH = "stretch"
    WEEK = "week"
    NIGHT = "night"


WORDS: dict[Rule, Promise] = {
    Rule.ORDER: _("Ese turno termina antes de empezar. Revisa las horas, por favor."),
    Rule.PAST: _("Ese turno ya empezó. Elige uno que venga, por favor."),
    Rule.FAR: _("Ese turno es dentro de más de tres meses. Elige uno más cercano, por favor."),
    Rule.OVERLAP: _("A esa hora ya hay otro turno de la misma persona."),
    Rule.CLOSED: _("A esa hora la línea está cerrada."),
    Rule.BLOCK: _("Los turnos empiezan a la hora en punto y duran dos o cuatro horas."),
    Rule.STRETCH: _("Serían más de cuatro horas seguidas. Deja un descanso en medio, por favor."),
    Rule.WEEK: _("Serían más de doce horas en la misma semana. Descansar también es parte de acompañar."),
    Rule.NIGHT: _("Sería más de una noche en el mismo mes (de 20:00 a 04:00). Así todas las personas pueden dormir."),
}
#: Not even the coordination can have these.
NEVER = frozenset({Rule.ORDER, Rule.OVERLAP})


def broken(wanted: Time, standing: Sequence[Time], now: datetime.datetime, hours: Hours) -> list[Rule]:
    """Return the rules that a shift breaks beside the member's others.

    Of one that ends before it begins only that is said; of one months away the limits are not reckoned.
    """
    if wanted.ends_at <= wanted.starts_at:
        return [Rule.ORDER]
    far = max(wanted.starts_at - now, now - wanted.starts_at, wanted.ends_at - now) > AHEAD
    found = {
        Rule.PAST: wanted.starts_at < now,
        Rule.FAR: far and wanted.starts_at >= now,
        Rule.OVERLAP: any(_overlap(wanted, one) for one in standing),
        **({} if far else _limits(wanted, standing, hours)),
    }
    return [rule for rule, is_broken in found.items() if is_broken]


def _limits(wanted: Time, standing: Sequence[Time], hours: Hours) -> dict[Rule, bool]:
    return {
        Rule.CLOSED: not hours.covers(*wanted),
        Rule.BLOCK: not _is_of_blocks(wanted),
        Rule.STRETCH: _stretch(wanted, standing) > STRETCH,
        Rule.WEEK: any(_in_week(week, [wanted, *standing]) > A_WEEK for week in _weeks(wanted)),
        Rule.NIGHT: _too_many_nights(wanted, standing),
    }


def is_late(starts_at: datetime.datetime, at: datetime.datetime) -> bool:
    """Say whether a shift given back at this time leaves a gap that supervision must know of."""
    return starts_at - at < LATE


def _overlap(one: Time, other: Time) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _is_of_blocks(wanted: Time) -> bool:
    start = wanted.starts_at.astimezone(LIMA)
    on_the_hour = (start.minute, start.second, start.microsecond) == (0, 0, 0)
    return on_the_hour and (wanted.ends_at - wanted.starts_at) % BLOCK == NOTHING


def _stretch(wanted: Time, standing: Sequence[Time]) -> datetime.timedelta:
    """Return how long one would be on duty without a pause: shifts that touch are one stretch."""
    begin, end = wanted
    for one in sorted(standing):
        if one.starts_at == end:
            end = one.ends_at
    for one in sorted(standing, reverse=True):
        if one.ends_at == begin:
            begin = one.starts_at
    return end - begin


def week_of(day: datetime.date) -> datetime.date:
    """Return the Monday of a date's week."""
    return day - day.weekday() * DAY


def _weeks(wanted: Time) -> set[datetime.date]:
    last = wanted.ends_at - datetime.timedelta(microseconds=1)
    return {week_of(day_of(wanted.starts_at)), week_of(day_of(last))}


def _in_week(monday: datetime.date, times: Sequence[Time]) -> datetime.timedelta:
    begin, end = at_midnight(monday), at_midnight(monday + 7 * DAY)
    parts = (min(one.ends_at, end) - max(one.starts_at, begin) for one in times)
    return sum((part for part in parts if part > NOTHING), NOTHING)


def nights_of(time: Time) -> set[datetime.date]:
    """Return the nights that a shift touches, each by the date on which it begins: 20 h to 4 h in Lima."""
    first, last = day_of(time.starts_at) - DAY, day_of(time.ends_at)
    days = (first + number * DAY for number in range((last - first).days + 1))
    return {day for day in days if _overlap(time, Time(at_midnight(day) + NIGHT_BEGINS, at_midnight(day) + NIGHT_ENDS))}


def _too_many_nights(wanted: Time, standing: Sequence[Time]) -> bool:
    """Say whether a shift adds a night to a month that is full; more of a night that one has already adds none."""
    have = {night for one in standing for night in nights_of(one)}
    new = nights_of(wanted) - have
    months = {(night.year, night.month) for night in new}
    return any(sum((night.year, night.month) == month for night in have | new) > NIGHTS for month in months)
