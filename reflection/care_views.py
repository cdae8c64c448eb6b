"""After something hard, who would like to talk, and how the group is."""

import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from reflection import check_ins, follow_ups, spaces, talks, trends
from reflection.care_models import Wish
from reflection.doors import member_of, wants_fragment, wants_json
from reflection.own_errors import SpaceShut
from roster import actions as roster
from roster import breaks
from roster.models import Member, Presence
from roster.permissions import requires

TOLD = {"talk", "soon", "take_back", "follow", "desk", "stop", "rest", "off"}


@require_http_methods(["GET", "POST"])
@requires("reflection.enter")
def after_hard(request: HttpRequest) -> HttpResponse:
    """What may do somebody good after something hard; each with one touch, and none of it is noted anywhere.

    That it was a death is said by an address and by the forms, and kept nowhere.
    """
    member = member_of(request)
    death = "si" in (request.GET.get("muerte"), request.POST.get("muerte"))
    if request.method == "POST":
        told = _after(request, member, request.POST.get("do", ""))
        again = f"{reverse('after_hard')}?dicho={told}{'&muerte=si' if death else ''}"
        return JsonResponse({"next": again}) if wants_json(request) else redirect(again)
    asked = talks.of(member)
    context = {
        "told": request.GET.get("dicho", ""),
        "death": death,
        "request_stands": asked,
        "room": talks.room_of(asked) if asked else None,
        "asked_again": follow_ups.stand(member),
        "space": spaces.of(member),
        "presence": Presence.objects.filter(member=member).first(),
    }
    page = "reflection/_after_hard.html" if wants_fragment(request) else "reflection/after_hard.html"
    return render(request, page, context)


def _after(request: HttpRequest, member: Member, act: str) -> str:
    """Do what somebody chose; return what is said of it."""
    today = timezone.localdate()
    match act:
        case "talk":
            talks.ask(member, today)
        case "soon":
            talks.ask(member, today, Wish.DEATH if request.POST.get("why") == "yes" else Wish.SOON)
        case "take_back":
            talks.take_back(member)
        case "follow":
            return _follow(member, today)
        case _:
            _rest(member, act, today)
    return act if act in TOLD else ""


def _rest(member: Member, act: str, today: datetime.date) -> None:
    """Let somebody rest, leave the queue, or be asked by their desk how they go on."""
    match act:
        case "rest":
            breaks.rest(member)
        case "off":
            roster.set_away(member, "own")
        case "desk":
            follow_ups.ask(member, today)
        case "stop":
            follow_ups.stop(member)


def _follow(member: Member, today: datetime.date) -> str:
    space = spaces.of(member)
    try:
        if space is not None:
            check_ins.mark_hard(space, today)
    except SpaceShut:
        return ""
    return "follow" if space else ""


@require_http_methods(["GET", "POST"])
@requires("talk.answer")
def talk_requests(request: HttpRequest) -> HttpResponse:
    """Show supervision who would like to talk: a name and a day, and never why."""
    supervisor = member_of(request)
    if request.method == "POST":
        asked = request.POST.get("id", "")
        number = int(asked) if asked.isdecimal() and len(asked) < 16 else 0
        acts = {"take": talks.take, "room": talks.open_room, "talked": talks.talked}
        act = acts.get(request.POST.get("do", ""))
        if act is None or not act(number, supervisor):
            messages.error(request, _("Alguien llegó antes, o ya no hace falta. Mira la lista otra vez."))
        return redirect("talk_requests")
    waiting = talks.waiting(supervisor)
    if wants_fragment(request):
        free = [one for one in waiting if one.taken_by_id is None]
        return render(request, "reflection/_wish_to_talk.html", {"waiting": free}) if free else HttpResponse(status=204)
    rooms = [(one, talks.room_of(one)) for one in waiting]
    return render(request, "reflection/talks.html", {"waiting": rooms, "supervisor": supervisor})


@require_GET
@requires("trend.see")
def trend(request: HttpRequest) -> HttpResponse:
    """Show the coordination how the group was, where ten or more gave."""
    context = {"shown": trends.shown(timezone.localdate()), "at_least": trends.AT_LEAST}
    return render(request, "reflection/trend.html", context)
