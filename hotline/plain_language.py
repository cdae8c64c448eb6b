"""Gathers the Spanish texts that callers read, and says how easy each reads and which sentences are the hardest."""

import dataclasses
import html
import re

from campaign import content
from consent import texts
from hotline import readability
from hotline.caller_strings import wanted
from hotline.readability import FAIRLY_EASY, Sentence
from triage import questions

#: What a text for callers keeps: fairly easy on the scale, and no sentence that one has to begin again.
FLOOR = FAIRLY_EASY
LONGEST = 25  # words
HARDEST = 8  # sentences that a report names
BLOCK = re.compile(r"</?(?:p|li|h[1-6]|blockquote|ul|ol|div|hr|br)[^>]*>")
TAG = re.compile(r"<[^>]+>")
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%\w+%%|%s")


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """How one text reads."""

    name: str
    score: float
    sentences: list[Sentence]

    @property
    def too_long(self) -> list[Sentence]:
        """Return the sentences that are longer than one reads in one go."""
        return [one for one in self.sentences if one.words > LONGEST]


def _plain(markup: str) -> str:
    """Return the words of HTML, a line for each paragraph or item."""
    lines = BLOCK.sub("\0", markup.replace("\n", " "))
    return html.unescape(TAG.sub("", lines)).replace("\0", "\n")


def _questions() -> str:
    asked = questions.current().questions
    return "\n".join(part for one in asked for part in (one.text, one.help, *(option.text for option in one.options)))


def _consent() -> str:
    text = texts.current()
    parts = [_plain(text.short_html), *(purpose.label for purpose in text.purposes)]
    return "\n".join([*parts, *(f"{block.title}\n{_plain(block.html)}" for block in text.blocks)])


def _pages() -> str:
    found = [one if isinstance(one, str) else one[1] for one in wanted()]
    return PLACEHOLDER.sub("", "\n".join(found))


def caller_texts() -> dict[str, str]:
    """Return each text by its name: words of pages and of the line, consent, questions, public texts."""
    public = {f"campaign {slug}": _plain(page.html) for slug, page in content.pages().items()}
    return {"pages and the line's words": _pages(), "consent": _consent(), "questions": _questions(), **public}


def readings() -> list[Reading]:
    """Return how each text reads, the hardest first."""
    found = [
        Reading(name, readability.score(text), readability.sentences(text)) for name, text in caller_texts().items()
    ]
    return sorted(found, key=lambda one: one.score)


def hardest(found: list[Reading]) -> list[tuple[str, Sentence]]:
    """Return the hardest sentences of all texts, each with its text's name; very short ones say nothing."""
    named = [(one.name, sentence) for one in found for sentence in one.sentences if sentence.words >= HARDEST]
    return sorted(named, key=lambda one: one[1].score)[:HARDEST]
