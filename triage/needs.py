"""What a caller needs of whoever accompanies them, as codes of skills; stored with the contact, for routing alone."""

from collections.abc import Iterable

LANGUAGES = frozenset({"quechua", "aymara", "english"})
YOUNG = frozenset({"under_14", "14_17"})
#: Codes of the phrase guard → the topic that somebody should know.
TOPICS = {"V": "violence", "X": "violence", "M": "minors", "QU": "quechua", "AY": "aymara"}


def needs_of(codes: Iterable[str], before: str = "") -> str:
    """Return what words that carry these codes add to the needs known ``before``; comma-separated, sorted."""
    found = {TOPICS[code] for code in codes if code in TOPICS} | set(filter(None, before.split(",")))
    return ",".join(sorted(found))


def language_of(needs: str) -> str:
    """Return the language without which somebody can hardly be accompanied, or nothing."""
    return next((one for one in needs.split(",") if one in LANGUAGES), "")


def topics_of(needs: str, age_band: str) -> frozenset[str]:
    """Return the topics that whoever accompanies this caller should know."""
    named = {one for one in needs.split(",") if one and one not in LANGUAGES}
    return frozenset(named | ({"minors"} if age_band in YOUNG else set()))
