"""The front page of the rooms for those who listen."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from roster.models import Member
from roster.permissions import requires

#: Each section of the front page says what its fragment shows (templates/reflection/_….html).
SECTIONS: tuple[Callable[[Member], dict[str, Any]], ...] = ()


def _member(request: HttpRequest) -> Member:
    if not isinstance(request.user, Member):
        raise Http404
    return request.user


@require_GET
@requires("reflection.enter")
def front(request: HttpRequest) -> HttpResponse:
    """What there is for whoever listens: circles, journal, check-in, thanks; each a fragment of its own."""
    member = _member(request)
    shown: dict[str, Any] = {}
    for section in SECTIONS:
        shown |= section(member)
    return render(request, "reflection/front.html", shown)
