"""What a caller's page shows of languages: the switch, and an honest word on the language it is in."""

import dataclasses
from collections.abc import Sequence

from django.conf import settings
from django.db import Error
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from directory.models import Place
from directory.search import lines_that_speak
from hotline.catalogues import catalogue
from hotline.health import STATE
from hotline.language_list import LANGUAGES, SPANISH
from hotline.page_language import tag_of
from hotline.shown_languages import is_reviewed, shown
from triage.speakers import speaks_now

#: How each language is called in the middle of a sentence.
CALLED: dict[str, str | Promise] = {
    "quy": _("quechua"),
    "quz": _("quechua"),
    "ay": _("aimara"),
    "en": _("inglés"),
}
#: Language of a page → what the table of places calls it (ISO 639-1; it does not tell the Quechuas apart).
IN_DIRECTORY = {"quy": "qu", "quz": "qu", "ay": "ay", "en": "en"}


@dataclasses.dataclass(frozen=True, slots=True)
class Choice:
    """One language of the switch, by its own name; ``address`` is this page in that language."""

    code: str
    tag: str
    name: str
    address: str
    is_here: bool


@dataclasses.dataclass(frozen=True, slots=True)
class PageLanguage:
    """The language of a page: ``tag`` is what it was asked for in, ``html`` what most of its words are in."""

    code: str
    tag: str
    html: str

    @property
    def is_other(self) -> bool:
        """Say whether it is another than Spanish."""
        return self.code != SPANISH


@dataclasses.dataclass(frozen=True, slots=True)
class Word:
    """What a page says of its language: whether anybody read its words, whether most of it is in it, who speaks it."""

    name: str | Promise
    is_reviewed: bool
    is_most: bool
    is_spoken: bool
    lines: Sequence[Place]


def page_language() -> PageLanguage:
    """Return the language of the moment. A page that is mostly Spanish still is a Spanish one for who hears it read."""
    code = get_language() or SPANISH
    most = code == SPANISH or catalogue(code).is_most
    return PageLanguage(code, tag_of(code), tag_of(code if most else SPANISH))


def switch(request: HttpRequest) -> list[Choice]:
    """Return the languages to choose from on this page, Spanish first; none on a page that is in Spanish alone.

    A page that is nowhere leads to the front page.
    """
    known = shown()
    plain = _plain(request)
    if not known or plain is None:
        return []
    here = get_language()
    return [
        Choice(code, tag_of(code), name, plain if code == SPANISH else f"/{code}{plain}", code == here)
        for code, name in LANGUAGES
        if code == SPANISH or code in known
    ]


def _plain(request: HttpRequest) -> str | None:
    """Return the Spanish address of a page that stands in each language, None where there is only one."""
    if request.resolver_match is None:
        return "/"
    spanish, english = (translate_url(request.path, language) for language in (settings.LANGUAGE_CODE, "en"))
    return None if spanish == english else spanish


def word() -> Word | None:
    """Return what a page in another language than Spanish says of it; None on a Spanish page."""
    code = get_language() or SPANISH
    if code == SPANISH:
        return None
    try:
        spoken = not STATE.database_away and speaks_now(code)
    except Error:  # nobody is promised whom nobody knows of
        spoken = False
    return Word(
        name=CALLED[code],
        is_reviewed=is_reviewed(code),
        is_most=catalogue(code).is_most,
        is_spoken=spoken,
        lines=() if spoken else lines_that_speak(IN_DIRECTORY[code]),
    )
