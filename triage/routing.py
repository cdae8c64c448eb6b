"""Chooses which volunteer a waiting contact is offered to, and says why; pure: facts in, proposals out."""

import dataclasses
import datetime
import math
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

LIMIT = 2  # conversations of one volunteer at once, unless the coordination says otherwise
URGENT = frozenset({"A", "B"})  # one of these fills a volunteer's hands
EMERGENCY = "A"
RING_AT_ONCE = {EMERGENCY: 3}  # open offers for one contact at once; one for every other level
PAGE_SILENT_AFTER = datetime.timedelta(seconds=45)
ASK_AGAIN_AFTER = datetime.timedelta(seconds=60)
#: After an A or B nobody is given another for so long (domain rule, for the clinical lead to confirm).
REST_AFTER_URGENT = datetime.timedelta(minutes=10)
#: So long before the end of a shift nobody new is offered: a conversation takes 45 minutes.
LAST_OFFER_BEFORE_END = datetime.timedelta(minutes=45)
#: From so many ready volunteers on, so many hands are kept open for A and B.
HANDS_KEPT = ((10, 2), (4, 1))
#: While more wait than this for each ready volunteer, that share of all hands is kept: the line is overrun, and whoever
#: comes in danger then must not wait behind everybody (see docs/QUEUE.md for what it costs the others).
OVERRUN_AT, KEPT_WHEN_OVERRUN = 0.2, 0.6


class Proposal(NamedTuple):
    """An offer to make, and the codes of why to this member, the weightiest first (worded in ``triage.reasons``)."""

    contact_id: uuid.UUID
    member_id: uuid.UUID
    reason: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Waiter:
    """A waiting contact; ``asked`` says when each member let an offer of it pass, ``open_offers`` who rings now.

    ``language`` is a skill without which they can hardly be accompanied, ``topics`` are skills that help, ``earlier``
    is the member who was with them a short while ago.
    """

    contact_id: uuid.UUID
    urgency: str
    seen_at: datetime.datetime | None
    rehearsal: bool = False
    open_offers: int = 0
    asked: Mapping[uuid.UUID, datetime.datetime] = dataclasses.field(default_factory=dict)
    language: str = ""
    topics: frozenset[str] = frozenset()
    earlier: uuid.UUID | None = None

    @property
    def urgent(self) -> bool:
        """Whether this contact fills a volunteer's hands."""
        return self.urgency in URGENT

    def silent(self, now: datetime.datetime) -> bool:
        """Say whether the caller's page has been silent for so long that nobody may be there."""
        return self.seen_at is not None and now - self.seen_at > PAGE_SILENT_AFTER


@dataclasses.dataclass(frozen=True, slots=True)
class Volunteer:
    """A ready volunteer; ``idle_since`` is their last acceptance, or when they became ready.

    ``carries`` counts the conversations that are awake, ``urgent`` those of them at A or B. ``above_limit`` is their
    own yes to an emergency above the limit; ``asks`` says that they asked for one more at the end of their shift.
    """

    member_id: uuid.UUID
    idle_since: datetime.datetime
    carries: int = 0
    urgent: int = 0
    has_offer: bool = False
    rehearsal: bool = False
    capacity: int = LIMIT
    skills: frozenset[str] = frozenset()
    above_limit: bool = False
    rests_until: datetime.datetime | None = None
    break_until: datetime.datetime | None = None
    shift_ends_at: datetime.datetime | None = None
    asks: bool = False

    @property
    def has_room(self) -> bool:
        """Whether another conversation fits beside what they carry."""
        return not self.urgent and self.carries < self.capacity

    @property
    def has_room_above(self) -> bool:
        """Whether one emergency more is within what they said yes to: one above the limit, never two."""
        return self.above_limit and self.carries <= self.capacity and self.urgent <= 1

    def without(self, urgency: str) -> "Volunteer":
        """Return them without one conversation at this level."""
        return dataclasses.replace(self, carries=self.carries - 1, urgent=self.urgent - (urgency in URGENT))

    def holds(self, urgency: str) -> bool:
        """Say whether these hands hold one more at this level."""
        return self.has_room or (urgency == EMERGENCY and self.has_room_above)

    def on_break(self, now: datetime.datetime) -> bool:
        """Say whether they are on a break."""
        return self.break_until is not None and now < self.break_until

    def pauses(self, now: datetime.datetime) -> bool:
        """Say whether nobody is offered to them now: a break, or the end of their shift is near."""
        return self.on_break(now) or self.leaves(now)

    def leaves(self, now: datetime.datetime) -> bool:
        """Say whether their shift ends too soon for another conversation, and they have not asked for one."""
        ends = self.shift_ends_at
        return ends is not None and now >= ends - LAST_OFFER_BEFORE_END and not self.asks

    def rests(self, now: datetime.datetime) -> bool:
        """Say whether an A or B that they accompanied ended so lately that no other is offered to them."""
        return self.rests_until is not None and now < self.rests_until

    def may_take(self, waiter: Waiter, now: datetime.datetime) -> bool:
        """Say whether this caller may be offered to them within the usual limits."""
        if self.rehearsal != waiter.rehearsal or self.pauses(now) or not self.has_room:
            return False
        return not (waiter.urgent and self.rests(now))

    def may_take_above(self, waiter: Waiter, now: datetime.datetime) -> bool:
        """Say whether this emergency may be offered to them above the limit."""
        same = self.rehearsal == waiter.rehearsal and waiter.urgency == EMERGENCY
        return same and self.has_room_above and not self.pauses(now) and not self.rests(now)


