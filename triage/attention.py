"""Reads what a caller writes for signs of danger, by phrases and by likeness; it only ever raises attention."""

from triage import phrases, resemblance
from triage.phrases import Match, Reading

ALIKE = "LIKE"
EXPLAINED = "se parece a lo que escribe quien está en peligro (sin una frase conocida)"


def read(text: str) -> Reading:
    """Read a text; raises as ``phrases.in_force`` and ``resemblance.in_force``, never for the text."""
    by_phrases = phrases.read(text)
    if by_phrases.matches and all(match.negated for match in by_phrases.matches):
        return by_phrases  # «no me quiero morir»: what the phrases understood, likeness does not
    alike = resemblance.in_force().level(text)
    if alike is None or (by_phrases.level is not None and by_phrases.level <= alike):
        return by_phrases
    found = Match(code=ALIKE, level=alike, es=EXPLAINED, start=0, end=0, text="")
    return Reading(alike, (ALIKE, *by_phrases.codes), (*by_phrases.matches, found))
