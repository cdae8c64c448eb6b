"""Loads the questions before a conversation and refuses a file that was edited after its digest was noted."""

import dataclasses
import functools
import hashlib
import tomllib
from pathlib import Path
from typing import Any

from triage.errors import QuestionsProblem
from wire.language_paths import among

CONTENT = Path(__file__).parent / "content"
CURRENT = {"es-PE": "2026-1", "en": "2026-1"}
#: SHA-256 of each published file: a change of one letter is a new version, never an edit.
DIGESTS = {
    ("es-PE", "2026-1"): "7dfd20f162bafddc413ddb3aa2d90ce86012742c12c46ee447be0556923ad9c6",
    ("en", "2026-1"): "70abc06638ae93038ada1e40ccb2461051ed50219466f07385424edcb67bf3d7",
}
KINDS = frozenset({"choice", "faces", "text"})
LEVELS = frozenset("ABCDE")


@dataclasses.dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose; ``level`` is the urgency it asks for at least."""

    code: str
    text: str
    level: str


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    """One question: ``kind`` is choice, faces or text; ``limit`` counts code points of a text; ``skipped`` is a level.

    Every question may be left out.
    """

    code: str
    text: str
    help: str
    kind: str
    options: tuple[Option, ...]
    limit: int
    skipped: str

    def option(self, code: str) -> Option | None:
        """Return the option of this code, or None."""
        return next((option for option in self.options if option.code == code), None)


@dataclasses.dataclass(frozen=True, slots=True)
class Questions:
    """One published version; ``signed_by`` is empty while the clinical lead has not signed the table of levels."""

    version: str
    language: str
    digest: str
    signed_by: str
    questions: tuple[Question, ...]


def _question(facts: dict[str, Any], skipped: dict[str, str]) -> Question:
    return Question(
        code=facts["code"],
        text=facts["text"],
        help=facts["help"],
        kind=facts["kind"],
        options=tuple(Option(**option) for option in facts.get("options", ())),
        limit=facts.get("limit", 0),
        skipped=skipped.get(facts["code"], "E"),
    )


def _is_sound(question: Question) -> bool:
    levels = {option.level for option in question.options} | {question.skipped}
    codes = {option.code for option in question.options}
    answerable = question.limit > 0 if question.kind == "text" else len(codes) == len(question.options) > 0
    return question.kind in KINDS and bool(question.text.strip()) and levels <= LEVELS and answerable


def parse(raw: bytes) -> Questions:
    """Read one file. Raises QuestionsProblem when a question lacks its text, its options or a known level."""
    facts = tomllib.loads(raw.decode())
    questions = tuple(_question(one, facts["skipped"]) for one in facts["questions"])
    unsound = [question.code for question in questions if not _is_sound(question)]
    if unsound:
        message = f"These questions of {facts['version']} are incomplete: {', '.join(unsound)}."
        raise QuestionsProblem(message)
    digest = hashlib.sha256(raw).hexdigest()
    return Questions(facts["version"], facts["language"], digest, facts["signed_by"], questions)


def read(language: str, version: str, content: Path = CONTENT) -> Questions:
    """Read one published version. Raises QuestionsProblem when it is unknown, was edited since, or is incomplete."""
    if (language, version) not in DIGESTS:
        message = f"There are no questions {language} {version or 'without a version'} in this release."
        raise QuestionsProblem(message)
    raw = (content / language / f"{version}.toml").read_bytes()
    if hashlib.sha256(raw).hexdigest() != DIGESTS[language, version]:
        message = f"The questions {language} {version} are not those that were published; add a new version instead."
        raise QuestionsProblem(message)
    return parse(raw)


@functools.cache
def current(language: str = "es-PE") -> Questions:
    """Return the questions in force for a language; raises as ``read``."""
    return read(language, CURRENT[language])


def in_language(page_language: str) -> Questions:
    """Return the questions in force for whoever reads pages in this language (Django's code), in Spanish without any.

    What follows from an answer is the same in each (a test compares codes and levels): only the words differ.
    """
    return current(among(CURRENT, page_language))