def may_be_rung(volunteer: Volunteer, now: datetime.datetime) -> bool:
    """Say whether anybody at all could be offered to them now, be it because everybody's shift ends."""
    room = volunteer.has_room or volunteer.has_room_above
    return room and not volunteer.has_offer and not volunteer.on_break(now)


def may_be_given(volunteer: Volunteer, urgency: str, now: datetime.datetime) -> bool:
    """Say whether a supervisor may give them a caller at this level: never beyond their hands, nor an A or B at rest.

    A pause or the end of a shift is theirs to talk about.
    """
    return volunteer.holds(urgency) and not (urgency in URGENT and volunteer.rests(now))


def hands_kept(ready: int, waiting: int) -> int:
    """Return how many of so many ready volunteers must stay open to an A or B while so many others wait."""
    usual = next((kept for least, kept in HANDS_KEPT if ready >= least), 0)
    return max(usual, math.ceil(KEPT_WHEN_OVERRUN * ready)) if usual and waiting > OVERRUN_AT * ready else usual


def hands_open(volunteers: Sequence[Volunteer], waiting: int, now: datetime.datetime) -> tuple[int, int]:
    """Return how many conversations these volunteers can take now: anybody's, and those kept for A and B.

    ``waiting`` counts those at C to E who wait.
    """
    able = [one for one in volunteers if one.has_room and not one.pauses(now)]
    places = sum(one.capacity - one.carries for one in able)
    kept = min(places, hands_kept(sum(not one.pauses(now) for one in volunteers), waiting))
    return places - kept, kept


# Why to whom --------------------------------------------------------------------------------------------------------


def _speaks(volunteer: Volunteer, waiter: Waiter) -> bool:
    return bool(waiter.language) and waiter.language in volunteer.skills


def _fit(volunteer: Volunteer, waiter: Waiter) -> tuple[bool, bool, int]:
    """Return what sorts the better fitting first: their language, the same person as before, the topics they know."""
    topics = len(waiter.topics & volunteer.skills)
    return (not _speaks(volunteer, waiter), volunteer.member_id != waiter.earlier, -topics)


def _spread(volunteer: Volunteer) -> tuple[int, datetime.datetime, str]:
    """Whoever carries less first, so that the urgent reach empty hands; among equals the longest idle."""
    return (volunteer.carries, volunteer.idle_since, str(volunteer.member_id))


def reason_for(volunteer: Volunteer, waiter: Waiter, among: Sequence[Volunteer], *, above: bool) -> tuple[str, ...]:
    """Return the codes of why this volunteer, chosen ``among`` those who could be asked, is offered this caller."""
    codes = [waiter.language] if _speaks(volunteer, waiter) else []
    if volunteer.member_id == waiter.earlier:
        codes.append("continuity")
    codes += sorted(waiter.topics & volunteer.skills)
    if above:
        codes.append("above_limit")
    if len(among) == 1:
        codes.append("only_one")
    elif all(volunteer.carries < other.carries for other in among if other is not volunteer):
        codes.append("least_busy")
    elif all(volunteer.idle_since <= other.idle_since for other in among if other.carries == volunteer.carries):
        codes.append("longest_idle")
    return tuple(codes) or ("fits_best",)


# Choosing -----------------------------------------------------------------------------------------------------------


