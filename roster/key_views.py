"""A member's private keys: whether they are open, the recovery code that is shown once, and opening them with it."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from roster import actions
from roster.models import Member
from roster.second_factor import NO_CODE, keep_keys
from vault import actions as vault


def _member(request: HttpRequest) -> Member:
    if not isinstance(request.user, Member) or not vault.only_people_open():
        raise Http404
    return request.user


@require_GET
@login_required
def keys(request: HttpRequest) -> HttpResponse:
    """Say how a member's keys stand, and what to do about it."""
    return _page(request, _member(request))


def _page(request: HttpRequest, member: Member, status: int = 200, **shown: Any) -> HttpResponse:
    context = {"keys": vault.keys_of(member.pk, member.role), "open": member.holder.unlocked is not None}
    return render(request, "roster/keys.html", context | shown, status=status)


@require_POST
@login_required
def open_keys(request: HttpRequest) -> HttpResponse:
    """Open a member's keys with their recovery code, and close them with the password that they have now."""
    member = _member(request)
    if not member.check_password(request.POST.get("password", "")):
        return _page(request, member, 400, problem=_("Esa no es tu contraseña. Prueba otra vez."))
    unlocked = vault.open_with_code(member.pk, member.role, request.POST.get("code", ""))
    if unlocked is None:
        actions.note_refused("keys.open", member=member, reason="code")
        problem = _("Ese código no abre tu llavero. Revísalo letra por letra y prueba otra vez.")
        return _page(request, member, 400, problem=problem)
    member.holder = vault.person(member.pk, unlocked)
    vault.close_with_password(member.holder, request.POST["password"])
    keep_keys(request.session, request.COOKIES.get(settings.STAFF_COOKIE_NAME, ""), unlocked)
    actions.note_keys_opened(member)
    return redirect("keys")


@require_http_methods(["GET", "POST"])
@login_required
def recovery_code(request: HttpRequest) -> HttpResponse:
    """Make a recovery code, in place of the one before, for who has just confirmed who they are; shown this once."""
    if _member(request).holder.unlocked is None:
        return redirect("keys")
    answer: HttpResponse = _recovery_code(request)
    return answer


@reauthentication_required  # type: ignore[untyped-decorator]  # allauth is untyped
def _recovery_code(request: HttpRequest) -> HttpResponse:
    code = ""
    if request.method == "POST":
        code = actions.new_recovery_code(_member(request))
        request.session.pop(NO_CODE, None)
    return render(request, "roster/recovery_code.html", {"code": code})
