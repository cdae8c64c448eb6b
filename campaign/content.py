"""Loads the public texts: Markdown files with a TOML head, written for people who do not read code."""

import dataclasses
import datetime
import functools
import hashlib
import logging
import re
import tomllib
from pathlib import Path
from typing import Any

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from campaign import safe_messaging

log = logging.getLogger(__name__)

CONTENT = Path(__file__).parent / "content"
LANGUAGE = "es-PE"
FRONT = "front"
FENCE = "+++\n"
NOT_YET = "todavía no"
GROUPS = ("you", "others", "line")
LONGEST_TITLE, LONGEST_SUMMARY = 60, 130  # letters; what fits on a share card
PARTS = frozenset({"dates", "press", "contact"})
#: «Name, day» of a tick, and «name, day, texto mark» of a review.
TICK = re.compile(r"\S.*, \d{4}-\d{2}-\d{2}")
REVIEW = re.compile(r"(?P<by>\S.*), (?P<on>\d{4}-\d{2}-\d{2}), texto (?P<mark>[0-9a-f]{12})")
#: Lines of the head that are for us; people read the others on the pages.
UNSPOKEN = re.compile(r"^(?:date|order|group|door|stands|parts|slug|about_suicide|review)\s*=|^[\[#]")
TAGS = {"p", "h2", "h3", "ul", "ol", "li", "strong", "em", "a", "blockquote", "br", "hr", "code", "pre"}


