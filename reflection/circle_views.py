"""Circles on screen: founding one, its page from outside, signing up, leading it, its calendar."""

import uuid
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reflection import actions, calendar, own_notes, showing
from reflection.access import leading_in
from reflection.errors import AlreadyThere, Leading, NotYours, ReflectionError, Removed, Taken
from reflection.forms import FoundForm, PlanForm
from reflection.models import Circle
from reflection.schedule import BadSchedule
from reflection.views import front_page, member_here
from roster.permissions import requires
from roster.shift_views import calendar_answer

#: What is said when something could not be done, and as which status.
REFUSALS: dict[type[ReflectionError], tuple[Promise, int]] = {
    AlreadyThere: (gettext_lazy("Ya te apuntaste en este círculo. No hace falta hacerlo otra vez."), 409),
    Leading: (gettext_lazy("Conduces este círculo. Pasa la conducción a alguien, o termínalo, antes de salir."), 409),
    Removed: (
        gettext_lazy("Por ahora no puedes apuntarte en este círculo. Si quieres volver, háblalo con quien lo conduce."),
        409,
    ),
    Taken: (gettext_lazy("Alguien llegó antes. Mira cómo quedó."), 409),
    NotYours: (gettext_lazy("Eso ya no está aquí, o cambió mientras tanto."), 404),
}


def refused(request: HttpRequest, error: ReflectionError) -> HttpResponse:
    """Return the front page with what kept something from being done."""
    sentence, status = REFUSALS.get(type(error), REFUSALS[NotYours])
    return front_page(request, status, problems=[sentence])


@require_http_methods(["GET", "HEAD", "POST"])
@requires("circle.found")
def found(request: HttpRequest) -> HttpResponseBase:
    """Found a circle."""
    form = FoundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            circle = actions.found(member_here(request), form.charter(), form.wish(), form.circle_id())
        except BadSchedule as impossible:
            form.refuse(impossible)
        except ReflectionError as error:
            return refused(request, error)
        else:
            messages.success(request, _("El círculo está abierto. El equipo ya puede apuntarse."))
            return redirect("circle", circle.pk)
    return render(request, "reflection/found.html", {"form": form}, status=400 if form.errors else 200)


