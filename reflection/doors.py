"""Who comes in here: the member who is signed in, and, for what is theirs alone, only while their space is open."""

import functools
import time
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from reflection import unlocked
from reflection.spaces import Opened
from roster.models import Member
from roster.permissions import requires

P = ParamSpec("P")


def member_of(request: HttpRequest) -> Member:
    """Return the member who is signed in."""
    if not isinstance(request.user, Member):
        raise Http404
    return request.user


def for_opened(
    view: Callable[Concatenate[HttpRequest, Opened, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Decorate a view of what is a member's alone: whose space is shut is led to its door, and back afterwards."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        opened = unlocked.opened_in(request)
        if opened is not None:
            return view(request, opened, *args, **kwargs)
        after = request.path if request.method == "GET" else reverse("reflection")
        return redirect(f"{reverse('own_space')}?{urlencode({'next': after})}")

    return requires("reflection.enter")(guarded)


def wants_json(request: HttpRequest) -> bool:
    """Say whether a script asks, and not a plain form."""
    return request.headers.get("Accept", "") == "application/json"


def wants_fragment(request: HttpRequest) -> bool:
    """Say whether a script asks for a part of a page."""
    return request.headers.get("X-Fragment") == "1"


#: How often something may be done in one session, and in how many seconds. No table counts it: a row there would say
#: who wrote or tried what, and when; a session is sealed.
OFTEN = {"wrong words": (10, 600), "thanks": (20, 86_400)}


def _counted(request: HttpRequest, what: str) -> tuple[int, int]:
    """Return the turn of counting that is on, and how often it was done in it."""
    turn = int(time.time()) // OFTEN[what][1]
    kept = request.session.get(f"often {what}", (turn, 0))
    return turn, kept[1] if kept[0] == turn else 0


def too_often(request: HttpRequest, what: str) -> bool:
    """Say whether it was done as often as it may be, in this session."""
    return _counted(request, what)[1] >= OFTEN[what][0]


def count(request: HttpRequest, what: str) -> None:
    """Note that it was done once more."""
    turn, done = _counted(request, what)
    request.session[f"often {what}"] = [turn, done + 1]
