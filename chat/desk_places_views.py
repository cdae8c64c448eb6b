"""Places of the directory beside a conversation: found by what somebody needs, and put into a message in words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from directory import search
from directory.models import Need, Price
from roster.permissions import requires

#: Places shown at once beside a conversation.
AT_ONCE = 8


@require_GET
@requires("desk.open")
def desk_places(request: HttpRequest) -> HttpResponse:
    """Show lines and places that fit what was chosen, as a fragment of the desk; nobody learns for whom one looks."""
    known = search.all_places()
    regions = search.regions(known)
    wanted = search.wanted_in(request.GET, regions)
    near = bool(wanted.region)  # whoever names a department looks for something near: the lines come after it
    every = [*known, *search.lines_now()] if near else [*search.lines_now(), *known]
    fitting = [place for place in every if wanted.fits(place)]
    context = {
        "found": [(place, search.in_words(place)) for place in fitting[:AT_ONCE]],
        "more": max(0, len(fitting) - AT_ONCE),
        "regions": regions,
        "needs": Need.choices,
        "prices": Price.choices,
        "wanted": wanted,
    }
    return render(request, "chat/_desk_places.html", context)
