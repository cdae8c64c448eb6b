"""The forms of an application: what an applicant fills in, and what the coordination does at each step."""

import datetime
import re
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from roster.application_model import Applicant, DeclineReason
from roster.models import Organisation, Skill

#: Hours a week that somebody can give: shifts are of two or four (roster/shift_rules.py: twelve a week at most).
HOURS = (2, 4, 6, 8, 10, 12)
INTERVIEW_WITHIN = datetime.timedelta(days=60)
SEEN_WITHIN = datetime.timedelta(days=30)  # a look at the register that is older says little
NOTE_MOST = 1000  # letters
YES_NO = (("yes", _("Sí")), ("no", _("No")))
LICENCE = re.compile(r"[0-9]{1,6}")  # digits, given out nationally
LICENCE_WRONG = _("El número C.Ps.P. tiene solo cifras, seis como mucho. Por ejemplo: 18983. Revísalo, por favor.")
NO_SUCH_DATE = _("Esa fecha no existe o está escrita de otra forma. Escríbela así: 05/12/2026.")
NO_SUCH_TIME = _("Esa hora no existe o está escrita de otra forma. Escríbela así: 19:30.")
DATES = ("%Y-%m-%d", "%d/%m/%Y")


def licence_of(typed: str) -> str:
    """Return the digits of a licence, however it was written («C.Ps.P. 18983»). Raises ValidationError."""
    digits = re.sub(r"^c\.?\s*ps\.?\s*p\.?\s*(?:n[.°º]*)?\s*", "", typed.strip(), flags=re.IGNORECASE)
    if not LICENCE.fullmatch(digits):
        raise forms.ValidationError(LICENCE_WRONG)
    return digits


def _needed(words: Any) -> dict[str, Any]:
    return {"required": words}


