"""The supervisor's pages: the live board with its alarms, and the trail."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cases import opening
from cases.errors import NotYours, ReasonMissing
from cases.keys import give_what_is_missing
from cases.views import ask_why
from chat import actions as chat
from oversight import alarms
from oversight.audit import entries_before, length, state
from oversight.board import board
from oversight.contacts import case_of, contact_for_supervisor, read_story
from oversight.said_waits import said_waits
from roster import actions as roster
from roster import shifts
from roster.models import Member
from roster.permissions import requires
from triage import actions as triage
from triage.errors import BadAnswers, ChangedMeanwhile, NobodyFree, NotAllowed
from triage.models import Contact, ContactState, Urgency
from triage.reassessing import IN_ROOM, Reason
from vault import actions as vault
from vault.trail import verify
from wire import clock

NAMED = 8  # people who should be there; the others are counted


def _member(request: HttpRequest) -> Member:
    if not isinstance(request.user, Member):
        raise Http404
    return request.user


@require_GET
@requires("board.see")
def live_board(request: HttpRequest) -> HttpResponse:
    """The live board; its moving part is fetched again by the page."""
    member = _member(request)
    give_what_is_missing(member)  # who supervises is here: what nobody could pass on, they can
    beside = {"alarms": alarms.strip(rehearsal=member.rehearsal), "said": said_waits(clock.now())}
    return render(request, "oversight/board.html", _board(member) | beside)


@require_GET
@requires("board.see")
def board_fragment(request: HttpRequest) -> HttpResponse:
    """The moving part of the board alone."""
    return render(request, "oversight/_board.html", _board(_member(request)))


def _board(member: Member) -> dict[str, Any]:
    roster.note_here(member)
    missing = shifts.missing(rehearsal=member.rehearsal)
    return {
        "board": board(rehearsal=member.rehearsal),
        "asked": opening.waiting_for(member),
        "absent": missing.absent[:NAMED],
        "unnamed": max(0, len(missing.absent) - NAMED),
        "gap": missing.soon,
    }


@require_http_methods(["GET", "POST"])
@requires("board.see")
def alarm_strip(request: HttpRequest) -> HttpResponse:
    """The strip of alarms alone, which the board asks for each second; a form in it says that somebody has seen one."""
    member = _member(request)
    if request.method == "GET":
        roster.note_here(member)  # in a hidden tab the strip alone goes on asking
        return render(request, "oversight/_alarms.html", {"alarms": alarms.strip(rehearsal=member.rehearsal)})
    given = request.POST.get("alarm", "")
    number = int(given) if given.isdecimal() and len(given) < 16 else 0
    first = alarms.acknowledge(member, number)
    if request.headers.get("Accept", "") == "application/json":
        return JsonResponse({"first": first})
    return redirect("board")


@require_http_methods(["GET", "POST"])
@requires("case.read_any")
def contact_story(request: HttpRequest, contact_id: uuid.UUID) -> HttpResponse:
    """The story of a contact, for who says why: of one that has no case yet, or whose consent was taken back."""
    member = _member(request)
    reason = request.POST.get("reason", "") if request.method == "POST" else None
    case_id = case_of(contact_id)
    if case_id is not None:
        return redirect("case", case_id=case_id)
    try:
        contact = contact_for_supervisor(member, contact_id, reason)
    except NotYours:
        raise Http404 from None
    except ReasonMissing:
        return ask_why(request, "contact")
    context = {"contact": contact, "story": read_story(contact, member, reason or "")}
    return render(request, "oversight/contact.html", context)


@require_http_methods(["GET", "POST"])
@requires("urgency.change_any")
def reassess(request: HttpRequest, contact_id: uuid.UUID) -> HttpResponse:
    """Change the level of who waits or talks, with a reason; nothing that was said is shown or opened."""
    member, problem = _member(request), ""
    contact = Contact.objects.select_related("volunteer").filter(pk=contact_id, rehearsal=member.rehearsal).first()
    if contact is None:
        raise Http404
    if request.method == "POST":
        problem = _reassess(request, member, contact)
        if not problem:
            return redirect("board")
    contact.refresh_from_db(fields=["state", "urgency", "danger"])
    context = {"contact": contact, "over": contact.state not in IN_ROOM, "problem": problem}
    choices = {"levels": Urgency.choices, "reasons": Reason.choices}
    return render(request, "oversight/reassess.html", context | choices, status=400 if problem else 200)


def _reassess(request: HttpRequest, member: Member, contact: Contact) -> str:
    """Change the level as the form asks; return why not, or nothing."""
    given, calm = request.POST, request.POST.get("calm") == "yes"
    try:
        triage.reassess(
            contact, given.get("level", ""), given.get("reason", ""), member, seen=given.get("seen", ""), calm=calm
        )
    except BadAnswers:
        return _("Elige un nivel y un motivo de la lista.")
    except ChangedMeanwhile:
        return _("El nivel cambió justo antes. Mira el de ahora y decide otra vez.")
    except NotAllowed:
        return _("No cambió nada: la conversación ya terminó, o ese nivel ya está puesto.")
    triage.route()
    return ""


@require_http_methods(["GET", "POST"])
@requires("contact.assign")
def assign(request: HttpRequest, contact_id: uuid.UUID) -> HttpResponse:
    """Choose who talks with somebody who waits; nothing that was said is shown."""
    member, problem = _member(request), ""
    contact = Contact.objects.select_related("key").filter(pk=contact_id, rehearsal=member.rehearsal).first()
    if contact is None or contact.practice_for_id is not None:
        raise Http404
    if request.method == "POST":
        problem = _assign(contact, request.POST.get("member", ""), member)
        if not problem:
            return redirect("board")
    contact.refresh_from_db(fields=["state", "urgency"])
    waits = contact.state == ContactState.WAITING
    context = {"contact": contact, "choices": triage.choices_by_hand(contact) if waits else [], "waits": waits}
    return render(request, "oversight/assign.html", context | {"problem": problem}, status=400 if problem else 200)


def _assign(contact: Contact, chosen: str, by: Member) -> str:
    """Give the contact to who was chosen; return why not, or nothing."""
    try:
        chat.assign(contact, uuid.UUID(chosen), by)
    except ValueError:
        return _("Elige a quién.")
    except NobodyFree:
        return _("Esa persona ya no está, o ya tiene las manos llenas. Mira quién está ahora.")
    except NotAllowed:
        return _("No cambió nada: alguien ya conversa con esta persona, o ya salió.")
    return ""


@require_GET
@requires("trail.read")
def trail(request: HttpRequest) -> HttpResponse:
    """The trail, newest first; reading it is itself an entry. ``?revisar`` also checks the whole chain."""
    asked = request.GET.get("antes", "")
    before = int(asked) if asked.isdecimal() and len(asked) < 16 else None
    lines = entries_before(before)
    verdict = verify() if "revisar" in request.GET else None
    vault.record(actor=str(request.user.pk), act="trail.read", subject_kind="trail", subject=str(before or "newest"))
    older = lines and lines[-1].seq > 1
    context = {"lines": lines, "verdict": verdict, "length": length(), "state": state(), "older": older}
    return render(request, "oversight/trail.html", context)