class _Round:
    """What one choosing has given out so far."""

    def __init__(self, waiting: Sequence[Waiter], volunteers: Sequence[Volunteer], now: datetime.datetime) -> None:
        self.now = now
        self.ready = sorted(volunteers, key=_spread)
        self.idle = {one.member_id for one in self.ready if not one.has_offer}
        #: Whose hands an A or B could fill, now or after the rest from the last one; some are kept from anybody else.
        self._open = {one.member_id for one in self.ready if self._is_open(one)}
        calm = [one for one in waiting if not one.urgent]
        self._kept = {
            life: hands_kept(
                sum(one.rehearsal == life and not one.pauses(now) for one in self.ready),
                sum(one.rehearsal == life for one in calm),
            )
            for life in (False, True)
        }
        self._able: dict[tuple[bool, bool], list[Volunteer]] = {}  # forgotten whenever somebody is chosen

    def _is_open(self, one: Volunteer) -> bool:
        return one.has_room and one.member_id in self.idle and not one.pauses(self.now)

    def _keeps_enough_open(self, one: Volunteer) -> bool:
        """Say whether with a calm conversation more for them enough hands stay open to A and B."""
        if one.carries + 1 < one.capacity or one.member_id not in self._open:
            return True
        left = sum(other.member_id in self._open for other in self.ready if other.rehearsal == one.rehearsal) - 1
        return left >= self._kept[one.rehearsal]

    def _within_limits(self, waiter: Waiter) -> list[Volunteer]:
        """Return who has room for this caller, some of whom may decide on another offer just now."""
        alike = (waiter.rehearsal, waiter.urgent)
        if alike not in self._able:
            able = [one for one in self.ready if one.may_take(waiter, self.now)]
            self._able[alike] = able if waiter.urgent else [one for one in able if self._keeps_enough_open(one)]
        return self._able[alike]

    def _who_speaks(self, waiter: Waiter, able: list[Volunteer]) -> list[Volunteer]:
        """Keep to those who speak the caller's language, while any such person is here; the urgent wait for nobody."""
        if not waiter.language or waiter.urgent:
            return able
        here = any(
            _speaks(one, waiter) for one in self.ready if one.rehearsal == waiter.rehearsal and not one.pauses(self.now)
        )
        return [one for one in able if _speaks(one, waiter)] if here else able

    def _may_ask(self, waiter: Waiter, volunteer: Volunteer) -> bool:
        passed = waiter.asked.get(volunteer.member_id)
        return passed is None or self.now - passed >= ASK_AGAIN_AFTER

    def candidates(self, waiter: Waiter) -> list[Volunteer]:
        """Return whom to ask: those not asked yet; once everyone with room was asked, whoever passed a while ago.

        Some of them may decide on another offer just now: they are waited for, except in an emergency.
        """
        able = self._within_limits(waiter)
        if not able:
            return []
        able = self._who_speaks(waiter, able)
        unasked = [one for one in able if one.member_id not in waiter.asked]
        if waiter.urgency == EMERGENCY:
            unasked = [one for one in unasked if one.member_id in self.idle]
        again = [one for one in able if one.member_id in waiter.asked and self._may_ask(waiter, one)]
        fitting = [one for one in unasked or again if one.member_id in self.idle]
        return sorted(fitting, key=lambda one: (_fit(one, waiter), *_spread(one)))

    def above_limit(self, waiter: Waiter) -> list[Volunteer]:
        """Return who said yes to an emergency above the limit, has no room within it, and may be rung for this one."""
        if waiter.urgency != EMERGENCY:
            return []
        full = [one for one in self.ready if not one.has_room and one.may_take_above(waiter, self.now)]
        return [one for one in full if one.member_id in self.idle and self._may_ask(waiter, one)]

    def _hands_are_few(self, waiter: Waiter) -> bool:
        still_open = sum(one.member_id in self._open for one in self.ready if one.rehearsal == waiter.rehearsal)
        return still_open <= self._kept[waiter.rehearsal]

    def propose(self, waiter: Waiter, most: int) -> list[Proposal]:
        """Return up to ``most`` offers of this contact, and count them as given out."""
        if most <= 0:
            return []
        within, above = self.candidates(waiter), self.above_limit(waiter)
        chosen = [(one, within, False) for one in within]
        beyond = [(one, above, True) for one in above]
        # The last hands are left to those at B, for whom nobody goes above the limit.
        chosen = beyond + chosen if self._hands_are_few(waiter) else chosen + beyond
        made = [
            Proposal(waiter.contact_id, one.member_id, reason_for(one, waiter, among, above=over))
            for one, among, over in chosen[:most]
        ]
        for proposal in made:
            self.idle.discard(proposal.member_id)
            self._open.discard(proposal.member_id)
            self._able.clear()
        return made


