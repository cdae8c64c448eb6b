"""Loads the public texts: Markdown files with a TOML head, written for people who do not read code."""

import dataclasses
import datetime
import functools
import hashlib
import logging
import tomllib
from pathlib import Path

from django.utils.safestring import SafeString

from campaign import page_body, page_file, safe_messaging
from campaign.page_file import ContentProblem

log = logging.getLogger(__name__)

CONTENT = Path(__file__).parent / "content"
LANGUAGE = "es-PE"
FRONT = "front"
NAME = "Por mí, Por ti, Por el Perú"
#: Language of a text → how networks write it on a share card.
ON_CARDS = {LANGUAGE: "es_PE", "en": "en_GB"}


@dataclasses.dataclass(frozen=True, slots=True)
class HelpLine:
    """One of the five national lines; ``tel`` is what a telephone dials, ``say`` what a link cannot dial."""

    tel: str
    number: str
    name: str
    say: str
    for_whom: str
    hours: str
    cost: str


@dataclasses.dataclass(frozen=True, slots=True)
class Axis:
    """One of the three axes of the campaign, with the page that tells more."""

    title: str
    text: str
    slug: str


@dataclasses.dataclass(frozen=True, slots=True)
class Point:
    """One question of the list that a person goes through before a text is published."""

    key: str
    question: str


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """One public text, in the ``language`` (a tag) of its folder.

    ``html`` ends with the sentence of the law if the text is ``about_suicide``; ``summary`` does not, so whoever shows
    it elsewhere puts ``sentence`` beside it. ``door`` puts the help lines and the button of the danger door on the
    page, ``parts`` what is not in the text: dates, press, contact. ``mark`` changes with every letter of the text.
    What ``stands`` is needed by whoever seeks help (where it is, what happens with their words): it waits for nobody.
    """

    slug: str
    title: str
    summary: str
    date: datetime.date
    group: str
    html: SafeString
    order: int
    about_suicide: bool
    mark: str
    waits_for: tuple[str, ...]
    faults: tuple[safe_messaging.Fault, ...]
    door: bool = False
    stands: bool = False
    parts: frozenset[str] = frozenset()
    axes: tuple[Axis, ...] = ()
    partners: tuple[str, ...] = ()
    language: str = LANGUAGE

    @property
    def on_cards(self) -> str:
        """The language as networks write it."""
        return ON_CARDS.get(self.language, self.language)

    @property
    def sentence(self) -> str:
        """The sentence of the law with its full stop, or nothing where the text is not on suicide."""
        return f"{safe_messaging.MANDATORY_SENTENCE}." if self.about_suicide else ""

    @property
    def refused(self) -> bool:
        """Whether a rule of safe messaging that knows no exception is broken."""
        return any(fault.hard for fault in self.faults)


def _faults(facts: page_file.Facts, head: str, body: str, language: str) -> list[safe_messaging.Fault]:
    spoken = page_file.spoken(head, body, [point.key for point in checklist()]).replace("![", " [")
    found = safe_messaging.faults(spoken, carried=True, language=language)
    if safe_messaging.is_about_suicide(spoken) and not facts["about_suicide"]:
        wrong = "Habla del suicidio y su cabecera dice que no."
        found.insert(0, safe_messaging.Fault(1, "not_declared", wrong, "Escribe about_suicide = true."))
    slugs = {_slug(path.name) for path in files()}
    return [*found, *page_body.unseen(body, head.count("\n") + 3, slugs)]


def _slug(name: str) -> str:
    return name.removesuffix(".md").replace("_", "-")


def read(path: Path) -> Page:
    """Read the file of one text. Raises ContentProblem with what its writer must mend.

    Its language is that of its folder among the texts; of a file elsewhere, Spanish.
    """
    language = path.parent.name if path.parent.parent == CONTENT else LANGUAGE
    return of_text(path.name, page_file.text_of(path), language)


