"""Taking tables into the directory."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from directory import checking, search
from directory.models import Place

pytestmark = pytest.mark.django_db(databases="__all__")

RENIPRESS = "COD_IPRESS;NOMBRE;DEPARTAMENTO\n00012;CSMC Santa Rosa;Puno\n;Sin código;Puno\n"
COLUMNS = ("--column=code=COD_IPRESS", "--column=name=NOMBRE", "--column=region=DEPARTAMENTO")


@pytest.fixture(autouse=True)
def _real_line(settings: Settings) -> None:
    settings.DEMO = False


def load(*options: str) -> str:
    said = StringIO()
    call_command("load_directory", *options, stdout=said)
    return said.getvalue()


def table(folder: Path, text: str) -> str:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return f"--from={path}"


def test_the_national_lines_load_once_and_then_stay_the_same() -> None:
    assert load().startswith("5 new, 0 changed, 0 the same")
    assert load().startswith("0 new, 0 changed, 5 the same")
    assert Place.objects.filter(national=True).count() == 5


def test_an_official_table_loads_through_a_map_of_its_columns(tmp_path: Path) -> None:
    said = load(table(tmp_path, RENIPRESS), *COLUMNS, "--delimiter=;", "--kind=centre", "--source=RENIPRESS 2026")

    assert said.startswith("1 new, 0 changed, 0 the same, 1 left out")
    centre = Place.objects.get(code="00012")
    assert (centre.name, centre.kind, centre.region, centre.source) == (
        "CSMC Santa Rosa",
        "centre",
        "Puno",
        "RENIPRESS 2026",
    )


def test_a_loaded_place_waits_for_a_person_before_callers_see_it(tmp_path: Path) -> None:
    load(table(tmp_path, "code,name\nx,Centro\n"))
    assert search.all_places() == []

    checking.note(Place.objects.all(), by="Julio", day=timezone.localdate())
    assert [place.code for place in search.all_places()] == ["x"]


def test_a_new_number_undoes_the_check_of_the_old_one(tmp_path: Path) -> None:
    load(table(tmp_path, "code,name,tel,number\nx,Centro,01555,01 555\n"))
    checking.note(Place.objects.all(), by="Julio", day=timezone.localdate())
    load(table(tmp_path, "code,name,tel,number\nx,Centro,01777,01 777\n"))

    place = Place.objects.get(code="x")
    assert (place.tel, place.checked_on, place.checked_by) == ("01777", None, "")


def test_loading_the_same_facts_again_keeps_the_check(tmp_path: Path) -> None:
    load(table(tmp_path, "code,name,tel\nx,Centro,01555\n"))
    checking.note(Place.objects.all(), by="Julio", day=timezone.localdate())
    load(table(tmp_path, "code,name,tel\nx,Centro,01555\n"))

    assert Place.objects.get(code="x").checked_by == "Julio"


def test_another_table_cannot_call_itself_national(tmp_path: Path) -> None:
    load(table(tmp_path, "code,name,national\nx,Centro,1\n"))

    assert not Place.objects.get(code="x").national


def test_one_bad_row_names_itself_and_nothing_is_loaded(tmp_path: Path) -> None:
    source = table(tmp_path, "code,name,tel\na,Centro,01555\nb,Otro,llama ya\n")
    with pytest.raises(CommandError, match=r"The row 'b' has no good tel; nothing was loaded\."):
        load(source)

    assert not Place.objects.exists()


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("--column=name=NOMBRE", "lacks these columns: NOMBRE"),
        ("--column=colour=name", "not fields of a place: colour"),
    ],
)
def test_a_wrong_map_is_refused_with_a_sentence(tmp_path: Path, option: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        load(table(tmp_path, "code,name\nx,Centro\n"), option)


def test_a_table_that_is_not_there_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"absent\.csv cannot be read"):
        load(f"--from={tmp_path / 'absent.csv'}")


def test_the_centres_of_2021_load_and_wait_for_somebody_to_call_each() -> None:
    assert load(f"--from={search.CENTRES}").startswith("146 new, 0 changed, 0 the same, 0 left out")
    assert search.all_places() == []
    checking.note(Place.objects.filter(region="Cusco"), by="Julio", day=timezone.localdate())
    [cusco] = search.all_places()

    assert search.Wanted(region="Cusco", need="treatment", price="insured").fits(cusco)
    assert cusco.address
    assert not cusco.tel  # the copy has no telephones


def test_a_table_with_an_unknown_need_loads_nothing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="has no good needs"):
        load(table(tmp_path, "code,name,needs\nx,Centro,treatment magic\n"))
    assert not Place.objects.exists()


def test_a_new_address_undoes_the_check_of_the_old_one(tmp_path: Path) -> None:
    load(table(tmp_path, "code,name,address\nx,Centro,Jirón Uno 1\n"))
    checking.note(Place.objects.all(), by="Julio", day=timezone.localdate())
    load(table(tmp_path, "code,name,address\nx,Centro,Jirón Dos 2\n"))
    assert search.all_places() == []
