"""The form by which the coordination records that somebody has read all words of a language."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from roster.application_forms import DATES, NO_SUCH_DATE


class ReviewForm(forms.Form):
    """Who read it, what they are, when; and who signed the texts that only a lawyer and a clinician may sign."""

    reviewer = forms.CharField(
        label=_("Quién leyó todas las palabras"),
        help_text=_("Su nombre completo."),
        max_length=120,
        error_messages={"required": _("Falta el nombre de quien las leyó.")},
    )
    reviewer_is = forms.CharField(
        label=_("Qué es esa persona"),
        help_text=_("Por ejemplo: hablante de quechua chanka y traductora; vive en Ayacucho."),
        max_length=120,
        error_messages={"required": _("Falta decir qué es esa persona: por ejemplo, hablante y docente.")},
    )
    on = forms.DateField(
        label=_("Qué día terminó"),
        input_formats=DATES,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Falta el día."), "invalid": NO_SUCH_DATE},
    )
    signed_by = forms.CharField(
        label=_("Quién firmó el acuerdo y las preguntas en este idioma"),
        help_text=_("Una persona abogada y la responsable clínica: sus nombres y el día."),
        max_length=200,
        error_messages={"required": _("Falta quién los firmó: sin esas firmas nadie puede aceptarlos.")},
    )
    all_read = forms.BooleanField(
        label=_("Leyó todas las frases de la lista, también las que cambiaron."),
        error_messages={"required": _("Marca que las leyó todas. Si falta alguna, todavía no.")},
    )
    digest = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *given: Any, has_signed_texts: bool, **named: Any) -> None:
        super().__init__(*given, **named)
        if not has_signed_texts:
            del self.fields["signed_by"]

    def clean_on(self) -> datetime.date:
        """Refuse a day to come."""
        day: datetime.date = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Ese día todavía no llega."))
        return day
