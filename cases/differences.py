"""What changed between two versions of a note, word by word; pure, so that a page only has to mark it."""

import dataclasses
import difflib
import re
from collections.abc import Iterator, Mapping

from django.utils.functional import Promise

from cases.notes import DEATHS, FIELD_NAMES, REASONS, REGIONS, RISKS, NoteBody

#: A word with the white space behind it: joined again, the pieces give the text back, line breaks included.
_WORDS = re.compile(r"\S+\s*|\s+")
_CHOICES: dict[str, Mapping[str, Promise | str]] = {
    "reason": REASONS,
    "region": REGIONS,
    "risk": RISKS,
    "death": DEATHS,
}


@dataclasses.dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a field: ``kind`` is «same», «removed» or «added»."""

    kind: str
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """One field that differs: its name in ``NoteBody`` and its pieces in reading order."""

    field: str
    pieces: tuple[Piece, ...]


def _pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, from_, to, new_from, new_to in matcher.get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(before[from_:to]))
            continue
        if to > from_:
            yield Piece("removed", "".join(before[from_:to]))
        if new_to > new_from:
            yield Piece("added", "".join(after[new_from:new_to]))


def _shown(field: str, value: str | tuple[str, ...]) -> list[str]:
    """Return what is compared: each choice as one whole, free text word by word."""
    if isinstance(value, tuple):
        return [f"{REASONS.get(code, code)}. " for code in value]
    if field in _CHOICES:
        words = str(_CHOICES[field].get(value, value))
        return [words] if value else []
    return _WORDS.findall(value)


def changes(before: NoteBody, after: NoteBody) -> list[Change]:
    """Return the fields that differ, in the order of the form; none when the two say the same."""
    return [
        Change(field, tuple(_pieces(_shown(field, getattr(before, field)), _shown(field, getattr(after, field)))))
        for field in FIELD_NAMES
        if getattr(before, field) != getattr(after, field)
    ]