def _rounds(waiting: Sequence[Waiter]) -> list[tuple[Waiter, int]]:
    """Return who is served in which order and up to how many open offers: each emergency one before any has three."""
    emergencies = [one for one in waiting if one.urgency in RING_AT_ONCE]
    others = [one for one in waiting if one.urgency not in RING_AT_ONCE]
    return [
        *((one, 1) for one in emergencies),
        *((one, RING_AT_ONCE[one.urgency]) for one in emergencies),
        *((one, 1) for one in others),
    ]


def choose(waiting: Sequence[Waiter], volunteers: Sequence[Volunteer], now: datetime.datetime) -> list[Proposal]:
    """Return the offers to make; ``waiting`` comes in the order of the queue.

    Nobody gets a second offer, a silent page is passed over, and an emergency rings at up to three at once. Some
    hands stay open for A and B; a caller who needs a language goes to who speaks it, while any such person is ready.
    """
    proposals = _choose(waiting, volunteers, now)
    for rehearsal in (False, True):
        here = [one for one in volunteers if one.rehearsal == rehearsal]
        # Where all leave nobody else would come: the end of a shift keeps no one in danger out.
        if here and all(one.leaves(now) for one in here):
            urgent = [one for one in waiting if one.urgent and one.rehearsal == rehearsal]
            proposals += _choose(urgent, [dataclasses.replace(one, asks=True) for one in here], now)
    return proposals


def colleagues(waiter: Waiter, volunteers: Sequence[Volunteer], now: datetime.datetime) -> list[Volunteer]:
    """Return who could go on with a conversation that is passed on, the best fitting first.

    No hands are kept open here: whoever passes it on frees as many as are filled. Some of them may decide on another
    offer just now (``has_offer``).
    """
    able = [one for one in volunteers if one.may_take(waiter, now) or one.may_take_above(waiter, now)]
    return sorted(able, key=lambda one: (_fit(one, waiter), *_spread(one)))


def to_ask(waiter: Waiter, volunteers: Sequence[Volunteer], now: datetime.datetime) -> list[Proposal]:
    """Return the offers to make of a conversation that goes to whoever can, three at once of an emergency.

    Those who speak the language that a caller needs are waited for, except by the urgent; whoever was asked is asked
    no more.
    """
    able = [one for one in colleagues(waiter, volunteers, now) if one.member_id not in waiter.asked]
    speaking = [one for one in able if _speaks(one, waiter)]
    able = speaking if speaking and not waiter.urgent else able
    free = [one for one in able if not one.has_offer][: RING_AT_ONCE.get(waiter.urgency, 1) - waiter.open_offers]
    return [
        Proposal(waiter.contact_id, one.member_id, reason_for(one, waiter, able, above=not one.has_room))
        for one in free
    ]


def would_take(
    levels: Collection[str],
    waiting: Sequence[Waiter],
    volunteers: Sequence[Volunteer],
    proposals: Sequence[Proposal],
    now: datetime.datetime,
) -> bool:
    """Say whether somebody at one of these levels, who waits beyond those chosen from, could be offered to anybody.

    Hands that are kept for an A or B, or that rest from one, stay free however many others wait.
    """
    given = {proposal.member_id for proposal in proposals}
    left = [dataclasses.replace(one, has_offer=one.has_offer or one.member_id in given) for one in volunteers]
    now_round = _Round(waiting, left, now)
    anybody = (Waiter(uuid.UUID(int=0), level, now, rehearsal) for level in levels for rehearsal in (False, True))
    return any(now_round.candidates(one) or now_round.above_limit(one) for one in anybody)


def _choose(waiting: Sequence[Waiter], volunteers: Sequence[Volunteer], now: datetime.datetime) -> list[Proposal]:
    now_round = _Round(waiting, volunteers, now)
    offers = {one.contact_id: one.open_offers for one in waiting}
    proposals: list[Proposal] = []
    for waiter, most in _rounds([one for one in waiting if not one.silent(now)]):
        if not now_round.idle:
            break
        made = now_round.propose(waiter, most - offers[waiter.contact_id])
        offers[waiter.contact_id] += len(made)
        proposals += made
    return proposals
