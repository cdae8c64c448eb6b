"""The official wording of questionnaires comes from a file of the coordination; none is shipped."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from reflection import form_wordings
from reflection.models import FormWording
from roster.errors import WordingProblem
from tests.reflection.listeners import seen, with_space
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")

#: Made up for tests: no item of any official form.
WHO5_FILE = """
code = "who5"
language = "es-PE"
version = "prueba-1"
source = "Autora de prueba"
licence = "Licencia de prueba"
licence_accepted = true
intro = "Presentación de prueba"
items = ["frase uno", "frase dos", "frase tres", "frase cuatro", "frase cinco"]
answers = ["cero", "uno", "dos", "tres", "cuatro", "cinco"]
"""
SHORT_FILE = (
    WHO5_FILE.replace("who5", "proqol9")
    .replace('"frase cinco"', '"cinco", "seis", "siete", "ocho", "nueve"')
    .replace('"cero", ', "")
    + 'scales = ["stress", "burnout", "satisfaction", "stress", "burnout", "satisfaction", "stress", "burnout", '
    '"satisfaction"]\n'
)


def load_who5() -> FormWording:
    return form_wordings.load(WHO5_FILE.encode())[0]


def test_without_a_file_a_questionnaire_is_not_asked() -> None:
    _member, browser = with_space()
    assert browser.get("/reflexion/como-estoy/who5/").status_code == 404
    assert "la coordinación no ha cargado su texto oficial" in seen(browser, "/reflexion/como-estoy/")
    load_who5()
    page = seen(browser, "/reflexion/como-estoy/who5/")
    assert all(words in page for words in ("frase tres", "cinco", "Presentación de prueba", "Autora de prueba"))


def test_a_file_is_taken_once_and_leaves_its_trace() -> None:
    first, new = form_wordings.load(WHO5_FILE.encode())
    again, newer = form_wordings.load(WHO5_FILE.encode())
    assert (first.pk, new, newer) == (again.pk, True, False)
    assert Entry.objects.filter(act="form.load").count() == 1
    with pytest.raises(WordingProblem, match="una versión nueva"):
        form_wordings.load(WHO5_FILE.replace("frase uno", "otra").encode())


def test_the_short_proqol_says_to_which_scale_each_item_belongs() -> None:
    assert form_wordings.read(SHORT_FILE.encode()).scales[:3] == ["stress", "burnout", "satisfaction"]
    with pytest.raises(WordingProblem, match=r"«scales».*3 veces"):
        form_wordings.read(SHORT_FILE.replace('scales = ["stress"', 'scales = ["burnout"').encode())


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("licence_accepted = true", "licence_accepted = false", "licence_accepted"),
        ('code = "who5"', 'code = "phq9"', "«code».*no es un cuestionario"),
        ('"frase dos", ', "", "«items».*5 textos"),
        ('"frase dos"', '""', "«items», número 2"),
        ('"cero", ', "", "«answers».*6 textos"),
        ('language = "es-PE"', 'language = "Castellano"', "«language».*no es un idioma"),
        ("intro =", "entrada =", "«entrada».*no se conoce"),
        ('source = "Autora de prueba"', "", "«source».*falta"),
        ("items = [", "items = ", "no se entiende"),
        ("answers =", "scales = []\nanswers =", "«scales».*sobra"),
    ],
)
def test_a_file_with_a_defect_is_refused_with_its_sentence(before: str, after: str, told: str) -> None:
    with pytest.raises(WordingProblem, match=told):
        form_wordings.read(WHO5_FILE.replace(before, after, 1).encode())


def test_the_command_says_what_it_did_and_what_was_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "who5.toml"
    file.write_text(WHO5_FILE, encoding="utf-8")
    call_command("load_form", str(file))
    assert "who5 es-PE prueba-1: 5 items loaded" in capsys.readouterr().out
    file.write_bytes(b"\xff")
    with pytest.raises(CommandError, match="UTF-8"):
        call_command("load_form", str(file))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_form", str(tmp_path / "nowhere.toml"))
