"""Codes that people write down and type again: Crockford's letters, one of them a check; pure, no Django."""

import hashlib
import secrets

#: Crockford's base 32: no I, L, O or U, so that nothing is taken for something else.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MEANT = str.maketrans("OIL", "011")
GROUP = 4


def _check(symbols: str) -> str:
    return ALPHABET[hashlib.sha256(f"pmpt/v1/code|{symbols}".encode()).digest()[0] % len(ALPHABET)]


def written(number: int, symbols: int) -> str:
    """Return a number as a code of so many symbols and a check, in groups of four."""
    drawn = ""
    for _place in range(symbols):
        number, digit = divmod(number, len(ALPHABET))
        drawn = ALPHABET[digit] + drawn
    return grouped(drawn + _check(drawn))


def number_of(code: str) -> int:
    """Return the number that ``written`` turned into this code, as ``read`` returns it."""
    number = 0
    for letter in code[:-1]:
        number = number * len(ALPHABET) + ALPHABET.index(letter)
    return number


def fresh(symbols: int) -> str:
    """Return a new code of so many random symbols (5 bits each) and a check, in groups of four."""
    return written(secrets.randbelow(len(ALPHABET) ** symbols), symbols)


def grouped(code: str) -> str:
    """Return a code as it is shown."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def read(text: str, symbols: int) -> str | None:
    """Return the code that somebody typed, without groups, or None when it is none of so many symbols.

    Small letters, spaces, dashes, and O for 0 or I and L for 1 do no harm.
    """
    code = "".join(letter for letter in text.upper() if letter.isalnum()).translate(MEANT)
    good = len(code) == symbols + 1 and set(code) <= set(ALPHABET) and _check(code[:-1]) == code[-1]
    return code if good else None
