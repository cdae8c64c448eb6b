"""What one side may know of a contact right now, read in one go (runs in the database pool)."""

import dataclasses
import uuid

from chat.protocol import State
from chat.transcript import Spoken, messages_after
from consent import texts
from triage import queue
from triage.handovers import NOTHING, Passing
from triage.models import Contact, ContactState
from triage.queue import Standing
from vault.actions import Holder
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


def page_after(contact_id: uuid.UUID, after: int, holder: Holder) -> Page | None:
    """Return what comes after ``after``, opened by this holder; None when there is no such contact.

    One that is blocked, or that they cannot open, shows no word.
    """
    contact = Contact.objects.select_related("key", "volunteer").filter(pk=contact_id).first()
    if contact is None:
        return None
    contact.holder = holder
    try:
        messages = messages_after(contact, after) if after < contact.last_seq else []
    except CannotOpen:
        return Page([], 0, contact.state, contact)
    return Page(messages, contact.last_seq, contact.state, contact)


def waiting_state(standing: Standing) -> State:
    """Return the state frame of a caller who waits and stands there."""
    return State(state=ContactState.WAITING, ahead=standing.ahead, wait=standing.wait)


def state_for_caller(contact: Contact, standing: Standing | None = None) -> State:
    """Return the state frame for the caller, never the urgency; ``standing`` is where it stands, if one knows."""
    if contact.state == ContactState.WAITING:
        return waiting_state(standing or queue.standing_of(contact))
    name = contact.volunteer.alias if contact.volunteer and contact.state in READABLE else None
    return State(state=contact.state, name=name)


def state_for_desk(contact: Contact, passing: Passing = NOTHING) -> State:
    """Return the state frame for the desk, with urgency, the last number, and how it stands with passing it on."""
    name = contact.volunteer.alias if contact.volunteer else None
    return State(
        contact=str(contact.pk),
        state=contact.state,
        name=name,
        urgency=contact.urgency,
        last=contact.last_seq,
        marked=True if contact.marked else None,
        handover=passing.state or None,
        asked=passing.asked or None,
        companion=passing.name or None,
        practice=True if contact.practice_for_id else None,
    )


# Many callers at once -----------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class Whereabouts:
    """What a caller's socket asks of its contact: the state to send, the last number, and whether it may sit here."""

    state: State
    last: int
    rehearsal: bool
    admitted: bool  # false while a real line lacks what it must tell its callers


def _standings(contacts: list[Contact], reading: queue.Reading | None) -> dict[uuid.UUID, Standing]:
    """Return where those stand for whom a reading of the queue is good enough; few others are counted one by one."""
    waiting = [contact for contact in contacts if contact.state == ContactState.WAITING]
    if reading is None and len(waiting) <= FEW:
        return {}
    return _stood(waiting, reading or queue.Reading())


def _stood(waiting: list[Contact], reading: queue.Reading) -> dict[uuid.UUID, Standing]:
    found = {contact.pk: reading.standing_of(contact.pk) for contact in waiting}
    newcomers = [contact for contact in waiting if found[contact.pk] is None]
    if len(newcomers) > FEW:
        found |= {contact.pk: reading.estimate(contact) for contact in newcomers}
    return {contact_id: standing for contact_id, standing in found.items() if standing}


def whereabouts(asked: list[tuple[uuid.UUID, queue.Reading | None]]) -> list[Whereabouts | None]:
    """Return where each contact is, in order; None for one that is gone.

    With each id goes a reading of the queue that is still good, if there is one.
    """
    rows = Contact.objects.filter(pk__in={contact_id for contact_id, _reading in asked}).select_related("volunteer")
    contacts = list(rows.only(*queue.NEEDED, "last_seq", "volunteer__alias"))
    stands = _standings(contacts, next((reading for _contact_id, reading in asked if reading), None))
    unfilled = bool(texts.unfilled())
    found = {
        contact.pk: Whereabouts(
            state_for_caller(contact, stands.get(contact.pk)),
            contact.last_seq,
            contact.rehearsal,
            contact.rehearsal or not unfilled,
        )
        for contact in contacts
    }
    return [found.get(contact_id) for contact_id, _reading in asked]
