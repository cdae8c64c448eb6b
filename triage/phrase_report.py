"""Measures the phrase guard on labelled phrases: what it found, missed, raised for nothing or not high enough; pure."""

import csv
import dataclasses
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from triage.errors import RowsProblem

LABELS = ("should_fire", "floor_level")
IDIOM = "NEG"
LEVELS = frozenset("ABCDE")
#: Targets of an independent check; held to the letter, a file of our own allows no miss and no idiom at all.
URGENT_HELD, IDIOMS_FIRED, RECALL, PRECISION = 0.95, 0.05, 0.80, 0.55
#: What others have published, to stand beside; none of it was measured on these phrases.
PUBLISHED = (
    "CMD-1 (Swaminathan 2023), prospectivo: sensibilidad 0,98, valor predictivo 0,66; retrospectivo: 0,99 y 0,35",
    "Crisis Text Line (2018): cobertura 0,89; 86 % de quienes corren peligro inminente, en los primeros mensajes",
    "Xu y otros (chat de consejería): precisión 0,649, cobertura 0,870",
    "Boamente (tuits en portugués): precisión 0,961, cobertura 0,953",
)


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One phrase; ``fires`` and ``floor`` (the least urgent level allowed) are None where the file has no labels."""

    name: str
    text: str
    code: str
    fires: bool | None
    floor: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Judged:
    """A row, and the level that it was read as: A to D, or None."""

    row: Row
    level: str | None

    @property
    def missed(self) -> bool:
        """Tell whether it should have fired and did not."""
        return bool(self.row.fires) and self.level is None

    @property
    def too_low(self) -> bool:
        """Tell whether it fired below its floor."""
        return bool(self.row.fires) and self.level is not None and self.level > (self.row.floor or "E")

    @property
    def false_alarm(self) -> bool:
        """Tell whether it fired and should not have."""
        return self.row.fires is False and self.level is not None

    @property
    def urgent(self) -> bool:
        """Tell whether its floor is A or B."""
        return bool(self.row.fires) and self.row.floor in {"A", "B"}


@dataclasses.dataclass(frozen=True, slots=True)
class Figures:
    """Counts of one code or of all. ``recall``, ``precision`` and ``f1`` are shares from 0 to 1; None: of nothing."""

    judged: tuple[Judged, ...]

    def count(self, what: Callable[[Judged], bool | None]) -> int:
        """Return how many of them are so."""
        return sum(bool(what(one)) for one in self.judged)

    @property
    def found(self) -> int:
        """Return how many of those that should fire did, at whatever level."""
        return self.count(lambda one: bool(one.row.fires) and one.level is not None)

    @property
    def recall(self) -> float | None:
        """Return the share of those that should fire which did."""
        return _share(self.found, self.count(lambda one: one.row.fires))

    @property
    def precision(self) -> float | None:
        """Return the share of those that fired which should."""
        return _share(self.found, self.found + self.count(lambda one: one.false_alarm))

    @property
    def f1(self) -> float | None:
        """Return the harmonic mean of precision and recall."""
        precision, recall = self.precision, self.recall
        if not precision or not recall:
            return None
        return 2 * precision * recall / (precision + recall)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


# Reading files ------------------------------------------------------------------------------------------------------


def _refuse(path: Path, line: int, what: str) -> RowsProblem:
    return RowsProblem(f"{path}, línea {line}: {what}.")


def rows(path: Path, *, labelled: bool) -> list[Row]:
    """Return the rows of a CSV file with a head line; columns in any order, others than ours are left alone.

    ``labelled``: the labels must be there. Raises RowsProblem with one sentence that names the file and the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        message = f"{path} no se puede leer ({error.strerror})."
        raise RowsProblem(message) from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise _refuse(path, line, "no está en UTF-8") from error
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        _check_head(path, [name.strip() for name in reader.fieldnames or ()], labelled=labelled)
        reader.fieldnames = [name.strip() for name in reader.fieldnames or ()]
        return [_row(path, reader.line_num, one) for one in reader]
    except csv.Error as error:
        line = min(reader.line_num + 1, len(text.splitlines()))  # it counts the lines that it could read
        raise _refuse(path, line, f"no es CSV ({error})") from error


def _check_head(path: Path, names: Sequence[str], *, labelled: bool) -> None:
    wanted = ("text", *LABELS) if labelled else ("text",)
    missing = [name for name in wanted if name not in names]
    if missing:
        raise _refuse(path, 1, f"falta la columna {', '.join(missing)}")
    if len(set(names)) < len(names):
        raise _refuse(path, 1, "hay dos columnas con el mismo nombre")
    if len(set(LABELS) & set(names)) == 1:
        raise _refuse(path, 1, f"{' y '.join(LABELS)} van juntas, y falta una")


