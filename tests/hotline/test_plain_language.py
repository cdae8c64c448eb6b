"""What callers read in Spanish is easy to read, measured by a published formula."""

import pytest

from hotline import plain_language, readability


@pytest.mark.parametrize(
    ("word", "count"),
    [
        *[("sol", 1), ("hoy", 1), ("y", 1), ("ley", 1), ("guerra", 2), ("queja", 2), ("pingüino", 3), ("ciudad", 2)],
        *[("país", 2), ("teatro", 3), ("aquí", 2), ("psicología", 5), ("día", 2), ("cuidado", 3), ("ahora", 3)],
        *[("ayuda", 3), ("averigüéis", 4), ("voluntaria", 4), ("construir", 2), ("Perú", 2)],
    ],
)
def test_syllables_are_counted_as_they_are_spoken(word: str, count: int) -> None:
    assert readability.syllables(word) == count


def test_the_formula_is_the_published_one() -> None:
    # Two sentences, eight words, fifteen syllables
    text = "Te leemos aquí. Puedes parar cuando tú quieras."

    assert [one.words for one in readability.sentences(text)] == [3, 5]
    assert readability.score(text) == pytest.approx(206.835 - 62.3 * 15 / 8 - 8 / 2)


def test_hard_words_in_long_sentences_score_lower() -> None:
    hard = "La administración institucional garantizará la confidencialidad de la información personal registrada"

    assert readability.score(hard) < readability.NORMAL < readability.score("Aquí te leemos. No estás a solas.")
    with pytest.raises(ValueError, match="no word"):
        readability.score("113 — 5")


def test_every_text_for_callers_is_at_least_fairly_easy_and_has_no_endless_sentence() -> None:
    found = plain_language.readings()

    assert {one.name: round(one.score, 1) for one in found if one.score < plain_language.FLOOR} == {}
    assert [(one.name, long.text) for one in found for long in one.too_long] == []
    assert {"pages and the line's words", "consent", "questions", "campaign en-peligro"} <= {one.name for one in found}
