"""The page of other places of help; it keeps nothing about who looks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from directory import search
from directory.models import Kind, Need, Price

#: Places shown before a department is chosen: the whole list would be heavy on a slow line.
AT_ONCE = 12


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """Show the national lines, then the places that fit what was chosen; an unknown choice chooses nothing."""
    away = getattr(request, "database_away", False)  # known already: nobody waits here to find it out again
    known = [] if away else search.all_places()
    regions = search.regions(known)
    wanted = search.wanted_in(request.GET, regions)
    found = [place for place in known if wanted.fits(place)]
    context = {
        "lines": search.lines_now(),
        "places": found if wanted.region else found[:AT_ONCE],
        "more": 0 if wanted.region else max(0, len(found) - AT_ONCE),
        "kinds": Kind.choices,
        "needs": Need.choices,
        "prices": Price.choices,
        "regions": regions,
        "wanted": wanted,
        "typed_in": "places-form" if regions or known else "",
    }
    return render(request, "directory/places.html", context)
