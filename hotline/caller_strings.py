"""Finds every Spanish sentence that a caller or a visitor may read, in templates, code and the table of help lines.

It reads the source, so that nobody keeps a list: a new page of callers is found by what it extends, a new module by
the room it is in. Staff pages stay Spanish and are left out.
"""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract
from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation.template import templatize

from consent.models import ConsentDecision
from directory.models import Kind, Need, Price
from directory.search import NATIONAL

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "templates"
#: What extends this is a caller's or a visitor's page; the other two stand alone.
CALLERS = '{% extends "caller_base.html" %}'
ALONE = ("chat/thread.html",)
#: For whoever would like to join, for partners, and the published figures: in Spanish, as the desk is.
SPANISH_ALONE = ("roster/", "triage/", "campaign/figures")
INCLUDED = re.compile(r'\{% (?:include|extends) "([^"]+)"')
#: Rooms whose words callers read, and in them the modules whose words only staff reads.
ROOMS = ("chat", "consent", "directory", "campaign")
STAFF = frozenset(
    {
        *(f"chat/{name}.py" for name in ("assessing_views", "desk_views", "handing_over_views", "models")),
        *(f"directory/{name}.py" for name in ("admin", "apps", "models")),
        "consent/models.py",
    }
)
#: Names of choices that callers read although they stand in a model.
CHOICES: dict[str, list[type[TextChoices]]] = {
    "consent/models.py": [ConsentDecision.Decision],
    "directory/models.py": [Kind, Need, Price],
}
ELSEWHERE = ("hotline/language_switch.py", "triage/reception.py")
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
}
COLUMNS = ("name", "number", "say", "cost", "hours", "for_whom")  # of the help lines
LETTER = re.compile(r"[^\W\d_]")

Sentence = str | tuple[str, str]  # or its two forms
Found = Iterator[tuple[Sentence, str]]


def templates() -> list[Path]:
    """Return the templates of callers' and visitors' pages, with all they include."""
    names = {path: str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")}
    roots = [
        name
        for path, name in names.items()
        if not name.startswith(SPANISH_ALONE) and (name in ALONE or CALLERS in path.read_text(encoding="utf-8"))
    ]
    known: set[str] = set()
    while roots:
        name = roots.pop()
        if name not in known:
            known.add(name)
            roots += INCLUDED.findall((TEMPLATES / name).read_text(encoding="utf-8"))
    return [TEMPLATES / name for name in sorted(known)]


def modules() -> list[Path]:
    """Return the modules whose words a caller may read."""
    rooms = (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")) if "migrations" not in path.parts)
    ours = [path for path in rooms if str(path.relative_to(ROOT)) not in STAFF]
    return [*ours, *(ROOT / name for name in ELSEWHERE)]


def _sentences(source: str) -> Iterator[Sentence]:
    for _line, message, _comments, _context in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS):
        yield message if isinstance(message, str) else (message[0], message[1])


def _in_template(path: Path) -> Iterator[Sentence]:
    source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    return _sentences(re.sub(r"\n[ \t]+", "\n", source))  # its indentation means nothing to Python


def _of_lines() -> Iterator[Sentence]:
    with NATIONAL.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield from (row[column] for column in COLUMNS if LETTER.search(row[column]))


def _all() -> Found:
    for path in templates():
        yield from ((one, str(path.relative_to(ROOT))) for one in _in_template(path))
    for path in modules():
        yield from ((one, str(path.relative_to(ROOT))) for one in _sentences(path.read_text(encoding="utf-8")))
    for name, choices in CHOICES.items():
        yield from ((str(label), name) for one in choices for label in one.labels)
    yield from ((one, str(NATIONAL.relative_to(ROOT))) for one in _of_lines())


def wanted() -> dict[Sentence, list[str]]:
    """Return every sentence (both forms of one that counts) with the files in which it occurs."""
    found: dict[Sentence, list[str]] = {}
    for sentence, file in _all():
        files = found.setdefault(sentence, [])
        if file not in files:
            files.append(file)
    return found
