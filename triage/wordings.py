"""The official wording of instruments: read from a file of the coordination, checked, and kept with its digest."""

import hashlib
import re
import tomllib
from typing import Any, NoReturn

from django.db import transaction

from triage.errors import WordingProblem
from triage.instruments import INSTRUMENTS, POINTS, Instrument
from triage.models import InstrumentWording
from vault import actions as vault
from wire import clock

#: What a file holds; ``answers`` (the official words of the points) is for forms with points alone.
TEXTS = {"code": 10, "language": 10, "version": 40, "source": 200, "licence": 200}
KNOWN = frozenset({*TEXTS, "licence_accepted", "items", "answers"})
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
LONGEST = 1_000  # code points of one item


def _refuse(sentence: str) -> NoReturn:
    raise WordingProblem(sentence)


def _facts(raw: bytes) -> dict[str, Any]:
    try:
        facts = tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise WordingProblem("The file is not text in UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        message = f"The file is not TOML: {error}."
        raise WordingProblem(message) from error
    unknown = sorted(set(facts) - KNOWN)
    if unknown:
        _refuse(f"The file has an entry that is not known: {unknown[0]}. Known are {', '.join(sorted(KNOWN))}.")
    return facts


def _check_texts(facts: dict[str, Any]) -> None:
    for name, longest in TEXTS.items():
        text = facts.get(name)
        if not isinstance(text, str) or not text.strip():
            _refuse(f"The file lacks {name}, a text.")
        elif len(text) > longest:
            _refuse(f"{name} has more than {longest} characters.")
    if not LANGUAGE.fullmatch(facts["language"]):
        _refuse(f"{facts['language']} is no language; write it like es-PE or quy.")
    if facts.get("licence_accepted") is not True:
        _refuse("Nobody accepted the licence: read it, and write licence_accepted = true.")


def _check_list(name: str, texts: Any, wanted: int) -> list[str]:
    if not isinstance(texts, list) or len(texts) != wanted:
        found = len(texts) if isinstance(texts, list) else "no list"
        _refuse(f"{name} must be a list of {wanted} texts, in the order of the official form; found {found}.")
    for number, text in enumerate(texts, 1):
        if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
            _refuse(f"Number {number} of {name} must be a text of 1 to {LONGEST} characters.")
    return [text.strip() for text in texts]


def _answers(facts: dict[str, Any], one: Instrument) -> list[str]:
    if "answers" not in facts:
        return []
    if one.items[0].options != POINTS:
        _refuse(f"{one.name} has no points, so the file cannot say answers.")
    return _check_list("answers", facts["answers"], len(POINTS))


def read(raw: bytes) -> InstrumentWording:
    """Read a file into a row that is not stored yet.

    Raises WordingProblem, whose sentence names the first defect: not UTF-8, not TOML, an unknown or missing entry, an
    unknown instrument, a licence that nobody accepted, a wrong number of items, an empty one.
    """
    facts = _facts(raw)
    _check_texts(facts)
    one = INSTRUMENTS.get(facts["code"])
    if one is None:
        _refuse(f"{facts['code']} is no instrument of this line; known are {', '.join(INSTRUMENTS)}.")
    return InstrumentWording(
        **{name: facts[name].strip() for name in TEXTS},
        items=_check_list("items", facts.get("items"), len(one.items)),
        answers=_answers(facts, one),
        digest=hashlib.sha256(raw).hexdigest(),
    )


@transaction.atomic
def load(raw: bytes) -> tuple[InstrumentWording, bool]:
    """Keep the wording of a file and say whether it was new; the same file again changes nothing.

    Raises WordingProblem as ``read``, and for a version that was loaded from another file before.
    """
    fresh = read(raw)
    same = {"code": fresh.code, "language": fresh.language, "version": fresh.version}
    found, new = InstrumentWording.objects.get_or_create(
        **same,
        defaults={
            "source": fresh.source,
            "licence": fresh.licence,
            "items": fresh.items,
            "answers": fresh.answers,
            "digest": fresh.digest,
            "loaded_at": clock.now(),
        },
    )
    if found.digest != fresh.digest:
        _refuse(f"Version {fresh.version} was loaded before with other words; give the changed file a new version.")
    if new:
        vault.record(
            actor="operator", act="instrument.load", subject_kind="instrument", subject=fresh.code, reason=fresh.version
        )
    return found, new


def wording_of(code: str, language: str) -> InstrumentWording | None:
    """Return the wording loaded last for an instrument in a language, or None: then no words are invented."""
    return InstrumentWording.objects.filter(code=code, language=language).order_by("-loaded_at", "-pk").first()
