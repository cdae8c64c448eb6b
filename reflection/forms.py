"""The forms with which a circle is founded and its gatherings are planned."""

import datetime
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reflection.actions import LARGEST, SMALLEST, USUAL_LIFE, Charter
from reflection.models import Kind
from reflection.schedule import MOST_AT_ONCE, BadSchedule, Wish, times
from reflection.screen_words import (
    BAD_LENGTH,
    BAD_REPETITION,
    EVERY,
    LIVES,
    MINUTES,
    NAME_TOO_LONG,
    schedule_refusal,
)
from roster.hours import LIMA
from wire import clock

KINDS = (
    (Kind.REFLECTION.value, _("Círculo de reflexión")),
    (Kind.BALINT.value, _("Grupo Balint: alguien presenta, el grupo imagina")),
)


class PlanForm(forms.Form):
    """When a circle meets."""

    day = forms.DateField(label=_("Primer día"), widget=forms.DateInput(attrs={"type": "date"}))
    hour = forms.TimeField(label=_("Hora"), widget=forms.TimeInput(attrs={"type": "time"}))
    minutes = forms.TypedChoiceField(
        label=_("Cuánto dura"),
        choices=MINUTES,
        coerce=int,
        initial=90,
        error_messages={"invalid_choice": BAD_LENGTH},
    )
    every = forms.TypedChoiceField(
        label=_("Se repite"),
        choices=EVERY,
        coerce=int,
        initial=0,
        error_messages={"invalid_choice": BAD_REPETITION},
    )
    count = forms.IntegerField(
        label=_("Cuántas reuniones"),
        min_value=1,
        max_value=MOST_AT_ONCE,
        initial=1,
        help_text=_("Si se repite. De 1 a 13."),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse what cannot be, in words."""
        given = self.cleaned_data
        if given.keys() >= {"day", "hour", "minutes", "every", "count"}:
            try:
                times(self.wish(), clock.now())
            except BadSchedule as refused:
                self.refuse(refused)
        return given

    def refuse(self, refused: BadSchedule) -> None:
        """Say in words what the gatherings cannot be: at the repetition, or at the day."""
        self.add_error("every" if refused.code == "once" else "day", schedule_refusal(refused))

    def wish(self) -> Wish:
        """Return what is asked for; only of a form that holds."""
        given = self.cleaned_data
        first = datetime.datetime.combine(given["day"], given["hour"], LIMA)
        return Wish(first, given["minutes"], given["every"], given["count"])


class FoundForm(PlanForm):
    """What is agreed when a circle is founded, and when it meets."""

    #: Of the circle that it founds: sent twice, it founds one.
    id = forms.CharField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)
    name = forms.CharField(
        label=_("Nombre"),
        max_length=60,
        help_text=_("Lo ve todo el equipo."),
        error_messages={"max_length": NAME_TOO_LONG},
    )
    kind = forms.ChoiceField(label=_("Forma"), choices=KINDS)
    size = forms.IntegerField(
        label=_("Cuántas personas"),
        min_value=SMALLEST,
        max_value=LARGEST,
        initial=10,
        help_text=_("Contándote. Un círculo va bien con 8 a 12; un grupo Balint, con 6 a 12."),
    )
    life_days = forms.TypedChoiceField(
        label=_("Cuánto vive lo que se dice"),
        choices=LIVES,
        coerce=int,
        initial=USUAL_LIFE,
        help_text=_("Después se destruye, y nadie lo puede volver a leer."),
    )
    shares_past = forms.BooleanField(label=_("Quien llegue después puede leer lo dicho antes"), required=False)
    field_order = ("name", "kind", "size", "life_days", "shares_past")

    def circle_id(self) -> uuid.UUID:
        """Return the id under which it is founded: the form's, or a fresh one where it holds none."""
        try:
            return uuid.UUID(self.cleaned_data["id"])
        except ValueError:
            return uuid.uuid4()

    def charter(self) -> Charter:
        """Return what is agreed; only of a form that holds."""
        given = self.cleaned_data
        return Charter(given["name"], given["kind"], given["size"], given["life_days"], given["shares_past"])
