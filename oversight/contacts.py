"""The story of one contact for a supervisor who says why: when it has no case, or none that can be opened."""

import uuid

from django.db import transaction

from cases.access import record_refused, require_reason
from cases.errors import NotYours
from cases.models import Case
from cases.story import Moment, story_of_contact
from roster.models import Member
from roster.permissions import may
from triage.models import Contact
from vault import actions as vault


def case_of(contact_id: uuid.UUID) -> uuid.UUID | None:
    """Return the case in which this contact can be read; its page asks why by itself."""
    return Case.objects.living().filter(contacts=contact_id).values_list("pk", flat=True).first()


def contact_for_supervisor(member: Member, contact_id: uuid.UUID, reason: str | None) -> Contact:
    """Return any contact, in whatever state, to a supervisor who says why; None while they were not asked yet.

    Raises cases.errors.ReasonMissing, or NotYours when the member may not or there is none; attempts leave a trace.
    """
    contact = Contact.objects.filter(pk=contact_id, rehearsal=member.rehearsal).first()
    if contact is None or not may(member, "case.read_any"):
        record_refused(member, "contact", contact_id)
        raise NotYours
    require_reason(member, "contact", contact_id, reason)
    return contact


@transaction.atomic
def read_story(contact: Contact, member: Member, reason: str) -> list[Moment]:
    """Return the story, in one transaction with its entry in the trail; nothing that was said is in it."""
    vault.record(
        actor=str(member.pk), act="contact.open", subject_kind="contact", subject=str(contact.pk), reason=reason
    )
    return story_of_contact(contact)