def _fault(filled: dict[str, str]) -> str:
    """Return what is wrong with a row, or nothing."""
    fires, floor = filled.get("should_fire"), filled.get("floor_level")
    faults = {
        "la frase está vacía": not filled["text"],
        f"should_fire es «{fires}» y debe ser 0 o 1": fires not in {None, "0", "1"},
        f"floor_level es «{floor}» y debe ser A, B, C, D o E": floor is not None and floor not in LEVELS,
        "debe disparar y su nivel mínimo es E, que no dispara": (fires, floor) == ("1", "E"),
    }
    return next((what for what, wrong in faults.items() if wrong), "")


def _row(path: Path, line: int, cells: dict[str | None, str | None]) -> Row:
    if None in cells or None in cells.values():
        raise _refuse(path, line, "no tiene tantas celdas como el encabezado")
    filled = {name: (cell or "").strip() for name, cell in cells.items() if name}
    if fault := _fault(filled):
        raise _refuse(path, line, fault)
    fires = filled["should_fire"] == "1" if "should_fire" in filled else None
    return Row(
        filled.get("id") or str(line), filled["text"], filled.get("code") or "–", fires, filled.get("floor_level")
    )


# Saying what was found ----------------------------------------------------------------------------------------------


def not_held(judged: Sequence[Judged], *, strict: bool) -> list[str]:
    """Return the targets that these rows do not hold, each in words.

    Idioms count only beside urgent phrases: a file of texts from elsewhere has neither. ``strict``: no miss at all.
    """
    figures = Figures(tuple(judged))
    urgent = [one for one in judged if one.urgent]
    idioms = [one for one in judged if one.row.code == IDIOM]
    held = _share(sum(not one.missed and not one.too_low for one in urgent), len(urgent))
    fired = _share(sum(one.false_alarm for one in idioms), len(idioms))
    wanted, allowed = (1.0, 0.0) if strict else (URGENT_HELD, IDIOMS_FIRED)
    at_least = {
        "frases A y B con su nivel": (held, wanted),
        "cobertura": (figures.recall, RECALL),
        "precisión": (figures.precision, PRECISION),
    }
    said = [
        f"{what}: {_percent(reached)}, meta {_percent(bound)}"
        for what, (reached, bound) in at_least.items()
        if reached is not None and reached < bound
    ]
    if urgent and fired is not None and fired > allowed:
        said.append(f"modismos que disparan: {_percent(fired)}, meta {_percent(allowed)} como máximo")
    return said


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.1f} %".replace(".", ",")


def _line(name: str, judged: Sequence[Judged]) -> str:
    figures = Figures(tuple(judged))
    should = figures.count(lambda one: one.row.fires)
    cells = [
        len(judged),
        should,
        figures.found,
        figures.count(lambda one: one.missed),
        figures.count(lambda one: one.too_low),
        figures.count(lambda one: one.false_alarm),
    ]
    return f"{name:<8}" + "".join(f"{cell:>12}" for cell in cells)


def told(judged: Sequence[Judged]) -> Iterator[str]:
    """Yield the report in lines for people: by code and in all, the figures, and every row that went wrong."""
    heads = ("frases", "debían", "halladas", "no vistas", "nivel bajo", "falsas")
    yield f"{'código':<8}" + "".join(f"{head:>12}" for head in heads)
    for code in dict.fromkeys(one.row.code for one in judged):
        yield _line(code, [one for one in judged if one.row.code == code])
    yield _line("todas", judged)
    yield ""
    figures, urgent = Figures(tuple(judged)), Figures(tuple(one for one in judged if one.urgent))
    f1 = "–" if figures.f1 is None else f"{figures.f1:.3f}".replace(".", ",")
    yield f"cobertura {_percent(figures.recall)}, precisión {_percent(figures.precision)}, F1 {f1}"
    held = urgent.count(lambda one: not one.missed and not one.too_low)
    yield f"de {len(urgent.judged)} frases A o B, {held} con su nivel o uno más urgente"
    yield from _wrong("no vista", [one for one in judged if one.missed])
    yield from _wrong("nivel bajo", [one for one in judged if one.too_low])
    yield from _wrong("falsa alarma", [one for one in judged if one.false_alarm])
    yield ""
    yield "Publicado por otros, con otros textos y otra forma de contar:"
    yield from (f"  {line}" for line in PUBLISHED)


def _wrong(what: str, judged: Sequence[Judged]) -> Iterator[str]:
    for one in judged:
        level = f"{one.level or '–'} en vez de {one.row.floor}" if one.row.fires else f"{one.level}"
        yield f"{what} [{one.row.name} {one.row.code}] {level}: {one.row.text}"
