"""The moves between a contact's states as data, and the one way to make them."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Case, Q, UUIDField, Value, When

from roster.models import Member
from triage.errors import NotAllowed
from triage.models import Contact, ContactEvent, ContactState, EventKind
from wire import clock, doorbell

CONSENT, QUESTIONS, WAITING = ContactState.CONSENT, ContactState.QUESTIONS, ContactState.WAITING
TALKING, ASLEEP = ContactState.TALKING, ContactState.ASLEEP
ENDED, LEFT, WITHDRAWN = ContactState.ENDED, ContactState.LEFT, ContactState.WITHDRAWN

IN_ROOM = (WAITING, TALKING, ASLEEP)
WITH_SOMEBODY = (TALKING, ASLEEP)
OPEN_STATES = frozenset({CONSENT, QUESTIONS, WAITING, TALKING, ASLEEP})
#: Each state and the states from which it is reached.
REACHED_FROM: dict[ContactState, frozenset[ContactState]] = {
    CONSENT: frozenset(),
    QUESTIONS: frozenset({CONSENT}),
    WAITING: frozenset({CONSENT, QUESTIONS, TALKING, ASLEEP, LEFT}),
    TALKING: frozenset({WAITING, ASLEEP}),
    ASLEEP: frozenset({TALKING}),
    ENDED: OPEN_STATES,
    LEFT: OPEN_STATES,
    WITHDRAWN: OPEN_STATES | {ENDED, LEFT},
}
ALWAYS = Q()
NO_DETAIL: dict[str, str] = {}


def note(contact: Contact, *, kind: str, actor: str, before: str = "", detail: dict[str, str] = NO_DETAIL) -> None:
    """Write an event of this contact, as it stands now, and ring who looks at it; ``detail`` holds codes only."""
    _event(contact, kind, actor, before or contact.state, detail).save()
    ring(contact)


def _event(contact: Contact, kind: str, actor: str, before: str, detail: dict[str, str]) -> ContactEvent:
    return ContactEvent(
        contact_id=contact.pk,
        at=clock.now(),
        kind=kind,
        actor=actor,
        before=before,
        after=contact.state,
        detail=detail,
    )


def ring(contact: Contact, *rooms: str) -> None:
    """Ring the contact's room, the board, its volunteer's room, and ``rooms``."""
    own = [f"member:{contact.volunteer_id}"] if contact.volunteer_id else []
    doorbell.ring(f"contact:{contact.pk}", "board", *own, *rooms)


def write_history(contact: Contact, *, first: bool = False, by: Member | None = None) -> None:
    """Add the row of state, urgency and volunteer as they stand now; ``by`` is the member who changed them.

    None is a caller or the line, said aloud: else simple-history would name whoever is signed in in that browser.
    """
    contact._history_user = by
    Contact.history.bulk_history_create([contact], update=not first)


def read_locked(contact: Contact) -> tuple[str, uuid.UUID | None]:
    """Lock the row for this transaction, show on the instance where it stands, and return its state and volunteer."""
    row = (
        Contact.objects.select_for_update(no_key=True)
        .filter(pk=contact.pk)
        .values("state", "urgency", "volunteer_id")
        .first()
    )
    for name, value in (row or {}).items():
        setattr(contact, name, value)
    return contact.state, contact.volunteer_id


@transaction.atomic
def move(
    contact: Contact,
    to: ContactState,
    *,
    kind: str,
    actor: Member | str,
    detail: dict[str, str] = NO_DETAIL,
    where: Q = ALWAYS,
    **fields: Any,
) -> bool:
    """Move a contact to another state, with ``fields``, if its row allows it and fits ``where``; say whether it did.

    ``actor`` is the member who does it, or «caller», «line», or the id of a member to whom it only happens. One
    conditional UPDATE decides, so that of several at once exactly one wins. Either way the instance shows afterwards
    the state, urgency and volunteer that the row has.
    """
    before, left = read_locked(contact)
    allowed = Q(pk=contact.pk, state__in=REACHED_FROM[to]) & where
    if not Contact.objects.filter(allowed).update_noted(state=to, **fields):
        return False
    for name, value in {"state": to, **fields}.items():
        setattr(contact, name, value)
    member = actor if isinstance(actor, Member) else None
    write_history(contact, by=member)
    note(contact, kind=kind, actor=str(member.pk if member else actor), before=before, detail=detail)
    if left and left != contact.volunteer_id:
        doorbell.ring(f"member:{left}")
    return True


def give_to(pairs: Sequence[tuple[Contact, Member]], *, by: Member | None = None) -> None:
    """Let each of these contacts, whose rows are locked, talk with its member; part of the caller's transaction.

    ``by``: whoever decided so for them.

    Raises NotAllowed when one of them waits no more: then nothing may be committed.
    """
    now, detail = clock.now(), {"by": str(by.pk)} if by else NO_DETAIL
    whom = Case(*(When(pk=contact.pk, then=Value(member.pk)) for contact, member in pairs), output_field=UUIDField())
    waiting = Contact.objects.filter(pk__in=[contact.pk for contact, _member in pairs], state=WAITING)
    given = waiting.update_noted(
        state=TALKING, volunteer=whom, assigned_at=now, still_there_asked_at=None, earlier=None
    )
    if given != len(pairs):
        raise NotAllowed
    for contact, member in pairs:
        contact.state, contact.volunteer, contact.assigned_at = TALKING, member, now
        contact.still_there_asked_at, contact.earlier, contact._history_user = None, None, member
    Contact.history.bulk_history_create([contact for contact, _member in pairs], update=True)
    ContactEvent.objects.bulk_create(
        _event(contact, EventKind.ACCEPTED, str(member.pk), WAITING, detail) for contact, member in pairs
    )
    rooms = [room for contact, member in pairs for room in (f"contact:{contact.pk}", f"member:{member.pk}")]
    doorbell.ring(*rooms, "board")
