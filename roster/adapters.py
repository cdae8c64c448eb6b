"""What differs from allauth's defaults: no sign-up, no addresses, the second cookie, sealed seeds, the trail."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from roster import actions
from roster.models import Member, Role
from roster.second_factor import bind, sign_out_quietly, taken_unlocked
from vault import actions as vault

HOME: dict[str, str] = {Role.VOLUNTEER: "/escritorio/", Role.SUPERVISOR: "/supervision/", Role.COORDINATOR: "/admin/"}
NO_ADDRESS = "0.0.0.0"  # noqa: S104  nothing listens there: no address ever reaches us, limits count per account


def sign_out(request: HttpRequest) -> None:
    """Sign a member out of this browser; a caller's contact in the same browser stays."""
    member: Any = request.user
    sign_out_quietly(request)  # first: the sockets that are rung must find the session gone
    if isinstance(member, Member):
        actions.note_signed_out(member)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Sign-in and sign-out."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("Esta cuenta está cerrada. Escribe a tu coordinación."),
        "email_password_mismatch": _("Ese correo y esa contraseña no van juntos. Revísalos y prueba otra vez."),
        "enter_current_password": _("Escribe tu contraseña actual."),
        "incorrect_password": _("Esa no es tu contraseña. Prueba otra vez."),
        "too_many_login_attempts": _("Fueron muchos intentos. Espera cinco minutos y prueba otra vez."),
        "rate_limited": _("Fueron muchos intentos. Espera un momento y prueba otra vez."),
    }

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Members come by invitation."""
        return False

    def get_client_ip(self, _request: HttpRequest) -> str:
        """Return the same for everybody; ACCOUNT_RATE_LIMITS names no limit per address."""
        return NO_ADDRESS

    def get_http_user_agent(self, _request: HttpRequest) -> str:
        """Return nothing: no browser is ever noted."""
        return ""

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign in, bind the session to a fresh second cookie, leave the trace."""
        unlocked = taken_unlocked(request.session, user)
        super().login(request, user)
        if unlocked:
            user.holder = vault.person(user.pk, unlocked)
        sk = bind(request.session, user, unlocked)
        request.fresh_sk = sk  # type: ignore[attr-defined]  # StaffGate sets the cookie
        actions.note_signed_in(user)

    def authentication_failed(self, request: HttpRequest, **_credentials: Any) -> None:
        """Leave the trace of a wrong password, in the same way for a name that nobody has."""
        del request
        actions.note_refused("sign_in", reason="password")

    def set_password(self, user: Any, password: str) -> None:
        """Store a new password; sockets signed in with the old one close."""
        super().set_password(user, password)
        vault.close_with_password(user.holder, password)  # by the link of a mail nobody is signed in: they stay shut
        actions.note_password_changed(user)

    def logout(self, request: HttpRequest) -> None:
        """Sign out; sockets close."""
        sign_out(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return where somebody of this role works."""
        member: Any = request.user
        return HOME.get(getattr(member, "role", ""), "/")

    def get_logout_redirect_url(self, _request: HttpRequest) -> str:
        """Return to the door."""
        return "/equipo/entrar/"


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The second factor; allauth's own ``encrypt`` stores seeds in clear (measured)."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("Ese código no sirve o ya se usó. Espera el siguiente y prueba otra vez."),
    }

    def encrypt(self, text: str) -> str:
        """Seal a seed."""
        return vault.seal_site_secret("mfa", text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a seed. Raises vault.errors.Damaged."""
        return vault.open_site_secret("mfa", encrypted_text)
