"""The organisations of the alliance: what is publicly known of each, and their own words once they have said them.

Words are shown only with who of the organisation said them and who of ours heard it: nobody speaks in its place.
"""

import dataclasses
import functools
import logging
import re
import tomllib

from campaign import content, page_file, safe_messaging
from campaign.page_file import NOT_YET, ContentProblem, is_day

log = logging.getLogger(__name__)

FILE = "organizaciones.toml"
LONGEST = 600  # letters of an organisation's own words
SAID_BY = re.compile(r"(?P<who>\S.*), (?P<role>\S.*), (?P<on>\d{4}-\d{2}-\d{2})")
SEEN_BY = re.compile(r"(?P<who>\S.*), (?P<on>\d{4}-\d{2}-\d{2})")
#: What somebody has to fill in, and how.
TO_FILL_IN = {
    "words": f"Sus propias palabras, hasta {LONGEST} letras: se las pide a la organización quien comunica.",
    "said_by": 'Quién de la organización las dijo: said_by = "Nombre, cargo, 2026-12-01".',
    "seen_by": 'Quién de aquí las leyó con esa persona: seen_by = "Nombre, 2026-12-01".',
}


@dataclasses.dataclass(frozen=True, slots=True)
class Partner:
    """One organisation; ``known`` is from public sources. What is empty we do not know, or nobody has said."""

    name: str
    web: str
    known: str
    source: str
    words: str
    said_by: str
    seen_by: str

    @property
    def missing(self) -> tuple[str, ...]:
        """What of TO_FILL_IN is not there yet, or does not count as it is written."""
        counts = {
            "words": self.words not in {"", NOT_YET} and len(self.words) <= LONGEST,
            "said_by": _counts(SAID_BY, self.said_by),
            "seen_by": _counts(SEEN_BY, self.seen_by),
        }
        return tuple(name for name, counted in counts.items() if not counted)

    @property
    def speaks(self) -> bool:
        """Whether its own words may be shown: somebody said them, somebody heard it, and they do no harm."""
        return not self.missing and not any(fault.hard for fault in faults_of(self))

    @property
    def about_suicide(self) -> bool:
        """Whether what is shown of it speaks of suicide, hence needs the sentence of the law beside it."""
        return safe_messaging.is_about_suicide(_shown_words(self))


def _counts(pattern: re.Pattern[str], answer: str) -> bool:
    found = pattern.fullmatch(answer)
    return found is not None and is_day(found["on"])


def _shown_words(partner: Partner) -> str:
    return f"{partner.known} {partner.words if partner.speaks else ''}"


def _partner(facts: dict[str, object]) -> Partner:
    partner = Partner(**facts)  # type: ignore[arg-type]  # looked at next
    if any(not isinstance(value, str) for value in facts.values()) or not partner.name:
        raise ValueError(partner.name)
    if (partner.web and not partner.web.startswith("https://")) or (partner.known and not partner.source):
        raise ValueError(partner.name)
    return partner


@functools.cache
def listed() -> tuple[Partner, ...]:
    """Return all organisations of the file in its order. Raises ContentProblem when it cannot be read."""
    text = page_file.text_of(content.CONTENT / content.LANGUAGE / FILE)
    try:
        return tuple(map(_partner, tomllib.loads(text)["organisations"]))
    except tomllib.TOMLDecodeError as error:
        raise page_file.unclear(FILE, text, error) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"{FILE} no es una lista de organizaciones entera: su comienzo dice qué lleva cada una."
        raise ContentProblem(message) from error


def partners() -> tuple[Partner, ...]:
    """Return the organisations for a page; none, and a line in the log, where the file cannot be read."""
    try:
        found = listed()
    except ContentProblem as problem:
        log.error("The organisations are not shown: %s", problem)
        return ()
    return tuple(
        dataclasses.replace(one, known="") if any(fault.hard for fault in _faults(one.known)) else one for one in found
    )


def _faults(words: str) -> list[safe_messaging.Fault]:
    found = safe_messaging.faults(words, carried=True)
    return [fault for fault in found if fault.code != "no_help"]  # the page beside it says where help is


def faults_of(partner: Partner) -> list[safe_messaging.Fault]:
    """Return what is wrong with what is said of an organisation, or by it."""
    return [*_faults(partner.known), *(_faults(partner.words) if partner.words != NOT_YET else ())]