class ContentProblem(Exception):
    """A public text cannot be shown; one sentence for whoever wrote it."""


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
    """One public text.

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

    @property
    def sentence(self) -> str:
        """The sentence of the law with its full stop, or nothing where the text is not on suicide."""
        return f"{safe_messaging.MANDATORY_SENTENCE}." if self.about_suicide else ""

    @property
    def refused(self) -> bool:
        """Whether a rule of safe messaging that knows no exception is broken."""
        return any(fault.hard for fault in self.faults)


def _split(path: Path) -> tuple[dict[str, Any], str, str]:
    try:
        _, head, body = path.read_text(encoding="utf-8").split(FENCE, 2)
        facts = tomllib.loads(head)
    except (ValueError, OSError) as error:
        message = f"{path.name} debe tener una cabecera TOML entre dos líneas +++, y luego el texto ({error})."
        raise ContentProblem(message) from error
    return facts, head, body


def _wrong_in(facts: dict[str, Any], body: str) -> str:
    """Return what is wrong with a head, or nothing."""
    kinds: dict[str, type] = {"title": str, "summary": str, "date": datetime.date, "about_suicide": bool, "review": str}
    missing = [name for name, kind in kinds.items() if not isinstance(facts.get(name), kind) or facts[name] == ""]
    if missing:
        return f"necesita en su cabecera: {', '.join(missing)}"
    if len(facts["title"]) > LONGEST_TITLE or len(facts["summary"]) > LONGEST_SUMMARY:
        return f"tiene un title de más de {LONGEST_TITLE} letras o un summary de más de {LONGEST_SUMMARY}"
    if facts.get("group", "line") not in GROUPS or not PARTS.issuperset(facts.get("parts", ())):
        return f"tiene un group o parts que no existe (group: {', '.join(GROUPS)}; parts: {', '.join(sorted(PARTS))})"
    if set(facts.get("checklist", ())) != {point.key for point in checklist()}:
        return f"necesita en [checklist] estas preguntas: {', '.join(point.key for point in checklist())}"
    return "" if body.strip() else "no tiene texto"


def _spoken(head: str, body: str) -> str:
    """Return what people read, each line where it stands in the file."""
    ticks = tuple(f"{point.key} =" for point in checklist())
    unspoken = [UNSPOKEN.match(line) or line.startswith(ticks) for line in head.splitlines()]
    told = zip(head.splitlines(), unspoken, strict=True)
    lines = ["" if ours else re.sub(r"^\w+\s*=", "", line) for line, ours in told]
    return "\n".join(["", *lines, "", body])


def _waits_for(facts: dict[str, Any], mark: str) -> tuple[str, ...]:
    review = REVIEW.fullmatch(facts["review"])
    missing = [point.key for point in checklist() if not TICK.fullmatch(str(facts["checklist"][point.key]))]
    if review is None:
        missing.append("review")
    elif review["mark"] != mark:
        missing.append("review of this text: it changed since")
    return tuple(missing)


def _faults(facts: dict[str, Any], spoken: str) -> tuple[safe_messaging.Fault, ...]:
    found = safe_messaging.faults(spoken, carried=True)
    if safe_messaging.is_about_suicide(spoken) and not facts["about_suicide"]:
        wrong = "Habla del suicidio y su cabecera dice que no."
        found.insert(0, safe_messaging.Fault(1, "not_declared", wrong, "Escribe about_suicide = true."))
    return tuple(found)


def _html(body: str, *, about_suicide: bool) -> SafeString:
    rendered: str = MarkdownIt("commonmark", {"html": False}).render(body)
    clean = nh3.clean(
        rendered, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"https", "mailto", "tel"}, link_rel=None
    )
    safe = mark_safe(clean)  # noqa: S308  HTML in the text is disabled, and nh3 lets through no more than TAGS
    if not about_suicide:
        return safe
    return format_html('{}<p class="notice">{}.</p>\n', safe, safe_messaging.MANDATORY_SENTENCE)


def read(path: Path) -> Page:
    """Read one text; HTML in it is shown as letters. Raises ContentProblem with what its writer must mend."""
    facts, head, body = _split(path)
    wrong = _wrong_in(facts, body)
    if wrong:
        message = f"{path.name} {wrong}."
        raise ContentProblem(message)
    spoken = _spoken(head, body)
    about = facts["about_suicide"] or safe_messaging.is_about_suicide(spoken)
    mark = hashlib.sha256(" ".join(spoken.split()).encode()).hexdigest()[:12]
    return Page(
        slug=path.stem.replace("_", "-"),
        title=facts["title"],
        summary=facts["summary"],
        date=facts["date"],
        group=facts.get("group", "line"),
        html=_html(body, about_suicide=about),
        order=facts.get("order", 100),
        about_suicide=about,
        mark=mark,
        waits_for=_waits_for(facts, mark),
        faults=_faults(facts, spoken),
        door=facts.get("door", False),
        stands=facts.get("stands", False),
        parts=frozenset(facts.get("parts", ())),
        axes=tuple(Axis(**axis) for axis in facts.get("axes", ())),
        partners=tuple(facts.get("partners", ())),
    )


def files(language: str = LANGUAGE) -> list[Path]:
    """Return the files of the public texts."""
    return sorted((CONTENT / language).glob("*.md"))


@functools.cache
def pages(language: str = LANGUAGE) -> dict[str, Page]:
    """Return every public text by its slug, in the order of the menu; the front page's is ``front``.

    A file that cannot be read is left out and named in the log. Raises ContentProblem where it is the front page's.
    """
    found = [page for page in map(_read_or_leave_out, files(language)) if page is not None]
    return {page.slug: page for page in sorted(found, key=lambda page: (page.order, page.slug))}


def _read_or_leave_out(path: Path) -> Page | None:
    try:
        return read(path)
    except ContentProblem as problem:
        if path.stem == FRONT:
            raise
        log.error("This page is not shown: %s", problem)
        return None


def front(page_language: str) -> tuple[Page, str]:
    """Return the front page's text for whoever reads pages in this language, and the tag of the one that it is in."""
    language = page_language if (CONTENT / page_language / f"{FRONT}.md").exists() else LANGUAGE
    return pages(language)[FRONT], language


@functools.cache
def shown(*, drafts: bool, language: str = LANGUAGE) -> dict[str, Page]:
    """Return the texts that people may read, by slug, in the order of the menu; the front page is not among them.

    Whatever breaks a rule that knows no exception is left out; without ``drafts`` also what waits for its review, but
    for those that stand.
    """
    return {
        page.slug: page
        for page in pages(language).values()
        if page.slug != FRONT and not page.refused and (drafts or page.stands or not page.waits_for)
    }


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
