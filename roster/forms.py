"""The form with which an invited person becomes a member."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from roster.models import Member


class InvitationForm(forms.Form):
    """Address, names and a password of at least twelve characters."""

    email = forms.EmailField(label=_("Correo"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    full_name = forms.CharField(label=_("Nombre completo"), max_length=120)
    alias = forms.CharField(label=_("Nombre que verán las personas"), max_length=60)
    password = forms.CharField(
        label=_("Contraseña"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )

    def clean_email(self) -> str:
        """Return the address in lower case; one that is taken is refused in words."""
        email: str = self.cleaned_data["email"].lower()
        if Member.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("Ese correo ya tiene una cuenta. Entra con ella."))
        return email

    def clean_password(self) -> str:
        """Return the password if it is long and uncommon."""
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password
