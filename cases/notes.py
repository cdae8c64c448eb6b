"""The fields of a note and their choices, and how a note is bound before it is sealed."""

import dataclasses
import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.errors import BadNote
from vault.actions import Context

NOTE_BUCKET = 1024  # bytes
TEXT_LIMIT = 8_000  # code points in each free field

REASONS: dict[str, Promise] = {
    "mood": _("Ánimo o tristeza"),
    "anxiety": _("Ansiedad o pánico"),
    "suicide": _("Conducta suicida"),
    "self_harm": _("Autolesión"),
    "grief": _("Duelo"),
    "grief_suicide": _("Duelo por suicidio"),
    "partner_violence": _("Violencia de pareja"),
    "family_violence": _("Violencia familiar"),
    "sexual_violence": _("Violencia sexual"),
    "child_maltreatment": _("Maltrato infantil o negligencia"),
    "bullying": _("Acoso o ciberacoso"),
    "partner": _("Pareja"),
    "family": _("Familia"),
    "loneliness": _("Soledad"),
    "studies": _("Estudios"),
    "work_money": _("Trabajo o dinero"),
    "substances": _("Alcohol o drogas"),
    "sleep": _("Sueño"),
    "eating": _("Alimentación"),
    "physical_health": _("Salud física"),
    "identity": _("Identidad y orientación"),
    "discrimination": _("Discriminación"),
    "psychosis": _("Psicosis"),
    "third_person": _("Cuida o se preocupa por otra persona"),
    "information": _("Información"),
    "other": _("Otro"),
    "misuse": _("Uso indebido"),
}
RISKS: dict[str, Promise] = {
    "": _("Sin anotar"),
    "none": _("No se vio riesgo"),
    "low": _("Bajo: deseo de morir o ideas sin método"),
    "moderate": _("Moderado: ideas con método, sin intención"),
    "high": _("Alto: intención o plan, o intento en tres meses"),
    "imminent": _("Inminente: plan, medios y hoy"),
}
#: Whether somebody died, of whom the conversation was or in it; the desk then offers what may do whoever listened good.
DEATHS: dict[str, Promise] = {
    "": _("No, o no se sabe"),
    "caller": _("La persona con quien se conversó"),
    "close": _("Alguien cercano a esa persona"),
}
#: Where somebody writes from, if they said so: the 24 departments and Callao, by their INEI codes (UBIGEO).
REGIONS: dict[str, Promise | str] = {
    "": _("No se sabe"),
    "01": "Amazonas",
    "02": "Áncash",
    "03": "Apurímac",
    "04": "Arequipa",
    "05": "Ayacucho",
    "06": "Cajamarca",
    "07": "Callao",
    "08": "Cusco",
    "09": "Huancavelica",
    "10": "Huánuco",
    "11": "Ica",
    "12": "Junín",
    "13": "La Libertad",
    "14": "Lambayeque",
    "15": "Lima",
    "16": "Loreto",
    "17": "Madre de Dios",
    "18": "Moquegua",
    "19": "Pasco",
    "20": "Piura",
    "21": "Puno",
    "22": "San Martín",
    "23": "Tacna",
    "24": "Tumbes",
    "25": "Ucayali",
    "abroad": _("Fuera del Perú"),
}
FREE_FIELDS = ("talked", "risk_words", "agreed", "next_step")
#: What each field is called in a sentence.
FIELD_NAMES: dict[str, Promise] = {
    "reason": _("motivo"),
    "also": _("otros motivos"),
    "region": _("desde dónde escribe"),
    "talked": _("de qué se conversó"),
    "risk": _("riesgo"),
    "risk_words": _("riesgo que viste"),
    "death": _("si alguien murió"),
    "agreed": _("qué se acordó"),
    "next_step": _("próximo paso"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class NoteBody:
    """A note in the clear; every field may be empty while it is being written. ``also`` holds further reasons."""

    reason: str = ""
    also: tuple[str, ...] = ()
    region: str = ""
    talked: str = ""
    risk: str = ""
    risk_words: str = ""
    death: str = ""
    agreed: str = ""
    next_step: str = ""

    def as_bytes(self) -> bytes:
        """Return it as the JSON that is sealed."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False).encode()

    @property
    def death_words(self) -> Promise | str:
        """Who died, in words; nothing where nobody did."""
        return DEATHS.get(self.death, "") if self.death else ""

    @property
    def region_words(self) -> Promise | str:
        """From where, in words; nothing where that is not known."""
        return REGIONS.get(self.region, "") if self.region else ""

    @property
    def empty(self) -> bool:
        """Whether nothing has been written at all."""
        return self == NoteBody()


def _written(fields: Mapping[str, str], name: str) -> str:
    text = fields.get(name, "").replace("\r\n", "\n").strip()  # a form's line ends
    if len(text) > TEXT_LIMIT:
        raise BadNote(name)
    return text


def _chosen(fields: Mapping[str, str], name: str, choices: Mapping[str, Promise | str]) -> str:
    code = fields.get(name, "")
    if code and code not in choices:
        raise BadNote(name)
    return code


def _further(also: Iterable[str], reason: str) -> tuple[str, ...]:
    chosen = set(also)
    if chosen - set(REASONS):
        raise BadNote("also")
    return tuple(code for code in REASONS if code in chosen and code != reason)


def body_from(fields: Mapping[str, str], also: Iterable[str] = ()) -> NoteBody:
    """Read a note from a form. Raises BadNote naming the field that is too long or not among the choices."""
    reason = _chosen(fields, "reason", REASONS)
    return NoteBody(
        reason=reason,
        also=_further(also, reason),
        region=_chosen(fields, "region", REGIONS),
        risk=_chosen(fields, "risk", RISKS),
        death=_chosen(fields, "death", DEATHS),
        **{name: _written(fields, name) for name in FREE_FIELDS},
    )


def body_as_given(fields: Mapping[str, str], also: Iterable[str] = ()) -> NoteBody:
    """Return what a form holds, unchecked, to show it again to whoever wrote it."""
    return NoteBody(also=tuple(also), **{name: fields.get(name, "") for name in FIELD_NAMES if name != "also"})


def body_from_bytes(plain: bytes) -> NoteBody:
    """Read a note from the bytes that were sealed; fields of a newer version are ignored."""
    stored: dict[str, Any] = json.loads(plain)
    known = {field.name: stored[field.name] for field in dataclasses.fields(NoteBody) if field.name in stored}
    return NoteBody(**known | {"also": tuple(stored.get("also", ()))})


def revision_context(note_id: uuid.UUID, revision: int) -> Context:
    """Return the context of one saved revision."""
    place = {"table": "cases_noterevision", "column": "body", "record": str(note_id)}
    return Context(purpose="note", **place, extra=(str(revision),), number=revision)


def draft_context(note_id: uuid.UUID, count: int) -> Context:
    """Return the context of the note as it is being written; ``count`` grows with every save of it."""
    place = {"table": "cases_note", "column": "draft", "record": str(note_id)}
    return Context(purpose="note", **place, extra=(str(count),), number=count)