class ApplicationForm(forms.Form):
    """What is asked of somebody who would like to join, and why not yet where it is so; nothing of it is kept then."""

    full_name = forms.CharField(
        label=_("Tu nombre completo"),
        help_text=_("Como figura en tu colegiatura."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages=_needed(_("Falta tu nombre.")) | {"max_length": _("Ese nombre es muy largo: 120 letras.")},
    )
    email = forms.EmailField(
        label=_("Tu correo"),
        help_text=_("Ahí te escribimos cada paso."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages=_needed(_("Falta tu correo: por ahí te respondemos."))
        | {"invalid": _("A ese correo le falta algo. Se escribe así: nombre@correo.pe")},
    )
    adult = forms.ChoiceField(
        label=_("¿Tienes 18 años o más?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
        error_messages=_needed(_("Dinos si tienes 18 años o más.")),
    )
    profession = forms.ChoiceField(
        label=_("Tu profesión"),
        choices=(
            ("licensed", _("Psicología, con colegiatura habilitada")),
            ("unlicensed", _("Psicología, y mi colegiatura todavía no está habilitada")),
            ("student", _("Estudio psicología")),
            ("other", _("Otra")),
        ),
        widget=forms.RadioSelect,
        error_messages=_needed(_("Elige una opción.")),
    )
    licence_number = forms.CharField(
        label=_("Tu número C.Ps.P."),
        help_text=_("Solo las cifras. Una persona lo busca en el registro del Colegio."),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"max_length": LICENCE_WRONG},
    )
    skills = forms.ModelMultipleChoiceField(
        label=_("Idiomas y temas en los que podrías acompañar"),
        help_text=_("Si quieres. Además del castellano."),
        queryset=Skill.objects.all(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Eso no está en la lista. Elige otra vez.")},
    )
    organisation = forms.ModelChoiceField(
        label=_("¿Vienes de una organización de la alianza?"),
        queryset=Organisation.objects.all(),
        required=False,
        empty_label=_("De ninguna, o todavía no sé"),
        error_messages={"invalid_choice": _("Esa organización no está en la lista. Elige otra, o «De ninguna».")},
    )
    hours_a_week = forms.TypedChoiceField(
        label=_("¿Cuántas horas a la semana podrías dar?"),
        help_text=_("Un turno dura de 2 a 4 horas. Doce a la semana es lo más, para cuidarte."),
        choices=[("", _("Elige")), *((str(hours), _("%s horas") % hours) for hours in HOURS)],
        coerce=int,
        error_messages=_needed(_("Elige cuántas horas podrías dar. Después se puede cambiar."))
        | {"invalid_choice": _("Elige un número de horas de la lista, de 2 a 12.")},
    )
    knows_weight = forms.BooleanField(
        label=_("Leí cómo es escuchar y lo que puede pesar."),
        error_messages=_needed(_("Léelo con calma, arriba, y marca esta casilla.")),
    )
    agrees = forms.BooleanField(
        label=_("Acepto que usen estos datos para mi postulación, como está escrito arriba."),
        error_messages=_needed(_("Sin tu acuerdo no podemos guardar tus datos. Si no quieres darlo, está bien.")),
    )
    #: Hidden from people; programs that fill in every field are found by it.
    homepage = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))

    #: Why this person cannot join, or not yet, in words; nothing where they can.
    refused: Any = ""

    def clean_adult(self) -> str:
        """Refuse who is under 18, kindly (Ley 28238 art. 4: never in psychic danger)."""
        if self.cleaned_data["adult"] != "yes":
            self.refused = TOO_YOUNG
            raise forms.ValidationError(TOO_YOUNG)
        return "yes"

    def clean_profession(self) -> str:
        """Refuse who may not practise yet (Ley 28369 art. 6), and say what will open the door."""
        chosen: str = self.cleaned_data["profession"]
        if chosen != "licensed":
            self.refused = self.refused or WHY_NOT_YET[chosen]
            raise forms.ValidationError(WHY_NOT_YET[chosen])
        return chosen

    def clean(self) -> dict[str, Any]:
        """Ask the number of whoever has a licence; refuse what no person fills in."""
        data = self.cleaned_data
        if data.get("homepage"):  # a person whose browser did so only sends it again: the page comes back without it
            given = QueryDict(mutable=True)
            given.update(self.data)
            given["homepage"] = ""
            self.data = given
            self.add_error(None, _("No llegó bien. Envíalo otra vez, por favor."))
        if data.get("profession") == "licensed" and "licence_number" in data:
            try:
                data["licence_number"] = licence_of(data["licence_number"])
            except forms.ValidationError as error:
                self.add_error("licence_number", error)
        return data

    def applicant(self) -> Applicant:
        """Return who applies, once the form is valid."""
        data = self.cleaned_data
        return Applicant(data["email"].lower(), data["full_name"], data["licence_number"])


TOO_YOUNG = _(
    "Gracias por querer ayudar. Escuchar en la línea puede doler, y por eso pedimos 18 años. "
    "No guardamos nada de lo que escribiste. Cuando los cumplas, te esperamos."
)
WHY_NOT_YET = {
    "unlicensed": _("Gracias. Para atender, la ley pide la colegiatura habilitada. Cuando la tengas, escríbenos."),
    "student": _(
        "Gracias por querer estar. Para atender, la ley pide el título y la colegiatura. "
        "Cuando los tengas, escríbenos: no guardamos nada de lo que escribiste."
    ),
    "other": _(
        "Gracias por querer ayudar. En la línea atienden psicólogas y psicólogos con colegiatura: la ley lo pide. "
        "Las organizaciones de la alianza necesitan otras manos también."
    ),
}


class _Day(forms.DateField):
    """A day, as a browser sends it or as people write it."""

    def __init__(self, **given: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        errors = {"invalid": NO_SUCH_DATE, "required": _("Falta la fecha.")}
        super().__init__(input_formats=DATES, widget=widget, error_messages=errors, **given)


class InterviewForm(forms.Form):
    """When and where the interview is."""

    day = _Day(label=_("Día de la entrevista"))
    hour = forms.TimeField(
        label=_("Hora (de Lima)"),
        input_formats=("%H:%M", "%H:%M:%S"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": NO_SUCH_TIME, "required": _("Falta la hora.")},
    )
    where = forms.CharField(
        label=_("Dónde, o con qué enlace"),
        help_text=_("Va en el correo a quien postula."),
        max_length=200,
        error_messages=_needed(_("Falta el lugar o el enlace.")) | {"max_length": _("Son 200 letras como mucho.")},
    )

    def clean(self) -> dict[str, Any]:
        """Put day and hour together; both lie ahead, and not too far."""
        data = self.cleaned_data
        if "day" in data and "hour" in data:
            at = timezone.make_aware(datetime.datetime.combine(data["day"], data["hour"]))
            data["at"] = at
            if not timezone.now() < at <= timezone.now() + INTERVIEW_WITHIN:
                self.add_error("day", _("Elige un momento que todavía no pasó, dentro de los próximos 60 días."))
        return data


class CheckForm(forms.Form):
    """What a person saw in the register of the Colegio, and the introductory course."""

    licence_number = forms.CharField(label=_("Número C.Ps.P. que buscaste"), max_length=20)
    found_valid = forms.BooleanField(
        label=_("Lo busqué yo en el registro: está a su nombre y habilitado."),
        error_messages=_needed(_("Marca la casilla cuando lo hayas visto. Si no está habilitado, responde que no.")),
    )
    seen_on = _Day(label=_("Lo viste el"))
    course_on = _Day(
        label=_("Curso de introducción, hecho el"),
        required=False,
        help_text=_("Vacío si todavía no. La práctica con personas de guion se pide igual."),
    )

    def clean_licence_number(self) -> str:
        """Return the digits."""
        return licence_of(self.cleaned_data["licence_number"])

    def clean_seen_on(self) -> datetime.date:
        """Refuse a look that is to come, or too old."""
        day: datetime.date = self.cleaned_data["seen_on"]
        if not timezone.localdate() - SEEN_WITHIN <= day <= timezone.localdate():
            raise forms.ValidationError(
                _("Tiene que ser hoy o un día de los últimos 30. Si pasó más, búscalo otra vez.")
            )
        return day

    def clean_course_on(self) -> datetime.date | None:
        """Refuse a course that is to come."""
        day: datetime.date | None = self.cleaned_data["course_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("Ese día todavía no llega. Anótalo cuando el curso esté hecho."))
        return day


class DeclineForm(forms.Form):
    """Why it is a no; the applicant is not told the reason."""

    reason = forms.ChoiceField(
        label=_("Motivo"),
        help_text=_("Queda en el registro. No va en el correo."),
        choices=[("", _("Elige")), *DeclineReason.choices],
        error_messages=_needed(_("Elige un motivo.")) | {"invalid_choice": _("Elige un motivo de la lista.")},
    )


class NoteForm(forms.Form):
    """A note of the coordination about an application."""

    note = forms.CharField(
        label=_("Nota de coordinación"),
        help_text=_(
            "Solo lo que hace falta para el siguiente paso. Nada de su salud ni de su vida privada. "
            "Quien postula puede pedir leerla. Se guarda cerrada con clave."
        ),
        max_length=NOTE_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": _("Son 1000 letras como mucho.")},
    )
