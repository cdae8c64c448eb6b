"""Reads what a caller writes for signs of danger, by phrases and by likeness; it only ever raises attention."""

from triage import phrases, resemblance
from triage.phrases import Match, Reading

ALIKE = "LIKE"
EXPLAINED = "se parece a lo que escribe quien está en peligro (sin una frase conocida)"
CERTAIN = 0.97  # the likeness that still counts where the phrases understood an idiom


def read(text: str) -> Reading:
    """Read a text; raises as ``phrases.in_force`` and ``resemblance.in_force``, never for the text."""
    by_phrases = phrases.read(text)
    if by_phrases.matches and by_phrases.understood:
        return by_phrases  # «no me quiero morir»: what the phrases understood, likeness does not
    idiom = by_phrases.understood and resemblance.is_short(text)  # «me muero de risa», and nothing else is said
    alike = resemblance.in_force().level(text, at_least=CERTAIN if idiom else 0.0)
    if alike is None or (by_phrases.level is not None and by_phrases.level <= alike):
        return by_phrases
    found = Match(code=ALIKE, level=alike, es=EXPLAINED, start=0, end=0, text="")
    return Reading(alike, (ALIKE, *by_phrases.codes), (*by_phrases.matches, found))
