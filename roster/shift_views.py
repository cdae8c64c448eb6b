"""The page of shifts, its forms, and the calendar address."""

import datetime
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST, require_safe

from roster import actions, calendar_feed, shifts
from roster.errors import MayNotTakeCallers, NotYourShift, RosterError, ShiftBegun, ShiftRefused, SwapTaken
from roster.hours import LIMA
from roster.models import Member, Shift
from roster.permissions import may, requires
from roster.shift_rules import LATE, WORDS
from roster.shift_week import monday_asked, week
from wire import clock

#: Looks with addresses that nobody has, of all together in one minute; and looks at one calendar in an hour.
UNKNOWN_A_MINUTE, AN_HOUR = 60, 120
MINUTE, HOUR = 60, 3600  # seconds
UNREADABLE = gettext_lazy("No entendimos qué turno era. Elige una hora de la semana, por favor.")
#: What is said when something could not be done, and as which status.
REFUSALS: dict[type[RosterError], tuple[Promise, int]] = {
    MayNotTakeCallers: (
        gettext_lazy("Todavía no puedes tomar turnos: falta que coordinación revise tu colegiatura."),
        400,
    ),
    NotYourShift: (
        gettext_lazy("Ese turno ya no es tuyo, o cambió mientras tanto. Mira la lista otra vez, por favor."),
        404,
    ),
    ShiftBegun: (gettext_lazy("Ese turno ya empezó. Si tienes que irte, avisa a supervisión, por favor."), 409),
    SwapTaken: (gettext_lazy("Ese turno ya no se ofrece: alguien llegó antes, o su dueña o dueño lo conserva."), 409),
}


def _member(request: HttpRequest) -> Member:
    if not isinstance(request.user, Member):
        raise Http404
    return request.user


@require_GET
@requires("shift.take")
def page(request: HttpRequest) -> HttpResponse:
    """The roster of a week, one's own shifts, what is up for a swap, the calendar and one's wishes."""
    return _page(request)


def _page(request: HttpRequest, status: int = 200, **shown: Any) -> HttpResponse:
    member = _member(request)
    supervises = may(member, "board.see")
    own = Shift.objects.filter(member=member, ends_at__gt=clock.now()).select_related("swap_with", "in_return")
    context = {
        "week": week(member, monday_asked(request.POST.get("semana") or request.GET.get("semana", ""))),
        "own": own,
        "able": shifts.is_able(member),
        "swaps": shifts.swaps_for(member),
        "exchangeable": shifts.exchangeable(member) if own else (),
        "missing": shifts.missing(rehearsal=member.rehearsal) if supervises else None,
        "has_calendar": hasattr(member, "calendar_feed"),
        "late_before": clock.now() + LATE,
        "now": clock.now(),
    }
    return render(request, "roster/shifts.html", context | shown, status=status)


def _do(request: HttpRequest, act: Callable[[], object], done: str) -> HttpResponse:
    """Do what a form asks and lead back to the page, or show the page with what keeps it from being done."""
    try:
        act()
    except ShiftRefused as refused:
        words = [str(WORDS[rule]) for rule in refused.rules]
        if refused.theirs:
            words = [_("Con la otra persona no se puede. %s") % one for one in words]
        return _page(request, 400, problems=words)
    except tuple(REFUSALS) as refused:
        sentence, status = REFUSALS[type(refused)]
        return _page(request, status, problems=[sentence])
    messages.success(request, done)
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    monday = monday_asked(request.POST.get("semana", ""))
    return redirect(f"{reverse('shifts')}?semana={monday.isoformat()}")


def _time_asked(request: HttpRequest) -> tuple[datetime.datetime, datetime.datetime]:
    """Return beginning and end as a form gives them. Raises ValueError or OverflowError."""
    begin = datetime.datetime.fromisoformat(request.POST.get("starts", ""))
    begin = begin if begin.tzinfo else begin.replace(tzinfo=LIMA)
    return begin, begin.astimezone(datetime.UTC) + datetime.timedelta(hours=int(request.POST.get("hours", "")))


