"""Breaks that routing keeps: five minutes an hour, a quarter of one after an emergency, and the end of a shift.

Whoever is on a break is offered nobody; what they are in goes on. The figures are for the clinical lead to confirm.
"""

import datetime
import uuid
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, Value, When

from roster.models import Member, Presence, PresenceState
from wire import clock, doorbell

EVERY = datetime.timedelta(minutes=55)  # of being ready, after which five minutes are due
LASTS = datetime.timedelta(minutes=5)
LONG = datetime.timedelta(minutes=15)  # offered after an emergency


def _ring(member_id: uuid.UUID) -> None:
    doorbell.ring(f"member:{member_id}", "board")


def is_due(last: datetime.datetime | None, now: datetime.datetime) -> bool:
    """Say whether somebody whose last break began at ``last`` is due one."""
    return last is None or now - last >= EVERY


def end_of(until: datetime.datetime | None, now: datetime.datetime) -> datetime.datetime | None:
    """Return the end of a rest, None without one; one far longer than any is from before the clock went back."""
    return until if until is not None and now < until <= now + 2 * LONG else None


def begin_counting(row: Presence | None, now: datetime.datetime) -> dict[str, Any]:
    """Return the columns of one who becomes ready: a pause of five minutes that they took themselves was a break."""
    rested = row is None or row.last_break_at is None
    if row is not None and row.state == PresenceState.AWAY:
        rested = rested or now - row.since >= LASTS
    return {"asks": False} | ({"last_break_at": now} if rested else {})


@transaction.atomic
def note_conversation_over(member_id: uuid.UUID, *, rests_until: datetime.datetime | None = None) -> None:
    """Let a break begin that was due, now that somebody has gone; ``rests_until`` is when an A or B may come again."""
    now = clock.now()
    fields: dict[str, Any] = {"rests_until": rests_until} if rests_until else {}
    due = Q(last_break_at__lte=now - EVERY) | Q(last_break_at=None)
    Presence.objects.filter(member_id=member_id, state=PresenceState.READY).update(
        break_until=Case(When(due, then=Value(now + LASTS)), default=F("break_until")),
        last_break_at=Case(When(due, then=Value(now)), default=F("last_break_at")),
        **fields,
    )
    if fields:
        Presence.objects.filter(member_id=member_id).exclude(state=PresenceState.READY).update(**fields)
    _ring(member_id)


@transaction.atomic
def rest(member: Member) -> None:
    """Offer this member nobody for a quarter of an hour, as they asked."""
    now = clock.now()
    Presence.objects.filter(member=member).update(break_until=now + LONG, last_break_at=now)
    _ring(member.pk)


@transaction.atomic
def end_break(member: Member) -> None:
    """Let a member who has rested enough be offered people again."""
    if Presence.objects.filter(member=member, break_until__gt=clock.now()).update(break_until=None):
        _ring(member.pk)


@transaction.atomic
def ask_for_one(member: Member) -> None:
    """Let a member whose shift ends soon be offered one more person, as they asked; the next acceptance ends it."""
    if Presence.objects.filter(member=member, asks=False).update(asks=True):
        _ring(member.pk)
