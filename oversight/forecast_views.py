"""The page of the forecast: who comes when, how many volunteers are lacking this week, and what if more came."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from oversight import what_if
from oversight.demand import HOURS, WEEK, Expected, Pattern
from oversight.forecast import DayAhead, gaps, read, week_ahead
from oversight.staffing import EVERYBODY, URGENT
from roster.models import Member
from roster.permissions import requires

WARMTHS = 5  # shades beside none


@require_GET
@requires("forecast.see")
def forecast_page(request: HttpRequest) -> HttpResponse:
    """The forecast; ``?dia=…&hora=…&personas=…`` asks what if."""
    member = request.user
    if not isinstance(member, Member):
        raise Http404
    made = read(rehearsal=member.rehearsal)
    days = week_ahead(made, rehearsal=member.rehearsal)
    context = {
        "forecast": made,
        "heat": _heat(made.pattern),
        "days": days,
        "rows": _by_hour(days),
        "gaps": [(day, found) for day in days if (found := gaps(day.hours))],
        "out_of_reach": made.work.asked(EVERYBODY) < EVERYBODY.share or made.work.asked(URGENT) < URGENT.share,
        **_asked(request, made.pattern, made.work),
    }
    return render(request, "oversight/forecast.html", context)


def _asked(request: HttpRequest, pattern: Pattern, work: Any) -> dict[str, Any]:
    usual = what_if.usual_question(pattern, work)
    if "personas" not in request.GET:
        form = what_if.WhatIf(initial=usual, own_holidays=pattern.knows_holidays)
        return {"form": form, "answer": what_if.answer(pattern, work, usual)}
    form = what_if.WhatIf(request.GET, own_holidays=pattern.knows_holidays)
    return {"form": form, "answer": what_if.answer(pattern, work, form.cleaned_data) if form.is_valid() else None}


def _heat(pattern: Pattern) -> dict[str, Any]:
    """Return the table: names of the days, and for each hour of the day what every kind of day brings, with a shade."""
    most = max(cell.people for row in pattern.hours for cell in row) or 1.0

    def shade(cell: Expected) -> tuple[Expected, int]:
        return cell, round(WARMTHS * cell.people / most)

    special = [(_("feriado"), _("fer."))] if pattern.knows_holidays else []
    names = [(str(WEEKDAYS[day]), str(WEEKDAYS_ABBR[day])) for day in range(WEEK)] + special
    return {"names": names, "rows": [(hour, [shade(row[hour]) for row in pattern.hours]) for hour in range(HOURS)]}


def _by_hour(days: list[DayAhead]) -> list[Any]:
    """Return the same hour of all days, one row each, for the hours in which the line is open on any of them."""
    rows = [(hour, [day.hours[hour] for day in days]) for hour in range(HOURS)]
    return [row for row in rows if any(one.is_open for one in row[1])]
