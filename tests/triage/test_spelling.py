"""Chat Spanish is read as words, and each word keeps its place in what was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.spelling import END, Spelling, sound

SPELLING = Spelling(
    known=(
        *("quiero", "matarme", "suicidarme", "la", "vida", "quitarme", "ya", "no", "mas", "de", "esta", "por", "favor"),
        *("estoy", "en", "el", "puente", "despedirme"),
    ),
    short={"q": "que", "xq": "porque", "nc": "no se", "toy": "estoy", "🔫": "pistola"},
    close=["suicidarme", "matarme", "despedirme"],
    not_close=["atarme", "matarte"],
)


def keys(text: str) -> list[str]:
    return [key for key in SPELLING.words(text).keys if key != END]


@pytest.mark.parametrize(
    "written",
    ["quiero", "Quiero", "KIERO", "qiero", "kiero", "quieroooo", "qu1er0", "q u i e r o", "quiero!!", "¿quiero?"],
)
def test_however_it_is_written_it_is_one_word(written: str) -> None:
    assert keys(written) == [sound("quiero")]


@pytest.mark.parametrize(
    "written",
    ["suicidarme", "suisidarme", "sucidarme", "su1c1d4rme", "s.u.i.c.i.d.a.r.m.e", "sui.ci.dar.me", "sui cidarme"],
)
def test_a_word_that_matters_is_known_however_it_is_hidden(written: str) -> None:
    assert keys(written) == [sound("suicidarme")]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("xq nc", "porque no se"),
        ("toy", "estoy"),
        ("kitarme la bida", "quitarme la vida"),
        ("yanomasdeestavida", "ya no mas de esta vida"),
        ("🔫", "pistola"),
        ("quitarme-la-vida", "quitarme la vida"),
    ],
)
def test_abbreviations_and_words_run_together_come_apart(written: str, read: str) -> None:
    assert keys(written) == [sound(word) for word in read.split()]


@pytest.mark.parametrize("other", ["atarme", "matarte", "escondido", "tengo2hijos"])
def test_another_word_is_not_taken_for_one_that_matters(other: str) -> None:
    assert not {sound("matarme"), sound("suicidarme")} & set(keys(other))


def test_numbers_stay_numbers() -> None:
    assert keys("tengo 12") == ["tengo", "12"]


@pytest.mark.parametrize(
    ("text", "ends"), [("no. quiero", 2), ("no... quiero", 1), ("no, quiero", 1), ("no\nquiero", 1), ("no! quiero?", 2)]
)
def test_only_what_ends_a_sentence_ends_it(text: str, ends: int) -> None:
    assert SPELLING.words(text).keys.count(END) == ends


def test_a_no_before_a_comma_denies_nothing() -> None:
    assert keys("no, quiero") != keys("no quiero")


def test_each_word_keeps_its_place() -> None:
    text = "ya nc, KITARME la bida 🔫"
    words = SPELLING.words(text)
    written = [text[start:end] for start, end in zip(words.starts, words.ends, strict=True) if start < end]
    assert written == ["ya", "nc", "nc", "KITARME", "la", "bida", "🔫"]


@given(st.text(max_size=300))
def test_any_text_is_read_and_every_place_lies_in_it(text: str) -> None:
    words = SPELLING.words(text)
    assert len(words.keys) == len(words.starts) == len(words.ends) == len(words.paused)
    assert all(0 <= start <= end <= len(text) for start, end in zip(words.starts, words.ends, strict=True))
    assert words.starts == sorted(words.starts)


def test_what_is_said_again_and_again_is_read_three_times() -> None:
    assert keys("ya no mas " * 50) == [sound(word) for word in ["ya", "no", "mas"] * 3]
