"""Care plans: what is agreed with a caller who comes very often, written in versions, and shown to who listens next.

A plan helps whoever listens; nothing in this line ever turns a caller away because of one.
"""

import dataclasses
import datetime
import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases import actions
from cases.access import contact_for_note
from cases.errors import BadNote, NotYours, Stale
from cases.models import CarePlan, Case
from roster.models import Member
from roster.permissions import may
from triage.models import ContactState
from vault import actions as vault
from vault.actions import Context
from vault.errors import CannotOpen

PLAN_BUCKET = 1024  # bytes
PLAN_LIMIT = 2_000  # code points in each field
#: Each field and what it is called, in the order of the form.
PLAN_FIELDS: dict[str, Promise] = {
    "agreement": _("Lo acordado con la persona"),
    "rhythm": _("Su ritmo habitual"),
    "helps": _("Qué ayuda"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class PlanBody:
    """A care plan in the clear; an empty one says that there is none any more."""

    agreement: str = ""
    rhythm: str = ""
    helps: str = ""

    @property
    def empty(self) -> bool:
        """Whether it says nothing."""
        return self == PlanBody()

    @property
    def told(self) -> list[tuple[Promise, str]]:
        """The fields that say something, each with its name."""
        return [(words, getattr(self, name)) for name, words in PLAN_FIELDS.items() if getattr(self, name)]


@dataclasses.dataclass(frozen=True, slots=True)
class Version:
    """One version: who wrote it and when, and its words (None when they cannot be opened)."""

    revision: int
    author: Member
    at: datetime.datetime
    body: PlanBody | None


def plan_context(case_id: uuid.UUID, revision: int) -> Context:
    """Return the context of one version."""
    place = {"table": "cases_careplan", "column": "body", "record": str(case_id)}
    return Context(purpose="plan", **place, extra=(str(revision),), number=revision)


def body_from(fields: Mapping[str, str]) -> PlanBody:
    """Read a plan from a form. Raises BadNote naming the field that is too long."""
    written = {name: fields.get(name, "").replace("\r\n", "\n").strip() for name in PLAN_FIELDS}
    for name, text in written.items():
        if len(text) > PLAN_LIMIT:
            raise BadNote(name)
    return PlanBody(**written)


def _body_of(row: CarePlan, case: Case) -> PlanBody | None:
    try:
        plain = actions.opened(case, plan_context(case.pk, row.revision), bytes(row.body))
    except CannotOpen:
        return None
    stored: dict[str, Any] = json.loads(plain)
    return PlanBody(**{name: stored.get(name, "") for name in PLAN_FIELDS})


def versions_of(case: Case) -> list[Version]:
    """Open all versions of a case's plan, newest first; whoever calls this knows who may, and leaves the trace."""
    rows = case.care_plans.select_related("author").order_by("-revision")
    return [Version(row.revision, row.author, row.at, _body_of(row, case)) for row in rows]


@transaction.atomic
def read_plan(member: Member, case: Case, reason: str) -> list[Version]:
    """Open all versions for whoever may read the case, newest first, and leave the trace; ``reason`` is a code."""
    versions = versions_of(case)
    damaged = any(version.body is None for version in versions)
    _record(member, "case.plan_open", case.pk, reason=reason, result="damaged" if damaged else "done")
    return versions


@transaction.atomic
def save_plan(member: Member, case: Case, body: PlanBody, *, seen: int) -> int:
    """Add a sealed version and return its number; the same words again add nothing.

    ``seen`` is the number that stood on the page (0: none). Raises NotYours when the member neither leads the case nor
    may read any, Stale when somebody saved meanwhile, BadNote for an empty plan where there is none,
    vault.errors.CannotOpen.
    """
    locked = Case.objects.living().select_for_update(of=("self",), no_key=True).filter(pk=case.pk).first()
    if locked is None or not (locked.volunteer_id == member.pk or may(member, "case.read_any")):
        raise NotYours
    locked.holder = member.holder
    last = locked.care_plans.order_by("-revision").first()
    number = last.revision if last else 0
    if last and _body_of(last, locked) == body:
        return number
    if seen != number:
        raise Stale
    if body.empty and not last:
        raise BadNote("agreement")
    plain = json.dumps(dataclasses.asdict(body), ensure_ascii=False).encode()
    sealed = actions.key_of(locked).seal(plan_context(case.pk, number + 1), plain, pad_to=PLAN_BUCKET)
    CarePlan.objects.create(case=locked, revision=number + 1, author=member, body=sealed, at=timezone.now())
    _record(member, "case.plan_write", case.pk, reason=f"v{number + 1}")
    return number + 1


def _record(member: Member, act: str, case_id: uuid.UUID, *, reason: str = "", result: str = "done") -> None:
    vault.record(actor=str(member.pk), act=act, subject_kind="case", subject=str(case_id), result=result, reason=reason)


def plan_for(member: Member, contact_id: uuid.UUID) -> Version | None:
    """Return the plan in force for a conversation that goes on and that this member leads, or None; leave the trace.

    Its words are None where nobody could pass the key of the case on yet. Raises NotYours or Withdrawn, as the note
    of the same conversation does, and leaves the trace of an attempt: call it outside transactions.
    """
    contact = contact_for_note(member, contact_id)
    if contact.state not in {ContactState.TALKING, ContactState.ASLEEP}:
        return None
    case = Case.objects.living().select_related("key").filter(contacts=contact).first()
    row = case.care_plans.select_related("author").order_by("-revision").first() if case else None
    if case is None or row is None:
        return None
    case.holder = member.holder
    body = _body_of(row, case)
    if body is not None and body.empty:
        return None
    _record(member, "case.plan_open", case.pk, result="damaged" if body is None else "done")
    return Version(row.revision, row.author, row.at, body)
