"""What somebody may do or read while they wait: short texts from a file, refused when it was edited since."""

import dataclasses
import functools
import hashlib
import tomllib
from pathlib import Path

import msgspec
from django.conf import settings

from wire.language_paths import among

CONTENT = Path(__file__).parent / "content"
CURRENT = {"es-PE": "2026-1", "en": "2026-1"}
#: SHA-256 of each published file: a change of one letter is a new version, never an edit.
DIGESTS = {
    ("es-PE", "2026-1"): "74e81286d4d775d3fd24811fc81adbce6a0a1eb066bc0c7db2586ca30dc1df6a",
    ("en", "2026-1"): "8d53615c0d1b5f6da2d79c49891b75185c45c7b425899539d980f388619f7a42",
}


class MeanwhileProblem(Exception):
    """The file is not the one that was published; one sentence for the operator."""


@dataclasses.dataclass(frozen=True, slots=True)
class Text:
    """One exercise or reading: sentences, then steps, then a last sentence; each part may be empty.

    ``stands`` says that it is shown before anybody has signed the file.
    """

    code: str
    title: str
    stands: bool
    words: tuple[str, ...]
    steps: tuple[str, ...]
    after: str


@dataclasses.dataclass(frozen=True, slots=True)
class Meanwhile:
    """A version; ``signed_by`` is empty while the clinical lead has not signed it."""

    version: str
    language: str
    signed_by: str
    texts: tuple[Text, ...]


def read(language: str, version: str, content: Path = CONTENT) -> Meanwhile:
    """Read one version. Raises MeanwhileProblem when it was edited, msgspec.ValidationError when a part is missing."""
    raw = (content / language / f"meanwhile-{version}.toml").read_bytes()
    if hashlib.sha256(raw).hexdigest() != DIGESTS[language, version]:
        message = f"The texts for waiting {language} {version} are not those that were published; add a new version."
        raise MeanwhileProblem(message)
    return msgspec.convert(tomllib.loads(raw.decode()), Meanwhile)


@functools.cache
def _current(language: str) -> Meanwhile:
    return read(language, CURRENT[language])


def shown(language: str = "es-PE") -> Meanwhile:
    """Return what a caller who waits may see: all of a signed file, else what stands; in the demonstration all."""
    found = _current(language)
    seen = tuple(text for text in found.texts if found.signed_by or text.stands or settings.DEMO)
    return dataclasses.replace(found, texts=seen)


def in_language(page_language: str) -> Meanwhile:
    """Return what is shown to whoever reads pages in this language (Django's code), in Spanish where there is none."""
    return shown(among(CURRENT, page_language))
