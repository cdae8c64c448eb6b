"""Break-glass: in stage B a supervisor who is not on call opens a case by another one's yes, or a day later."""

import uuid

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from cases.errors import NotYet, NotYours
from cases.models import Case, OpeningRequest
from roster.models import Member
from roster.permissions import may
from roster.presence import is_on_call
from vault import actions as vault
from wire import clock

WAITING = Q(answered_at=None)


def may_open_alone(member: Member) -> bool:
    """Say whether a reason is enough for this supervisor: in stage A, and on call where the policy says so."""
    on_call = settings.ON_CALL_OPENS and is_on_call(member.pk)
    return not vault.only_people_open() or member.rehearsal or on_call


def require_yes(member: Member, case: Case, reason: str) -> None:
    """Let a supervisor go on who opens alone, or whose request was granted. Raises NotYet, asking if nobody was asked.

    What is asked leaves its trace, which stands in the story of the case: whoever leads it sees it.
    """
    if may_open_alone(member):
        return
    request = _asked(member, case) or _ask(member, case, reason)
    if not request.is_open(clock.now()):
        raise NotYet(request.opens_at, declined=request.agreed is False)


def _asked(member: Member, case: Case) -> OpeningRequest | None:
    """Return this member's last request for a case, unless its time is over, or it was declined a while ago."""
    last = OpeningRequest.objects.filter(case=case, asked_by=member).order_by("-asked_at").first()
    return last if last is not None and not last.is_over(clock.now()) else None


@transaction.atomic
def _ask(member: Member, case: Case, reason: str) -> OpeningRequest:
    _record(member, "case.ask_open", case.pk, reason)
    return OpeningRequest.objects.create(case=case, asked_by=member, reason=reason, asked_at=clock.now())


def waiting_for(member: Member) -> list[OpeningRequest]:
    """Return what other supervisors ask, which this one may answer, oldest first."""
    living = Case.objects.living().seen_by(member)
    asked = OpeningRequest.objects.filter(WAITING, case__in=living).exclude(asked_by=member)
    rows = asked.select_related("asked_by", "case__volunteer").order_by("asked_at")
    return [row for row in rows if not row.is_over(clock.now())]


@transaction.atomic
def answer(member: Member, request_id: uuid.UUID, *, agreed: bool) -> None:
    """Say yes or no to what another supervisor asks; the first answer counts. Raises NotYours."""
    if not may(member, "case.read_any"):
        raise NotYours
    open_ones = OpeningRequest.objects.filter(WAITING, pk=request_id, case__in=Case.objects.living().seen_by(member))
    row = open_ones.exclude(asked_by=member).first()
    values = {"answered_by": member, "answered_at": clock.now(), "agreed": agreed}
    if row is None or not open_ones.update(**values):
        raise NotYours
    _record(member, "case.agree_open" if agreed else "case.decline_open", row.case_id, row.reason)


def _record(member: Member, act: str, case_id: uuid.UUID, reason: str) -> None:
    vault.record(actor=str(member.pk), act=act, subject_kind="case", subject=str(case_id), reason=reason)
