"""Who may reach a contact: the caller through their session, and the member who leads it."""

import uuid
from typing import Any, Protocol

from roster.models import Member
from triage.errors import NotYours
from triage.models import Contact, ContactState


class SessionLike(Protocol):
    """What is needed of a session: reading a key."""

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of a key, or the default."""


def contact_of(session: SessionLike) -> Contact | None:
    """Return the contact of a caller's session in whatever state, or None when there is none."""
    try:
        contact_id = uuid.UUID(str(session.get("contact", "")))
    except ValueError:
        return None
    return Contact.objects.select_related("key", "volunteer", "consent").filter(pk=contact_id).first()


def contact_for(member: Member, contact_id: uuid.UUID) -> Contact:
    """Return a contact that this member leads or led last. Raises NotYours, for a withdrawn one too."""
    living = Contact.objects.select_related("key", "volunteer").exclude(state=ContactState.WITHDRAWN)
    contact = living.filter(pk=contact_id, volunteer_id=member.pk).first()
    if contact is None:
        raise NotYours
    return contact
