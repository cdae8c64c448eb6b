"""Questions to begin a page of a journal with, for who wants one: content that people who read no code may change."""

import functools
import tomllib
from pathlib import Path

FILE = Path(__file__).parent / "content" / "prompts-es-PE.toml"


@functools.cache
def prompts() -> tuple[str, ...]:
    """Return all of them."""
    return tuple(tomllib.loads(FILE.read_text(encoding="utf-8"))["prompts"])


def prompt(number: str) -> str:
    """Return the prompt of a number in an address, counted round; «» for what is no number."""
    return prompts()[int(number) % len(prompts())] if number.isdecimal() and len(number) < 10 else ""
