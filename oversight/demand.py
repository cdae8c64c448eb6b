"""How many people each hour of a week brings, as the weeks that passed let one expect; pure (docs/QUEUE.md)."""

import dataclasses
import datetime
import math
from collections import defaultdict
from collections.abc import Sequence

from oversight.arrivals import Arrivals
from roster import holidays
from roster.hours import HOUR, LIMA

HOURS, WEEK = 24, 7
HOLIDAY = 7  # the kind of day after the weekdays, Monday being 0
ENOUGH_HOLIDAYS = 3  # counted, for a kind of their own; before, a holiday is a day of its weekday
HALF_LIFE = 4  # weeks after which a day counts half
ENOUGH_DAYS, ENOUGH_PEOPLE = 28, 50  # below either the page says that a guess still has its part
LIKELY = (0.1, 0.9)  # between these parts of all such hours
MANY = 500  # people in an hour, from which on their number is taken for normal
FROM_MIDDLE = 1.2816  # standard deviations of a normal number from its mean to either part

#: Per cent of a day's people by hour, from midnight on. More than 60 of 100 come between 16 and 24 h, 10 before 8 h
#: (krisenchat: Eckert 2022); how they spread within is a guess.
ASSUMED_DAY = (
    *(2.5, 1.5, 1, 1, 0.5, 0.5, 1.2, 1.8, 3, 3.5, 3.5, 3.5),
    *(3.5, 3.5, 4, 4.5, 6.5, 7, 7.5, 8, 8.5, 8.5, 8, 7),
)
ASSUMED_PEOPLE = 12.0  # a day (Teléfono de la Esperanza's chat: 11 in 2024)
#: How much the guesses weigh beside what was counted: a day's people, the shape of a day, one hour of one kind of day.
GUESS_IN_DAYS, GUESS_IN_PEOPLE, GUESS_IN_SUCH_DAYS = 1.0, 50.0, 2.0

Cell = tuple[int, int]  # a kind of day and an hour


@dataclasses.dataclass(frozen=True, slots=True)
class Expected:
    """How many people an hour brings: on average, and from ``low`` to ``high`` in eight of ten such hours."""

    people: float
    low: int
    high: int

    @property
    def rate(self) -> float:
        """People per second."""
        return self.people / HOUR.total_seconds()


NOBODY = Expected(0.0, 0, 0)


def likely(mean: float, days: float) -> Expected:
    """Return what to expect where ``days`` days of experience gave this mean.

    People come by Poisson, the mean itself is known as well as the days allow (gamma): the number that comes is
    negative binomial (A. Gelman et al., Bayesian Data Analysis, 3rd edition, 2.6).
    """
    if mean <= 0:
        return NOBODY
    if mean > MANY:
        spread = FROM_MIDDLE * math.sqrt(mean + mean / days)
        return Expected(mean, math.floor(mean - spread), math.ceil(mean + spread))
    size, failing = mean * days, 1 / (1 + days)
    chance, total, number = (days / (1 + days)) ** size, 0.0, 0
    found: list[int] = []
    while len(found) < len(LIKELY):
        total += chance
        found += [number for part in LIKELY[len(found) :] if total >= part]
        chance *= failing * (size + number) / (number + 1)
        number += 1
    return Expected(mean, found[0], found[1])


# The pattern of a week ----------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class Pattern:
    """What each hour of each kind of day brings; ``hours[kind][hour]``, the holidays last where they are known."""

    hours: Sequence[Sequence[Expected]]
    a_day: float
    days: int
    people: int

    @property
    def guessed(self) -> bool:
        """Whether a guess still has its part in it."""
        return self.days < ENOUGH_DAYS or self.people < ENOUGH_PEOPLE

    @property
    def knows_holidays(self) -> bool:
        """Whether holidays have a kind of their own."""
        return len(self.hours) > HOLIDAY

    def at(self, begin: datetime.datetime) -> Expected:
        """Return what to expect of the hour that begins at ``begin`` (aware)."""
        local = begin.astimezone(LIMA)
        return self.hours[kind_of(local.date(), own_holidays=self.knows_holidays)][local.hour]


def kind_of(day: datetime.date, *, own_holidays: bool) -> int:
    """Return the kind of a day: its weekday, or HOLIDAY where holidays have a kind of their own."""
    return HOLIDAY if own_holidays and holidays.name_of(day) else day.weekday()


def weight(day: datetime.date, today: datetime.date) -> float:
    """Return how much a day that passed counts: the last week wholly, then half for each four weeks it is older."""
    return math.exp2(-(max(0, (today - day).days - 1) // WEEK) / HALF_LIFE)


def _mean(counted: float, weighed: float, guess: float, guess_weighs: float) -> float:
    return (guess * guess_weighs + counted) / (guess_weighs + weighed)


def pattern(seen: Arrivals, today: datetime.date) -> Pattern:
    """Return the pattern that these arrivals show, a guess filling in where they are few; pure."""
    days = seen.days
    own_holidays = sum(holidays.name_of(day) is not None for day in days) >= ENOUGH_HOLIDAYS
    kinds = {day: kind_of(day, own_holidays=own_holidays) for day in days}
    weights = {day: weight(day, today) for day in days}
    in_hour, in_cell, of_kind = (
        defaultdict[int, float](float),
        defaultdict[Cell, float](float),
        defaultdict[int, float](float),
    )
    for (day, hour), people in seen.counts.items():
        if day in weights:
            in_hour[hour] += people * weights[day]
            in_cell[kinds[day], hour] += people * weights[day]
    for day in days:
        of_kind[kinds[day]] += weights[day]
    counted, weighed = sum(in_hour.values()), sum(weights.values())
    a_day = _mean(counted, weighed, ASSUMED_PEOPLE, GUESS_IN_DAYS)

    def expected(kind: int, hour: int) -> Expected:
        part = _mean(in_hour[hour], counted, ASSUMED_DAY[hour] / 100, GUESS_IN_PEOPLE)
        mean = _mean(in_cell[kind, hour], of_kind[kind], a_day * part, GUESS_IN_SUCH_DAYS)
        return likely(mean, of_kind[kind] + GUESS_IN_SUCH_DAYS)

    rows = [[expected(kind, hour) for hour in range(HOURS)] for kind in range(WEEK + own_holidays)]
    return Pattern(rows, a_day, len(days), seen.people)
