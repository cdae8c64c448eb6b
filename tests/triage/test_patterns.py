"""What a pattern of words finds, and what it says when it cannot be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import PatternProblem
from triage.pattern_walk import Found
from triage.patterns import Classes, Patterns
from triage.spelling import END, sound

CLASSES = {"querer": ["quiero", "tengo ganas de"], "morir": ["morir", "{querer} nada"], "lejos": ["lima", "cusco"]}


def places(pattern: str, text: str) -> set[tuple[int, int]]:
    classes = Classes(CLASSES, halting=["no"])
    patterns = Patterns(classes)
    patterns.add(7, pattern)
    patterns.lay()
    classes.lay()
    words = classes.text([word if word == END else sound(word) for word in text.split()])
    return {(found.start, found.end) for found in patterns.find(words)}


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("quiero morir", "ya quiero morir hoy", {(1, 3)}),
        ("{querer} morir", "yo tengo ganas de morir", {(1, 5)}),
        ("{querer} {morir}", "quiero quiero nada", {(0, 3)}),
        ("quiero (morir|dormir mucho)", "quiero dormir mucho", {(0, 3)}),
        ("ya? quiero", "quiero", {(0, 1)}),
        ("quiero ~2 morir", "quiero de verdad morir", {(0, 4)}),
        ("quiero ~2 morir", "quiero de verdad hoy morir", set()),
        ("quiero ~2 morir", "quiero no morir", set()),
        ("quiero ~~2 morir", "quiero no morir", {(0, 3)}),
        ("quiero ~2 morir", "quiero . morir", set()),
        ("quiero ~~2 morir", "quiero . morir", {(0, 3)}),
        ("suicid* ya", "suicidio ya", {(0, 2)}),
        ("tengo # .", "tengo 12 .", {(0, 3)}),
        ("vivir en {!lejos}", "vivir en paz", {(0, 3)}),
        ("vivir en {!lejos}", "vivir en cusco", set()),
        ("quiero ~3", "quiero algo de ti", {(0, 1)}),
        ("quiero ~5 morir", "quiero quiero morir", {(1, 3)}),
    ],
)
def test_a_pattern_finds_what_its_signs_say(pattern: str, text: str, found: set[tuple[int, int]]) -> None:
    assert places(pattern, text) == found


def test_what_may_be_left_out_is_found_with_it_and_without() -> None:
    assert places("me? quiero", "me quiero") == {(0, 2), (1, 2)}


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("quiero (morir", "abre un paréntesis"),
        ("quiero morir)", "cierra un paréntesis"),
        ("{nadie} morir", "una clase que no existe: {nadie}"),
        ("~3 morir", "empieza con un espacio"),
        ("quiero?", "no encontrar nada"),
        ("", "no encontrar nada"),
        ("quiero ~99 morir", "salta 99 palabras"),
        ("mo* quiero", "menos de 3 letras"),
        ("quiero & morir", "un signo que no se entiende: «&»"),
    ],
)
def test_a_pattern_that_cannot_be_read_says_what_is_wrong(pattern: str, said: str) -> None:
    with pytest.raises(PatternProblem, match="«") as refused:
        Patterns(Classes(CLASSES)).add(1, pattern)
    assert said in str(refused.value)


def test_a_class_inside_itself_is_refused() -> None:
    with pytest.raises(PatternProblem, match="se contiene a sí misma"):
        Classes({"uno": ["{dos} y"], "dos": ["{uno} y"]})


@given(st.lists(st.sampled_from(["quiero", "morir", "no", "tengo", "ganas", "de", "nada", END]), max_size=40))
def test_what_is_found_begins_and_ends_as_the_pattern_does(words: list[str]) -> None:
    text = " ".join(words)
    for start, end in places("{querer} ~4 morir", text):
        assert words[end - 1] == "morir"
        assert words[start] in {"quiero", "tengo"}
        assert "no" not in words[start:end]
        assert END not in words[start:end]


def test_patterns_that_begin_alike_are_told_apart() -> None:
    classes = Classes({})
    patterns = Patterns(classes)
    for owner, pattern in enumerate(("quiero", "quiero morir", "quiero vivir")):
        patterns.add(owner, pattern)
    patterns.lay()
    classes.lay()
    found = patterns.find(classes.text([sound("quiero"), sound("vivir")]))
    assert set(found) == {Found(0, 0, 1), Found(2, 0, 2)}
