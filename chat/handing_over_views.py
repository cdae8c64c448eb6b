"""Passing a conversation on, on the desk: whom to ask and what to tell them, how it stands, and leaving the room."""

import dataclasses
import datetime
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chat import actions
from chat.desk_views import LIVE, mine, mine_or_beside, wants_json
from roster.models import Member
from roster.permissions import requires
from triage import actions as triage
from triage.errors import BadAnswers, NobodyFree, NotAllowed
from triage.handing_over import LONGEST_NOTE
from triage.handovers import NOTHING, passings
from triage.models import Contact
from vault.errors import CannotOpen


@dataclasses.dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who could go on with a conversation now: first name, languages and topics, free hands, end of shift."""

    member_id: uuid.UUID
    name: str
    skills: list[str]
    free: int
    until: datetime.datetime | None


def _colleagues(contact: Contact) -> list[Colleague]:
    able = triage.choices_for(contact)
    members = Member.objects.prefetch_related("skills").in_bulk([one.member_id for one in able])
    return [
        Colleague(
            one.member_id,
            members[one.member_id].alias,
            [skill.name for skill in members[one.member_id].skills.all()],
            max(0, one.capacity - one.carries),
            one.shift_ends_at,
        )
        for one in able
        if one.member_id in members
    ]


def _address(contact: Contact) -> str:
    return f"{reverse('hand_over')}?contact={contact.pk}"


@require_http_methods(["GET", "POST"])
@requires("desk.open")
def hand_over(request: HttpRequest) -> HttpResponse:
    """Show how it stands with passing a conversation on, or the form that asks (``elegir=1``); take what is asked."""
    if request.method == "GET":
        return _show(request, *mine_or_beside(request, request.GET.get("contact", "")))
    given = request.POST.get("contact", "")
    problem = _do(request, given)
    next_page = f"{reverse('hand_over')}?contact={given}"
    if problem and request.POST.get("do") == "ask":
        next_page += "&elegir=1"
    if wants_json(request):
        return JsonResponse(
            {"kept": not problem, "problem": problem, "next": next_page}, status=400 if problem else 200
        )
    if problem:
        member, contact = mine_or_beside(request, given)
        return _show(request, member, contact, problem=problem, status=400)
    return redirect(next_page if request.POST.get("do") != "leave" else "desk")


def _show(
    request: HttpRequest, member: Member, contact: Contact, *, problem: str = "", status: int = 200
) -> HttpResponse:
    passing = passings([contact.pk]).get(contact.pk, NOTHING)
    live, leads = contact.state in LIVE, contact.volunteer_id == member.pk
    asks = live and leads and passing.state != "asked" and contact.practice_for_id is None
    choosing = asks and (problem != "" or "elegir" in request.GET)
    context: dict[str, Any] = {
        "contact": contact,
        "passing": passing,
        "live": live,
        "leads": leads,
        "asks": asks,
        "choosing": choosing,
        "colleagues": _colleagues(contact) if choosing else [],
        "told": _told(contact, member),
        "words": request.POST.get("words", ""),
        "limit": LONGEST_NOTE,
        "problem": problem,
    }
    if "X-Fragment" in request.headers:
        return render(request, "chat/_desk_handover.html", context, status=status)
    return render(request, "chat/handover_page.html", context, status=status)


def _told(contact: Contact, member: Member) -> tuple[str, str] | None:
    try:
        return triage.words_for(contact, member)
    except CannotOpen:
        return None  # until whoever passed it on, or the caller's page, has let them in


def _do(request: HttpRequest, given: str) -> str:
    """Do what a form asks; return why not, or nothing."""
    do = request.POST.get("do", "")
    if do == "leave":
        member, contact = mine_or_beside(request, given)
        if not actions.leave_room(contact.pk, member):
            return _("Ya habías salido de la conversación.")
        triage.route()  # their hands are free now
        return ""
    member, contact = mine(request, given)
    if do == "keep":
        return _keep(contact, member)
    return _ask(request, contact, member) if do == "ask" else _("Elige qué hacer.")


def _keep(contact: Contact, member: Member) -> str:
    try:
        actions.keep_conversation(contact, member)
    except NotAllowed:
        return _("Ya no se puede cancelar: alguien respondió justo antes.")
    return ""


def _whom(request: HttpRequest) -> uuid.UUID | None:
    """Return the colleague who is asked, None for whoever can. Raises BadAnswers while nobody is chosen."""
    given = request.POST.get("to", "")
    if given == "anybody":
        return None
    try:
        return uuid.UUID(given)
    except ValueError:
        raise BadAnswers from None


def _ask(request: HttpRequest, contact: Contact, member: Member) -> str:
    words = request.POST.get("words", "").replace("\r\n", "\n").strip()
    if len(words) > LONGEST_NOTE:
        return _("Lo que escribiste es muy largo: hasta %(n)s letras.") % {"n": LONGEST_NOTE}
    try:
        actions.ask_to_take_over(contact, member, _whom(request), words)
    except BadAnswers:
        return _("Elige a alguien, o «A quien pueda».")
    except NobodyFree:
        return _("Ahora no puede: se ocupó justo antes. Elige a otra persona, o prueba en un momento. Nada cambió.")
    except NotAllowed:
        return _("No se pidió: ya lo habías pedido, o la conversación ya no está contigo.")
    except CannotOpen:
        raise Http404 from None
    return ""
