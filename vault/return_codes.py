"""The code with which a caller comes back: seven Spanish words, or the same number in letters; no Django."""

import dataclasses
import functools
import re
import secrets
import unicodedata
from pathlib import Path

from vault import codes

#: 1,674 words of the Spanish list of BIP-39 (MIT): without those that could hurt somebody, or that differ from country
#: to country; told apart by their first four letters. It never changes: codes that are out there are made of it.
LIST = Path(__file__).parent / "content" / "words_es.txt"
WORDS = 7  # 75 bits
SYMBOLS = 16  # in letters: 80 bits hold them
TOLD_BY = 4  # letters of a word that tell it from all others
LETTERS = re.compile(r"(?<![^\W_])(?:[0-9A-Z]{4}[\s-]?){4}[0-9A-Z](?![^\W_])", re.IGNORECASE)


def _plain(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@functools.cache
def _list() -> tuple[str, ...]:
    return tuple(LIST.read_text(encoding="utf-8").split())


@functools.cache
def _numbers() -> dict[str, int]:
    return {_plain(word)[:TOLD_BY]: number for number, word in enumerate(_list())}


@functools.cache
def _whole() -> frozenset[str]:
    return frozenset(map(_plain, _list()))


@dataclasses.dataclass(frozen=True, slots=True)
class ReturnCode:
    """A code, in both of the forms in which it is shown."""

    number: int

    @property
    def words(self) -> str:
        """The seven words, in small letters, a space between them."""
        left, found = self.number, []
        for _place in range(WORDS):
            left, digit = divmod(left, len(_list()))
            found.append(_list()[digit])
        return " ".join(reversed(found))

    @property
    def letters(self) -> str:
        """The same number in letters, the last one a check, in groups of four."""
        return codes.written(self.number, SYMBOLS)


def fresh() -> ReturnCode:
    """Return a new code."""
    return ReturnCode(secrets.randbelow(len(_list()) ** WORDS))


def _in_words(text: str) -> ReturnCode | None:
    typed = re.findall(r"\w+", _plain(text))
    digits = [_numbers().get(word[:TOLD_BY]) for word in typed]
    if len(typed) != WORDS or None in digits:
        return None
    number = 0
    for digit in digits:
        number = number * len(_list()) + (digit or 0)
    return ReturnCode(number)


def read(text: str) -> ReturnCode | None:
    """Return the code that somebody typed, or None when it is none.

    Capitals, accents, what stands between, O for 0 and I or L for 1 do no harm; of each word the first four letters
    count.
    """
    code = codes.read(text, SYMBOLS)
    if code is None:
        return _in_words(text)
    number = codes.number_of(code)
    return ReturnCode(number) if number < len(_list()) ** WORDS else None


def holds_one(text: str) -> bool:
    """Say whether a text holds a code: seven words of the list in a row, or the letters with the right check."""
    typed = [word in _whole() for word in re.findall(r"\w+", _plain(text))]
    row = 0
    for known in typed:
        row = row + 1 if known else 0
        if row >= WORDS:
            return True
    return any(codes.read(found, SYMBOLS) for found in LETTERS.findall(text))
