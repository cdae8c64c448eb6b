"""Those who call the simulated line and those who answer it, and by which rules they are brought together."""

import dataclasses
import datetime
import math
import uuid
from collections.abc import Iterable

from triage import queue, routing
from triage.offering import OFFER_LASTS
from triage.people_model import Temper
from triage.routing import Proposal, Volunteer, Waiter

EPOCH = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def at(seconds: float) -> datetime.datetime:
    """Return a moment of the simulation as the rules want it."""
    return EPOCH + datetime.timedelta(seconds=seconds)


@dataclasses.dataclass(slots=True, eq=False)
class Caller:
    """One who comes; what became of them stands here afterwards (seconds)."""

    pk: uuid.UUID
    temper: Temper
    came: float
    queued_at: datetime.datetime
    placed_front: bool = False
    behind: bool = False
    said: int | None = None  # the wait that they were told
    answered: float | None = None
    left: float | None = None
    ringing: dict[uuid.UUID, int] = dataclasses.field(default_factory=dict)
    asked: dict[uuid.UUID, datetime.datetime] = dataclasses.field(default_factory=dict)
    drops: tuple[float, float] = (math.inf, math.inf)

    @property
    def urgency(self) -> str:
        """Return the level that triage saw."""
        return self.temper.urgency

    @property
    def waited(self) -> float | None:
        """Return the seconds until somebody accepted, if anybody did."""
        return None if self.answered is None else self.answered - self.came


@dataclasses.dataclass(slots=True, eq=False)
class Listener:
    """One who answers, for one shift."""

    pk: uuid.UUID
    began: float
    ends: float
    above_limit: bool
    talks: dict[uuid.UUID, str] = dataclasses.field(default_factory=dict)
    notes: int = 0
    offer: int | None = None
    idle_since: datetime.datetime = EPOCH
    rests_until: datetime.datetime | None = None
    break_until: datetime.datetime | None = None
    ends_at: datetime.datetime = EPOCH
    last_break: datetime.datetime = EPOCH
    away_until: float = -math.inf
    missed: int = 0
    busy_since: float = 0.0
    busy_for: float = 0.0  # seconds with at least one talk or note

    def may_be_free(self, *, emergency: bool) -> bool:
        """Say whether somebody might be offered to them at all: a quick look, before the rules are asked."""
        return self.offer is None and (len(self.talks) < routing.LIMIT or (emergency and self.above_limit))

    def is_ready(self, now: float) -> bool:
        """Say whether the line may choose them: not away, and not both writing a note and full with it."""
        full = self.notes > 0 and self.notes + len(self.talks) >= routing.LIMIT
        return now >= self.away_until and not full and now < self.ends

    def facts(self) -> Volunteer:
        """Return them as routing sees them."""
        return Volunteer(
            member_id=self.pk,
            idle_since=self.idle_since,
            carries=len(self.talks),
            urgent=sum(level in routing.URGENT for level in self.talks.values()),
            has_offer=self.offer is not None,
            above_limit=self.above_limit,
            rests_until=self.rests_until,
            break_until=self.break_until,
            shift_ends_at=self.ends_at,
        )


class Policy:
    """The line's own rules."""

    name = "ours"
    offer_lasts = OFFER_LASTS.total_seconds()

    def in_order(self, waiting: Iterable[Caller], now: float) -> list[Caller]:
        """Return who waits, whoever is served first first."""
        moment = at(now)
        return sorted(waiting, key=lambda one: queue.place(one, moment))

    def choose(self, waiting: list[Waiter], ready: list[Volunteer], now: float) -> list[Proposal]:
        """Return the offers to make."""
        return routing.choose(waiting, ready, at(now))

    def rests(self, level: str) -> bool:
        """Say whether a conversation at this level is followed by a rest from the urgent."""
        return level in routing.URGENT


class FirstCome(Policy):
    """What is usual elsewhere: the longest wait first, to whoever is free longest, two conversations each."""

    name = "first come"
    offer_lasts = 30.0

    def in_order(self, waiting: Iterable[Caller], now: float) -> list[Caller]:
        """Return who waits, the longest first."""
        del now
        return sorted(waiting, key=lambda one: one.queued_at)

    def choose(self, waiting: list[Waiter], ready: list[Volunteer], now: float) -> list[Proposal]:
        """Offer each to the one who is free longest and has not let them pass just now."""
        free = [one for one in ready if not one.has_offer and one.carries < routing.LIMIT and not one.pauses(at(now))]
        free.sort(key=lambda one: one.idle_since)
        made = []
        for waiter in waiting:
            if waiter.open_offers or waiter.silent(at(now)):
                continue
            found = next((one for one in free if one.member_id not in waiter.asked), free[0] if free else None)
            if found is None:
                break
            free.remove(found)
            made.append(Proposal(waiter.contact_id, found.member_id, ("longest_idle",)))
        return made

    def rests(self, level: str) -> bool:
        """Nobody rests."""
        del level
        return False
