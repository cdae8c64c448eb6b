"""The verb by which a supervisor gives somebody who waits to a volunteer, and whom they can choose from.

It is called as ``triage.actions``.
"""

import uuid
from typing import NamedTuple

from django.db import transaction

from roster import presence
from roster.models import Member, PresenceState
from roster.permissions import may
from triage.claiming import assign_by_hand
from triage.errors import NobodyFree, NotYours
from triage.hands import volunteers_among
from triage.models import Contact
from triage.routing import Volunteer, may_be_given
from wire import clock


class Choice(NamedTuple):
    """A volunteer who is there: what they carry, and whether they may be given this contact."""

    member: Member
    ready: bool
    hands: Volunteer
    rests: bool
    fits: bool


def choices_by_hand(contact: Contact) -> list[Choice]:
    """Return the volunteers who are there, those who may be given this contact first, whoever carries least in front.

    Somebody on a pause is among them: a supervisor may have asked them.
    """
    now = clock.now()
    there = [row for row in presence.there(now) if row.member.rehearsal == contact.rehearsal]
    found = []
    for row, hands in zip(there, volunteers_among(there, now), strict=True):
        fits = may_be_given(hands, contact.urgency, now)
        ready = row.state == PresenceState.READY and not hands.on_break(now)
        found.append(Choice(row.member, ready, hands, hands.rests(now), fits))
    return sorted(found, key=lambda one: (not one.fits, not one.ready, one.hands.carries, one.member.alias))


@transaction.atomic
def assign(contact: Contact, member_id: uuid.UUID, by: Member) -> Member:
    """Give a contact that waits to a volunteer who is there; return them.

    Raises NotYours, NobodyFree when they are gone or their hands are full by now, NotAllowed when it waits no more.
    """
    if not may(by, "contact.assign") or contact.rehearsal != by.rehearsal:
        raise NotYours
    chosen = next((one.member for one in choices_by_hand(contact) if one.fits and one.member.pk == member_id), None)
    if chosen is None:
        raise NobodyFree
    contact.holder = by.holder
    assign_by_hand(contact, chosen, by=by)
    return chosen
