"""Reads whose hands are free: the ready volunteers as ``triage.routing`` sees them."""

import datetime
import uuid
from collections.abc import Iterable

from roster import breaks, presence
from roster.models import Member
from triage.handovers import companions
from triage.models import Contact, ContactState, Offer, OfferState
from triage.routing import URGENT, Volunteer


def _skills_of(members: Iterable[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
    found: dict[uuid.UUID, set[str]] = {}
    rows = Member.skills.through.objects.filter(member_id__in=members).values_list("member_id", "skill__code")
    for member_id, code in rows:
        found.setdefault(member_id, set()).add(code)
    return found


def _carried() -> dict[uuid.UUID, list[str]]:
    """Return the levels of the conversations that are awake, by member: what sleeps or is practice fills no hands.

    Whoever stays in a conversation that they passed on has it in their hands until they leave the room.
    """
    carried: dict[uuid.UUID, list[str]] = {}
    awake = Contact.objects.filter(state=ContactState.TALKING, practice_for=None)
    led = awake.values_list("volunteer_id", "urgency")
    beside = companions().values_list("giver_id", "contact__urgency")
    for member_id, urgency in led.union(beside, all=True):
        if member_id is not None:
            carried.setdefault(member_id, []).append(urgency)
    return carried


def volunteers_now(now: datetime.datetime) -> list[Volunteer]:
    """Read who is ready (five questions), as the rules want them.

    Their offers are read before their conversations, so that one just accepted is seen in either.
    """
    offered = set(Offer.objects.filter(state=OfferState.OPEN).values_list("member_id", flat=True))
    carried = _carried()
    ready = list(presence.ready(now))
    ids = [row.member_id for row in ready]
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
        for row in ready
    ]
