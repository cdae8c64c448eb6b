"""The public figures from the row that somebody let out to the page and the files that anybody gets."""

import csv
import datetime
import gzip
import io
import json
import re
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models.query import QuerySet
from django.test import Client
from pytest_django import Settings

from campaign import safe_messaging
from campaign.figures import Row, Table
from hotline import public_figures
from oversight.disclosure import LEAST, REACH, STEP, THRESHOLD, WEIGHTS
from oversight.invented_figures import invent
from oversight.models import MonthFigures
from oversight.public_tables import SHAPES
from oversight.publication import SETTLES
from tests.campaign.conftest import words_of

pytestmark = pytest.mark.django_db(databases="__all__")

TODAY = datetime.date(2026, 11, 26)
OCTOBER = datetime.date(2026, 10, 1)
EMPTY = {shape.code: dict.fromkeys(shape.rows) for shape in SHAPES}
FILES = ("cifras.csv", "cifras.json", "2026-10.csv", "2026-10.json", "diccionario.csv", "datapackage.json")


@pytest.fixture(autouse=True)
def _as_a_fresh_node(settings: Settings) -> None:
    """Serve static files by their plain names, and forget what another test read."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    public_figures.KEPT.clear()


def month(state: str = "published", *, invented: bool = False, **tables: dict[str, int | None]) -> MonthFigures:
    """Make the figures of October."""
    return MonthFigures.objects.create(
        month=OCTOBER,
        invented=invented,
        rules="2026-1",
        made_on=datetime.date(2026, 11, 8),
        decided_on=datetime.date(2026, 11, 9),
        state=state,
        tables=EMPTY | {code: EMPTY[code] | rows for code, rows in tables.items()},
    )


def of_real_line(settings: Settings) -> None:
    """Leave the demonstration."""
    settings.DEMO = False
    month(contacts={"talked": 120, "gave_up": 25}, waits={"up_to_2": 90}, reasons={"mood": 40, "suicide": 25})


def read(client: Client, path: str = "") -> str:
    response = client.get(f"/campana/cifras/{path}")
    assert response.status_code == 200
    return response.content.decode("utf-8-sig")


# The page -------------------------------------------------------------------------------------------------------------


def test_a_file_of_a_demonstration_says_in_each_line_that_it_is_invented(client: Client) -> None:
    month("published", invented=True, contacts={"talked": 120})
    lines = list(csv.DictReader(io.StringIO(read(client, "cifras.csv").removeprefix("\ufeff"))))

    assert {line["inventado"] for line in lines} == {"sí"}


def test_many_rows_that_are_not_told_are_a_list_of_names_each_apart() -> None:
    table = Table("t", "T", "", tuple(Row(str(number), f"A, {number}", None) for number in range(5)))

    assert table.untold_are_many
    assert len(table.untold) == 5
    assert not Table("t", "T", "", table.rows[:4]).untold_are_many


def test_a_line_that_published_nothing_says_so_plainly(client: Client, settings: Settings) -> None:
    settings.DEMO = False
    page = read(client)

    assert "Todavía no publicamos ninguna cifra." in page
    assert "<table" not in page
    assert json.loads(read(client, "cifras.json"))["meses"] == []


@pytest.mark.parametrize("state", ["made", "held"])
def test_a_month_that_nobody_let_out_is_seen_nowhere(client: Client, settings: Settings, state: str) -> None:
    settings.DEMO = False
    month(state, contacts={"talked": 120})

    assert "Todavía no publicamos ninguna cifra." in read(client)
    assert "2026-10" not in read(client, "cifras.csv") + read(client, "cifras.json")
    assert {client.get(f"/campana/cifras/2026-10{end}").status_code for end in ("/", ".csv", ".json")} == {404}


def test_a_published_month_is_told_in_tables_with_what_is_not_told(client: Client, settings: Settings) -> None:
    of_real_line(settings)
    page = read(client)
    rows = dict(re.findall(r'<th scope="row">([^<]+)<.*?<td>([^<]+)</td>', page))

    assert "Octubre de 2026" in page
    assert (rows["Conversaron con una persona voluntaria"], rows["Esperaron y se fueron sin respuesta"]) == (
        "120",
        "25",
    )
    assert rows["Se fueron durante las preguntas, antes de esperar"] == "no se publica"
    assert "Una persona del equipo las miró y las publicó el 09/11/2026." in page
    assert "inventadas" not in page


def test_every_bar_stands_beside_its_number_and_is_hidden_from_a_screen_reader(
    client: Client, settings: Settings
) -> None:
    of_real_line(settings)
    page = read(client)
    bars = re.findall(r'<svg class="figures__bar"[^>]*aria-hidden="true"[^>]*><rect width="(\d+)"', page)

    assert bars == ["100", "21", "100", "100", "62"]
    assert page.count("<rect") == len(bars)
    assert not re.search(r"<style|style=|<script(?![^>]*src=)|\son[a-z]+=", page)


def test_a_month_in_which_few_talked_is_told_as_such(client: Client, settings: Settings) -> None:
    settings.DEMO = False
    month()

    assert "Ese mes conversaron pocas personas." in read(client)


def test_a_demonstration_shows_invented_months_alone_and_says_so(client: Client, settings: Settings) -> None:
    month(contacts={"talked": 995})
    assert invent(TODAY) == 6
    assert invent(TODAY) == 0

    page = read(client)
    assert "estas cifras son inventadas" in page
    assert "995" not in page
    assert MonthFigures.objects.filter(invented=True, state="made").count() == 1
    assert all(one["inventado"] for one in json.loads(read(client, "cifras.json"))["meses"])

    settings.DEMO = False
    assert [one["mes"] for one in json.loads(read(client, "cifras.json"))["meses"]] == ["2026-10"]
    assert "995" in read(client)


def test_several_months_stand_side_by_side_and_each_has_its_address(client: Client) -> None:
    invent(TODAY)
    page = read(client)
    linked = re.findall(r'href="/campana/cifras/(\d{4}-\d\d)/"', page)

    assert linked == ["2026-09", "2026-08", "2026-07", "2026-06", "2026-05"]
    assert "Mayo de 2026" in read(client, "2026-05/")


def test_a_page_of_figures_stays_small_enough_for_a_bad_signal(client: Client) -> None:
    invent(TODAY)

    assert len(read(client).encode()) < 30_000
    assert len(gzip.compress(read(client).encode())) < 5_000
    assert len(gzip.compress(read(client, "diccionario/").encode())) < 6_000


@pytest.mark.parametrize("path", ["", "diccionario/"])
def test_the_pages_follow_the_rules_of_safe_messaging(client: Client, path: str) -> None:
    invent(TODAY)
    words = words_of(read(client, path)).replace("&quot;", '"')

    assert safe_messaging.carries_sentence(words)
    assert [fault for fault in safe_messaging.faults(words, carried=True) if fault.hard] == []


def test_looking_at_figures_leaves_no_cookie(client: Client, settings: Settings) -> None:
    of_real_line(settings)

    for path in ("", "diccionario/", *FILES):
        answer = client.get(f"/campana/cifras/{path}")
        assert (answer.status_code, len(answer.cookies)) == (200, 0)


def test_the_press_page_the_index_and_the_site_map_lead_to_the_figures(client: Client) -> None:
    for path in ("/campana/prensa/", "/campana/"):
        assert 'href="/campana/cifras/"' in client.get(path).content.decode()
    assert "/campana/cifras/</loc>" in client.get("/sitemap.xml").content.decode()


def test_the_dictionary_tells_the_rules_as_they_are(client: Client) -> None:
    page = read(client, "diccionario/")
    small = sum(weight for move, weight in WEIGHTS.items() if abs(move) < STEP) / sum(WEIGHTS.values())

    assert f"9 de cada 10 veces menos de {STEP}, y nunca más de {REACH}" in page
    assert round(small * 10) == 9
    assert f"quedan menos de {LEAST}, no se publica. Así, lo publicado es siempre de {THRESHOLD} visitas o más" in page
    assert f"más de {NUMBERS[SETTLES.days]} días después del mes" in page


NUMBERS = {7: "siete"}


# The files ------------------------------------------------------------------------------------------------------------


def test_the_csv_file_has_a_line_for_each_row_and_leaves_empty_what_is_not_told(
    client: Client, settings: Settings
) -> None:
    of_real_line(settings)
    lines = list(csv.DictReader(io.StringIO(read(client, "cifras.csv"))))
    told = {(line["tabla"], line["fila"]): line for line in lines}

    assert len(lines) == sum(len(shape.rows) for shape in SHAPES)
    assert told["contacts", "talked"]["cantidad"] == "120"
    assert (told["contacts", "no_conversation"]["cantidad"], told["contacts", "no_conversation"]["se_publica"]) == (
        "",
        "no",
    )
    assert {line["hecho_el"] for line in lines} == {"2026-11-08"}
    assert read(client, "2026-10.csv") == read(client, "cifras.csv")


def test_json_says_the_same_as_csv(client: Client, settings: Settings) -> None:
    of_real_line(settings)
    lines = csv.DictReader(io.StringIO(read(client, "cifras.csv")))
    one = json.loads(read(client, "2026-10.json"))["meses"][0]

    from_csv = {(line["tabla"], line["fila"]): line["cantidad"] for line in lines}
    from_json = {
        (table["tabla"], row["fila"]): "" if row["cantidad"] is None else str(row["cantidad"])
        for table in one["tablas"]
        for row in table["filas"]
    }
    assert from_csv == from_json


def test_the_dictionary_explains_every_column_table_and_row_of_the_file(client: Client, settings: Settings) -> None:
    of_real_line(settings)
    lines = list(csv.DictReader(io.StringIO(read(client, "cifras.csv"))))
    dictionary = list(csv.DictReader(io.StringIO(read(client, "diccionario.csv"))))
    rows = {(one["codigo"], one["fila"]) for one in dictionary if one["que_es"] == "fila"}

    assert {one["codigo"] for one in dictionary if one["que_es"] == "columna"} == set(lines[0])
    assert rows == {(line["tabla"], line["fila"]) for line in lines}
    assert all(one["significa"] for one in dictionary)
    package = json.loads(read(client, "datapackage.json"))
    assert [field["name"] for field in package["resources"][0]["schema"]["fields"]] == list(lines[0])
    assert package["resources"][0]["path"].endswith("/campana/cifras/cifras.csv")
    assert all(f"<code>{shape.code}</code>" in read(client, "diccionario/") for shape in SHAPES)


@pytest.mark.parametrize("path", FILES)
def test_a_file_that_did_not_change_is_not_sent_again(client: Client, settings: Settings, path: str) -> None:
    of_real_line(settings)
    first = client.get(f"/campana/cifras/{path}")
    again = client.get(f"/campana/cifras/{path}", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert first["Cache-Control"] == "public, no-cache"
    assert first["Access-Control-Allow-Origin"] == "*"


# While the database is away -------------------------------------------------------------------------------------------


def test_figures_stand_as_they_were_read_while_the_database_is_away(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_real_line(settings)
    page = read(client)

    def away(*_given: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(QuerySet, "_fetch_all", away)
    assert read(client) == page

    public_figures.KEPT.clear()
    answer = client.get("/campana/cifras/")
    assert answer.status_code == 503
    assert "Ahora no podemos leer las cifras." in answer.content.decode()
    assert client.get("/campana/cifras/cifras.csv").status_code == 503
