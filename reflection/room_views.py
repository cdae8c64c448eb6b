"""The room of a circle on screen: what is said, how it stands, plain forms for whoever has no script or no socket."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from reflection import actions, live, own_notes, peers, showing
from reflection.access import seat_in
from reflection.circle_views import refused
from reflection.doors import wants_fragment
from reflection.errors import NotYours, ReflectionError
from reflection.models import Circle, Membership
from reflection.screen_words import GONE, NOTE_GONE, refusal
from reflection.speaking import say
from reflection.views import front_page, member_here
from roster.models import Member
from roster.permissions import requires
from wire.frames import Refused, client_id, spoken_text


def _seat(request: HttpRequest, circle_id: uuid.UUID) -> Membership:
    try:
        return seat_in(member_here(request), circle_id)
    except NotYours:
        raise Http404 from None


def _room(request: HttpRequest, seat: Membership, status: int = 200, **shown: Any) -> HttpResponse:
    member = member_here(request)
    actions.keep_within_reach(member, seat.circle_id)
    context = showing.circle_room(seat, member) | {"say_id": uuid.uuid4()} | shown
    return render(request, "reflection/circle.html", context, status=status)


@require_GET
@requires("reflection.enter")
def circle(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """A circle: its room for whoever sits there; for others what it is, and how to join."""
    member = member_here(request)
    try:
        seat, before = seat_in(member, circle_id), request.GET.get("antes", "")
        if before.isdecimal() and len(before) < 16:
            return _older(request, seat, int(before))
        shown = _room(request, seat)
        actions.note_seat_seen(member, circle_id)
        return shown
    except NotYours:
        found = Circle.objects.founded(rehearsal=member.rehearsal).filter(pk=circle_id).first()
    if found is None:
        raise Http404
    return render(request, "reflection/circle_outside.html", showing.circle_from_outside(member, found))


def _older(request: HttpRequest, seat: Membership, before: int) -> HttpResponse:
    """What was said before: a page of its own, or for the script of the room the part that it puts in front."""
    page = "reflection/_older.html" if wants_fragment(request) else "reflection/circle_older.html"
    return render(request, page, showing.older(seat, member_here(request), before))


@require_GET
@requires("reflection.enter")
def standing(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponse:
    """How the room stands, as a fragment."""
    return render(request, "reflection/_standing.html", showing.standing(_seat(request, circle_id)))


@require_POST
@requires("reflection.enter")
def speak(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponseBase:
    """Say something by a plain form; what could not be stored stays in the box, under the same id."""
    try:
        seat = seat_in(member_here(request), circle_id)
    except NotYours:
        return _words_back(request, "text")
    given = {"text": request.POST.get("text", ""), "say_id": request.POST.get("id", "")}
    try:
        outcome = say(member_here(request), circle_id, client_id(given["say_id"]), spoken_text(given["text"]))
        code = outcome.code
    except (Refused, ReflectionError) as error:
        code = error.code
    if code == "not_yours":
        return _words_back(request, "text")
    if code == "bad_field":
        given["say_id"] = str(
            uuid.uuid4()
        )  # somebody else's id, or none at all: the words may be said under a fresh one
    if code:
        return _room(request, seat, 400, problem=refusal(code), **given)
    return redirect(f"{reverse('circle', args=[circle_id])}#end")


def _words_back(request: HttpRequest, field: str = "") -> HttpResponse:
    """Give their words back to somebody who has no seat (any more), or whose circle ended; nothing of them is kept."""
    text = request.POST.get(field, "")
    return render(request, "reflection/words_back.html", {"problem": GONE, "text": text}, status=404)


def _phase(request: HttpRequest) -> int:
    given = request.POST.get("phase", "")
    return int(given) if given.isdecimal() and len(given) < 3 else -1


@require_POST
@requires("reflection.enter")
def act(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponseBase:
    """Do what a button of the room says: come in, step out, hand, pass, present, move on."""
    member = member_here(request)
    acts: dict[str, Callable[[], object]] = {
        "enter": lambda: live.enter(member, circle_id),
        "step_out": lambda: live.step_out(member, circle_id),
        "hand_up": lambda: live.raise_hand(member, circle_id, up=True),
        "hand_down": lambda: live.raise_hand(member, circle_id, up=False),
        "done": lambda: live.finish(member, circle_id),
        "present": lambda: live.present(member, circle_id, on=True),
        "stop_presenting": lambda: live.present(member, circle_id, on=False),
        "move_on": lambda: live.move_on(member, circle_id, _phase(request)),
    }
    if request.POST.get("do", "") not in acts:
        raise Http404
    try:
        acts[request.POST["do"]]()
    except NotYours:
        return _words_back(request)
    except ReflectionError as error:
        return _room(request, _seat(request, circle_id), 409, problem=refusal(error.code))
    return redirect("circle", circle_id)


@require_POST
@requires("reflection.enter")
def keep_note(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponseBase:
    """Keep one's note to oneself; asked for JSON, the answer says in words how it went."""
    text, wants_json = request.POST.get("note", ""), "application/json" in request.headers.get("Accept", "")
    try:
        seat = seat_in(member_here(request), circle_id)
    except NotYours:
        return JsonResponse({"problem": NOTE_GONE}, status=404) if wants_json else _words_back(request, "note")
    problem = _kept(member_here(request), circle_id, text)
    if wants_json:
        return JsonResponse({"problem": problem}, status=400 if problem else 200)
    if problem:
        return _room(request, seat, 400, problem=problem, note_text=text)
    messages.success(request, _("Tu nota quedó guardada, solo para ti."))
    return redirect("circle", circle_id)


def _kept(member: Member, circle_id: uuid.UUID, text: str) -> str:
    """Keep a note; return what went wrong in words, or nothing."""
    try:
        trimmed = spoken_text(text) if text.strip() else ""
        own_notes.save(member, circle_id, trimmed)
    except NotYours:
        return str(NOTE_GONE)
    except ReflectionError:
        return _("Esta nota se cerró con otras llaves y no se puede cambiar. Bórrala en Reflexión y escribe otra.")
    except Refused as error:
        return str(refusal(error.code))
    return ""


# A colleague to talk to ---------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@requires("reflection.enter")
def ask_peer(request: HttpRequest) -> HttpResponseBase:
    """Ask for a colleague to talk to, or ask no more; how that stands, for the script of the front page."""
    member = member_here(request)
    if request.method == "GET":
        shown = wants_fragment(request)
        return render(request, "reflection/_talks.html", showing.talks(member)) if shown else redirect("reflection")
    if request.POST.get("do") == "stop":
        peers.take_back(member)
        return redirect("reflection")
    try:
        peers.ask(member, anonymous="anonymous" in request.POST)
    except ReflectionError:
        return front_page(request, 409, problems=[_("Ya pediste un colega. Tu pedido sigue en pie.")])
    messages.success(request, _("Tu pedido está en pie. Cuando alguien responda, aquí verás la sala."))
    return redirect("reflection")


@require_POST
@requires("reflection.enter")
def answer_peer(request: HttpRequest, ask_id: uuid.UUID) -> HttpResponseBase:
    """Answer somebody who asks for a colleague."""
    try:
        room = peers.answer(member_here(request), ask_id, anonymous="anonymous" in request.POST)
    except ReflectionError as error:
        return refused(request, error)
    return redirect("circle", room.pk)
