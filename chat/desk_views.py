"""The desk's page, and the plain requests beside its socket: drafts, and asking for consent later."""

import contextlib
import datetime
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chat import actions
from chat.heeding import marks_of
from consent.models import AgeBand
from roster import breaks, first_shift
from roster.models import Member, Skill
from roster.permissions import may, requires
from triage import actions as triage
from triage.access import contact_for
from triage.errors import NotAllowed, NotYours, QuestionsProblem
from triage.hard_conversations import was_hard
from triage.models import WITHOUT_NOTE, Contact, ContactState, EventKind, Urgency
from triage.needs import language_of
from vault.errors import CannotOpen
from wire import clock
from wire.frames import LONGEST_TEXT

LIVE = (ContactState.TALKING, ContactState.ASLEEP)
PAGE_SILENT_AFTER = datetime.timedelta(seconds=45)  # two signs of life of a caller's page did not come


def mine(request: HttpRequest, given: str) -> tuple[Member, Contact]:
    """Return the member and their contact. Raises Http404 for anything else, whether it exists or not."""
    if not isinstance(request.user, Member):
        raise Http404
    try:
        return request.user, contact_for(request.user, uuid.UUID(given))
    except (ValueError, NotYours):
        raise Http404 from None


def mine_or_beside(request: HttpRequest, given: str) -> tuple[Member, Contact]:
    """Return the member and a contact that they lead, or in which they stay as companion. Raises Http404."""
    beside = _beside(request, given)
    return beside or mine(request, given)


def _beside(request: HttpRequest, given: str) -> tuple[Member, Contact] | None:
    if not isinstance(request.user, Member):
        return None
    try:
        handover = actions.companion_in(uuid.UUID(given), request.user)
    except ValueError:
        return None
    if handover is None:
        return None
    handover.contact.holder = request.user.holder
    return request.user, handover.contact


@require_GET
@requires("desk.open")
def desk(request: HttpRequest) -> HttpResponse:
    """The desk: everything on it arrives by its socket, in the words of the page's templates."""
    takes_callers = isinstance(request.user, Member) and may(request.user, "contact.take")
    context = {
        "takes_callers": takes_callers,
        "first_shift_ahead": isinstance(request.user, Member) and first_shift.is_ahead(request.user),
        "levels": Urgency.values,
        "endings": [(one.value, one.label) for one in WITHOUT_NOTE],
        "now": clock.now(),
        "shortcuts": request.session.get("desk_shortcuts", True),
    }
    return render(request, "chat/desk.html", context)


def consent_of(contact: Contact) -> str:
    """Return where the consent stands: «given», «asked», «refused» or «missing» (the danger door asks nothing)."""
    if contact.consent_id is not None:
        return "given"
    if contact.consent_asked:
        return "asked"
    return "refused" if contact.events.filter(kind=EventKind.CONSENT_REFUSED).exists() else "missing"


def _answers_of(contact: Contact) -> list[tuple[str, str]] | None:
    """Return what the caller chose, as the desk shows it; None where their version of the questions is not here."""
    try:
        return triage.answers_of(contact)
    except QuestionsProblem:
        return None


def _age_said(contact: Contact) -> str:
    """Return the age that was told with the consent, in words, or nothing."""
    known = dict(AgeBand.choices)
    return str(known.get(contact.age_band, "")) if contact.age_band != AgeBand.UNSAID else ""


@require_GET
@requires("desk.open")
def about(request: HttpRequest) -> HttpResponse:
    """What is known of the person in one of the member's contacts, as a fragment for the desk."""
    member, contact = mine(request, request.GET.get("contact", ""))
    try:
        thoughts, marks = triage.thoughts_of(contact), marks_of(contact)
        answers = _answers_of(contact)
    except CannotOpen:
        raise Http404 from None
    seen = contact.caller_seen_at
    context = {
        "contact": contact,
        "with_you_since": triage.led_since(contact, member),
        "answers": answers,
        "age": _age_said(contact) if not answers else "",
        "marks": marks,
        "language": Skill.objects.filter(code=language_of(contact.needs)).first(),
        "consent": consent_of(contact),
        "over": actions.is_over(contact),
        "remind": triage.reminder_due(contact, thoughts),
        "silent_since": seen if seen and clock.now() - seen > PAGE_SILENT_AFTER else None,
    }
    return render(request, "chat/_desk_about.html", context)


@require_POST
@requires("desk.open")
def shortcuts(request: HttpRequest) -> JsonResponse:
    """Switch the keyboard shortcuts on or off for this session (WCAG 2.1.4); nothing is kept in the browser."""
    request.session["desk_shortcuts"] = request.POST.get("on") == "yes"
    return JsonResponse({"on": request.session["desk_shortcuts"]})


#: What a volunteer may ask for their hands: a quarter of an hour of rest, its end, one person more.
HANDS = {"rest": breaks.rest, "back": breaks.end_break, "more": breaks.ask_for_one}


@require_POST
@requires("desk.open")
def hands(request: HttpRequest) -> JsonResponse:
    """Let a volunteer rest, come back from a rest, or be offered one more person at the end of a shift."""
    act = HANDS.get(request.POST.get("act", ""))
    if act is None or not isinstance(request.user, Member):
        raise Http404
    act(request.user)
    return JsonResponse({"done": True})


@require_GET
@requires("desk.open")
def hard(request: HttpRequest) -> JsonResponse:
    """Say whether a conversation of the member was a hard one; the desk then offers what may do them good."""
    _member, contact = mine(request, request.GET.get("contact", ""))
    levels = (contact.urgency, contact.marked)
    return JsonResponse({"hard": was_hard(levels, contact.needs, contact.age_band, contact.ending)})


@require_http_methods(["GET", "POST"])
@requires("desk.open")
def draft(request: HttpRequest) -> JsonResponse:
    """Keep, or give back, what the member has begun to write to one of their contacts; sealed, never in the browser."""
    given: Any = request.POST if request.method == "POST" else request.GET
    member, contact = mine_or_beside(request, given.get("contact", ""))
    try:
        if request.method == "POST":
            text = request.POST.get("text", "").replace("\r\n", "\n")  # a form's line ends
            if len(text) > 2 * LONGEST_TEXT:
                return JsonResponse({"saved": False, "problem": _("El borrador es muy largo.")}, status=400)
            actions.save_draft(contact, member, text)
            return JsonResponse({"saved": True})
        return JsonResponse({"text": actions.draft_of(contact, member)})
    except CannotOpen:
        raise Http404 from None


@require_POST
@requires("desk.open")
def ask_consent(request: HttpRequest) -> JsonResponse:
    """Put the short consent text with yes and no on the page of a caller who came through the danger door."""
    _member, contact = mine(request, request.POST.get("contact", ""))
    with contextlib.suppress(NotAllowed):  # given or asked already, or the person has left: nothing to ask
        actions.ask_for_consent(contact)
    return JsonResponse({"asked": True})


def wants_json(request: HttpRequest) -> bool:
    """Say whether a script of the desk asks, and not a plain form."""
    return request.headers.get("Accept", "") == "application/json"
