"""Keys of a device (passkeys) as a second factor: allauth's forms with our words, and the trace of a wrong one."""

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from roster import actions


class KeyAtSignIn(AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth's forms are untyped
    """The key asked for after the password."""

    def clean_credential(self) -> Any:
        """Return the key; a wrong one leaves its trace. Raises ValidationError."""
        try:
            return super().clean_credential()
        except ValidationError:
            actions.note_refused("sign_in", member=self.user, reason="key")
            raise


class NewKey(AddWebAuthnForm):  # type: ignore[misc]
    """A key to be added, under a name by which its owner knows it again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Nombre de la llave")
        self.fields["name"].help_text = _("Por ejemplo: «mi celular».")
        self.initial["name"] = ""
