"""Cases on screen: the lists, one case with its story, and the note that saves itself on the desk."""

import uuid
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases import access, actions, opening
from cases.errors import BadNote, NotErased, NotYet, NotYours, ReasonMissing, Stale, Withdrawn
from cases.models import Case, ErasureReason, Note
from cases.notes import DEATHS, FIELD_NAMES, REASONS, REGIONS, RISKS, TEXT_LIMIT, NoteBody, body_as_given, body_from
from cases.reading import read_case
from cases.rescue import HONEST_SENTENCE
from roster.models import Member
from roster.permissions import may, requires
from triage.access import note_attempt
from triage.models import Contact
from vault.errors import CannotOpen

SHOWN = 100  # cases on one page of the list


def member_of(request: HttpRequest) -> Member:
    """Return the member who asks. Raises Http404 for anybody else."""
    if not isinstance(request.user, Member):
        raise Http404
    return request.user


@require_GET
@requires("case.list_own")
def own_cases(request: HttpRequest) -> HttpResponse:
    """List a volunteer's own cases; to a supervisor all of them, without a word of what they hold."""
    member = member_of(request)
    everybody = may(member, "case.read_any")
    living = Case.objects.living()
    cases = living.seen_by(member) if everybody else living.of(member)
    rows = cases.select_related("volunteer").prefetch_related("contacts", "notes").order_by("-opened_at", "pk")
    page = Paginator(rows, SHOWN).get_page(request.GET.get("pagina"))
    return render(request, "cases/list.html", {"cases": page.object_list, "page": page, "everybody": everybody})


@require_GET
@requires("note.write")
def pending_notes(request: HttpRequest) -> JsonResponse:
    """Tell the desk which of the member's conversations are over and still without a saved note."""
    rows = access.contacts_without_note(member_of(request))
    pending = [
        {
            "contact": str(contact.pk),
            "state": contact.state,
            "urgency": contact.urgency,
            "last": contact.last_seq,
            "practice": contact.practice_for_id is not None,
            "over": (contact.ended_at or contact.left_at or contact.opened_at).isoformat(),
        }
        for contact in rows
    ]
    return JsonResponse({"pending": pending})


def case_to_read(request: HttpRequest, member: Member, case_id: uuid.UUID) -> tuple[Case, str]:
    """Return a case that this member may open now, and why ("" for their own).

    Raises NotYours, ReasonMissing or NotYet; whatever was tried leaves its trace.
    """
    if not may(member, "case.read_any"):
        return access.own_case(member, case_id), ""
    reason = request.POST.get("reason", "") if request.method == "POST" else None
    found = access.case_for_supervisor(member, case_id, reason)
    opening.require_yes(member, found, reason or "")
    return found, reason or ""


@require_http_methods(["GET", "POST"])
@requires("case.list_own")
def case(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Show one case: the volunteer's own, or any to a supervisor who says why."""
    member = member_of(request)
    try:
        found, reason = case_to_read(request, member, case_id)
    except NotYours:
        raise Http404 from None
    except ReasonMissing:
        return ask_why(request, "case")
    except NotYet as not_yet:
        return render(request, "cases/not_yet.html", {"not_yet": not_yet}, status=403)
    read = read_case(found, member, reason)
    own, erasable = found.volunteer_id == member.pk, may(member, "case.erase")
    context = {"case": read.case, "story": read.story, "notes": read.notes, "own": own, "erasable": erasable}
    context |= {"plan": read.plan, "reason": reason, "results": read.results}
    choices = {"reasons": REASONS, "risks": RISKS, "field_names": FIELD_NAMES}
    return render(request, "cases/case.html", context | choices)


@require_http_methods(["GET", "POST"])
@requires("case.read_any")
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]  # allauth is untyped
def opening_requests(request: HttpRequest) -> HttpResponse:
    """Show what other supervisors ask to open, and take the answer of this one, who has just confirmed who they are."""
    member = member_of(request)
    if request.method == "POST":
        try:
            given = uuid.UUID(request.POST.get("request", ""))
            opening.answer(member, given, agreed=request.POST.get("answer") == "yes")
        except (ValueError, NotYours):
            messages.warning(request, _("Ese pedido ya no espera respuesta."))
        return redirect("opening_requests")
    context = {"asked": opening.waiting_for(member), "reasons": access.OPENING_REASONS}
    return render(request, "cases/opening_requests.html", context)


