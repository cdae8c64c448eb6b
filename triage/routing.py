"""Chooses which volunteer a waiting contact is offered to; pure: facts in, pairs out."""

import dataclasses
import datetime
import uuid
from collections.abc import Mapping, Sequence

LIMIT = 2  # conversations of one volunteer at once
URGENT = frozenset({"A", "B"})  # one of these fills a volunteer's hands
RING_AT_ONCE = {"A": 3}  # open offers for one contact at once; one for every other level
PAGE_SILENT_AFTER = datetime.timedelta(seconds=45)
ASK_AGAIN_AFTER = datetime.timedelta(seconds=60)

Pair = tuple[uuid.UUID, uuid.UUID]


@dataclasses.dataclass(frozen=True, slots=True)
class Waiter:
    """A waiting contact; ``asked`` says when each member let an offer of it pass, ``open_offers`` who rings now."""

    contact_id: uuid.UUID
    urgency: str
    seen_at: datetime.datetime | None
    rehearsal: bool = False
    open_offers: int = 0
    asked: Mapping[uuid.UUID, datetime.datetime] = dataclasses.field(default_factory=dict)

    def silent(self, now: datetime.datetime) -> bool:
        """Say whether the caller's page has been silent for so long that nobody may be there."""
        return self.seen_at is not None and now - self.seen_at > PAGE_SILENT_AFTER


@dataclasses.dataclass(frozen=True, slots=True)
class Volunteer:
    """A ready volunteer; ``idle_since`` is their last acceptance, or when they became ready."""

    member_id: uuid.UUID
    idle_since: datetime.datetime
    carries: int = 0
    carries_urgent: bool = False
    has_offer: bool = False
    rehearsal: bool = False

    @property
    def has_room(self) -> bool:
        """Whether another conversation fits beside what they carry."""
        return not self.carries_urgent and self.carries < LIMIT

    @property
    def free(self) -> bool:
        """Whether they can be offered somebody now."""
        return self.has_room and not self.has_offer


def _order(volunteer: Volunteer) -> tuple[int, datetime.datetime, str]:
    """Whoever carries less first, so that the urgent reach empty hands; among equals the longest idle."""
    return (volunteer.carries, volunteer.idle_since, str(volunteer.member_id))


def _candidates(waiter: Waiter, volunteers: Sequence[Volunteer], now: datetime.datetime) -> list[Volunteer]:
    """Return whom to ask: those not asked yet; once everyone with room was asked, whoever passed a while ago.

    Some of them may decide on another offer just now: they are waited for.
    """
    able = [one for one in volunteers if one.has_room and one.rehearsal == waiter.rehearsal]
    unasked = [one for one in able if one.member_id not in waiter.asked]
    return unasked or [one for one in able if now - waiter.asked[one.member_id] >= ASK_AGAIN_AFTER]


def _rounds(waiting: Sequence[Waiter]) -> list[tuple[Waiter, int]]:
    """Return who is served in which order and up to how many open offers: each emergency one before any has three."""
    emergencies = [one for one in waiting if one.urgency in RING_AT_ONCE]
    others = [one for one in waiting if one.urgency not in RING_AT_ONCE]
    return [
        *((one, 1) for one in emergencies),
        *((one, RING_AT_ONCE[one.urgency]) for one in emergencies),
        *((one, 1) for one in others),
    ]


def choose(waiting: Sequence[Waiter], volunteers: Sequence[Volunteer], now: datetime.datetime) -> list[Pair]:
    """Return the offers to make, as pairs of contact and member; ``waiting`` comes in the order of the queue.

    Nobody gets a second offer, a silent page is passed over, and an emergency rings at up to three at once.
    """
    ready = sorted(volunteers, key=_order)
    idle = {one.member_id for one in ready if one.free}
    offers = {one.contact_id: one.open_offers for one in waiting}
    pairs: list[Pair] = []
    for waiter, most in _rounds([one for one in waiting if not one.silent(now)]):
        if not idle:
            break
        able = [one for one in _candidates(waiter, ready, now) if one.member_id in idle]
        for volunteer in able[: max(0, most - offers[waiter.contact_id])]:
            idle.remove(volunteer.member_id)
            offers[waiter.contact_id] += 1
            pairs.append((waiter.contact_id, volunteer.member_id))
    return pairs
