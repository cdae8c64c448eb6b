"""The page where somebody looks at the figures of a month before the public does, and lets them out or holds them."""

import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from oversight import publication
from oversight.disclosure import LEAST, STEP
from oversight.models import HoldReason, MonthFigures
from oversight.public_tables import worded
from roster.models import Member
from roster.permissions import requires


def _month(text: str) -> datetime.date | None:
    try:
        return datetime.datetime.strptime(text, "%Y-%m").replace(tzinfo=datetime.UTC).date()
    except ValueError:
        return None


def _shown(months: list[MonthFigures], asked: str) -> MonthFigures | None:
    """Return the month that was asked for, else the oldest that waits for a decision, else the newest."""
    if asked:
        return next((one for one in months if str(one) == asked), None)
    waiting = [one for one in months if one.state == MonthFigures.State.MADE]
    return next(iter(waiting[-1:] or months), None)


@require_http_methods(["GET", "POST"])
@requires("figures.publish")
def figures_page(request: HttpRequest) -> HttpResponse:
    """The figures of the months, what the public would see of one (``?mes=2026-10``), and the form that decides."""
    problem, asked = "", request.GET.get("mes", "")
    if request.method == "POST":
        asked = request.POST.get("mes", "")
        problem = _decide(request, asked)
        if not problem:
            return redirect(f"{request.path}?mes={asked}")
    months = list(MonthFigures.objects.filter(invented=settings.DEMO).select_related("decided_by"))
    shown = _shown(months, asked)
    if asked and shown is None:
        raise Http404
    context = {"months": months, "shown": shown, "tables": list(worded(shown.tables)) if shown else []}
    limits = {"least": LEAST, "step": STEP, "settles": publication.SETTLES.days, "reasons": HoldReason.choices}
    return render(request, "oversight/figures.html", context | limits | {"problem": problem}, status=_status(problem))


def _status(problem: str) -> int:
    return 400 if problem else 200


def _decide(request: HttpRequest, asked: str) -> str:
    """Let a month out or hold it back as the form asks; return why not, or nothing."""
    member, month = request.user, _month(asked)
    if month is None or not isinstance(member, Member):
        raise Http404
    try:
        if request.POST.get("do") == "publish":
            changed = publication.let_out(month, member)
        else:
            changed = publication.hold_back(month, member, request.POST.get("reason", ""))
    except ValueError:
        return _("Elige un motivo de la lista para detenerlo.")
    return "" if changed else _("No cambió nada: otra persona decidió antes. Lo que ves es lo de ahora.")