def ask_why(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask a supervisor why they open the case or contact at this address; the form comes back to it."""
    asked_again = request.method == "POST"
    context = {"address": request.path, "kind": kind, "reasons": access.OPENING_REASONS, "missing": asked_again}
    return render(request, "cases/why.html", context, status=400 if asked_again else 200)


@require_http_methods(["GET", "POST"])
@requires("case.erase")
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth is untyped
def erase(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Let a supervisor who has just confirmed who they are destroy a case; nothing of it is shown here."""
    member, problem = member_of(request), ""
    found = Case.objects.living().seen_by(member).select_related("volunteer").filter(pk=case_id).first()
    if found is None:
        access.record_refused(member, "case", case_id)
        raise Http404
    if request.method == "POST":
        try:
            if request.POST.get("sure") != "yes":
                raise NotErased
            actions.erase_by_order(found, member, request.POST.get("reason", ""))
        except NotYours:  # taken back since it was read
            raise Http404 from None
        except NotErased:
            problem = _("No se borró nada. Elige un motivo y marca que lo entiendes; no puede haber nadie conversando.")
        else:
            messages.success(request, _("El caso se borró. Nadie puede abrirlo ya."))
            return redirect("own_cases")
    context = {"case": found, "reasons": dict(ErasureReason.choices), "problem": problem}
    return render(request, "cases/erase.html", context, status=400 if problem else 200)


@require_http_methods(["GET", "POST"])
@requires("note.write")
def note(request: HttpRequest, contact_id: uuid.UUID) -> HttpResponse:
    """The note of one contact, which saves itself while it is written: a page, or a fragment for the desk."""
    member = member_of(request)
    try:
        contact = access.contact_for_note(member, contact_id)
        if request.method == "POST":
            return _save(request, member, contact)
        return _show(request, member, contact)
    except Withdrawn:
        return _refuse_withdrawn(request)
    except (NotYours, CannotOpen):
        raise Http404 from None


@require_POST
@requires("note.write")
def note_follows(request: HttpRequest) -> JsonResponse:
    """Let the case of a conversation that was passed on follow it: the page of whoever led it gives its keys along."""
    member = member_of(request)
    try:
        contact_id = uuid.UUID(request.POST.get("contact", ""))
    except ValueError:
        raise Http404 from None
    try:
        return JsonResponse({"passed": actions.follow_conversation(member, contact_id)})
    except NotYours:
        note_attempt(member, contact_id)
        raise Http404 from None


def _show(request: HttpRequest, member: Member, contact: Contact) -> HttpResponse:
    found = actions.note_of(contact)
    body = actions.read_own_note(member, found)
    if body is None:
        problem = _("Lo último que se guardó no se puede abrir. Puedes escribirlo de nuevo: no se borra nada.")
        return _note_page(request, found, NoteBody(), problem=problem)
    return _note_page(request, found, body)


def _note_page(
    request: HttpRequest, found: Note, body: NoteBody, *, problem: str = "", status: int = 200, **shown: Any
) -> HttpResponse:
    """Answer with the form alone for the desk, which asks for it by the header ``X-Fragment``, or with a page.

    The page carries a number of its own and how often the note had been saved: two windows never lose each other's
    words (``actions.OpenedPage``).
    """
    on_desk = "X-Fragment" in request.headers
    template = "cases/note.html" if on_desk else "cases/note_page.html"
    context = {"note": found, "body": body, "reasons": REASONS, "risks": RISKS, "problem": problem}
    context |= {"on_desk": on_desk, "honest": HONEST_SENTENCE, "deaths": DEATHS, "regions": REGIONS}
    page = {"page_number": uuid.uuid4(), "page_saves": found.saves, "limit": TEXT_LIMIT}
    return render(request, template, context | page | shown, status=status)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"


def _opened_page(request: HttpRequest) -> actions.OpenedPage:
    """Read which page a note comes from; what is no number counts as not told."""
    saves = request.POST.get("page_saves", "")
    try:
        number = uuid.UUID(request.POST.get("page_number", ""))
    except ValueError:
        number = None
    return actions.OpenedPage(number, int(saves) if saves.isdecimal() and len(saves) < 10 else None)


def _save(request: HttpRequest, member: Member, contact: Contact) -> HttpResponse:
    draft, page = request.POST.get("do") == "draft", _opened_page(request)
    try:
        body = body_from(request.POST.dict(), request.POST.getlist("also"))
        saved = (actions.save_draft if draft else actions.save_note)(member, contact, body, page)
    except BadNote as error:
        return _refuse(request, contact, error.field)
    except Stale:
        return _refuse_stale(request, member, contact)
    if draft:
        return JsonResponse({"saved": True, "draft": saved.draft_count})
    if _wants_json(request):
        died = body.death and contact.practice_for_id is None  # the desk then offers what may do good
        facts = {"saved": True, "revision": saved.revision, "case": str(saved.case_id)}
        return JsonResponse(facts | ({"hard": True} if died else {}))
    return redirect("case", case_id=saved.case_id)


def _refuse(request: HttpRequest, contact: Contact, field: str) -> HttpResponse:
    given = body_as_given(request.POST.dict(), request.POST.getlist("also"))
    if given.empty:
        problem = _("La nota está vacía. Escribe al menos una frase o elige un motivo.")
    else:
        words = _("Revisa el campo «%(field)s»: es muy largo o no está en la lista. Lo demás sigue aquí.")
        problem = words % {"field": FIELD_NAMES.get(field, field)}
    if _wants_json(request):
        return JsonResponse({"saved": False, "code": "bad_field", "problem": problem, "field": field}, status=400)
    return _note_page(request, actions.note_of(contact), given, problem=problem, status=400)


def _refuse_stale(request: HttpRequest, member: Member, contact: Contact) -> HttpResponse:
    """Tell the window that was opened earlier; its words stay in the form, the saved ones stand beside them."""
    if _wants_json(request):
        problem = _(
            "Esta nota se guardó desde otra ventana después de que abriste esta. Lo que escribiste sigue aquí, "
            "pero no se guarda: abre la nota de nuevo y junta las dos."
        )
        return JsonResponse({"saved": False, "code": "stale", "problem": problem}, status=409)
    problem = _(
        "Esta nota se guardó desde otra ventana después de que abriste esta. Tus palabras siguen en el formulario; "
        "lo que se guardó está debajo. Junta las dos y guarda otra vez."
    )
    found = actions.note_of(contact)
    given = body_as_given(request.POST.dict(), request.POST.getlist("also"))
    saved = actions.read_own_note(member, found)
    return _note_page(request, found, given, problem=problem, status=409, saved=saved)


def _refuse_withdrawn(request: HttpRequest) -> HttpResponse:
    if not _wants_json(request):
        raise Http404
    problem = _("La persona retiró su consentimiento. Esta nota ya no se guarda ni se puede abrir.")
    return JsonResponse({"saved": False, "code": "withdrawn", "problem": problem}, status=410)
