"""The public figures as pages and as files, for anybody; no cookie, nothing kept about who looks."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.cache import get_conditional_response
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from campaign import content, figures, safe_messaging, views
from campaign.figures import FiguresAway, Month, Read, Table
from campaign.public_addresses import whole

NEWEST = 12  # months that the page sets side by side
Fixed = Callable[[], Sequence[Table]]


def _context(request: HttpRequest) -> dict[str, Any]:
    front = content.front()
    card = {"address": whole(request.path), "card": views.card_of(front), "page": front}
    return card | {"sentence": safe_messaging.MANDATORY_SENTENCE, "contact": settings.PRESS_CONTACT}


def _of(months: Sequence[Month], code: str) -> Month:
    found = next((month for month in months if month.code == code), None)
    if found is None:
        raise Http404
    return found


@require_safe
def page(request: HttpRequest, read: Read, code: str = "") -> HttpResponse:
    """The newest month, or one of them; without any it says so. 503 while nothing can be read."""
    try:
        months = read()
    except FiguresAway:
        return render(request, "campaign/figures.html", _context(request) | {"away": True}, status=503)
    month = _of(months, code) if code else next(iter(months), None)
    shown = {"month": month, "months": months, "trend": _trend(months[:NEWEST])}
    return render(request, "campaign/figures.html", _context(request) | shown)


def _trend(months: Sequence[Month]) -> Table:
    """Set how many talked in each month side by side, the oldest first."""
    rows = [
        figures.Row(one.code, date_format(one.month, r"F \d\e Y"), one.count("contacts", "talked")) for one in months
    ]
    return Table("trend", "", "", tuple(reversed(rows)))


@require_safe
def dictionary(request: HttpRequest, fixed: Fixed) -> HttpResponse:
    """What each table, row and column means, and what was done with the numbers."""
    shown = {"tables": fixed(), "columns": figures.COLUMNS}
    return render(request, "campaign/figures_dictionary.html", _context(request) | shown)


def _file(request: HttpRequest, body: bytes, kind: str) -> HttpResponse:
    """Answer with a file that anybody's page may fetch; who has it already is told that it is the same (RFC 9110)."""
    response = HttpResponse(body, content_type=kind)
    response["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response["Cache-Control"] = "public, no-cache"  # kept, and asked about each time
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


CSV, JSON = "text/csv; charset=utf-8", "application/json"
WRITTEN: dict[str, tuple[Callable[[Sequence[Month]], bytes], str]] = {
    "csv": (figures.as_csv, CSV),
    "json": (figures.as_json, JSON),
}


@require_safe
def data(request: HttpRequest, read: Read, kind: str, code: str = "") -> HttpResponse:
    """All months, or one of them, as CSV or JSON; 503 while nothing can be read."""
    try:
        months = read()
    except FiguresAway:
        return HttpResponse(status=503)
    write, content_type = WRITTEN[kind]
    return _file(request, write([_of(months, code)] if code else months), content_type)


@require_safe
def dictionary_file(request: HttpRequest, fixed: Fixed) -> HttpResponse:
    """The data dictionary as CSV."""
    return _file(request, figures.dictionary_as_csv(fixed()), CSV)


@require_safe
def package(request: HttpRequest) -> HttpResponse:
    """The description of the CSV file for programs."""
    return _file(request, figures.data_package(whole(reverse("figures_csv"))), JSON)


def addresses(read: Read, fixed: Fixed) -> list[URLPattern]:
    """Return the addresses of the figures that ``read`` hands over; ``fixed`` tells the tables without numbers."""
    month = r"<slug:code>"
    return [
        path("", page, {"read": read}, name="figures"),
        path("cifras.csv", data, {"read": read, "kind": "csv"}, name="figures_csv"),
        path("cifras.json", data, {"read": read, "kind": "json"}, name="figures_json"),
        path("diccionario/", dictionary, {"fixed": fixed}, name="figures_dictionary"),
        path("diccionario.csv", dictionary_file, {"fixed": fixed}, name="figures_dictionary_csv"),
        path("datapackage.json", package, name="figures_package"),
        path(f"{month}/", page, {"read": read}, name="figures_of_month"),
        path(f"{month}.csv", data, {"read": read, "kind": "csv"}, name="figures_of_month_csv"),
        path(f"{month}.json", data, {"read": read, "kind": "json"}, name="figures_of_month_json"),
    ]
