"""The fields of a note and their choices (domain.md 6.2), and how a note is bound before it is sealed."""

import dataclasses
import json
import uuid
from collections.abc import Mapping

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
}
RISKS: dict[str, Promise] = {
    "": _("Sin anotar"),
    "none": _("No se vio riesgo"),
    "low": _("Bajo: deseo de morir o ideas sin método"),
    "moderate": _("Moderado: ideas con método, sin intención"),
    "high": _("Alto: intención o plan, o intento en tres meses"),
    "imminent": _("Inminente: plan, medios y hoy"),
}
FREE_FIELDS = ("talked", "risk_words", "agreed", "next_step")
#: What each field is called in a sentence.
FIELD_NAMES: dict[str, Promise] = {
    "reason": _("motivo"),
    "talked": _("de qué se conversó"),
    "risk": _("riesgo"),
    "risk_words": _("riesgo que viste"),
    "agreed": _("qué se acordó"),
    "next_step": _("próximo paso"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class NoteBody:
    """A note in the clear; every field may be empty while it is being written."""

    reason: str = ""
    talked: str = ""
    risk: str = ""
    risk_words: str = ""
    agreed: str = ""
    next_step: str = ""

    def as_bytes(self) -> bytes:
        """Return it as the JSON that is sealed."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False).encode()

    @property
    def empty(self) -> bool:
        """Whether nothing has been written at all."""
        return not any(dataclasses.astuple(self))


def body_from(fields: Mapping[str, str]) -> NoteBody:
    """Read a note from a form. Raises BadNote naming the field that is too long or not among the choices."""
    body = NoteBody(**{field.name: fields.get(field.name, "").strip() for field in dataclasses.fields(NoteBody)})
    if body.reason and body.reason not in REASONS:
        raise BadNote("reason")
    if body.risk not in RISKS:
        raise BadNote("risk")
    for name in FREE_FIELDS:
        if len(getattr(body, name)) > TEXT_LIMIT:
            raise BadNote(name)
    return body


def body_from_bytes(plain: bytes) -> NoteBody:
    """Read a note from the bytes that were sealed; fields of a newer version are ignored."""
    stored = json.loads(plain)
    return NoteBody(**{field.name: stored.get(field.name, "") for field in dataclasses.fields(NoteBody)})


def revision_context(note_id: uuid.UUID, revision: int) -> Context:
    """Return the context of one saved revision."""
    return Context(
        purpose="note", table="cases_noterevision", column="body", record=str(note_id), extra=(str(revision),)
    )


def draft_context(note_id: uuid.UUID, count: int) -> Context:
    """Return the context of the note as it is being written; ``count`` grows with every save of it."""
    return Context(purpose="note", table="cases_note", column="draft", record=str(note_id), extra=(str(count),))
