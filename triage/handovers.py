"""How the passing on of conversations stands: who is asked, who stays as a companion; reads, and changes nothing."""

import datetime
import uuid
from collections.abc import Collection
from typing import NamedTuple

from django.db.models import F, QuerySet

from roster.models import Member, Presence
from triage.models import Contact, ContactState, HandoverState, WarmHandover
from triage.states import WITH_SOMEBODY
from wire import clock

#: What whoever asked is told of: it is asked for, or it came to nothing and they go on.
TOLD = frozenset({HandoverState.ASKED, HandoverState.DECLINED, HandoverState.EXPIRED, HandoverState.NOBODY})


class Passing(NamedTuple):
    """How the passing on of one conversation stands.

    ``state`` is a code of HandoverState that concerns whoever leads it now, or nothing; ``asked`` who is asked, by
    alias, nothing for whoever can. ``companion`` stays in the room beside whoever leads it, called ``name``.
    """

    state: str = ""
    asked: str = ""
    companion: uuid.UUID | None = None
    name: str = ""


NOTHING = Passing()


def companions() -> QuerySet[WarmHandover]:
    """Return the handovers whose giver is still in the room: awake, and led by whoever took it."""
    return WarmHandover.objects.filter(
        state=HandoverState.TOGETHER, contact__state=ContactState.TALKING, contact__volunteer=F("taker")
    )


def companion_name(contact_id: uuid.UUID, member_id: uuid.UUID | None) -> str | None:
    """Return the alias of a member who is the companion in this conversation, or None for anybody else."""
    mine = companions().filter(contact_id=contact_id, giver_id=member_id)
    return mine.values_list("giver__alias", flat=True).first()


def led_since(contact: Contact, member: Member) -> datetime.datetime | None:
    """Return since when this member leads a conversation: since they took it over, or since its volunteer came."""
    taken = WarmHandover.objects.filter(contact=contact, taker=member).order_by("taken_at")
    return taken.values_list("taken_at", flat=True).last() or contact.assigned_at


def is_there(member: Member) -> bool:
    """Say whether a member is there now, by their last sign of life."""
    return Presence.objects.filter(member=member, lease_until__gt=clock.now()).exists()


def passings(contacts: Collection[uuid.UUID]) -> dict[uuid.UUID, Passing]:
    """Return how it stands with those of these conversations about which there is anything to tell; one question."""
    found: dict[uuid.UUID, Passing] = {}
    rows = WarmHandover.objects.filter(contact__in=contacts, contact__state__in=WITH_SOMEBODY).order_by("asked_at")
    for row in rows.select_related("contact", "wished", "giver"):
        before = found.get(row.contact_id, NOTHING)
        mine = row.giver_id == row.contact.volunteer_id and row.state in TOLD
        asked = row.wished.alias if mine and row.wished else ""
        stands = before._replace(state=row.state if mine else "", asked=asked)
        beside = row.state == HandoverState.TOGETHER and row.taker_id == row.contact.volunteer_id
        if beside and row.contact.state == ContactState.TALKING:
            stands = stands._replace(companion=row.giver_id, name=row.giver.alias)
        found[row.contact_id] = stands
    return found
