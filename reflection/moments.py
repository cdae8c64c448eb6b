"""When a member is asked how they are: as a shift begins and as it ends; and how they are asked again; pure.

A question that is not answered goes away by itself. The times wait for the clinical lead's yes.
"""

import datetime
from collections.abc import Iterable, Sequence
from typing import NamedTuple

BEFORE = datetime.timedelta(minutes=30)  # a shift begins, in which arriving may be asked about
INTO = datetime.timedelta(minutes=60)  # after its beginning
LAST = datetime.timedelta(minutes=20)  # of a shift, in which leaving may be asked about
AFTER = datetime.timedelta(minutes=60)  # its end
ARRIVE, HEAVY, LEAVE = "arrive", "heavy", "leave"


class Span(NamedTuple):
    """One shift: when it begins and ends."""

    starts_at: datetime.datetime
    ends_at: datetime.datetime


class Asked(NamedTuple):
    """One question, and the moment from which it knows its shift again: the beginning to arrive, else the end."""

    moment: str
    of: datetime.datetime

    @property
    def name(self) -> str:
        """Name it."""
        return f"{self.moment} {self.of.astimezone(datetime.UTC):%Y%m%dT%H%M}"


def _one_after_another(shifts: Iterable[Span]) -> list[Span]:
    """Return shifts that touch as one: in the midst of being on duty nobody is asked."""
    found: list[Span] = []
    for one in sorted(shifts):
        if found and one.starts_at <= found[-1].ends_at:
            found[-1] = Span(found[-1].starts_at, max(found[-1].ends_at, one.ends_at))
        else:
            found.append(one)
    return found


def asked(shifts: Iterable[Span], now: datetime.datetime) -> list[Asked]:
    """Return what may be asked now, in order: the end of a shift comes before the beginning of the next."""
    spans = _one_after_another(shifts)
    over = [one for one in spans if one.ends_at - LAST <= now < one.ends_at + AFTER]
    if over:
        return [Asked(HEAVY, over[0].ends_at), Asked(LEAVE, over[0].ends_at)]
    return [Asked(ARRIVE, one.starts_at) for one in spans if one.starts_at - BEFORE <= now < one.starts_at + INTO]


# After something hard -----------------------------------------------------------------------------------------------

#: From so many days after it to so many, a member who wished it is asked how they go on: 24 to 72 hours, two and four
#: weeks (product and domain texts; for the clinical lead to confirm).
FOLLOW_UPS = ((1, 3), (14, 16), (28, 30))


#: Days after which a desk asks somebody who wished it, and for how many days the word then stands.
DESK_ASKS, STANDS = tuple(first for first, _last in FOLLOW_UPS), 3


def desk_asks_on(day: datetime.date) -> list[datetime.date]:
    """Return the days on which a desk asks somebody who wished it on this day."""
    return [day + datetime.timedelta(days=after) for after in DESK_ASKS]


def follow_up(hard: Sequence[datetime.date], today: datetime.date) -> datetime.date | None:
    """Return the day of something hard after which it is time to ask how a member goes on; the latest, if several."""
    due = [day for day in hard if any(first <= (today - day).days <= last for first, last in FOLLOW_UPS)]
    return max(due, default=None)
