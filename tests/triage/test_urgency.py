"""From answers to a level, without rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.questions import current
from triage.urgency import urgency_of

CALM = {"danger": "no", "thoughts": "no"}
QUESTIONS = current().questions
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        question.code: st.sampled_from([option.code for option in question.options])
        for question in QUESTIONS
        if question.options
    },
)


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        (CALM, "E"),
        ({**CALM, "danger": "yes"}, "A"),
        ({**CALM, "danger": "unsaid"}, "C"),
        ({"thoughts": "no"}, "C"),
        ({"danger": "no"}, "C"),
        ({}, "C"),
        ({**CALM, "thoughts": "sometimes"}, "C"),
        ({**CALM, "thoughts": "plan"}, "B"),
        ({**CALM, "thoughts": "intent"}, "B"),
        ({**CALM, "thoughts": "unsaid"}, "C"),
        ({**CALM, "feeling": "5"}, "C"),
        ({**CALM, "feeling": "4"}, "D"),
        ({**CALM, "feeling": "3"}, "E"),
        ({**CALM, "age": "under_14"}, "C"),
        ({**CALM, "age": "14_17"}, "D"),
        ({**CALM, "age": "18_29"}, "E"),
        ({**CALM, "words": "quiero ayudar"}, "E"),
        ({**CALM, "feeling": "5", "age": "14_17", "thoughts": "plan"}, "B"),
    ],
)
def test_each_answer_asks_for_the_level_of_the_table(answers: dict[str, str], level: str) -> None:
    assert urgency_of(answers) == level


@given(ANSWERS)
def test_only_a_yes_to_danger_makes_an_emergency(answers: dict[str, str]) -> None:
    assert (urgency_of(answers) == "A") == (answers.get("danger") == "yes")


@given(ANSWERS, st.sampled_from(["feeling", "age"]))
def test_answering_more_never_lowers_the_level(answers: dict[str, str], code: str) -> None:
    fewer = {name: value for name, value in answers.items() if name != code}
    assert urgency_of(answers) <= urgency_of(fewer)


@given(ANSWERS)
def test_silence_about_safety_is_never_taken_for_a_no(answers: dict[str, str]) -> None:
    if "danger" not in answers or "thoughts" not in answers:
        assert urgency_of(answers) <= "C"


def test_an_age_that_was_not_told_changes_nothing() -> None:
    assert urgency_of({**CALM, "age": "unsaid"}) == "E"
