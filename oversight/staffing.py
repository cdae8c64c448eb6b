"""How many volunteers an hour needs so that people are answered as promised; pure, by the formulas of Erlang.

The promises are those of the forecast: nine of ten answered within a minute, of those in danger nineteen of twenty
within two, while no more than seven of ten conversations that could be held are (docs/QUEUE.md).
"""

import dataclasses
import functools
import math
from collections.abc import Callable
from typing import NamedTuple

from roster.models import CAPACITY
from triage.erlang import erlang_a, fewest, first_class_within
from triage.offering import OFFER_LASTS
from triage.routing import hands_kept


class Promise(NamedTuple):
    """What the line aims at: this share of people is answered within so many seconds."""

    within: float
    share: float


EVERYBODY = Promise(60, 0.90)
URGENT = Promise(120, 0.95)  # levels A and B
FULLEST = 0.7  # of the conversations that could be held at once
NEARLY = 0.98  # of what offers let anybody reach: where that is less than was promised, no more is asked for
FIGURES = 3  # of a rate, for which a number once found is kept


@dataclasses.dataclass(frozen=True, slots=True)
class Work:
    """What a conversation takes, in seconds and shares: ``work`` with its note, ``urgent`` of all who come.

    ``offers`` is the share of offers that are accepted, ``answer`` after how long; ``chats`` at once each.
    """

    work: float
    patience: float
    urgent: float
    offers: float
    answer: float
    chats: int = CAPACITY

    @property
    def of_a_slot(self) -> float:
        """Seconds that somebody takes of a slot; who is in danger fills a volunteer's hands alone (the routing)."""
        return self.work * (1 + self.urgent * (self.chats - 1))

    def offered(self, within: float, found: Callable[[float], float]) -> float:
        """Return the share answered within some seconds; ``found`` is that for whom a free slot is there by then.

        One offer after the other: each that is not accepted costs its whole time.
        """
        share, chance, left = 0.0, self.offers, within - self.answer
        while left >= 0:
            share += chance * found(left)
            chance, left = chance * (1 - self.offers), left - OFFER_LASTS.total_seconds()
        return share

    def reach(self, within: float) -> float:
        """Return the share that offers let anybody reach, however many volunteers are ready."""
        return self.offered(within, lambda _left: 1.0)

    def asked(self, promise: Promise) -> float:
        """Return the share that is asked for: as promised, unless offers do not let anybody reach it."""
        return min(promise.share, NEARLY * self.reach(promise.within))


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What so many volunteers achieve with so many people per second: shares of all who come, mean wait in seconds."""

    load: float  # of the conversations that could be held at once; infinite where none could
    wait: float
    gives_up: float
    soon: float  # everybody, within EVERYBODY
    in_two_minutes: float  # everybody, within the time of URGENT
    urgent: float  # those in danger, within URGENT

    @property
    def whole_wait(self) -> int:
        """The mean wait in whole seconds."""
        return round(self.wait)


def _free(work: Work, volunteers: int, rate: float, within: float) -> float:
    """Return the share of everybody who is answered within some seconds, by Erlang A and the offers.

    The hands that the routing keeps for those in danger are left out, as if nobody ever filled them.
    """
    slots = volunteers * work.chats - hands_kept(volunteers, 0)
    return work.offered(within, lambda left: erlang_a(slots, rate, work.of_a_slot, work.patience, left).answered)


def _free_for_urgent(work: Work, volunteers: int, rate: float, some_wait: float) -> float:
    """Return the share of those in danger who are answered within the time of URGENT; ``some_wait`` is everybody's."""
    slots, urgent = volunteers * work.chats, rate * work.urgent
    return work.offered(URGENT.within, lambda left: first_class_within(slots, urgent, work.of_a_slot, some_wait, left))


def outcome(work: Work, volunteers: int, rate: float) -> Outcome:
    """Return what so many volunteers achieve while ``rate`` people come per second, for as long as it takes to settle.

    By Erlang A, those in danger by Kella and Yechiali; two conversations at once are taken for two slots.
    """
    slots = volunteers * work.chats
    met = erlang_a(slots, rate, work.of_a_slot, work.patience)
    offering = work.answer + (1 / work.offers - 1) * OFFER_LASTS.total_seconds()
    return Outcome(
        load=rate * work.of_a_slot / slots if slots else (math.inf if rate else 0.0),
        wait=met.mean + offering * (1 - met.gives_up),
        gives_up=met.gives_up,
        soon=_free(work, volunteers, rate, EVERYBODY.within),
        in_two_minutes=_free(work, volunteers, rate, URGENT.within),
        urgent=_free_for_urgent(work, volunteers, rate, met.some_wait),
    )


def _keeps(work: Work, volunteers: int, rate: float) -> bool:
    if _free(work, volunteers, rate, EVERYBODY.within) < work.asked(EVERYBODY):
        return False
    some_wait = erlang_a(volunteers * work.chats, rate, work.of_a_slot, work.patience).some_wait
    return _free_for_urgent(work, volunteers, rate, some_wait) >= work.asked(URGENT)


def _rounded(rate: float) -> float:
    return round(rate, FIGURES - 1 - math.floor(math.log10(rate)))


def needed(work: Work, rate: float) -> int:
    """Return the fewest volunteers with whom the promises hold while ``rate`` people come per second.

    One at least where anybody may come at all, none where nobody does. Raises ValueError for more than the formulas
    reach (2,000 volunteers).
    """
    return _needed(work, _rounded(rate)) if rate > 0 else 0


@functools.lru_cache(maxsize=4096)
def _needed(work: Work, rate: float) -> int:
    least = max(1, math.ceil(rate * work.of_a_slot / FULLEST / work.chats - 1e-9))
    more = fewest(lambda extra: _keeps(work, least + extra, rate))
    if more is None:
        message = "more volunteers than can be reckoned with"
        raise ValueError(message)
    return least + more
