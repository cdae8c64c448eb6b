"""When circles meet: single and repeating gatherings, full hours and days; plain rules without a database."""

import datetime
from typing import NamedTuple

from roster.hours import LIMA

SHORTEST, LONGEST = 30, 120  # minutes of a gathering
MOST_AT_ONCE = 13  # gatherings of one repetition: half a year, every second week
FURTHEST = datetime.timedelta(days=366)
EVERY = (0, 1, 2, 3, 4)  # weeks from one to the next; 0: once
OPENS_BEFORE = datetime.timedelta(minutes=10)
CLOSES_AFTER = datetime.timedelta(minutes=60)  # after its planned end, if nobody closed it


class BadSchedule(Exception):
    """Gatherings that cannot be.

    ``code`` is past, too_far, bad_length, bad_repetition, once (and several asked for), or overlaps (``at`` a time).
    """

    def __init__(self, code: str, at: datetime.datetime | None = None) -> None:
        super().__init__(code)
        self.code, self.at = code, at


class Wish(NamedTuple):
    """What a form asks for: the first time, minutes, weeks between (0: once), and how many times."""

    first: datetime.datetime
    minutes: int
    every: int = 0
    times: int = 1


def times(wish: Wish, now: datetime.datetime) -> list[datetime.datetime]:
    """Return when the gatherings begin, at the same hour of Lima each time. Raises BadSchedule."""
    if not SHORTEST <= wish.minutes <= LONGEST:
        raise BadSchedule("bad_length")
    if wish.every not in EVERY or not 1 <= wish.times <= MOST_AT_ONCE:
        raise BadSchedule("bad_repetition")
    if wish.times > 1 and not wish.every:
        raise BadSchedule("once")
    if wish.first <= now:
        raise BadSchedule("past")
    if wish.first > now + FURTHEST:
        raise BadSchedule("too_far")
    local = wish.first.astimezone(LIMA).replace(second=0, microsecond=0)
    return [local + datetime.timedelta(weeks=wish.every * number) for number in range(wish.times)]


def today(now: datetime.datetime) -> datetime.date:
    """Return the day in Lima."""
    return now.astimezone(LIMA).date()


def full_hour_after(moment: datetime.datetime) -> datetime.datetime:
    """Return the first full hour that is not before a moment: finer times are not kept."""
    whole = moment.replace(minute=0, second=0, microsecond=0)
    return whole if whole == moment else whole + datetime.timedelta(hours=1)


def last_day(today: datetime.date, days: int) -> datetime.date:
    """Return the latest day whose words are gone by now, if words live so many days."""
    return today - datetime.timedelta(days=days)
