"""Who may reach a contact: the caller through their session, and the member who leads it."""

import uuid

from django.contrib.sessions.backends.base import SessionBase

from roster.models import Member
from triage.errors import NotYours
from triage.models import Contact, ContactState
from vault import actions as vault


def contact_of(session: SessionBase) -> Contact | None:
    """Return the contact of a caller's session in whatever state, or None when there is none."""
    try:
        contact_id = uuid.UUID(str(session.get("contact", "")))
    except ValueError:
        return None
    return Contact.objects.select_related("key", "volunteer", "consent").filter(pk=contact_id).first()


def contact_for(member: Member, contact_id: uuid.UUID) -> Contact:
    """Return a contact that this member leads or led last.

    Raises NotYours, for a withdrawn one too, and leaves the trace of the attempt: call it outside transactions.
    """
    living = Contact.objects.select_related("key", "volunteer").exclude(state=ContactState.WITHDRAWN)
    contact = living.filter(pk=contact_id, volunteer_id=member.pk).first()
    if contact is None:
        vault.record_separately(
            actor=str(member.pk), act="contact.open", subject_kind="contact", subject=str(contact_id), result="refused"
        )
        raise NotYours
    return contact
