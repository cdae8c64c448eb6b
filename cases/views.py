"""Cases on screen: one's own list, one case with its story, and the note that saves itself on the desk."""

import dataclasses
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods

from cases import access, actions
from cases.errors import BadNote, NotYours, ReasonMissing
from cases.models import Case, Note, NoteRevision
from cases.notes import REASONS, RISKS, NoteBody, body_from
from cases.story import story_of
from chat.transcript import Spoken, messages_after
from roster.models import Member
from roster.permissions import may, requires
from triage.models import Contact
from vault.errors import CannotOpen

FIELD_NAMES = {
    "reason": lazy("motivo"),
    "risk": lazy("riesgo"),
    "talked": lazy("de qué se conversó"),
    "risk_words": lazy("riesgo que viste"),
    "agreed": lazy("qué se acordó"),
    "next_step": lazy("próximo paso"),
}


def _member(request: HttpRequest) -> Member:
    if not isinstance(request.user, Member):
        raise Http404
    return request.user


@require_GET
@requires("case.list_own")
def own_cases(request: HttpRequest) -> HttpResponse:
    """List the member's own cases; nobody else's."""
    cases = Case.objects.living().of(_member(request)).prefetch_related("contacts")[:200]
    return render(request, "cases/list.html", {"cases": cases})


@require_http_methods(["GET", "POST"])
@requires("case.list_own")
def case(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Show one case: the volunteer's own, or any to a supervisor who says why."""
    member = _member(request)
    reason = request.POST.get("reason", "")
    try:
        if may(member, "case.read_any") and not Case.objects.of(member).filter(pk=case_id).exists():
            found = access.case_for_supervisor(member, case_id, reason)
        else:
            found, reason = access.own_case(member, case_id), ""
    except NotYours:
        raise Http404 from None
    except ReasonMissing:
        return _ask_why(request, case_id)
    actions.record_reading(member, found, reason)
    return render(request, "cases/case.html", _case_context(found, member))


def _ask_why(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    context = {"case_id": case_id, "reasons": access.OPENING_REASONS, "missing": request.method == "POST"}
    return render(request, "cases/why.html", context, status=400 if request.method == "POST" else 200)


@dataclasses.dataclass(frozen=True, slots=True)
class _ReadNote:
    """A note as the page shows it: its versions, newest first, or none that can be opened."""

    note: Note
    versions: list[tuple[NoteRevision, NoteBody | None]]
    transcript: list[Spoken] | None


def _opened(revision: NoteRevision, found: Case) -> NoteBody | None:
    try:
        return actions.body_of(revision, found)
    except CannotOpen:
        return None


def _words_of(contact: Contact) -> list[Spoken] | None:
    try:
        return messages_after(contact, 0, most=2_000)
    except CannotOpen:
        return None


def _case_context(found: Case, member: Member) -> dict[str, Any]:
    notes = found.notes.select_related("contact__key").prefetch_related("revisions__author")
    read = [
        _ReadNote(
            note,
            [(revision, _opened(revision, found)) for revision in sorted(note.revisions.all(), key=_newest_first)],
            _words_of(note.contact),
        )
        for note in notes
    ]
    context = {"case": found, "story": story_of(found), "notes": read, "own": found.volunteer_id == member.pk}
    return context | {"reasons": REASONS, "risks": RISKS}


def _newest_first(revision: NoteRevision) -> int:
    return -revision.revision


@require_http_methods(["GET", "POST"])
@requires("note.write")
def note(request: HttpRequest, contact_id: uuid.UUID) -> HttpResponse:
    """The note of one contact: a fragment for the desk, which saves itself while it is written."""
    member = _member(request)
    try:
        contact = actions.contact_led_by(member, contact_id)
        found = actions.note_of(member, contact)
    except NotYours:
        raise Http404 from None
    if request.method == "POST":
        return _save(request, member, found)
    return render(request, "cases/note.html", _note_context(found, actions.latest_body(found)))


def _note_context(found: Note, body: NoteBody, **more: Any) -> dict[str, Any]:
    return {"note": found, "body": body, "reasons": REASONS, "risks": RISKS} | more


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"


def _save(request: HttpRequest, member: Member, found: Note) -> HttpResponse:
    try:
        body = body_from(request.POST.dict())
    except BadNote as error:
        return _refuse(request, found, error.field)
    if request.POST.get("do") == "draft":
        saved = actions.save_draft(found, body)
        return JsonResponse({"saved": True, "draft": saved.draft_count})
    saved = actions.save_note(member, found, body)
    if _wants_json(request):
        return JsonResponse({"saved": True, "revision": saved.revision})
    return redirect("case", case_id=saved.case_id)


def _refuse(request: HttpRequest, found: Note, field: str) -> HttpResponse:
    words = _("Revisa el campo «%(field)s»: es muy largo o no está en la lista. Lo demás sigue aquí.")
    problem = words % {"field": FIELD_NAMES.get(field, field)}
    if _wants_json(request):
        return JsonResponse({"saved": False, "problem": problem}, status=400)
    given = {name: request.POST.get(name, "") for name in FIELD_NAMES}
    return render(request, "cases/note.html", _note_context(found, NoteBody(**given), problem=problem), status=400)
