"""Loads the public texts: Markdown files with a TOML head, written for people who do not read code."""

import dataclasses
import functools
import tomllib
from pathlib import Path
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

CONTENT = Path(__file__).parent / "content"
LANGUAGE = "es-PE"
FRONT = "front"
FENCE = "+++\n"
#: DS 007-2020-SA art. 40 demands it, whole and unchanged, wherever suicide is spoken of in public.
MANDATORY_SENTENCE = (
    "Un suicidio puede evitarse si lo hablamos a tiempo. Si necesitas consejo, orientación o ayuda, "
    "llama gratis al 113, opción 5. Aquí estamos para ayudarte"
)


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
class Page:
    """One public text; ``door`` puts the help lines and the button of the danger door on it."""

    slug: str
    title: str
    html: SafeString
    order: int
    about_suicide: bool
    door: bool = False
    axes: tuple[Axis, ...] = ()
    partners: tuple[str, ...] = ()


def _parts(path: Path) -> tuple[dict[str, Any], str]:
    try:
        _, head, body = path.read_text(encoding="utf-8").split(FENCE, 2)
        facts = tomllib.loads(head)
    except (ValueError, OSError) as error:
        message = f"{path.name} must be a TOML head between two lines of +++, then text ({type(error).__name__})."
        raise ContentProblem(message) from error
    if not facts.get("title") or not body.strip():
        message = f"{path.name} needs a title and a text."
        raise ContentProblem(message)
    return facts, body


def read(path: Path) -> Page:
    """Read one text; HTML in it is shown as letters. Raises ContentProblem with what its writer must mend."""
    facts, body = _parts(path)
    rendered: str = MarkdownIt("commonmark", {"html": False}).render(body)
    return Page(
        slug=path.stem.replace("_", "-"),
        title=facts["title"],
        html=mark_safe(rendered),  # noqa: S308  our own reviewed file, HTML in it disabled
        order=facts.get("order", 100),
        about_suicide="suicid" in f"{facts} {body}".lower(),
        door=facts.get("door", False),
        axes=tuple(Axis(**axis) for axis in facts.get("axes", ())),
        partners=tuple(facts.get("partners", ())),
    )


@functools.cache
def pages(language: str = LANGUAGE) -> dict[str, Page]:
    """Return every public text by its slug, in the order of the menu; the front page's is ``front``."""
    found = sorted((read(path) for path in (CONTENT / language).glob("*.md")), key=lambda page: (page.order, page.slug))
    return {page.slug: page for page in found}


def menu(language: str = LANGUAGE) -> list[Page]:
    """Return the texts that have a page of their own, in order."""
    return [page for page in pages(language).values() if page.slug != FRONT]


@functools.cache
def help_lines(language: str = LANGUAGE) -> tuple[HelpLine, ...]:
    """Return the five national lines, first the one for mental health."""
    with (CONTENT / language / "numeros.toml").open("rb") as file:
        return tuple(HelpLine(**line) for line in tomllib.load(file)["lines"])
