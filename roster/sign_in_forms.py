"""allauth's forms with our words beside the fields."""

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
)
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from roster.second_factor import put_unlocked
from vault import actions as vault
from wire import pool

HELP = {"password1": _("Doce caracteres o más. Una frase es más fácil de recordar.")}


class PlainWords:
    """Drops placeholders and allauth's help, which says «usted»; keeps one sentence for a new password."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.help_text = HELP.get(name, "")
            field.widget.attrs.pop("placeholder", None)


class SignInForm(PlainWords, LoginForm):  # type: ignore[misc]  # allauth's forms are untyped
    """Address and password; the password also opens the member's keys, which wait for the second factor."""

    def login(self, request: HttpRequest, redirect_url: Any = None) -> Any:
        """Open the keys and go on to the second factor."""
        unlocked = vault.unlock(self.user.pk, self.user.role, self.cleaned_data["password"])
        put_unlocked(request.session, self.user, unlocked)
        return super().login(request, redirect_url)


class ConfirmForm(PlainWords, ReauthenticateForm):  # type: ignore[misc]
    """The password again, before a sensitive change."""


class NewPasswordForm(PlainWords, ChangePasswordForm):  # type: ignore[misc]
    """The password now and the one to come."""


class ForgottenAddressForm(PlainWords, ResetPasswordForm):  # type: ignore[misc]
    """The address to which the link goes; the page comes back as soon for one that nobody has."""

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Write the mail, if there is one to write, when the page is on its way."""
        pool.later(super().save, request, **kwargs)
        return str(self.cleaned_data["email"])


class ForgottenPasswordForm(PlainWords, ResetPasswordKeyForm):  # type: ignore[misc]
    """The password to come, by the link in the mail."""
