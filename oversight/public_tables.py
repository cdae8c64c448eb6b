"""The fixed list of monthly tables that the public may see, with their words; whoever changes it changes RULES.

The words wait for the yes of a clinician and of a speaker: nobody has reviewed them.
"""

import dataclasses
from collections.abc import Iterator, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.notes import REGIONS
from oversight.disclosure import Cell, Shape

#: The version of these tables and of the rules of ``oversight.disclosure``; kept with each month.
RULES = "2026-2"


@dataclasses.dataclass(frozen=True, slots=True)
class PublicTable:
    """One table: how the rules see it, its title, what it counts, and the words of its rows in their order."""

    shape: Shape
    title: Promise
    about: Promise
    rows: Mapping[str, Promise | str]


#: Which reasons of a note make up each public one; misuse is no reason to talk and stands in none.
REASON_GROUPS: dict[str, tuple[str, ...]] = {
    "mood": ("mood",),
    "anxiety": ("anxiety",),
    "suicide": ("suicide", "self_harm"),
    "grief": ("grief", "grief_suicide"),
    "violence": ("partner_violence", "family_violence", "sexual_violence", "child_maltreatment", "bullying"),
    "ties": ("partner", "family", "loneliness"),
    "studies_work": ("studies", "work_money"),
    "substances": ("substances",),
    "body": ("sleep", "eating", "physical_health"),
    "being_oneself": ("identity", "discrimination"),
    "further": ("psychosis", "third_person", "information", "other"),
}
_REASON_WORDS: dict[str, Promise | str] = {
    "mood": _("Ánimo o tristeza"),
    "anxiety": _("Ansiedad o pánico"),
    "suicide": _("Pensamientos de suicidio o autolesión"),
    "grief": _("Duelo"),
    "violence": _("Violencia, maltrato o acoso"),
    "ties": _("Pareja, familia o soledad"),
    "studies_work": _("Estudios, trabajo o dinero"),
    "substances": _("Alcohol o drogas"),
    "body": _("Sueño, alimentación o salud del cuerpo"),
    "being_oneself": _("Identidad, orientación o discriminación"),
    "further": _("Otros motivos"),
}
TALKED: Cell = ("contacts", "talked")
GAVE_UP: Cell = ("contacts", "gave_up")


def _table(title: Promise, about: Promise, shape: Shape, words: Mapping[str, Promise | str]) -> PublicTable:
    return PublicTable(shape._replace(rows=tuple(words)), title, about, words)


TABLES: tuple[PublicTable, ...] = (
    _table(
        _("Visitas a la conversación"),
        _("Cada vez que alguien aceptó el acuerdo para conversar, o avisó de un peligro. Nadie tiene nombre aquí."),
        Shape("contacts", (), apart="talked"),
        {
            "talked": _("Conversaron con una persona voluntaria"),
            "gave_up": _("Esperaron y se fueron sin respuesta"),
            "no_conversation": _("Alguien respondió y no hubo conversación (silencio, prueba, broma o insulto)"),
            "before_asking": _("Se fueron durante las preguntas, antes de esperar"),
        },
    ),
    _table(
        _("Cuánto esperaron quienes conversaron"),
        _("Desde que pidieron conversar hasta que una persona voluntaria aceptó por primera vez."),
        Shape("waits", (), of=TALKED),
        {
            "up_to_2": _("2 minutos o menos"),
            "up_to_5": _("Más de 2 y hasta 5 minutos"),
            "up_to_15": _("Más de 5 y hasta 15 minutos"),
            "longer": _("Más de 15 minutos"),
        },
    ),
    _table(
        _("Cuánto esperaron quienes se fueron sin respuesta"),
        _("Desde que pidieron conversar hasta la última vez que su página dio señal."),
        Shape("waits_given_up", (), of=GAVE_UP),
        {"up_to_5": _("5 minutos o menos"), "longer": _("Más de 5 minutos")},
    ),
    _table(
        _("De qué se conversó"),
        _("El motivo principal que anotó la persona voluntaria. No toda conversación tiene uno, y por eso no suman."),
        Shape("reasons", (), of=TALKED, rest="unsaid"),
        _REASON_WORDS,
    ),
    _table(
        _("Desde qué departamento"),
        _("Solo si la persona lo contó. No lo preguntamos antes de conversar, y muchas conversaciones no lo dicen."),
        Shape("regions", (), of=TALKED, rest="unsaid"),
        {code: words for code, words in REGIONS.items() if code},
    ),
    _table(
        _("Cómo se sentían antes y después"),
        _("Lo que marcó la persona antes de conversar y al final, de «bien» a «muy mal». Contestar es libre."),
        Shape("change", (), of=TALKED),
        {
            "better": _("Mejor que antes"),
            "not_better": _("Igual o peor que antes"),
            "unknown": _("No sabemos: faltó la respuesta de antes, la de después o las dos"),
        },
    ),
    _table(
        _("Si les sirvió conversar"),
        _("Lo que respondieron al final a «¿Te sirvió conversar?». Contestar es libre, y muchas personas no lo hacen."),
        Shape("helped", (), of=TALKED),
        {
            "yes": _("Sí"),
            "little_or_no": _("Un poco, o no"),
            "unknown": _("No contestaron"),
        },
    ),
)
SHAPES = tuple(table.shape for table in TABLES)
#: Tables that came later, by the version of the rules that brought them.
CAME_WITH: dict[str, tuple[str, ...]] = {"2026-1": (), "2026-2": ("helped",)}


def tables_of(rules: str) -> list[Shape]:
    """Return the tables of a month made by this version of the rules. Raises ValueError for none of ours."""
    versions = list(CAME_WITH)
    later = {code for version in versions[versions.index(rules) + 1 :] for code in CAME_WITH[version]}
    return [shape for shape in SHAPES if shape.code not in later]


@dataclasses.dataclass(frozen=True, slots=True)
class WordedRow:
    """One row of a table in words; ``count`` is None where it is not told."""

    code: str
    name: str
    count: int | None


@dataclasses.dataclass(frozen=True, slots=True)
class WordedTable:
    """One table of one month in words."""

    code: str
    title: str
    about: str
    rows: tuple[WordedRow, ...]


def worded(kept: Mapping[str, Mapping[str, int | None]]) -> Iterator[WordedTable]:
    """Put words to what is kept of a month (``MonthFigures.tables``), in the order of TABLES."""
    for table in TABLES:
        counts = kept.get(table.shape.code)
        if counts is not None:
            rows = (WordedRow(code, str(name), counts[code]) for code, name in table.rows.items() if code in counts)
            yield WordedTable(table.shape.code, str(table.title), str(table.about), tuple(rows))
