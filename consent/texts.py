"""Loads the consent texts and refuses one that is incomplete or was edited after its digest was noted."""

import dataclasses
import functools
import hashlib
import tomllib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from consent.errors import TextProblem
from wire.language_paths import among

CONTENT = Path(__file__).parent / "content"
CURRENT = {"es-PE": "2026-1", "en": "2026-1"}
#: SHA-256 of each published file: a change of one letter is a new version, never an edit.
DIGESTS = {
    ("es-PE", "2026-1"): "79fb66b41e2b6f85203bccebe8adc8ff39b4cfbb288f77ffca67118039767e96",
    ("en", "2026-1"): "3a0d3cc2489fa27e701ae1e91cfbcda64291b807cdc69b09a13e4ed0da04bf39",
}
#: The ten contents that DS 016-2024-JUS art. 6.1 demands, in the order in which they are shown.
BLOCKS = (
    "controller",
    "purpose",
    "recipients",
    "bank",
    "mandatory",
    "consequences",
    "transfer",
    "automated",
    "retention",
    "rights",
)
BLOCK_PARTS = ("title", "text")
#: What a deployment must fill before it takes callers: field of settings.CONTROLLER → variable.
PLACEHOLDERS = {
    "name": "HOTLINE_CONTROLLER",
    "address": "HOTLINE_CONTROLLER_ADDRESS",
    "contact": "HOTLINE_CONTACT",
    "hosted_in": "HOTLINE_HOSTED_IN",
    "signed_by": "HOTLINE_TEXTS_SIGNED_BY",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Block:
    """One of the ten contents."""

    code: str
    title: str
    html: SafeString


@dataclasses.dataclass(frozen=True, slots=True)
class Purpose:
    """One purpose with a yes or no of its own; a required one is what the service cannot do without."""

    code: str
    label: str
    required: bool
    default: bool


@dataclasses.dataclass(frozen=True, slots=True)
class ConsentText:
    """A version of the text as it is shown; ``digest`` covers every word of it, placeholders filled."""

    version: str
    language: str
    digest: str
    title: str
    short_html: SafeString
    blocks: tuple[Block, ...]
    purposes: tuple[Purpose, ...]


def unfilled() -> list[str]:
    """Return the variables that a real line must fill and that are empty; none in the demonstration."""
    if settings.DEMO:
        return []
    return [variable for field, variable in PLACEHOLDERS.items() if not settings.CONTROLLER[field].strip()]


IN_DEMO = "(demostración)"


def controller() -> dict[str, str]:
    """Return who is responsible (name, address, contact, hosted_in); the demonstration says that it is one."""
    return {field: settings.CONTROLLER[field] or IN_DEMO for field in PLACEHOLDERS}


def _filled(text: str) -> str:
    facts = controller()
    return text.format(controller=facts.pop("name"), **facts)


def _html(text: str) -> SafeString:
    rendered: str = MarkdownIt("commonmark", {"html": False}).render(_filled(text))
    return mark_safe(rendered)  # noqa: S308  our own reviewed file, HTML in it disabled


def _block(code: str, facts: dict[str, str]) -> Block:
    return Block(code, facts["title"], _html(facts["text"]))


def _published(language: str, version: str, content: Path) -> bytes:
    try:
        raw = (content / language / f"{version}.toml").read_bytes()
    except OSError as error:
        message = f"The consent text {language} {version} cannot be read ({type(error).__name__})."
        raise TextProblem(message) from error
    if content == CONTENT and hashlib.sha256(raw).hexdigest() != DIGESTS.get((language, version)):
        message = f"The consent text {language} {version} is not the one that was published; add a new version instead."
        raise TextProblem(message)
    return raw


def _refuse_gaps(facts: dict[str, Any], name: str) -> None:
    blocks = facts.get("blocks", {})
    empty = [code for code in BLOCKS if not all(blocks.get(code, {}).get(part, "").strip() for part in BLOCK_PARTS)]
    if empty:
        message = f"The consent text {name} lacks: {', '.join(empty)}."
        raise TextProblem(message)


def read(language: str, version: str, content: Path = CONTENT) -> ConsentText:
    """Read one version. Raises TextProblem when it was edited, is unknown, or lacks one of the ten contents."""
    raw = _published(language, version, content)
    facts = tomllib.loads(raw.decode())
    _refuse_gaps(facts, f"{language} {version}")
    shown = _filled(raw.decode())
    return ConsentText(
        version=facts["version"],
        language=facts["language"],
        digest=hashlib.sha256(shown.encode()).hexdigest(),
        title=facts["title"],
        short_html=_html(facts["short"]),
        blocks=tuple(_block(code, facts["blocks"][code]) for code in BLOCKS),
        purposes=tuple(Purpose(**purpose) for purpose in facts["purposes"]),
    )


@functools.cache
def current(language: str = "es-PE") -> ConsentText:
    """Return the text in force for a language; raises as ``read``."""
    return read(language, CURRENT[language])


def in_language(page_language: str) -> ConsentText:
    """Return the text in force for whoever reads pages in this language (Django's code): Spanish where it has none."""
    return current(among(CURRENT, page_language))