@require_POST
@requires("shift.take")
def take(request: HttpRequest) -> HttpResponseBase:
    """Sign up for the hours of the form."""
    try:
        begin, end = _time_asked(request)
    except (ValueError, OverflowError):
        return _page(request, 400, problems=[UNREADABLE])
    return _do(request, lambda: shifts.take(_member(request), begin, end), _("El turno es tuyo. Gracias."))


@require_POST
@requires("shift.take")
def give_back(request: HttpRequest, shift_id: int) -> HttpResponseBase:
    """Give one of one's own back."""
    return _do(request, lambda: shifts.give_back(_member(request), shift_id), _("Devolviste el turno."))


@require_POST
@requires("shift.take")
def open_swap(request: HttpRequest, shift_id: int) -> HttpResponseBase:
    """Put one of one's own up for a swap, with anybody or for another one."""
    wanted = request.POST.get("in_return", "")
    if wanted and not (wanted.isdecimal() and len(wanted) < 16):
        return _page(request, 400, problems=[UNREADABLE])
    in_return = int(wanted) if wanted else None
    done = _("Tu turno está ofrecido. Mientras nadie lo reciba, sigue siendo tuyo.")
    return _do(request, lambda: shifts.open_swap(_member(request), shift_id, in_return), done)


@require_POST
@requires("shift.take")
def close_swap(request: HttpRequest, shift_id: int) -> HttpResponseBase:
    """Keep one that was up for a swap."""
    return _do(request, lambda: shifts.close_swap(_member(request), shift_id), _("Conservas tu turno."))


@require_POST
@requires("shift.take")
def take_swap(request: HttpRequest, shift_id: int) -> HttpResponseBase:
    """Take over one that is up for a swap."""
    return _do(request, lambda: shifts.take_swap(_member(request), shift_id), _("El turno es tuyo. Gracias."))


@require_POST
@requires("shift.take")
def above_limit(request: HttpRequest) -> HttpResponseBase:
    """Keep one's own word on emergencies beyond one's conversations."""
    actions.accept_above_limit(_member(request), yes="yes" in request.POST)
    messages.success(request, _("Quedó guardado."))
    return _back(request)


@require_POST
@requires("shift.take")
def renew_calendar(request: HttpRequest) -> HttpResponseBase:
    """Make a new secret address, which is shown this once."""
    path = calendar_feed.renew(_member(request))
    return _page(request, calendar_address=f"{settings.ORIGINS[0]}{path}", has_calendar=True)


@require_POST
@requires("shift.take")
def stop_calendar(request: HttpRequest) -> HttpResponseBase:
    """Let the secret address lead nowhere."""
    calendar_feed.stop(_member(request))
    messages.success(request, _("Tu calendario ya no se lee desde ninguna dirección."))
    return _back(request)


@require_safe
def calendar(_request: HttpRequest, token: str) -> HttpResponse:
    """Give a calendar program the shifts of whoever gave it the address; a wrong one finds nothing."""
    return calendar_answer(calendar_feed.member_of(token), calendar_feed.calendar_of, "turnos.ics")


def calendar_answer(member: Member | None, write: Callable[[Member], bytes], name: str) -> HttpResponse:
    """Return the calendar of whoever a secret address belongs to; nobody's is not found, and too many looks wait."""
    if member is None:
        if _too_many("unknown", UNKNOWN_A_MINUTE, MINUTE):
            return HttpResponse(status=429)
        raise Http404
    if _too_many(f"{name}:{member.pk}", AN_HOUR, HOUR):
        return HttpResponse(status=429)
    answer = HttpResponse(write(member), content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def _too_many(what: str, most: int, seconds: int) -> bool:
    """Count a look, and say whether it is one too many in this minute or hour."""
    key = f"calendar:{what}:{int(time.time()) // seconds}"
    cache.add(key, 0, 2 * seconds)
    return cache.incr(key) > most
