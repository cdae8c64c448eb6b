"""The front page of the rooms for those who listen, and what the desk fetches of them."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from reflection import own_showing, showing
from roster.models import Member
from roster.permissions import requires

#: Each section of the front page says what its fragment shows (templates/reflection/_….html).
SECTIONS: tuple[Callable[[Member], dict[str, Any]], ...] = (showing.circles, showing.talks, own_showing.own)


def member_here(request: HttpRequest) -> Member:
    """Return whoever is signed in. Raises Http404 for anybody else."""
    if not isinstance(request.user, Member):
        raise Http404
    return request.user


def front_page(request: HttpRequest, status: int = 200, **shown: Any) -> HttpResponse:
    """Return the front page with whatever else it is to show: what went wrong, an address that is seen once."""
    member = member_here(request)
    context: dict[str, Any] = {}
    for section in SECTIONS:
        context |= section(member)
    return render(request, "reflection/front.html", context | shown, status=status)


@require_GET
@requires("reflection.enter")
def front(request: HttpRequest) -> HttpResponse:
    """What there is for whoever listens: circles, journal, check-in, thanks; each a fragment of its own."""
    return front_page(request)


@require_GET
@requires("reflection.enter")
def notices(request: HttpRequest) -> HttpResponse:
    """What the desk shows of these rooms, as a fragment: a gathering soon, an open room, a colleague who asks."""
    return render(request, "reflection/_notices.html", showing.notices(member_here(request)))
