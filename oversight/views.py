"""The supervisor's pages: the live board with its alarms, and the trail."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from cases import opening
from cases.errors import NotYours, ReasonMissing
from cases.keys import give_what_is_missing
from cases.views import ask_why
from oversight import alarms
from oversight.audit import entries_before, length, state
from oversight.board import board
from oversight.contacts import case_of, contact_for_supervisor, read_story
from roster.models import Member
from roster.permissions import requires
from vault import actions as vault
from vault.trail import verify


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
    return render(
        request, "oversight/board.html", _board(member) | {"alarms": alarms.strip(rehearsal=member.rehearsal)}
    )


@require_GET
@requires("board.see")
def board_fragment(request: HttpRequest) -> HttpResponse:
    """The moving part of the board alone."""
    return render(request, "oversight/_board.html", _board(_member(request)))


def _board(member: Member) -> dict[str, Any]:
    return {"board": board(rehearsal=member.rehearsal), "asked": opening.waiting_for(member)}


@require_http_methods(["GET", "POST"])
@requires("board.see")
def alarm_strip(request: HttpRequest) -> HttpResponse:
    """The strip of alarms alone, which the board asks for each second; a form in it says that somebody has seen one."""
    member = _member(request)
    if request.method == "GET":
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
