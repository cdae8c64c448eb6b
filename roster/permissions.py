"""The one table of who may do what; everything is denied unless it stands here."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase

from roster.actions import note_refused
from roster.models import Member, Role

P = ParamSpec("P")

#: Act → roles.
PERMISSIONS: dict[str, frozenset[str]] = {
    "desk.open": frozenset({Role.VOLUNTEER}),
    "contact.take": frozenset({Role.VOLUNTEER}),
    "case.list_own": frozenset({Role.VOLUNTEER, Role.SUPERVISOR}),
    "note.write": frozenset({Role.VOLUNTEER}),
    "shift.take": frozenset({Role.VOLUNTEER, Role.SUPERVISOR}),
    "reflection.enter": frozenset({Role.VOLUNTEER, Role.SUPERVISOR}),
    "talk.answer": frozenset({Role.SUPERVISOR}),
    "trend.see": frozenset({Role.COORDINATOR}),
    "circle.found": frozenset({Role.SUPERVISOR}),
    "urgency.change_own": frozenset({Role.VOLUNTEER}),
    "urgency.change_any": frozenset({Role.SUPERVISOR}),
    "contact.assign": frozenset({Role.SUPERVISOR}),
    "rescue.ask": frozenset({Role.VOLUNTEER}),
    "rescue.answer": frozenset({Role.SUPERVISOR}),
    "practice.begin": frozenset({Role.VOLUNTEER}),
    "practice.see": frozenset({Role.VOLUNTEER, Role.SUPERVISOR, Role.COORDINATOR}),
    "practice.answer": frozenset({Role.SUPERVISOR}),
    "practice.require": frozenset({Role.COORDINATOR}),
    "training.finish": frozenset({Role.SUPERVISOR}),
    "board.see": frozenset({Role.SUPERVISOR}),
    "forecast.see": frozenset({Role.SUPERVISOR, Role.COORDINATOR}),
    "figures.publish": frozenset({Role.SUPERVISOR, Role.COORDINATOR}),
    "case.read_any": frozenset({Role.SUPERVISOR}),
    "case.erase": frozenset({Role.SUPERVISOR}),
    "trail.read": frozenset({Role.SUPERVISOR}),
    "member.manage": frozenset({Role.COORDINATOR}),
    "application.manage": frozenset({Role.COORDINATOR}),
    "text.check": frozenset({Role.COORDINATOR}),
    "language.manage": frozenset({Role.COORDINATOR}),
    "reference.manage": frozenset({Role.COORDINATOR}),
}


def may(member: Member, act: str) -> bool:
    """Say whether this member may do this; an act that the table does not name is denied to everybody."""
    if not member.has_role or member.role not in PERMISSIONS.get(act, frozenset()):
        return False
    return member.may_take_callers if act == "contact.take" else True


def requires(
    act: str,
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponseBase]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]
]:
    """Decorate a view: who is not signed in signs in first; who may not finds nothing there (404), and it is noted."""

    def decorate(
        view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            member: Any = request.user
            if not member.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not isinstance(member, Member) or not may(member, act):
                note_refused(act, member=member, reason="role")
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate
