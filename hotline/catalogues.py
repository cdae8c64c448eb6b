"""The catalogues of `locale/`: what of the callers' words a language has, and their compiled form under HOTLINE_DATA.

A catalogue is a .po file as translators know it; its sentences are keyed by the Spanish ones of the code. Nothing of it
is compiled by hand: each start writes the .mo files that gettext reads, into the folder of the line's own data.
"""

import dataclasses
import functools
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog as PoFile
from babel.messages.catalog import Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from django.conf import settings
from django.utils.translation import to_locale

from campaign import content
from chat import meanwhile
from consent import texts
from hotline.language_list import LANGUAGES, SPANISH
from triage import questions

FOLDER = Path(settings.BASE_DIR) / "locale"
MOST_OF_IT = 0.8  # of the sentences; a page below that is Spanish with some words of another language
#: Content files that belong to a language as its sentences do: signed by a lawyer and a clinician.
SIGNED = (texts.CONTENT, questions.CONTENT, meanwhile.CONTENT)
#: Public texts that it has of its own; whoever reviews the language reads them too.
PUBLIC = Path(content.__file__).parent / "content"


@dataclasses.dataclass(frozen=True, slots=True)
class Catalogue:
    """One language's words. ``marks`` has one mark for each sentence that it has, and for each file to be signed.

    A mark changes with the Spanish sentence or its translation; so what was read before and what was not can be told
    apart. ``unsure`` are those that a translator marked «fuzzy»: nobody sees them.
    """

    language: str
    total: int
    missing: tuple[str, ...]
    unsure: tuple[str, ...]
    marks: dict[str, str]
    signed_files: tuple[str, ...]
    public_files: tuple[str, ...]

    @property
    def translated(self) -> int:
        """Return how many sentences it has."""
        return self.total - len(self.missing) - len(self.unsure)

    @property
    def is_most(self) -> bool:
        """Say whether a page in this language is mostly in this language."""
        return self.translated >= MOST_OF_IT * self.total > 0

    @property
    def digest(self) -> str:
        """Return the SHA-256 of all that somebody who speaks it must have read."""
        return hashlib.sha256("\n".join(sorted(self.marks)).encode()).hexdigest()


def path_of(language: str) -> Path:
    """Return where a language's .po file stands."""
    return FOLDER / to_locale(language) / "LC_MESSAGES" / "django.po"


def read(path: Path) -> PoFile:
    """Read a .po file. Raises OSError when it cannot be read, and babel's PoFileError when it is not one."""
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def sentence(message: Message) -> str:
    """Return the Spanish sentence of an entry (of a plural both, one after the other)."""
    return " / ".join(message.id) if isinstance(message.id, (list, tuple)) else str(message.id)


def _words(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, (list, tuple)) else (str(message.string or ""),)


def translation(message: Message) -> str:
    """Return the words of an entry in its language (of a plural both forms), empty where there are none."""
    return " / ".join(_words(message))


def is_translated(message: Message) -> bool:
    """Say whether an entry has its words, all forms of a plural."""
    return all(_words(message))


def entries(po: PoFile) -> Iterator[Message]:
    """Return the entries of a catalogue without its head."""
    return (message for message in po if message.id)


def _mark(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _files(folders: Iterable[Path], language: str, pattern: str) -> dict[str, str]:
    """Return the name of each content file of a language with the mark of its text."""
    paths = [path for folder in folders for path in sorted((folder / language).glob(pattern))]
    return {f"{path.parents[2].name}/{path.name}": _mark(path.read_text(encoding="utf-8")) for path in paths}


@functools.cache
def catalogue(language: str) -> Catalogue:
    """Return a language's words as they stand in `locale/` (read once in a process)."""
    messages = list(entries(read(path_of(language))))
    signed = _files(SIGNED, language, "*.toml")
    public = _files([PUBLIC], language, "*.md")
    sure = [message for message in messages if is_translated(message) and not message.fuzzy]
    return Catalogue(
        language=language,
        total=len(messages),
        missing=tuple(sentence(message) for message in messages if not is_translated(message)),
        unsure=tuple(sentence(message) for message in messages if is_translated(message) and message.fuzzy),
        marks={_mark(sentence(message), *_words(message)): sentence(message) for message in sure}
        | {mark: name for name, mark in (signed | public).items()},
        signed_files=tuple(signed),
        public_files=tuple(public),
    )


def others() -> list[str]:
    """Return the codes of all languages but Spanish, in the order of the switch."""
    return [code for code, _name in LANGUAGES if code != SPANISH]


def compile_all(folder: Path, languages: Sequence[str] = ()) -> list[str]:
    """Write the .mo files under a folder, as gettext looks for them; return what is wrong, a sentence each.

    Whoever has no .mo file is not offered as a language; everything else goes on. Beside each stands the SHA-256 of
    what it was made of: reading all of it again took half of a start.
    """
    problems = []
    for language in languages or others():
        place = folder / to_locale(language) / "LC_MESSAGES" / "django.mo"
        made_of = place.with_suffix(".sha256")
        try:
            digest = hashlib.sha256(path_of(language).read_bytes()).hexdigest()
            if place.exists() and made_of.exists() and made_of.read_text(encoding="utf-8") == digest:
                continue
            made_of.unlink(missing_ok=True)
            written = io.BytesIO()
            write_mo(written, read(path_of(language)))
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(written.getvalue())
            made_of.write_text(digest, encoding="utf-8")
        except (OSError, ValueError, PoFileError) as error:
            place.unlink(missing_ok=True)  # of an earlier release: a language has today's words or none
            problems.append(f"The words of {language} could not be compiled ({type(error).__name__}): {error}")
    return problems
