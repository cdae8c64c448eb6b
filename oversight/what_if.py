"""«¿Y si…?»: what so many volunteers achieve in one hour of the week when more people come than usual."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from oversight.demand import HOLIDAY, HOURS, WEEK, Expected, Pattern
from oversight.staffing import Outcome, Work, needed, outcome

TIMES = (1, 2, 5, 10)  # as many people as usual
MOST_PEOPLE = 500  # volunteers that can be asked about


class WhatIf(forms.Form):
    """One hour of the week, and how many volunteers are there."""

    dia = forms.TypedChoiceField(
        label=_("Día"),
        coerce=int,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Elige un día de la lista, por favor.")),
    )
    hora = forms.TypedChoiceField(
        label=_("Hora"),
        coerce=int,
        choices=[(hour, f"{hour:02d}:00") for hour in range(HOURS)],
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Elige una hora de la lista, por favor.")),
    )
    personas = forms.IntegerField(
        label=_("Voluntarias y voluntarios en turno"),
        min_value=0,
        max_value=MOST_PEOPLE,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("Pon un número entero de 0 a 500, por favor.")
        ),
    )

    def __init__(self, *args: Any, own_holidays: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days: list[tuple[int, Any]] = [(day, WEEKDAYS[day]) for day in range(WEEK)]
        chosen: Any = self.fields["dia"]
        chosen.choices = [*days, (HOLIDAY, _("feriado"))] if own_holidays else days


@dataclasses.dataclass(frozen=True, slots=True)
class Surge:
    """So many times as many people as usual: what is achieved, and how many volunteers would keep what is promised."""

    times: int
    people: float  # an hour
    outcome: Outcome
    needed: int


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What one hour usually brings, and what the volunteers achieve as more people come."""

    expected: Expected
    volunteers: int
    surges: Sequence[Surge]


def usual_question(pattern: Pattern, work: Work) -> dict[str, int]:
    """Return the busiest hour of the week, and how many volunteers it needs."""
    kind, hour = max(
        ((kind, hour) for kind in range(len(pattern.hours)) for hour in range(HOURS)),
        key=lambda one: pattern.hours[one[0]][one[1]].people,
    )
    return {"dia": kind, "hora": hour, "personas": needed(work, pattern.hours[kind][hour].rate)}


def answer(pattern: Pattern, work: Work, asked: dict[str, int]) -> Answer:
    """Return what so many volunteers achieve in this hour; ``asked`` as the form gives it."""
    expected = pattern.hours[asked["dia"]][asked["hora"]]
    surges = [
        Surge(
            times,
            expected.people * times,
            outcome(work, asked["personas"], expected.rate * times),
            needed(work, expected.rate * times),
        )
        for times in TIMES
    ]
    return Answer(expected, asked["personas"], surges)
