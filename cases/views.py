"""Cases on screen: the lists, one case with its story, and the note that saves itself on the desk."""

import dataclasses
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cases import access, actions
from cases.differences import Change, changes
from cases.errors import BadNote, NotYours, ReasonMissing
from cases.models import Case, Note, NoteRevision
from cases.notes import FIELD_NAMES, REASONS, RISKS, NoteBody, body_from
from cases.story import story_of
from chat.transcript import Spoken, messages_after
from roster.models import Member
from roster.permissions import may, requires
from triage.models import Contact
from vault.errors import CannotOpen

SHOWN = 200  # cases in a list


def _member(request: HttpRequest) -> Member:
    if not isinstance(request.user, Member):
        raise Http404
    return request.user


@require_GET
@requires("case.list_own")
def own_cases(request: HttpRequest) -> HttpResponse:
    """List a volunteer's own cases; to a supervisor all of them, without a word of what they hold."""
    member = _member(request)
    everybody = may(member, "case.read_any")
    cases = Case.objects.living() if everybody else Case.objects.living().of(member)
    rows = cases.select_related("volunteer").prefetch_related("contacts", "notes")[:SHOWN]
    return render(request, "cases/list.html", {"cases": rows, "everybody": everybody})


@require_GET
@requires("note.write")
def pending_notes(request: HttpRequest) -> JsonResponse:
    """Tell the desk which of the member's conversations are over and still without a saved note."""
    rows = access.contacts_without_note(_member(request))
    pending = [
        {
            "contact": str(contact.pk),
            "state": contact.state,
            "urgency": contact.urgency,
            "last": contact.last_seq,
            "over": (contact.ended_at or contact.left_at or contact.opened_at).isoformat(),
        }
        for contact in rows
    ]
    return JsonResponse({"pending": pending})


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
class _Version:
    """One saved version: its words (None when they cannot be opened) and what differs from the one before."""

    revision: NoteRevision
    body: NoteBody | None
    changes: list[Change]


@dataclasses.dataclass(frozen=True, slots=True)
class _ReadNote:
    """A note as the page shows it: its versions, newest first, and the conversation (None: cannot be opened)."""

    note: Note
    versions: list[_Version]
    transcript: list[Spoken] | None


def _opened(revision: NoteRevision, found: Case) -> NoteBody | None:
    try:
        return actions.body_of(revision, found)
    except CannotOpen:
        return None


def _versions(note: Note, found: Case) -> list[_Version]:
    """Open every version of a note; the newest first."""
    read: list[_Version] = []
    before: NoteBody | None = None
    for revision in sorted(note.revisions.all(), key=_number):
        body = _opened(revision, found)
        read.insert(0, _Version(revision, body, changes(before, body) if before and body else []))
        before = body
    return read


def _number(revision: NoteRevision) -> int:
    return revision.revision


def _words_of(contact: Contact) -> list[Spoken] | None:
    try:
        return messages_after(contact, 0, most=2_000)
    except CannotOpen:
        return None


def _case_context(found: Case, member: Member) -> dict[str, Any]:
    notes = (
        found.notes.select_related("contact__key").prefetch_related("revisions__author").order_by("contact__opened_at")
    )
    read = [_ReadNote(note, _versions(note, found), _words_of(note.contact)) for note in notes]
    changed = {
        version.revision.pk: [change.field for change in version.changes] for note in read for version in note.versions
    }
    context = {"case": found, "story": story_of(found, changed), "notes": read, "own": found.volunteer_id == member.pk}
    return context | {"reasons": REASONS, "risks": RISKS, "field_names": FIELD_NAMES}


@require_http_methods(["GET", "POST"])
@requires("note.write")
def note(request: HttpRequest, contact_id: uuid.UUID) -> HttpResponse:
    """The note of one contact, which saves itself while it is written: a page, or a fragment for the desk."""
    member = _member(request)
    try:
        contact = actions.contact_led_by(member, contact_id)
        found = actions.note_of(member, contact)
    except NotYours:
        raise Http404 from None
    if request.method == "POST":
        return _save(request, member, found)
    try:
        body = actions.latest_body(found)
    except CannotOpen:
        raise Http404 from None
    return _note_page(request, found, body)


def _note_page(request: HttpRequest, found: Note, body: NoteBody, *, problem: str = "") -> HttpResponse:
    """Answer with the form alone for the desk, which asks for it by the header ``X-Fragment``, or with a page."""
    template = "cases/note.html" if "X-Fragment" in request.headers else "cases/note_page.html"
    context = {"note": found, "body": body, "reasons": REASONS, "risks": RISKS, "problem": problem}
    return render(request, template, context, status=400 if problem else 200)


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
        return JsonResponse({"saved": False, "problem": problem, "field": field}, status=400)
    given = {name: request.POST.get(name, "") for name in FIELD_NAMES}
    return _note_page(request, found, NoteBody(**given), problem=problem)
