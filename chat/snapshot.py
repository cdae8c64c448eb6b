"""What one side may know of a contact right now, read in one go (runs in the database pool)."""

import dataclasses
import uuid

from chat.protocol import State
from chat.transcript import Spoken, messages_after
from consent import texts
from triage import queue
from triage.models import Contact, ContactState
from triage.queue import Standing
from vault.errors import CannotOpen

FEW = 3  # contacts whose place is counted one by one
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


def _with_somebody(state: str, alias: str | None) -> State:
    return State(state=state, name=alias if state in READABLE else None)


def state_for_caller(contact: Contact) -> State:
    """Return the state frame for the caller: never the urgency."""
    if contact.state == ContactState.WAITING:
        return waiting_state(queue.standing_of(contact))
    return _with_somebody(contact.state, contact.volunteer.alias if contact.volunteer else None)


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


# Many callers at once -----------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class Whereabouts:
    """What a caller's socket asks of its contact: the state to send, the last number, and whether it may sit here."""

    state: State
    last: int
    rehearsal: bool
    admitted: bool  # false while a real line lacks what it must tell its callers


def _standings(contacts: list[uuid.UUID]) -> dict[uuid.UUID, Standing]:
    """Return where these contacts stand: each by itself, or many by one reading of the queue."""
    if len(contacts) > FEW:
        return queue.all_standings()
    rows = Contact.objects.filter(pk__in=contacts, state=ContactState.WAITING).only(*queue.NEEDED)
    return {contact.pk: queue.standing_of(contact) for contact in rows}


def whereabouts(asked: list[tuple[uuid.UUID, Standing | None]]) -> list[Whereabouts | None]:
    """Return where each contact is, in order; None for one that is gone. With where it stands, if that is known."""
    rows = Contact.objects.filter(pk__in={contact_id for contact_id, _known in asked})
    found = {row[0]: row[1:] for row in rows.values_list("pk", "state", "last_seq", "rehearsal", "volunteer__alias")}
    waiting = {contact_id for contact_id, row in found.items() if row[0] == ContactState.WAITING}
    known = {contact_id: standing for contact_id, standing in asked if standing}
    if missing := waiting - set(known):
        known |= _standings(list(missing))
    unfilled = bool(texts.unfilled())

    def where(contact_id: uuid.UUID) -> Whereabouts | None:
        if contact_id not in found:
            return None
        state, last, rehearsal, alias = found[contact_id]
        stands = known.get(contact_id) if contact_id in waiting else None
        frame = waiting_state(stands) if stands else _with_somebody(state, alias)
        return Whereabouts(frame, last, rehearsal, rehearsal or not unfilled)

    return [where(contact_id) for contact_id, _known in asked]
