"""The colours can be read: 7 to 1 in the conversation, 4.5 to 1 for all text, 3 to 1 for what can be used."""

import re
from pathlib import Path

import pytest

TOKENS = Path("static/css/tokens.css")
THEMES = ("dark", "light")
CONVERSATION = [("ink", ground) for ground in ("ground", "surface", "surface-2", "mine", "glow")] + [
    ("ink-soft", ground) for ground in ("ground", "surface", "glow")
]
TEXT = [
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    *[(colour, ground) for colour in ("link", "danger", "warn", "good") for ground in ("ground", "surface", "glow")],
    ("danger", "danger-ground"),
    ("on-danger", "danger-ground"),
]
USED = [(colour, ground) for colour in ("edge", "focus", "accent") for ground in ("ground", "surface")]


def colours(theme: str) -> dict[str, str]:
    """Return the colours of a theme by name; what the light one does not change it takes from the dark one."""
    dark, light = TOKENS.read_text(encoding="utf-8").split("@media (prefers-color-scheme: light)")
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", dark))
    if theme == "light":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light.split("@media")[0]))
    return found


def brightness(colour: str) -> float:
    """Return the relative luminance as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    low, high = sorted((brightness(one), brightness(other)))
    return (high + 0.05) / (low + 0.05)


def too_weak(pairs: list[tuple[str, str]], theme: str, least: float) -> dict[str, float]:
    """Return the pairs that fall short."""
    known = colours(theme)
    found = {f"{one} on {other}": round(contrast(known[one], known[other]), 2) for one, other in pairs}
    return {pair: ratio for pair, ratio in found.items() if ratio < least}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("pairs", "least"), [(CONVERSATION, 7.0), (TEXT, 4.5), (USED, 3.0)])
def test_every_pair_of_colours_stands_apart(theme: str, pairs: list[tuple[str, str]], least: float) -> None:
    assert too_weak(pairs, theme, least) == {}


def test_the_measure_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
