"""The verb by which people change a level: the volunteer of a conversation, or a supervisor, each with a reason.

It is called as ``triage.actions``.
"""

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from roster.models import Member
from roster.permissions import may
from triage.errors import BadAnswers, ChangedMeanwhile, NotAllowed, NotYours
from triage.models import Contact, ContactState, EventKind, Urgency
from triage.offering import ring_offered
from triage.states import note, write_history
from vault import actions as vault

WITH_SOMEBODY = (ContactState.TALKING, ContactState.ASLEEP)
IN_ROOM = (ContactState.WAITING, *WITH_SOMEBODY)


class Reason(models.TextChoices):
    """Why somebody changes a level; a closed list, so that no word of a caller gets into events or the trail."""

    TOLD = "told", _("por lo que contó")
    INSTRUMENT = "instrument", _("por el resultado de un instrumento")
    OTHER_PERSON = "other_person", _("hay otra persona en riesgo")
    AGE = "age", _("por su edad")
    SAFE_NOW = "safe_now", _("ahora está a salvo")
    MISTAKE = "mistake", _("el nivel no correspondía")


def may_reassess(contact: Contact, by: Member) -> bool:
    """Say whether this contact is this member's to reassess: their conversation, or any to a supervisor of its kind."""
    if may(by, "urgency.change_any"):
        return contact.rehearsal == by.rehearsal
    return may(by, "urgency.change_own") and contact.volunteer_id == by.pk


def _allowed(contact: Contact, by: Member) -> Q:
    """Return what the row must still be when it is changed."""
    if may(by, "urgency.change_any"):
        return Q(pk=contact.pk, state__in=IN_ROOM)
    return Q(pk=contact.pk, state__in=WITH_SOMEBODY, volunteer_id=by.pk)


@transaction.atomic
def reassess(contact: Contact, level: str, reason: str, by: Member, *, seen: str = "", calm: bool = False) -> None:
    """Raise or lower the level of a contact that waits or talks; ``reason`` is a code of Reason.

    ``seen`` is the level that stood on the page where somebody chose (as the instance shows it, unless told): of
    several at once one wins, and nobody overwrites what they have not seen. ``calm`` takes the mark of danger off,
    which a lower level alone never does. Raises BadAnswers for an unknown level or reason, NotYours, NotAllowed when
    it is over or nothing would change, ChangedMeanwhile when the level is no longer the one seen.
    """
    before = seen or contact.urgency
    if level not in Urgency.values or before not in Urgency.values or reason not in Reason.values:
        raise BadAnswers
    if not may_reassess(contact, by):
        raise NotYours
    off = calm and level != Urgency.A and contact.danger
    if level == before and not off:
        raise NotAllowed
    rows = Contact.objects.filter(_allowed(contact, by))
    marks = {"danger": False} if off else {}
    # With the mark as it was read: whoever has just said that they are in danger is not lowered unseen.
    if not rows.filter(urgency=before, danger=contact.danger).update_noted(urgency=level, **marks):
        raise ChangedMeanwhile if rows.exists() else NotAllowed
    contact.refresh_from_db(fields=["state", "urgency", "volunteer", "danger"])
    write_history(contact, by=by)
    told = {"from": before, "urgency": level, "why": reason} | ({"danger": "off"} if off else {})
    note(contact, kind=EventKind.REASSESSED, actor=str(by.pk), detail=told)
    ring_offered(contact)
    vault.record(
        actor=str(by.pk), act="contact.reassess", subject_kind="contact", subject=str(contact.pk), reason=reason
    )
