"""Which languages people see: all in the demonstration; on a real line those that somebody who speaks them has read."""

import dataclasses
import functools
import time

from django.conf import settings
from django.db import Error
from django.utils.translation import check_for_language

from hotline.catalogues import catalogue, others
from hotline.health import STATE
from roster import language_reviews

KEPT = 30  # seconds for which an answer of the database serves every page of this process


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """How far a language has been read by who speaks it; ``unread`` are sentences that came or changed since."""

    language: str
    is_reviewed: bool
    unread: tuple[str, ...]


def standing(language: str, read_marks: frozenset[str] | None) -> Standing:
    """Compare a catalogue with the marks of its last review (None: nobody has read it).

    A sentence that was taken out since changes nothing; one that came or changed has to be read first.
    """
    marks = catalogue(language).marks
    unread = tuple(sentence for mark, sentence in marks.items() if mark not in (read_marks or frozenset()))
    return Standing(language, read_marks is not None and not unread, unread)


class _Known:
    """What the database said last; nothing yet means nobody has read anything."""

    def __init__(self) -> None:
        self.reviewed: frozenset[str] = frozenset()
        self.until = 0.0

    def now(self) -> frozenset[str]:
        """Return the languages that were read; asks at most every KEPT seconds, and not while nobody would answer."""
        if time.monotonic() >= self.until and not STATE.database_away:
            try:
                marks = language_reviews.marks_read()
                known = (one for one in others() if _has_words(one))
                self.reviewed = frozenset(one for one in known if standing(one, marks.get(one)).is_reviewed)
            except Error:  # the database is away: what was known stands
                pass
            self.until = time.monotonic() + KEPT
        return self.reviewed


@functools.cache
def _has_words(language: str) -> bool:
    return check_for_language(language)


KNOWN = _Known()


def forget() -> None:
    """Ask the database again at the next page."""
    KNOWN.until = 0.0


def is_reviewed(language: str) -> bool:
    """Say whether somebody who speaks it has read all words of a language."""
    return language in KNOWN.now()


def shown() -> list[str]:
    """Return the codes of the languages beside Spanish that people may choose now, in the order of the switch."""
    there = [language for language in others() if _has_words(language)]
    return there if settings.DEMO else [language for language in there if is_reviewed(language)]
