"""Takes the file of a public text apart: its head, key by key, and its words; what is wrong is said to its writer."""

import datetime
import difflib
import re
import tomllib
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from campaign.safe_messaging import Fault

FENCE = "+++\n"
NOT_YET = "todavía no"
GROUPS = ("you", "others", "line")
LONGEST_TITLE, LONGEST_SUMMARY = 60, 130  # letters; what fits on a share card
PARTS = frozenset({"dates", "press", "contact", "partners"})
#: The texts that whoever seeks help needs, whoever has reviewed them; no head can add to them.
NEEDED = frozenset({"como_ayudamos", "en_peligro", "tus_palabras"})
WORDS, YES_NO, LIST = "palabras entre comillas rectas", "true o false, sin comillas", "una lista entre corchetes"
#: What a head may hold: of which kind, and how its writer is told that.
KINDS: dict[str, tuple[type, str]] = {
    "title": (str, WORDS),
    "summary": (str, WORDS),
    "date": (datetime.date, "un día escrito así, sin comillas: 2026-12-01"),
    "order": (int, "un número, sin comillas"),
    "group": (str, WORDS),
    "about_suicide": (bool, YES_NO),
    "door": (bool, YES_NO),
    "stands": (bool, YES_NO),
    "parts": (list, LIST),
    "partners": (list, LIST),
    "review": (str, WORDS),
    "checklist": (dict, "las preguntas de lista.toml, debajo de [checklist]"),
    "axes": (list, "una parte [[axes]] para cada camino"),
}
WANTED = ("title", "summary", "date", "about_suicide", "review")
AXIS = {"title", "text", "slug"}
AT_LINE = re.compile(r"at line (\d+)")
#: «Name, day» of a tick, and «name, day, texto mark» of a review.
TICK = re.compile(r"\S.*, (?P<on>\d{4}-\d{2}-\d{2})")
REVIEW = re.compile(r"(?P<by>\S.*), (?P<on>\d{4}-\d{2}-\d{2}), texto (?P<mark>[0-9a-f]{12})")
#: Lines of the head that are for us; people read the others on the pages.
UNSPOKEN = re.compile(r"^(?:date|order|group|door|stands|parts|slug|about_suicide|review)\s*=|^[\[#]")

Facts = dict[str, Any]


class ContentProblem(Exception):
    """A public text cannot be shown; one sentence for whoever wrote it, and the line of the file if one is known."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


def split(name: str, text: str) -> tuple[Facts, str, str]:
    """Return the facts of a text's head, the head and the body as they are written. Raises ContentProblem."""
    head, fence, body = text.removeprefix(FENCE).partition(f"\n{FENCE}")
    if not fence or not text.startswith(FENCE):
        message = f"{name} debe tener una cabecera entre dos líneas +++ (solo esos tres signos), y luego el texto."
        raise ContentProblem(message)
    try:
        return tomllib.loads(head), f"{head}\n", body
    except tomllib.TOMLDecodeError as error:
        raise unclear(name, head, error, 2) from error  # the first line of the file is the fence


def text_of(path: Path) -> str:
    """Return what a file holds. Raises ContentProblem."""
    try:
        return path.read_text(encoding="utf-8-sig")  # some editors put a mark before the first letter
    except UnicodeDecodeError as error:
        message = f"{path.name} está guardado en otro alfabeto. Guárdalo otra vez, como UTF-8."
        raise ContentProblem(message) from error
    except OSError as error:
        message = f"{path.name} no se puede abrir. Mira que su nombre esté bien escrito."
        raise ContentProblem(message) from error


def unclear(name: str, head: str, error: tomllib.TOMLDecodeError, first: int = 1) -> ContentProblem:
    """Say which line of a head, or of a list of ours, is no TOML; its first line is the ``first`` of the file."""
    found, lines = AT_LINE.search(str(error)), head.splitlines()
    number = int(found[1]) if found else len(lines)
    quoted = lines[number - 1].strip() if number <= len(lines) else ""
    message = (
        f"{name} tiene una línea que no se entiende: «{quoted}». Las palabras van entre comillas rectas "
        '("), los días así: 2026-12-01, sí o no se escribe true o false, y cada nombre va una sola vez.'
    )
    return ContentProblem(message, number + first - 1)


# What is wrong with a head --------------------------------------------------------------------------------------------


def _unknown(facts: Facts) -> str:
    strange = next((name for name in facts if name not in KINDS), "")
    if not strange:
        return ""
    near = difflib.get_close_matches(strange, KINDS, 1)
    return f"tiene en su cabecera «{strange}», que no existe" + (f": ¿es «{near[0]}»?" if near else "")


def _missing(facts: Facts) -> str:
    missing = [name for name in WANTED if facts.get(name, "") == ""]
    return f"necesita en su cabecera: {', '.join(missing)}" if missing else ""


