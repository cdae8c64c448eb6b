"""What one side may know of a contact right now, read in one go (runs in the database pool)."""

import dataclasses
import uuid

from chat.protocol import State
from chat.transcript import Spoken, messages_after
from triage import queue
from triage.models import Contact, ContactState
from triage.queue import Standing
from vault.errors import CannotOpen

#: States in which the words can still be read.
READABLE = frozenset({ContactState.WAITING, ContactState.TALKING, ContactState.ASLEEP, ContactState.ENDED})


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """The answer to a look: messages after a number, and where the contact stands."""

    messages: list[Spoken]
    last: int
    state: str
    contact: Contact


def page_after(contact_id: uuid.UUID, after: int) -> Page | None:
    """Return what comes after ``after``; None when there is no such contact. A blocked contact shows no word."""
    contact = Contact.objects.select_related("key", "volunteer").filter(pk=contact_id).first()
    if contact is None:
        return None
    try:
        messages = messages_after(contact, after) if after < contact.last_seq else []
    except CannotOpen:
        return Page([], 0, contact.state, contact)
    return Page(messages, contact.last_seq, contact.state, contact)


def waiting_state(standing: Standing) -> State:
    """Return the state frame of a caller who waits and stands there."""
    return State(state=ContactState.WAITING, ahead=standing.ahead, wait=standing.wait)


def state_for_caller(contact: Contact) -> State:
    """Return the state frame for the caller: never the urgency."""
    if contact.state == ContactState.WAITING:
        return waiting_state(queue.standing_of(contact))
    name = contact.volunteer.alias if contact.volunteer and contact.state in READABLE else None
    return State(state=contact.state, name=name)


def state_for_desk(contact: Contact) -> State:
    """Return the state frame for the desk, with urgency and the last number."""
    name = contact.volunteer.alias if contact.volunteer else None
    return State(
        contact=str(contact.pk),
        state=contact.state,
        name=name,
        urgency=contact.urgency,
        last=contact.last_seq,
    )


def caller_state(contact_id: uuid.UUID) -> State | None:
    """Read the contact and return the caller's state frame; None when it is gone."""
    contact = Contact.objects.select_related("volunteer").filter(pk=contact_id).first()
    return state_for_caller(contact) if contact else None
