"""The form with which an invited person becomes a member."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from roster.models import Member


class InvitationForm(forms.Form):
    """Address, names and a password of at least twelve characters."""

    email = forms.EmailField(label=_("Correo"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    full_name = forms.CharField(
        label=_("Nombre completo"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    alias = forms.CharField(
        label=_("Nombre que verán las personas"), max_length=60, help_text=_("Puede ser solo tu primer nombre.")
    )
    password = forms.CharField(
        label=_("Contraseña"),
        help_text=_("Doce caracteres o más. Una frase es más fácil de recordar."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def __init__(self, *args: Any, invited_as: str = "", known_as: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].initial = invited_as
        self.fields["full_name"].initial = known_as
        self.fields["email"].disabled = bool(invited_as)  # an invitation to an address is for that address

    def clean_email(self) -> str:
        """Return the address in lower case; one that is taken is refused in words."""
        email: str = self.cleaned_data["email"].lower()
        if Member.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("Ese correo ya tiene una cuenta. Entra con ella."))
        return email

    def clean(self) -> dict[str, Any]:
        """Refuse a password that is short, common or like the person's own names."""
        data = self.cleaned_data
        if "password" in data:
            person = Member(**{name: data.get(name, "") for name in ("email", "full_name", "alias")})
            try:
                validate_password(data["password"], person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data
