"""The door of a member's own space: made, opened, shut and erased with their own password; its code is shown once."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from reflection import spaces, unlocked
from reflection.doors import count, member_of, too_often
from reflection.own_errors import SpaceShut, SpaceStands
from roster.models import Member
from roster.permissions import requires

#: Whoever guesses waits; a session that guessed too often opens, makes and erases nothing for a while.
GUESSED = gettext_lazy("Fueron muchos intentos. Espera diez minutos y prueba otra vez.")


def _after(request: HttpRequest) -> str:
    """Return where a member wanted to go; never out of these rooms."""
    after = request.POST.get("next") or request.GET.get("next", "")
    return after if after.startswith("/reflexion/") and "//" not in after else ""


def _page(request: HttpRequest, status: int = 200, **shown: Any) -> HttpResponse:
    opened = unlocked.opened_in(request)
    space = opened.space if opened else spaces.of(member_of(request))
    context: dict[str, Any] = {"space": space, "open": opened is not None, "next": _after(request)}
    context["closed_days"] = settings.CLOSED_SPACE_DAYS
    return render(request, "reflection/space.html", context | shown, status=status)


def _problem(request: HttpRequest, problem: str, **shown: Any) -> HttpResponse:
    return _page(request, 400, problem=problem, **shown)


def _wrong(request: HttpRequest, problem: str, **shown: Any) -> HttpResponse:
    """Say that words did not fit, and count it."""
    count(request, "wrong words")
    return _problem(request, problem, **shown)


@require_http_methods(["GET", "POST"])
@requires("reflection.enter")
def own_space(request: HttpRequest) -> HttpResponse:
    """Show how a member's own space stands, or do what its forms ask."""
    act = ACTS.get(request.POST.get("do", "")) if request.method == "POST" else None
    if act is None:
        return _page(request)
    if "password" in request.POST and too_often(request, "wrong words"):
        return _page(request, 429, problem=GUESSED)
    return act(request, member_of(request))


def _make(request: HttpRequest, member: Member) -> HttpResponse:
    password = request.POST.get("password", "")
    if not member.check_password(password):
        return _wrong(request, _("Esa no es tu contraseña. Prueba otra vez."))
    if request.POST.get("known") != "yes":
        problem = _("Marca que entiendes que sin tu contraseña y sin tu código se pierde lo que guardes.")
        return _problem(request, problem)
    try:
        opened, code = spaces.make(member, password)
    except SpaceStands:
        return redirect("own_space")
    unlocked.keep_open(request, opened)
    return render(request, "reflection/space_code.html", {"code": code, "next": _after(request)})


def _open(request: HttpRequest, member: Member) -> HttpResponse:
    space, password = spaces.of(member), request.POST.get("password", "")
    if space is None:
        return _page(request)
    try:
        unlocked.keep_open(request, spaces.open_with_password(space, password))
    except SpaceShut:
        if member.check_password(password):
            problem = _("Tu espacio se cerró con tu contraseña de antes. Ábrelo abajo, y desde ahora lo abre la nueva.")
            return _problem(request, problem, changed=True)
        return _wrong(request, _("Con esa contraseña no se abre. Prueba otra vez."))
    return redirect(_after(request) or "own_space")


def _open_anew(request: HttpRequest, member: Member) -> HttpResponse:
    space, password = spaces.of(member), request.POST.get("password", "")
    if space is None:
        return _page(request)
    if not member.check_password(password):
        return _wrong(request, _("Esa no es tu contraseña de ahora. Prueba otra vez."), changed=True)
    try:
        unlocked.keep_open(request, spaces.open_anew(space, request.POST.get("former", ""), password))
    except SpaceShut:
        problem = _("Ni como código ni como contraseña lo abre. Revísalo letra por letra y prueba otra vez.")
        return _wrong(request, problem, changed=True)
    return redirect(_after(request) or "own_space")


def _close(request: HttpRequest, _member: Member) -> HttpResponse:
    unlocked.shut(request)
    messages.success(request, _("Tu espacio quedó cerrado."))
    return redirect("reflection")


def _wish(request: HttpRequest, member: Member) -> HttpResponse:
    opened = unlocked.opened_in(request)
    if opened is None or opened.space.member_id != member.pk:
        return redirect("own_space")
    takes, joins = (request.POST.get(name) == "yes" for name in ("takes_thanks", "joins_trend"))
    spaces.wish(opened.space, takes_thanks=takes, joins_trend=joins)
    messages.success(request, _("Guardado."))
    return redirect("own_space")


def _new_code(request: HttpRequest, _member: Member) -> HttpResponse:
    opened = unlocked.opened_in(request)
    if opened is None:
        return redirect("own_space")
    try:
        spaces.open_with_password(opened.space, request.POST.get("password", ""))
    except SpaceShut:
        return _wrong(request, _("Con esa contraseña no se abre. Prueba otra vez."))
    return render(request, "reflection/space_code.html", {"code": spaces.new_code(opened), "next": ""})


def _erase(request: HttpRequest, member: Member) -> HttpResponse:
    """Erase it all; whoever lost both password and code may too, with the password of their account."""
    space, password = spaces.of(member), request.POST.get("password", "")
    if space is None:
        return _page(request)
    if not member.check_password(password):
        return _wrong(request, _("Esa no es tu contraseña. No se borró nada."))
    if request.POST.get("sure") != "yes":
        return _problem(request, _("No se borró nada: marca que quieres que se borre todo."))
    unlocked.shut(request)
    spaces.erase(space)
    messages.success(
        request, _("Todo lo tuyo se borró para siempre: tu espacio, lo que había en él y tus notas de los círculos.")
    )
    return redirect("reflection")


ACTS: dict[str, Callable[[HttpRequest, Member], HttpResponse]] = {
    "make": _make,
    "open": _open,
    "open_anew": _open_anew,
    "close": _close,
    "wish": _wish,
    "new_code": _new_code,
    "erase": _erase,
}
