"""The verb by which a caller's own words raise attention: the level while they wait, a quiet mark afterwards.

It is called as ``triage.actions``. Codes of the reading are not stored: of what somebody wrote only the level remains,
and the skills that whoever accompanies them should have.
"""

import uuid
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import transaction

from triage.models import Contact, ContactState, EventKind
from triage.needs import needs_of
from triage.offering import ring_offered
from triage.states import note, write_history

LINE = "line"
IN_ROOM = (ContactState.WAITING, ContactState.TALKING, ContactState.ASLEEP)
MARKED_FROM = "C"  # the least urgent level of words that is a mark


def _raised(contact: Contact, level: str) -> bool:
    """Say whether words of this level put somebody who waits further in front: never anybody back."""
    return contact.state == ContactState.WAITING and level < contact.urgency


def _changed(contact: Contact, level: str | None, codes: Iterable[str]) -> dict[str, str]:
    """Return what words that were read so change of a contact: column → value."""
    fields = {"needs": needs_of(codes, contact.needs)}
    if level is not None and level <= MARKED_FROM and (not contact.marked or level < contact.marked):
        fields["marked"] = level
    if level is not None and _raised(contact, level):
        fields["urgency"] = level
    return {name: value for name, value in fields.items() if getattr(contact, name) != value}


class Heard(NamedTuple):
    """What was read in one message of a caller."""

    contact_id: uuid.UUID
    level: str | None
    codes: Sequence[str]


def worth_heeding(heard: Sequence[Heard]) -> list[Heard]:
    """Return which of these would change anything now, in their order: most words only say again what is known.

    One question, without a lock: a conversation's rows are wanted by those who write in it.
    """
    columns = ("state", "urgency", "marked", "needs")
    rows = Contact.objects.filter(pk__in={one.contact_id for one in heard}, state__in=IN_ROOM).only(*columns)
    stand = {row.pk: row for row in rows}
    return [one for one in heard if one.contact_id in stand and _changed(stand[one.contact_id], one.level, one.codes)]


@transaction.atomic
def heed_words(contact_id: uuid.UUID, level: str | None, codes: Iterable[str]) -> bool:
    """Let what a caller wrote, read as this level with these codes, raise attention; say whether anything changed.

    Who waits rises in the queue; in a conversation the volunteer and the board see a mark. Nothing is ever lowered,
    and nothing more is done than that.
    """
    contact = Contact.objects.select_for_update(no_key=True).filter(pk=contact_id, state__in=IN_ROOM).first()
    if contact is None:
        return False
    before, changed = contact.urgency, _changed(contact, level, codes)
    if not changed:
        return False
    Contact.objects.filter(pk=contact.pk).update_noted(**changed)
    for name, value in changed.items():
        setattr(contact, name, value)
    if "urgency" in changed:
        write_history(contact)
        note(contact, kind=EventKind.REASSESSED, actor=LINE, detail={"from": before, "urgency": contact.urgency})
        ring_offered(contact)
    elif "marked" in changed:
        note(contact, kind=EventKind.MARKED, actor=LINE, detail={"urgency": contact.marked})
    return True
