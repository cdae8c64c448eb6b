"""The sentence of DS 007-2020-SA art. 40 in native languages: loaded in its official form, never translated by us.

The law wants it also in the native languages that predominate where it is spread. Whoever holds the official form puts
it into ``content/<language>/art40.toml`` (content/LEEME.md says how); without that file the Spanish one is read alone.
"""

import dataclasses
import datetime
import functools
import hashlib
import logging
import tomllib
from pathlib import Path
from typing import Any

from campaign import content
from campaign.page_file import ContentProblem
from campaign.safe_messaging import MANDATORY_SENTENCE

log = logging.getLogger(__name__)

FILE = "art40.toml"
#: Languages of the pages in which the law wants it beside Spanish.
NATIVE = ("quy", "quz", "ay")
NUMBER = "113"  # whatever its language, it says whom to call


@dataclasses.dataclass(frozen=True, slots=True)
class OfficialSentence:
    """The sentence as the State published it, and the proof: where, in which document, who loaded it and when."""

    language: str
    text: str
    source: str
    reference: str
    loaded_by: str
    loaded_on: datetime.date


def mark_of(text: str) -> str:
    """Return what changes with every letter of a sentence; it stands in the file, so that no edit goes unseen."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def file_of(language: str) -> Path:
    """Return where the sentence of a language lies, if it is there."""
    return content.CONTENT / language / FILE


def _wrong_in(facts: dict[str, Any], language: str) -> str:
    """Return what is wrong with a file, or nothing."""
    texts = ("sentence", "source", "reference", "loaded_by", "mark")
    missing = [name for name in texts if not isinstance(facts.get(name), str) or not facts[name].strip()]
    if language not in NATIVE:
        return f"es para lenguas originarias ({', '.join(NATIVE)}): en español la frase es la de la norma"
    if type(facts.get("loaded_on")) is not datetime.date:
        missing.append("loaded_on, que es una fecha")
    if missing:
        return f"necesita: {', '.join(missing)}"
    if NUMBER not in facts["sentence"] or MANDATORY_SENTENCE in facts["sentence"]:
        return f"debe llevar la frase en su lengua, con el {NUMBER}"
    if facts["mark"] != mark_of(facts["sentence"]):
        return f'cambió después de cargarse, o le falta su marca: mark = "{mark_of(facts["sentence"])}"'
    return ""


def read(path: Path) -> OfficialSentence:
    """Read the file of a language, which its folder names. Raises ContentProblem with what its writer must mend."""
    try:
        facts = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"{path.parent.name}/{path.name} no se puede leer ({error})."
        raise ContentProblem(message) from error
    language = path.parent.name
    wrong = _wrong_in(facts, language)
    if wrong:
        message = f"{language}/{path.name} {wrong}."
        raise ContentProblem(message)
    proof = {name: facts[name].strip() for name in ("source", "reference", "loaded_by")}
    return OfficialSentence(language, facts["sentence"].strip(), loaded_on=facts["loaded_on"], **proof)


def files() -> list[Path]:
    """Return the files that are there, in whatever language."""
    return sorted(content.CONTENT.glob(f"*/{FILE}"))


@functools.cache
def in_language(language: str) -> OfficialSentence | None:
    """Return the official sentence for pages in a language; None where there is none: the Spanish one is read alone.

    A file that cannot be used is named in the log, and nothing of it is shown.
    """
    if language not in NATIVE or not file_of(language).exists():
        return None
    try:
        return read(file_of(language))
    except ContentProblem as problem:
        log.error("This sentence is not shown: %s", problem)
        return None
