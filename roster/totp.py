"""One-time codes that work once: the step of each code taken is claimed in the member's row."""

from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import decrypt
from django.core.exceptions import ValidationError
from django.db.models import Q

from roster import actions
from roster.models import Member


def step_of(secret: str, code: str) -> int | None:
    """Return the time step whose code this is, or None when it is none of the steps that are accepted now."""
    for step in auth.yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=auth.format_hotp_value(auth.hotp_value(secret, step))):
            return int(step)
    return None


def claim(member: Member, step: int) -> bool:
    """Take a step for this member in one conditional UPDATE; False when it, or a later one, was taken before.

    allauth remembers used codes in the cache of one process only; a row holds on every node.
    """
    unused = Q(totp_last_step=None) | Q(totp_last_step__lt=step)
    return bool(Member.objects.filter(unused, pk=member.pk).update(totp_last_step=step))


def _refuse_replay(member: Member, secret: str, code: str) -> None:
    step = step_of(secret, code)
    if step is None or not claim(member, step):
        raise get_adapter().validation_error("incorrect_code")


class Digits:
    """Asks a phone for its keyboard of digits; the page's own sentence says what to write, no placeholder does."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attributes = self.fields["code"].widget.attrs
        attributes.pop("placeholder", None)
        attributes.update({"inputmode": "numeric", "autocomplete": "one-time-code"})


class OnceOnly(Digits, BaseAuthenticateForm):  # type: ignore[misc]  # allauth's forms are untyped
    """A code of an authenticator; recovery codes are used up by allauth itself."""

    def clean_code(self) -> Any:
        """Return the code. Raises ValidationError when it is wrong or was used."""
        code = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            _refuse_replay(self.user, decrypt(self.authenticator.data["secret"]), code)
        return code


class CodeAtSignIn(OnceOnly, AuthenticateForm):  # type: ignore[misc]
    """The code asked for after the password."""

    def clean_code(self) -> Any:
        """Return the code; a wrong one leaves its trace. Raises ValidationError."""
        try:
            return super().clean_code()
        except ValidationError:
            actions.note_refused("sign_in", member=self.user, reason="code")
            raise


class CodeAgain(OnceOnly, ReauthenticateForm):  # type: ignore[misc]
    """The code asked for again before a sensitive change."""


class FirstCode(Digits, ActivateTOTPForm):  # type: ignore[misc]
    """The code that proves a new authenticator; it does not sign in afterwards."""

    def clean_code(self) -> Any:
        """Return the code. Raises ValidationError when it is wrong or was used."""
        code = super().clean_code()
        _refuse_replay(self.user, self.secret, code)
        return code
