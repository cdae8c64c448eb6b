"""The guarded door to cases: whose they are, and with what reason a supervisor may look."""

import uuid
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.errors import NotYours, ReasonMissing
from cases.models import Case, Note
from roster.models import Member
from roster.permissions import may
from triage.models import Contact, ContactState
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


def _refuse(member: Member, case_id: Any) -> NotYours:
    vault.record_separately(
        actor=str(member.pk), act="case.open", subject_kind="case", subject=str(case_id), result="refused"
    )
    return NotYours()


def own_case(member: Member, case_id: uuid.UUID) -> Case:
    """Return this volunteer's own living case. Raises NotYours otherwise, and leaves a trace."""
    case = Case.objects.living().of(member).select_related("key", "volunteer").filter(pk=case_id).first()
    if case is None or not may(member, "case.list_own"):
        raise _refuse(member, case_id)
    return case


def case_for_supervisor(member: Member, case_id: uuid.UUID, reason: str) -> Case:
    """Return any living case to a supervisor who says why.

    Raises ReasonMissing without a known reason, NotYours when the member may not or there is no such case; both
    leave a trace.
    """
    case = Case.objects.living().select_related("key", "volunteer").filter(pk=case_id).first()
    if case is None or not may(member, "case.read_any"):
        raise _refuse(member, case_id)
    if reason not in OPENING_REASONS:
        vault.record_separately(
            actor=str(member.pk), act="case.open", subject_kind="case", subject=str(case_id), result="no_reason"
        )
        raise ReasonMissing
    return case


def contacts_without_note(member: Member) -> QuerySet[Contact]:
    """Return the contacts this member led that are over, can still be opened, and have no saved note; newest first."""
    written = Note.objects.filter(contact=OuterRef("pk"), revision__gt=0)
    over = Contact.objects.filter(
        volunteer=member,
        state__in=(ContactState.ENDED, ContactState.LEFT),
        key__state="active",
        assigned_at__isnull=False,
    )
    return over.filter(~Exists(written)).order_by("-assigned_at")[:50]
