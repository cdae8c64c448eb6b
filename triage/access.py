"""Who may reach a contact: the caller through their session, and the member who leads it."""

import secrets
import uuid

from django.contrib.sessions.backends.base import SessionBase

from roster.models import Member
from triage.errors import NotYours
from triage.models import Contact, ContactEvent, ContactState
from vault import actions as vault

OWN = "own"  # in a caller's session: a secret that opens the keys of their contacts
EARLIER = "earlier"  # there too: the contact before this one, where something of it may be brought along


def give_secret(session: SessionBase) -> None:
    """Put a secret into a caller's session, which opens the contacts they begin, unless there is one."""
    if OWN not in session:
        session[OWN] = secrets.token_urlsafe(32)


def holder_in(session: SessionBase) -> vault.Holder:
    """Return the caller of a session as one who opens keys."""
    secret = session.get(OWN)
    return vault.Caller(secret) if secret else vault.LINE


def contact_id_in(session: SessionBase, name: str = "contact") -> uuid.UUID | None:
    """Return the id of the contact to which a caller's session leads, or None."""
    try:
        return uuid.UUID(str(session.get(name, "")))
    except ValueError:
        return None


def contact_of(session: SessionBase, name: str = "contact") -> Contact | None:
    """Return a contact of a caller's session in whatever state, or None: theirs, or by EARLIER the one before."""
    contact_id = contact_id_in(session, name)
    if contact_id is None:
        return None
    contact = Contact.objects.select_related("key", "volunteer", "consent").filter(pk=contact_id).first()
    if contact is not None:
        contact.holder = holder_in(session)
    return contact


def _record(member: Member, contact_id: uuid.UUID, result: str) -> None:
    vault.record_separately(
        actor=str(member.pk), act="contact.open", subject_kind="contact", subject=str(contact_id), result=result
    )


def note_attempt(member: Member, contact_id: uuid.UUID) -> None:
    """Leave the trace of an attempt at a contact that this member never led; one just lost is no attempt."""
    if not ContactEvent.objects.filter(contact_id=contact_id, actor=str(member.pk)).exists():
        _record(member, contact_id, "refused")


def note_reading(member: Member, contact_id: uuid.UUID) -> None:
    """Leave the trace of a member who reads again a conversation of theirs that is over."""
    _record(member, contact_id, "done")


def contact_for(member: Member, contact_id: uuid.UUID) -> Contact:
    """Return a contact that this member leads or led last.

    Raises NotYours, for a withdrawn one too, and leaves the trace of an attempt: call it outside transactions.
    """
    living = Contact.objects.select_related("key", "volunteer").exclude(state=ContactState.WITHDRAWN)
    contact = living.filter(pk=contact_id, volunteer_id=member.pk).first()
    if contact is None:
        note_attempt(member, contact_id)
        raise NotYours
    contact.holder = member.holder
    return contact
