"""Rescues on screen: a volunteer asks, supervision answers, and both note what was done; plain forms throughout."""

import uuid
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from cases import rescue
from cases.errors import AlreadyAsked, BadRescue, NotYours, Stale, Withdrawn
from cases.models import LegalGround, Told
from roster.models import Member
from roster.permissions import requires
from triage.models import Contact
from vault.errors import CannotOpen

PROBLEMS: dict[str, Promise] = {
    "ground": gettext_lazy("Elige un motivo legal de la lista."),
    "judge": gettext_lazy(
        "Una orden judicial no la resuelve quien acompaña: no respondas tú y pásala hoy a tu coordinación, "
        "que la lleva a quien responde por los datos."
    ),
    "practice": gettext_lazy(
        "Esto es una práctica: el pedido no le llega a nadie. Con una persona real se pide así y supervisión responde."
    ),
    "words": gettext_lazy("Escribe qué está pasando, en pocas frases."),
    "answer": gettext_lazy("Elige si estás de acuerdo o no."),
    "answer_words": gettext_lazy("Escribe por qué, en pocas frases."),
    "told": gettext_lazy("Elige a quién se avisó."),
    "passed": gettext_lazy("Escribe qué se dijo: solo lo necesario."),
    "caller_told": gettext_lazy("Marca si la persona lo sabe."),
    "why_not": gettext_lazy("Escribe por qué la persona no lo sabe."),
    "stale": gettext_lazy("Alguien anotó algo antes que tú. Mira qué dice y, si falta lo tuyo, anótalo otra vez."),
    "shut": gettext_lazy(
        "Tu llavero no abre esta conversación, así que nada se guardó. Coordina por teléfono: no esperes a esta página."
    ),
}


def _member(request: HttpRequest) -> Member:
    if not isinstance(request.user, Member):
        raise Http404
    return request.user


@require_http_methods(["GET", "POST"])
@requires("rescue.ask")
def ask_rescue(request: HttpRequest, contact_id: uuid.UUID) -> HttpResponse:
    """The rescues of a volunteer's own conversation: ask for one, see its answer, note what was done."""
    member = _member(request)
    try:
        contact = rescue.own_contact(member, contact_id)
        problem = _ask(request, member, contact) if request.method == "POST" else None
        read = rescue.rescues_of(contact)
    except (NotYours, Withdrawn):
        raise Http404 from None
    if request.method == "POST" and problem is None:
        return redirect("ask_rescue", contact_id=contact_id)
    asking = all(one.rescue.state != rescue.State.ASKED or one.over for one in read)
    own = {"asking": asking, "grounds": LegalGround.choices, "honest": rescue.HONEST_SENTENCE}
    return _page(request, "cases/ask_rescue.html", _context(contact, read, problem) | own, problem)


def _ask(request: HttpRequest, member: Member, contact: Contact) -> str | None:
    """Do what a volunteer's form asks; return the code of what is wrong with it, if anything is."""
    try:
        if request.POST.get("do") == "note":
            _note(request, member)
        else:
            words = rescue.words_from(request.POST.dict(), "words")
            rescue.ask(member, contact, request.POST.get("ground", ""), words)
    except AlreadyAsked:
        return None  # a second touch on the button
    except BadRescue as bad:
        return bad.field
    except Stale:
        return "stale"
    except CannotOpen:
        return "shut"
    return None


def _note(request: HttpRequest, member: Member) -> None:
    number = request.POST.get("number", "")
    try:
        given = uuid.UUID(request.POST.get("rescue", ""))
    except ValueError:
        raise NotYours from None
    done = rescue.done_from(request.POST.dict())
    rescue.note_done(member, given, int(number) if number.isdecimal() and len(number) < 6 else 0, done)


@require_GET
@requires("rescue.answer")
def rescues(request: HttpRequest) -> HttpResponse:
    """List the requests that wait for an answer: who asks, when, on what ground; nothing that was written."""
    return render(request, "cases/rescues.html", {"asked": rescue.open_requests(_member(request))})


@require_http_methods(["GET", "POST"])
@requires("rescue.answer")
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth is untyped
def answer_rescue(request: HttpRequest, contact_id: uuid.UUID) -> HttpResponse:
    """The rescues of a conversation for a supervisor who has just confirmed who they are: read, answer, note."""
    member = _member(request)
    try:
        problem = _answer(request, member) if request.method == "POST" else None
    except NotYours:
        messages.warning(request, _("Ese pedido ya tiene respuesta, o ya no espera una."))
        return redirect("rescues")
    if request.method == "POST" and problem is None:
        return redirect("answer_rescue", contact_id=contact_id)
    try:
        contact, read = rescue.read_for_supervisor(member, contact_id)
    except NotYours:
        rescue.note_refused(member, contact_id)
        raise Http404 from None
    return _page(request, "cases/answer_rescue.html", _context(contact, read, problem), problem)


def _answer(request: HttpRequest, member: Member) -> str | None:
    """Do what a supervisor's form asks; return the code of what is wrong with it, if anything is. Raises NotYours."""
    try:
        if request.POST.get("do") == "note":
            _note(request, member)
        else:
            _take_answer(request, member)
    except BadRescue as bad:
        return bad.field
    except Stale:
        return "stale"
    except CannotOpen:
        return "shut"
    return None


def _take_answer(request: HttpRequest, member: Member) -> None:
    chosen = request.POST.get("answer", "")
    if chosen not in {"yes", "no"}:
        raise BadRescue("answer")
    try:
        given = uuid.UUID(request.POST.get("rescue", ""))
    except ValueError:
        raise NotYours from None
    rescue.answer(member, given, agreed=chosen == "yes", words=rescue.words_from(request.POST.dict(), "answer_words"))


def _context(contact: Contact, read: list[rescue.ReadRescue], problem: str | None) -> dict[str, Any]:
    return {
        "contact": contact,
        "read": read,
        "told": Told.choices,
        "problem": PROBLEMS.get(problem or "", ""),
        "limit": rescue.WORDS_LIMIT,
    }


def _page(request: HttpRequest, template: str, context: dict[str, Any], problem: str | None) -> HttpResponse:
    """Answer with the page; after a problem it holds what was given, so that nobody writes it twice."""
    given = request.POST.dict() if problem else {}
    return render(request, template, context | {"given": given}, status=400 if problem else 200)
