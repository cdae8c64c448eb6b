"""Reads whose hands are free: the ready volunteers as ``triage.routing`` sees them."""

import datetime
import uuid
from collections.abc import Collection, Iterable, Sequence

from roster import breaks, presence
from roster.models import Member, Presence
from roster.permissions import may
from triage.handovers import companions
from triage.models import Contact, ContactState, Offer, OfferState
from triage.routing import URGENT, Volunteer
from wire import clock


def _skills_of(members: Iterable[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
    found: dict[uuid.UUID, set[str]] = {}
    rows = Member.skills.through.objects.filter(member_id__in=members).values_list("member_id", "skill__code")
    for member_id, code in rows:
        found.setdefault(member_id, set()).add(code)
    return found


def levels_carried(members: Collection[uuid.UUID] | None = None) -> dict[uuid.UUID, list[str]]:
    """Return the levels of the conversations that are awake, by member: what sleeps or is practice fills no hands.

    Whoever stays in a conversation that they passed on has it in their hands until they leave the room.
    """
    carried: dict[uuid.UUID, list[str]] = {}
    awake, staying = Contact.objects.filter(state=ContactState.TALKING, practice_for=None), companions()
    if members is not None:
        awake, staying = awake.filter(volunteer_id__in=members), staying.filter(giver_id__in=members)
    led = awake.values_list("volunteer_id", "urgency")
    beside = staying.values_list("giver_id", "contact__urgency")
    for member_id, urgency in led.union(beside, all=True):
        if member_id is not None:
            carried.setdefault(member_id, []).append(urgency)
    return carried


def hands_of(member: Member, levels: Sequence[str]) -> Volunteer:
    """Return the hands of a member who carries these levels: as much as it takes to say whether they hold one more."""
    return Volunteer(
        member_id=member.pk,
        idle_since=clock.now(),
        carries=len(levels),
        urgent=sum(level in URGENT for level in levels),
        capacity=member.capacity,
        above_limit=member.above_limit,
    )


def may_get(member: Member, practice_for: uuid.UUID | None, urgency: str, levels: Sequence[str]) -> bool:
    """Say whether a contact at this level may go to this member, who carries these, now.

    A practice goes to its trainee alone, who may not take others.
    """
    if practice_for is not None:
        return practice_for == member.pk and may(member, "practice.begin")
    return member.may_take_callers and hands_of(member, levels).holds(urgency)


def volunteers_now(now: datetime.datetime) -> list[Volunteer]:
    """Read who is ready (five questions), as the rules want them."""
    return volunteers_among(presence.ready(now), now)


def volunteers_among(presences: Iterable[Presence], now: datetime.datetime) -> list[Volunteer]:
    """Return whose presences these are, with their members, as the rules want them, in the same order.

    Their offers are read before their conversations, so that one just accepted is seen in either, and both before the
    presences, if these are a query.
    """
    offered = set(Offer.objects.filter(state=OfferState.OPEN).values_list("member_id", flat=True))
    carried = levels_carried()
    rows = list(presences)
    ids = [row.member_id for row in rows]
    skills, ends = _skills_of(ids), presence.duties_end_at(ids, now)
    return [
        Volunteer(
            member_id=row.member_id,
            idle_since=row.last_assigned_at or row.since,
            carries=len(carried.get(row.member_id, ())),
            urgent=sum(level in URGENT for level in carried.get(row.member_id, ())),
            has_offer=row.member_id in offered,
            rehearsal=row.member.rehearsal,
            capacity=row.member.capacity,
            skills=frozenset(skills.get(row.member_id, ())),
            above_limit=row.member.above_limit,
            rests_until=breaks.end_of(row.rests_until, now),
            break_until=breaks.end_of(row.break_until, now),
            shift_ends_at=ends.get(row.member_id),
            asks=row.asks,
        )
        for row in rows
    ]
