"""The questions' file and its guard."""

from pathlib import Path

import pytest

from triage import questions
from triage.errors import QuestionsProblem

PUBLISHED = questions.CONTENT / "es-PE" / "2026-1.toml"


def edited(tmp_path: Path, text: str) -> Path:
    """Write a content folder with this text as the published version."""
    (tmp_path / "es-PE").mkdir()
    (tmp_path / "es-PE" / "2026-1.toml").write_text(text)
    return tmp_path


def test_the_published_questions_are_the_five_in_order() -> None:
    codes = [question.code for question in questions.current().questions]
    assert codes == ["danger", "thoughts", "feeling", "age", "words"]


def test_the_table_still_awaits_the_clinical_signature() -> None:
    assert questions.current().signed_by == ""


def test_a_silent_edit_of_one_letter_is_refused(tmp_path: Path) -> None:
    content = edited(tmp_path, PUBLISHED.read_text().replace('level = "B"', 'level = "C"', 1))
    with pytest.raises(QuestionsProblem, match="add a new version"):
        questions.read("es-PE", "2026-1", content)


@pytest.mark.parametrize(
    ("old", "new"),
    [('level = "B"', 'level = "Z"'), ("limit = 500", "limit = 0"), ('kind = "faces"', 'kind = "slider"')],
)
def test_a_file_with_an_unsound_question_is_refused(old: str, new: str) -> None:
    with pytest.raises(QuestionsProblem, match="incomplete"):
        questions.parse(PUBLISHED.read_text().replace(old, new, 1).encode())


@pytest.mark.parametrize("version", ["", "2019-1", "../es-PE/2026-1"])
def test_a_version_that_nobody_published_is_refused_by_its_name(version: str) -> None:
    with pytest.raises(QuestionsProblem, match="There are no questions es-PE"):
        questions.read("es-PE", version)


def test_the_ages_are_those_of_the_consent_text() -> None:
    age = next(question for question in questions.current().questions if question.code == "age")
    assert [option.code for option in age.options] == ["under_14", "14_17", "18_29", "30_59", "60_plus"]
