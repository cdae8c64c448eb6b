"""Reads what a trainee writes for signs that a program can know: questions, words that help or hurt; pure."""

import dataclasses
import re
from collections.abc import Iterable, Mapping
from functools import cache

from training.content_files import FOLDER, Part, published, read, refuse
from triage.spelling import plain

FILE = FOLDER / "content" / "es-PE" / "signs-2026-1.toml"
DIGEST = "443ea0fc660cfc3948fd4a3823a78988206bf42789f5a3fb8d3f3d36e0621048"
_ALLOWED = re.compile(r"[a-z0-9 ()|?*~]+")
_GAP = r"(?:\W+\w+){0,4}?\W+"  # what «~» may pass over
_SENTENCE = re.compile(r"[^.?!\n…]+[.?!…]*")
_BEGINNING = r"^\W*(?:(?:y|pero|entonces|oye|dime|bueno|ya|hola|ok|claro)\W+)*"


class Rule(Part, frozen=True, kw_only=True):
    """One sign: what it is called, how it is written, and examples that must show it or must not.

    ``question``: only in a question. ``begins``: only at the beginning of a sentence. ``unless``: not in a sentence
    that shows one of these, which stand before it. Without patterns every sentence fits.
    """

    code: str
    es: str
    patterns: list[str] = []
    question: bool = False
    begins: bool = False
    unless: list[str] = []
    shows: list[str]
    silent: list[str] = []


class File(Part, frozen=True, kw_only=True):
    """The whole file; ``signed_by`` is empty while no clinician has signed it."""

    version: str
    language: str
    signed_by: str
    signs: list[Rule]


@dataclasses.dataclass(frozen=True, slots=True)
class _Sign:
    """A rule with its patterns ready."""

    rule: Rule
    pattern: re.Pattern[str]

    def fits(self, sentence: str, found: Iterable[str]) -> bool:
        if self.rule.question and "?" not in sentence:
            return False
        return not set(found) & set(self.rule.unless) and self.pattern.search(sentence) is not None


def _regex(rule: Rule, file: str) -> re.Pattern[str]:
    for one in rule.patterns:
        if not _ALLOWED.fullmatch(one):
            raise refuse(
                file, f"{rule.code}: «{one}»", "solo letras sin tildes, números, espacio y los signos ( ) | ? * ~"
            )
    begins = _BEGINNING if rule.begins else r"\b"
    ways = (
        one.replace("(", "(?:").replace(" ~ ", "\0").replace(" ", r"\W+").replace("*", r"\w*").replace("\0", _GAP)
        for one in rule.patterns
    )
    return re.compile("|".join(rf"{begins}(?:{way})\b" for way in ways))


class Signs:
    """The signs of one file, which has proven its own examples."""

    def __init__(self, raw: bytes, name: str) -> None:
        self.file = read(raw, File, name)
        self._signs = [_Sign(rule, _regex(rule, name)) for rule in self.file.signs]
        self.names: Mapping[str, str] = {rule.code: rule.es for rule in self.file.signs}
        self._prove(name)

    def _prove(self, name: str) -> None:
        for rule in self.file.signs:
            if set(rule.unless) - set(self.names):
                raise refuse(name, rule.code, "«unless» nombra una señal que no existe")
            for example, expected in [*((one, True) for one in rule.shows), *((one, False) for one in rule.silent)]:
                if (rule.code in self.read(example)) is not expected:
                    raise refuse(name, rule.code, f"su propio ejemplo no sale: «{example}»")

    def read(self, text: str) -> frozenset[str]:
        """Return the codes of the signs in what somebody wrote."""
        shown: set[str] = set()
        for sentence in _SENTENCE.findall(plain(text)):
            here: list[str] = []
            for sign in self._signs:
                if sign.fits(sentence, here):
                    here.append(sign.rule.code)
            shown.update(here)
        return frozenset(shown)


@cache
def in_force() -> Signs:
    """Return the published signs. Raises ScenarioProblem."""
    return Signs(published(FILE, DIGEST), FILE.name)