@require_POST
@requires("reflection.enter")
def join(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponseBase:
    """Take a seat, or a place on the waiting list, once its rules are accepted."""
    member = member_here(request)
    if "rules" not in request.POST:
        circle = Circle.objects.founded(rehearsal=member.rehearsal).filter(pk=circle_id).first()
        if circle is None:
            return refused(request, NotYours())
        shown = showing.circle_from_outside(member, circle)
        problem = _("Para apuntarte, marca que aceptas los acuerdos.")
        return render(request, "reflection/circle_outside.html", shown | {"problem": problem}, status=400)
    try:
        seated = actions.sign_up(member, circle_id)
    except ReflectionError as error:
        return refused(request, error)
    waits = _("El círculo está lleno. Estás en la lista de espera: si alguien sale, entras.")
    messages.success(request, _("Tienes un lugar en el círculo.") if seated else waits)
    return redirect("circle", circle_id)


@require_POST
@requires("reflection.enter")
def leave(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponseBase:
    """Give one's seat up."""
    try:
        actions.leave(member_here(request), circle_id)
    except ReflectionError as error:
        return refused(request, error)
    messages.success(
        request, _("Saliste del círculo. Tu nota para ti, si la tienes, está aquí hasta el día en que se borra.")
    )
    return redirect("reflection")


@require_POST
@requires("reflection.enter")
def seat_seen(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponseBase:
    """Let the notice go that a seat became one's own."""
    actions.note_seat_seen(member_here(request), circle_id)
    return redirect("reflection")


@require_POST
@requires("reflection.enter")
def throw_note_away(request: HttpRequest, note_id: int) -> HttpResponseBase:
    """Destroy one of one's own notes."""
    try:
        own_notes.throw_away(member_here(request), note_id)
    except ReflectionError as error:
        return refused(request, error)
    messages.success(request, _("Tu nota se borró."))
    return redirect("reflection")


# Leading ------------------------------------------------------------------------------------------------------------


def _leading(request: HttpRequest, circle_id: uuid.UUID, form: PlanForm, status: int = 200) -> HttpResponse:
    try:
        seat = leading_in(member_here(request), circle_id)
    except NotYours:
        raise Http404 from None
    if seat.circle.kind not in showing.FOUNDED:
        raise Http404  # a room that opened by itself ends by itself
    shown = showing.leading(seat) | {"form": form}
    return render(request, "reflection/leading.html", shown, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("reflection.enter")
def lead(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponseBase:
    """The page of whoever leads a circle: gatherings, people, passing it on, ending it."""
    if request.method != "POST":
        return _leading(request, circle_id, PlanForm())
    act = request.POST.get("do", "")
    if act == "plan":
        return _plan(request, circle_id)
    return _do(request, circle_id, act)


def _plan(request: HttpRequest, circle_id: uuid.UUID) -> HttpResponseBase:
    form = PlanForm(request.POST)
    if not form.is_valid():
        return _leading(request, circle_id, form, 400)
    try:
        fresh = actions.plan(member_here(request), circle_id, form.wish())
    except BadSchedule as impossible:
        form.refuse(impossible)
        return _leading(request, circle_id, form, 400)
    except ReflectionError:
        raise Http404 from None
    messages.success(request, _("Quedó en el calendario.") if fresh else _("Esa reunión ya estaba en el calendario."))
    return redirect("lead_circle", circle_id)


def _number(request: HttpRequest) -> int:
    given = request.POST.get("which", "")
    return int(given) if given.isdecimal() and len(given) < 16 else 0


def _do(request: HttpRequest, circle_id: uuid.UUID, act: str) -> HttpResponseBase:
    member, number = member_here(request), _number(request)
    acts: dict[str, tuple[Callable[[], None], str]] = {
        "cancel": (lambda: actions.cancel(member, circle_id, number), _("Esa reunión no se hará.")),
        "remove": (lambda: actions.remove(member, circle_id, number), _("Ya no está en el círculo.")),
        "let_back": (lambda: actions.let_back(member, circle_id, number), _("Ya puede apuntarse otra vez.")),
        "pass": (lambda: actions.pass_lead(member, circle_id, number), _("Pasaste la conducción.")),
        "co": (lambda: actions.name_co_leader(member, circle_id, number), _("Ahora conducen el círculo entre dos.")),
        "no_co": (lambda: actions.end_co_leading(member, circle_id), _("Ahora conduce una sola persona.")),
        "end": (lambda: actions.end(member, circle_id), _("El círculo terminó y lo que se dijo se destruyó.")),
    }
    if act not in acts:
        raise Http404
    do, done = acts[act]
    try:
        do()
    except ReflectionError as error:
        return refused(request, error)
    messages.success(request, done)
    if act == "no_co":
        return redirect("circle", circle_id)  # whoever co-led sees that page alone
    return redirect("reflection") if act in {"end", "pass"} else redirect("lead_circle", circle_id)


# The calendar -------------------------------------------------------------------------------------------------------


@require_POST
@requires("reflection.enter")
def own_calendar(request: HttpRequest) -> HttpResponseBase:
    """Make a secret address of one's calendar, which is shown this once, or take it away."""
    member = member_here(request)
    if request.POST.get("do") == "stop":
        calendar.stop(member)
        messages.success(request, _("Tu calendario ya no se lee desde ninguna dirección."))
        return redirect("reflection")
    address = f"{settings.ORIGINS[0]}{calendar.renew(member)}"
    return front_page(request, circle_calendar_address=address)


@require_safe
def calendar_file(_request: HttpRequest, token: str) -> HttpResponse:
    """Give a calendar program the gatherings of whoever gave it the address; a wrong one finds nothing."""
    return calendar_answer(calendar.member_of(token), calendar.calendar_of, "reuniones.ics")