def _of_another_kind(facts: Facts) -> str:
    wrong = [name for name, value in facts.items() if type(value) is not KINDS[name][0]]
    return f"tiene mal escrito «{wrong[0]}»: va {KINDS[wrong[0]][1]}" if wrong else ""


def _too_long(facts: Facts) -> str:
    if len(facts["title"]) <= LONGEST_TITLE and len(facts["summary"]) <= LONGEST_SUMMARY:
        return ""
    return f"tiene un title de más de {LONGEST_TITLE} letras o un summary de más de {LONGEST_SUMMARY}"


def _not_on_the_list(facts: Facts) -> str:
    lists = all(isinstance(word, str) for name in ("parts", "partners") for word in facts.get(name, ()))
    if lists and facts.get("group", "line") in GROUPS and PARTS.issuperset(facts.get("parts", ())):
        return ""
    return f"tiene un group o parts que no existe (group: {', '.join(GROUPS)}; parts: {', '.join(sorted(PARTS))})"


def _broken_axis(facts: Facts) -> str:
    axes = facts.get("axes", ())
    if all(isinstance(axis, dict) and set(axis) == AXIS for axis in axes):
        return ""
    return f"necesita en cada [[axes]]: {', '.join(sorted(AXIS))}"


CHECKS: tuple[Callable[[Facts], str], ...] = (
    _unknown,
    _missing,
    _of_another_kind,
    _too_long,
    _not_on_the_list,
    _broken_axis,
)


def make_sure(name: str, facts: Facts, body: str, points: Collection[str]) -> None:
    """Raise ContentProblem, in the writer's words, for the first thing that is wrong with a head, or an empty body."""
    wrong = next(filter(None, (check(facts) for check in CHECKS)), "")
    if not wrong and set(facts.get("checklist", ())) != set(points):
        wrong = f"necesita en [checklist] estas preguntas: {', '.join(points)}"
    if not wrong and facts.get("stands") and name.removesuffix(".md") not in NEEDED:
        wrong = f"dice stands, y eso vale solo para: {', '.join(sorted(NEEDED))}. Este texto espera su aprobación"
    if not wrong and not body.strip():
        wrong = "no tiene texto"
    if wrong:
        message = f"{name} {wrong}."
        raise ContentProblem(message)


# Whether people said yes ----------------------------------------------------------------------------------------------


def is_day(text: str) -> bool:
    """Say whether this is a day of the calendar (YYYY-MM-DD)."""
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _counts(pattern: re.Pattern[str], value: object) -> re.Match[str] | None:
    found = pattern.fullmatch(value) if isinstance(value, str) else None
    return found if found and is_day(found["on"]) else None


def waits_for(facts: Facts, mark: str) -> tuple[str, ...]:
    """Return which answers of people a text still lacks; the review must be of the text with this mark."""
    missing = [key for key, value in facts["checklist"].items() if not _counts(TICK, value)]
    review = _counts(REVIEW, facts["review"])
    if review is None:
        missing.append("review")
    elif review["mark"] != mark:
        missing.append("review of this text: it changed since")
    return tuple(missing)


def answers_to_mend(facts: Facts, head: str, mark: str) -> Iterator[Fault]:
    """Return what somebody wrote as an answer and does not count as one, with how to write it."""
    for key, value in facts["checklist"].items():
        if value != NOT_YET and not _counts(TICK, value):
            instead = f'Escribe quién y qué día: {key} = "Ana Pérez, 2026-12-01".'
            yield Fault(_line(head, key), "tick", "Esta respuesta no cuenta así.", instead, str(value), hard=False)
    review = _counts(REVIEW, facts["review"])
    if facts["review"] != NOT_YET and review is None:
        instead = f'Escribe quién, qué día y la marca del texto: review = "Ana Pérez, 2026-12-01, texto {mark}".'
        yield Fault(
            _line(head, "review"), "tick", "Esta aprobación no cuenta así.", instead, facts["review"], hard=False
        )
    elif review is not None and review["mark"] != mark:
        instead = f"Que lo lea otra vez quien aprueba, y ponga la marca de hoy: texto {mark}."
        wrong = "El texto cambió después de esta aprobación."
        yield Fault(_line(head, "review"), "tick", wrong, instead, facts["review"], hard=False)


def _line(head: str, key: str) -> int:
    lines = head.splitlines()
    return next((at for at, line in enumerate(lines, 2) if re.match(rf"{re.escape(key)}\s*=", line)), 1)


def spoken(head: str, body: str, points: Collection[str]) -> str:
    """Return what people read, each line where it stands in the file."""
    ticks = tuple(f"{key} =" for key in points)
    unspoken = [UNSPOKEN.match(line) or line.startswith(ticks) for line in head.splitlines()]
    told = zip(head.splitlines(), unspoken, strict=True)
    lines = ["" if ours else re.sub(r"^\w+\s*=", "", line) for line, ours in told]
    return "\n".join(["", *lines, "", body])
