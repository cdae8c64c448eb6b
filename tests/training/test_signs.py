"""The signs by which a program knows what a trainee did."""

import pytest

from tests.house.source import ROOT
from training import signs
from training.errors import ScenarioProblem

HEAD = 'version = "x"\nlanguage = "es-PE"\nsigned_by = ""\n[[signs]]\ncode = "one"\nes = "una"\n'


@pytest.mark.parametrize(
    ("text", "shown", "not_shown"),
    [
        ("¿Has pensado en suicidarte?", {"asks_suicide"}, {"open_question", "advises"}),
        ("¿HAZ PENSADO EN QUITARTE LA VIDA?", {"asks_suicide"}, set()),
        ("No es tu culpa. ¿Dónde está él ahora?", {"believes", "asks_safety"}, {"blames"}),
        ("Hola, soy Diego. ¿Qué te trae por aquí?", {"greets", "open_question"}, {"closed_question"}),
        ("Tranquila, no es para tanto", {"minimises"}, {"reflects"}),
        ("No te puedo prometer eso: si estás en peligro tendría que avisar", {"honest"}, {"promises"}),
        ("No tienes que contarme todo, aquí estoy", {"no_hurry"}, {"advises"}),
        ("La línea 100 atiende a toda hora", {"refers"}, {"offers_step"}),
    ],
)
def test_a_sentence_shows_what_it_does(text: str, shown: set[str], not_shown: set[str]) -> None:
    found = signs.in_force().read(text)

    assert shown <= found
    assert not found & not_shown


@pytest.mark.parametrize(
    ("rest", "named"),
    [
        ('patterns = ["hola"]\nshows = ["adiós"]', "adiós"),
        ('patterns = ["hola"]\nshows = []\nsilent = ["hola"]', "hola"),
        ('patterns = ["h[oa]la"]\nshows = []', r"h\[oa\]la"),
        ('patterns = ["hola"]\nshows = []\nunless = ["two"]', "one"),
        ('patterns = ["hola"]\nshows = []\nsounds = 1', "sounds"),
        ("patterns = [\n", "line|end of document"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_its_place(rest: str, named: str) -> None:
    with pytest.raises(ScenarioProblem, match=f"x.toml.*({named})"):
        signs.Signs((HEAD + rest).encode(), "x.toml")


def test_the_published_file_waits_for_a_clinician_and_says_so() -> None:
    raw = (ROOT / "training/content/es-PE/signs-2026-1.toml").read_text()

    assert signs.in_force().file.signed_by == ""
    assert "sin firma" in raw
