"""Keeps the .po files in step with the code, and says what each language lacks and where."""

import dataclasses
import io

from babel.messages.catalog import Catalog as PoFile
from babel.messages.pofile import write_po

from hotline.caller_strings import Sentence, wanted
from hotline.catalogues import Catalogue, catalogue, entries, path_of, read
from hotline.language_list import LANGUAGES

#: Languages that have every sentence; a build fails where one is missing.
COMPLETE = frozenset({"en"})
WIDTH = 120
#: What gettext asks of a file; no day and no program, which would change without a word having changed.
HEAD = """%(comment)s
msgid ""
msgstr ""
"Language: %(language)s\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


@dataclasses.dataclass(frozen=True, slots=True)
class Report:
    """How a language stands. ``new`` are sentences of the code that its file lacks, ``old`` those nobody says any more.

    ``missing`` are sentences that are read in Spanish, each with the files in which it occurs.
    """

    name: str
    catalogue: Catalogue
    missing: dict[str, list[str]]
    new: tuple[str, ...]
    old: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        """Say whether its file is in step with the code and, for a complete language, lacks nothing."""
        incomplete = self.catalogue.language in COMPLETE and (self.missing or self.catalogue.unsure)
        return not (self.new or self.old or incomplete)


def _shown(sentence: Sentence) -> str:
    return sentence if isinstance(sentence, str) else " / ".join(sentence)


def _known(po: PoFile) -> set[Sentence]:
    return {one.id if isinstance(one.id, str) else (one.id[0], one.id[1]) for one in entries(po)}


def report(language: str) -> Report:
    """Compare a language's file with the code. Raises OSError where there is no file."""
    found, known, words = wanted(), _known(read(path_of(language))), catalogue(language)
    lacking = {*words.missing, *words.unsure}
    return Report(
        name=dict(LANGUAGES)[language],
        catalogue=words,
        missing={_shown(one): files for one, files in found.items() if _shown(one) in lacking},
        new=tuple(_shown(one) for one in found if one not in known),
        old=tuple(_shown(one) for one in known if one not in found),
    )


def bring_up_to_date(language: str) -> bool:
    """Write a language's file anew: what was translated stays, what is new waits, what nobody says goes.

    Say whether the file changed.
    """
    path = path_of(language)
    before = path.read_bytes()
    old = read(path)
    fresh = PoFile(fuzzy=False)
    for sentence in wanted():
        kept = old.get(sentence if isinstance(sentence, str) else sentence[0])
        flags = kept.flags - {"python-format"} if kept else ()
        comments = kept.user_comments if kept else ()
        fresh.add(sentence, kept.string if kept else None, flags=flags, user_comments=comments)
    written = io.BytesIO()
    write_po(written, fresh, width=WIDTH, no_location=True, omit_header=True, sort_output=True)
    after = (HEAD % {"comment": old.header_comment, "language": language}).encode() + written.getvalue()
    path.write_bytes(after)
    return after != before