def of_text(name: str, text: str, language: str = LANGUAGE) -> Page:
    """Return the public text that stands in a file of this name; HTML in it is shown as letters.

    Raises ContentProblem with what its writer must mend.
    """
    points = [point.key for point in checklist()]
    facts, head, body = page_file.split(name, text)
    page_file.make_sure(name, facts, body, points)
    spoken = page_file.spoken(head, body, points)
    about = facts["about_suicide"] or safe_messaging.is_about_suicide(spoken)
    mark = hashlib.sha256(" ".join(spoken.split()).encode()).hexdigest()[:12]
    return Page(
        slug=_slug(name),
        title=facts["title"],
        summary=facts["summary"],
        date=facts["date"],
        group=facts.get("group", "line"),
        html=page_body.as_html(body, about_suicide=about),
        order=facts.get("order", 100),
        about_suicide=about,
        mark=mark,
        waits_for=page_file.waits_for(facts, mark),
        faults=(*_faults(facts, head, body, language), *page_file.answers_to_mend(facts, head, mark)),
        door=facts.get("door", False),
        stands=facts.get("stands", False),
        parts=frozenset(facts.get("parts", ())),
        axes=tuple(Axis(**axis) for axis in facts.get("axes", ())),
        partners=tuple(facts.get("partners", ())),
        language=language,
    )


def files(language: str = LANGUAGE) -> list[Path]:
    """Return the files of the public texts."""
    return sorted((CONTENT / language).glob("*.md"))


def languages() -> list[str]:
    """Return the tags of the languages that have public texts, Spanish first."""
    with_texts = (path.name for path in CONTENT.iterdir() if any(path.glob("*.md")))
    return sorted(with_texts, key=lambda tag: (tag != LANGUAGE, tag))


@functools.cache
def pages(language: str = LANGUAGE) -> dict[str, Page]:
    """Return every public text by its slug, in the order of the menu; the front page's is ``front``.

    A file that cannot be read is left out and named in the log. Raises ContentProblem where it is the front page's.
    """
    found = [page for page in map(_read_or_leave_out, files(language)) if page is not None]
    for page in found:
        if page.refused:
            log.error("This page is not shown, its words break a rule (check-campaign): %s/%s", language, page.slug)
    return {page.slug: page for page in sorted(found, key=lambda page: (page.order, page.slug))}


def _read_or_leave_out(path: Path) -> Page | None:
    try:
        return read(path)
    except ContentProblem as problem:
        if path.stem == FRONT and path.parent.name == LANGUAGE:
            raise
        log.error("This page is not shown: %s", problem)
        return None


def _in(page_language: str) -> dict[str, Page]:
    """Return the texts that a language other than Spanish has of its own."""
    own = page_language != LANGUAGE and (CONTENT / page_language).is_dir()
    return pages(page_language) if own else {}


def front(page_language: str = LANGUAGE) -> Page:
    """Return the front page's text for whoever reads pages in this language.

    One that breaks a rule is never shown: then the Spanish one is, and if that does too, the page stands without it.
    """
    page = _in(page_language).get(FRONT)
    if page is not None and not page.refused:
        return page
    page = pages()[FRONT]
    return dataclasses.replace(page, title=NAME, summary="", html=SafeString(), axes=()) if page.refused else page


def _may_be_shown(page: Page, *, drafts: bool) -> bool:
    return page.slug != FRONT and not page.refused and (drafts or page.stands or not page.waits_for)


@functools.cache
def shown(*, drafts: bool, language: str = LANGUAGE) -> dict[str, Page]:
    """Return the texts that people may read, by slug, in the order of the menu; the front page is not among them.

    Whatever breaks a rule that knows no exception is left out; without ``drafts`` also what waits for its review, but
    for those that stand. A text that is not there in this language, or may not be shown in it, is there in Spanish.
    """
    found = {slug: page for slug, page in pages().items() if _may_be_shown(page, drafts=drafts)}
    own = {slug: page for slug, page in _in(language).items() if _may_be_shown(page, drafts=drafts)}
    return {slug: own.get(slug, page) for slug, page in found.items()}


@functools.cache
def help_lines(language: str = LANGUAGE) -> tuple[HelpLine, ...]:
    """Return the five national lines, first the one for mental health."""
    with (CONTENT / language / "numeros.toml").open("rb") as file:
        return tuple(HelpLine(**line) for line in tomllib.load(file)["lines"])


@functools.cache
def checklist(language: str = LANGUAGE) -> tuple[Point, ...]:
    """Return the questions that a person answers before a text is published, in their order."""
    with (CONTENT / language / "lista.toml").open("rb") as file:
        return tuple(Point(**point) for point in tomllib.load(file)["points"])
