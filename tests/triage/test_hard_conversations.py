"""Which conversations the desk takes for hard ones."""

import pytest

from triage.hard_conversations import was_hard
from triage.models import Ending

TALKED = Ending.TALKED


@pytest.mark.parametrize("level", ["A", "B"])
def test_high_risk_is_hard_by_level_or_by_words(level: str) -> None:
    assert was_hard((level, ""), "", "", TALKED)
    assert was_hard(("D", level), "", "", TALKED)


@pytest.mark.parametrize(
    ("needs", "age_band"), [("violence", ""), ("minors", ""), ("aymara,violence", "30_59"), ("", "14_17")]
)
def test_violence_and_minors_are_hard_at_any_level(needs: str, age_band: str) -> None:
    assert was_hard(("E", ""), needs, age_band, TALKED)


@pytest.mark.parametrize(("level", "needs", "age_band"), [("C", "", ""), ("E", "quechua", ""), ("D", "", "unsaid")])
def test_others_are_not(level: str, needs: str, age_band: str) -> None:
    assert not was_hard((level, ""), needs, age_band, TALKED)


@pytest.mark.parametrize("ending", [Ending.SILENCE, Ending.TEST, Ending.JOKE, Ending.INSULT, Ending.WRONG_PLACE])
def test_what_was_no_conversation_is_not_hard(ending: str) -> None:
    assert not was_hard(("A", "A"), "violence", "under_14", ending)
