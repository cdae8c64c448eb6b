"""Beside a conversation: its level, instruments, endings without a note, the reminder; as fragments or as pages."""

import contextlib
import dataclasses
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chat import actions
from chat.desk_views import LIVE, mine, wants_json
from roster.models import Member
from roster.permissions import requires
from triage import actions as triage
from triage import instruments
from triage.errors import BadAnswers, ChangedMeanwhile, NotAllowed, NotYours, UnknownWording
from triage.instruments import OPTION_WORDS, Instrument, Item
from triage.models import WITHOUT_NOTE, Contact, InstrumentWording, Urgency
from triage.reassessing import Reason
from triage.wordings import wording_of
from vault.errors import CannotOpen

#: Reasons that only make a level calmer come last on the form.
REASONS = [(one.value, one.label) for one in Reason]
LEVELS = [(one.value, one.label) for one in Urgency]


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One item on the form: its number, the official words or else what it is about, and its answers."""

    code: str
    words: str
    construct: Promise | str
    options: list[tuple[str, str]]
    given: str


def _given(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else request.GET


def _show(request: HttpRequest, part: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Answer with the part alone for the desk, which asks by the header ``X-Fragment``, or with a whole page."""
    if "X-Fragment" in request.headers:
        return render(request, f"chat/{part}.html", context, status=status)
    return render(request, "chat/assessing_page.html", context | {"part": f"chat/{part}.html"}, status=status)


def _level_url(contact: Contact) -> str:
    return f"{reverse('desk_level')}?contact={contact.pk}"


# The level ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@requires("urgency.change_own")
def level(request: HttpRequest) -> HttpResponse:
    """Show the level of one of the member's conversations, what instruments said, and take a change with its reason."""
    member, contact = mine(request, _given(request).get("contact", ""))
    problem = _reassess(request, member, contact) if request.method == "POST" else ""
    if request.method == "GET":
        return _show(request, "_desk_level", _level_of(contact))
    if wants_json(request):
        told = {"kept": not problem, "problem": problem, "next": _level_url(contact)}
        return JsonResponse(told, status=400 if problem else 200)
    if problem:
        return _show(request, "_desk_level", _level_of(contact) | {"problem": problem}, status=400)
    return redirect(_level_url(contact))


def _level_of(contact: Contact) -> dict[str, Any]:
    contact.refresh_from_db(fields=["state", "urgency", "danger"])
    return {
        "contact": contact,
        "levels": LEVELS,
        "reasons": REASONS,
        "instruments": instruments.INSTRUMENTS.values(),
        "uses": triage.uses_of(contact),
        "live": contact.state in LIVE,
    }


def _reassess(request: HttpRequest, member: Member, contact: Contact) -> str:
    """Change the level as a form asks; return why not, or nothing."""
    fields = request.POST
    try:
        triage.reassess(
            contact,
            fields.get("level", ""),
            fields.get("reason", ""),
            member,
            seen=fields.get("seen", ""),
            calm=fields.get("calm") == "yes",
        )
    except BadAnswers:
        return _("Elige un nivel y un motivo de la lista.")
    except ChangedMeanwhile:
        contact.refresh_from_db(fields=["urgency"])
        words = _("El nivel cambió justo antes: ahora es %(level)s. Míralo y decide otra vez.")
        return words % {"level": contact.urgency}
    except NotYours:
        raise Http404 from None
    except NotAllowed:
        return _("No cambió nada: la conversación ya terminó, o ese nivel ya está puesto.")
    triage.route()  # somebody's hands may be free now, or full
    return ""


# Instruments --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@requires("urgency.change_own")
def instrument(request: HttpRequest) -> HttpResponse:
    """Show the form of an instrument for one of the member's conversations, score it, and keep it sealed."""
    member, contact = mine(request, _given(request).get("contact", ""))
    try:
        one = instruments.instrument(_given(request).get("code", ""))
    except BadAnswers:
        raise Http404 from None
    problem = _use(request, member, contact, one) if request.method == "POST" else ""
    if request.method == "POST" and not problem:
        address = _level_url(contact)
        return JsonResponse({"kept": True, "next": address}) if wants_json(request) else redirect(address)
    if wants_json(request):
        return JsonResponse({"kept": False, "problem": problem}, status=400)
    context = _form_of(contact, one, _given(request)) | {"problem": problem}
    return _show(request, "_desk_instrument", context, status=400 if problem else 200)


def _use(request: HttpRequest, member: Member, contact: Contact, one: Instrument) -> str:
    try:
        triage.use_instrument(contact, one.code, request.POST.dict(), member, request.POST.get("wording"))
    except UnknownWording:
        return _("El texto de este formulario no es de esta línea. Ábrelo otra vez; lo que marcaste sigue aquí.")
    except BadAnswers:
        return _("Marca al menos una respuesta del formulario.")
    except NotAllowed:
        return _("La conversación ya terminó: no se puede usar un instrumento en ella.")
    except (NotYours, CannotOpen):
        raise Http404 from None
    return ""


def _row(item: Item, words: str, points: list[str], given: Any) -> Row:
    labels = {option: str(OPTION_WORDS.get(option, option)) for option in item.options}
    if points and item.options == instruments.POINTS:
        labels = {option: f"{option}: {said}" for option, said in zip(item.options, points, strict=True)}
    return Row(item.code, words, item.construct, list(labels.items()), given.get(item.code, ""))


def _form_of(contact: Contact, one: Instrument, given: Any) -> dict[str, Any]:
    wording: InstrumentWording | None = wording_of(one.code, contact.language)
    words = wording.items if wording else [""] * len(one.items)
    points = wording.answers if wording else []
    return {
        "contact": contact,
        "one": one,
        "wording": wording,
        "rows": [_row(item, text, points, given) for item, text in zip(one.items, words, strict=True)],
        "beside": [_row(item, "", [], given) for item in one.beside],
        "back": _level_url(contact),
    }


# Endings and the reminder -------------------------------------------------------------------------------------------


@require_POST
@requires("desk.open")
def end_without_note(request: HttpRequest) -> HttpResponse:
    """End what was no counselling: silence, a test, a joke, an insult, the wrong place; no note is owed for it."""
    _member, contact = mine(request, request.POST.get("contact", ""))
    ending, problem = request.POST.get("ending", ""), ""
    if contact.state not in LIVE:
        problem = _("La conversación ya había terminado.")
    elif ending not in WITHOUT_NOTE:
        problem = _("Elige cómo terminó: silencio, prueba, broma, insulto o lugar equivocado.")
    if not problem:
        actions.end_conversation(contact, by="volunteer", ending=ending)
        triage.route()
    if wants_json(request):
        return JsonResponse({"ended": not problem, "problem": problem}, status=400 if problem else 200)
    if problem:
        return _show(request, "_desk_level", _level_of(contact) | {"problem": problem}, status=400)
    return redirect("desk")


@require_POST
@requires("desk.open")
def asked(request: HttpRequest) -> HttpResponse:
    """Keep that the volunteer has asked about suicide, or wants no reminder in this conversation."""
    member, contact = mine(request, request.POST.get("contact", ""))
    with contextlib.suppress(NotAllowed):  # it is over: nobody is reminded any more
        triage.note_asked(contact, request.POST.get("how", ""), member)
    return JsonResponse({"kept": True}) if wants_json(request) else redirect("desk")
