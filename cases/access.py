"""The guarded door to cases: whose they are, and with what reason a supervisor may look."""

import uuid

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.errors import NotYours, ReasonMissing, Withdrawn
from cases.models import Case, Note
from roster.models import Member
from roster.permissions import may
from triage.models import WITHOUT_NOTE, Contact, ContactState
from vault import actions as vault

#: Why a supervisor may open a case; the code stands in the trail.
OPENING_REASONS: dict[str, Promise] = {
    "high_risk": _("Riesgo alto: revisar cómo quedó la persona"),
    "support_volunteer": _("El voluntario pidió apoyo"),
    "complaint": _("Queja o pedido de la persona"),
    "handover": _("Pasar el caso a otra persona"),
    "quality": _("Revisión de calidad acordada"),
    "legal": _("Obligación legal"),
}
OVER = (ContactState.ENDED, ContactState.LEFT)


def record_refused(member: Member, kind: str, subject: uuid.UUID, result: str = "refused") -> None:
    """Leave the trace of an attempt that was refused; ``kind`` is case or contact."""
    vault.record_separately(
        actor=str(member.pk), act=f"{kind}.open", subject_kind=kind, subject=str(subject), result=result
    )


def own_case(member: Member, case_id: uuid.UUID) -> Case:
    """Return this volunteer's own living case. Raises NotYours otherwise, and leaves a trace."""
    case = Case.objects.living().of(member).select_related("key", "volunteer").filter(pk=case_id).first()
    if case is None or not may(member, "case.list_own"):
        record_refused(member, "case", case_id)
        raise NotYours
    case.holder = member.holder
    return case


def case_for_supervisor(member: Member, case_id: uuid.UUID, reason: str | None) -> Case:
    """Return any living case to a supervisor who says why; ``reason`` is None while they were not asked yet.

    Raises ReasonMissing without a known reason, NotYours when the member may not or there is no such case; whatever
    was tried leaves a trace, being asked does not.
    """
    found = Case.objects.living().seen_by(member).select_related("key", "volunteer")
    case = found.filter(pk=case_id).first()
    if case is None or not may(member, "case.read_any"):
        record_refused(member, "case", case_id)
        raise NotYours
    require_reason(member, "case", case_id, reason)
    case.holder = member.holder
    return case


def require_reason(member: Member, kind: str, subject: uuid.UUID, reason: str | None) -> None:
    """Refuse an opening without a known reason. Raises ReasonMissing; giving an unknown one leaves a trace."""
    if reason in OPENING_REASONS:
        return
    if reason is not None:
        record_refused(member, kind, subject, "no_reason")
    raise ReasonMissing


def contact_for_note(member: Member, contact_id: uuid.UUID) -> Contact:
    """Return a contact whose note this member writes: one they lead, or led until it was over.

    Raises Withdrawn for one of theirs whose consent was taken back, NotYours for any other, and leaves a trace.
    """
    contact = Contact.objects.select_related("key").filter(pk=contact_id, volunteer=member).first()
    if contact is None or not may(member, "note.write"):
        record_refused(member, "contact", contact_id)
        raise NotYours
    if contact.state == ContactState.WITHDRAWN:
        raise Withdrawn
    return contact


def contacts_without_note(member: Member) -> QuerySet[Contact]:
    """Return the contacts this member led that are over, can still be opened, and owe a note; newest first.

    What ended as silence, test, joke, insult or at the wrong place owes none.
    """
    written = Note.objects.filter(contact=OuterRef("pk"), revision__gt=0)
    over = Contact.objects.filter(volunteer=member, state__in=OVER, key__state="active", assigned_at__isnull=False)
    return over.exclude(ending__in=WITHOUT_NOTE).filter(~Exists(written)).order_by("-assigned_at")[:50]
