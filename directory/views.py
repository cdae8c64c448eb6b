"""The page of other places of help; it keeps nothing about who looks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from directory import search
from directory.models import Kind


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """Show the national lines, then the places of one kind and department; unknown choices show all of them."""
    away = getattr(request, "database_away", False)  # known already: nobody waits here to find it out again
    kind, region = request.GET.get("tipo", ""), request.GET.get("departamento", "")
    regions = [] if away else search.regions()
    kind, region = kind if kind in Kind.values else "", region if region in regions else ""
    context = {
        "lines": search.lines_now(),
        "places": [] if away else search.places(kind, region),
        "kinds": Kind.choices,
        "regions": regions,
        "kind": kind,
        "region": region,
    }
    return render(request, "directory/places.html", context)
