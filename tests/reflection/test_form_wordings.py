"""The official wording of questionnaires comes from a file of the coordination; none is shipped."""

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from reflection import form_wordings
from reflection.models import FormWording
from reflection.questionnaires import FORMS, Form
from roster.errors import WordingProblem
from roster.models import Role
from tests.cast import browser_of, make_member
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
    '"satisfaction"]\nturned = [2]\n'
)
ITEMS = ", ".join(f'"frase {number}"' for number in range(1, 31))
SCALES = ", ".join(['"satisfaction", "burnout", "stress"'] * 10)
PROQOL_FILE = (
    SHORT_FILE[: SHORT_FILE.index("items =")].replace("proqol9", "proqol5")
    + f"items = [{ITEMS}]\n"
    + 'answers = ["uno", "dos", "tres", "cuatro", "cinco"]\n'
    + f"scales = [{SCALES}]\nturned = [29, 1, 4, 15, 17]\n"
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


def test_proqol_5_says_which_scale_each_item_belongs_to_and_which_are_turned() -> None:
    found = form_wordings.read(PROQOL_FILE.encode())
    assert (found.scales[:3], found.turned) == (["satisfaction", "burnout", "stress"], [1, 4, 15, 17, 29])
    with pytest.raises(WordingProblem, match=r"«scales».*10 veces"):
        form_wordings.read(PROQOL_FILE.replace('scales = ["satisfaction"', 'scales = ["burnout"').encode())


@pytest.mark.parametrize(
    ("turned", "told"),
    [
        ("", "«turned».*falta"),
        ('turned = "1"', "«turned».*falta"),
        ("turned = [31]", "del 1 al 30"),
        ("turned = [0]", "del 1 al 30"),
        ("turned = [1, 1]", "cada uno una vez"),
        ('turned = ["1"]', "del 1 al 30"),
        ("turned = [true]", "del 1 al 30"),
    ],
)
def test_a_file_that_does_not_say_which_items_are_turned_is_refused(turned: str, told: str) -> None:
    with pytest.raises(WordingProblem, match=told):
        form_wordings.read(PROQOL_FILE.replace("turned = [29, 1, 4, 15, 17]", turned).encode())
    none = form_wordings.read(PROQOL_FILE.replace("turned = [29, 1, 4, 15, 17]", "turned = []").encode())
    assert none.turned == []


def test_a_questionnaire_is_scored_as_its_file_says() -> None:
    form_wordings.load(PROQOL_FILE.encode())
    _member, browser = with_space()
    browser.post("/reflexion/como-estoy/proqol5/", {str(number): "5" for number in range(1, 31)})
    page = seen(browser, "/reflexion/como-estoy/")
    # Of the items named burnout here 17 and 29 are turned, of satisfaction 1 and 4, of stress 15.
    assert page.count("42 · alto") == 2
    assert page.count("46 · alto") == 1


def test_one_that_was_loaded_before_files_said_it_is_not_asked() -> None:
    found, _new = form_wordings.load(PROQOL_FILE.encode())
    FormWording.objects.filter(pk=found.pk).update(scales=[])
    assert form_wordings.wording_of("proqol5") is None


def test_how_it_will_count_is_shown_before_it_does() -> None:
    shown = form_wordings.preview(PROQOL_FILE.encode())
    assert [about for _text, about, _changed in shown.items][:4] == [
        "Satisfacción por ayudar, al revés",
        "Desgaste",
        "Peso de lo ajeno",
        "Satisfacción por ayudar, al revés",
    ]
    facts = " ".join(map(str, shown.facts))
    assert "Desgaste: la suma de las frases 2, 5, 8, 11, 14, 17, 20, 23, 26, 29; al revés 17, 29." in facts
    assert "dice, como el archivo, que van al revés 1, 4, 15, 17, 29" in facts
    assert "por confirmar" in facts
    other = form_wordings.preview(PROQOL_FILE.replace("turned = [29", "turned = [28").encode())
    assert "el archivo dice otra cosa" in " ".join(map(str, other.facts))
    assert "la suma de las frases 1, 2, 3, 4, 5; por 4." in str(form_wordings.preview(WHO5_FILE.encode()).facts[0])
    assert not FormWording.objects.exists()


def test_the_coordination_loads_one_in_the_administration_after_a_yes() -> None:
    window = browser_of(make_member(Role.COORDINATOR, "Julio"))
    place = "/admin/reflection/formwording/"
    file = SimpleUploadedFile("proqol5.toml", PROQOL_FILE.encode())
    page = window.post(f"{place}add/", {"file": file}).content.decode()
    for words in ("ProQOL-5", "Todavía no cuenta.", "Así se va a puntuar", "Aquí va: Desgaste", "al revés 17, 29."):
        assert words in page
    assert not FormWording.objects.exists()
    raw = re.search(r'name="raw" value="([^"]+)"', page)
    assert raw
    window.post(f"{place}add/", {"raw": raw[1], "confirm": "x"})
    found = FormWording.objects.get()
    assert found.loaded_by is not None
    assert (found.loaded_by.alias, form_wordings.wording_of("proqol5")) == ("Julio", found)
    assert "al revés 17, 29." in window.get(f"{place}{found.pk}/change/").content.decode()
    assert Entry.objects.get(act="form.load").actor == str(found.loaded_by.pk)


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda one: one.code)
def test_the_example_is_refused_as_it_is_and_taken_once_it_is_filled_in(form: Form) -> None:
    file = form_wordings.example(form)
    with pytest.raises(WordingProblem, match="todavía dice «…»"):
        form_wordings.read(file.encode())
    filled = file.replace('["…"]', "[]").replace("licence_accepted = false", "licence_accepted = true")
    if form.items_by_file:
        begin, scales = filled.split("scales = [")
        for scale in form.scales:
            scales = scales.replace('"…"', f'"{scale.code}"', form.each)
        filled = f"{begin}scales = [{scales}"
    read = form_wordings.read(filled.replace('"…"', '"palabras"').encode())
    assert read.items == ["palabras"] * form.items


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
    said = capsys.readouterr().out
    assert "Bienestar: la suma de las frases 1, 2, 3, 4, 5; por 4." in said
    assert "Nothing was loaded." in said
    assert not FormWording.objects.exists()
    call_command("load_form", str(file), "--yes")
    assert "who5 es-PE prueba-1: 5 items loaded" in capsys.readouterr().out
    file.write_bytes(b"\xff")
    with pytest.raises(CommandError, match="UTF-8"):
        call_command("load_form", str(file))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_form", str(tmp_path / "nowhere.toml"))
