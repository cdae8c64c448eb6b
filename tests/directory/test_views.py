"""The page of other places of help."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from directory.models import Place

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture(autouse=True)
def _plain_static_names(settings: Settings) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}  # nothing is collected for these tests


def centre(code: str, region: str, **facts: str) -> None:
    given = {"code": code, "name": code, "kind": "centre", "region": region} | facts
    Place.objects.create(**given, checked_on=timezone.localdate())


def page(client: Client, query: str = "") -> str:
    response = client.get(f"/recursos/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_dials_all_five_lines_with_an_empty_database(client: Client) -> None:
    shown = page(client)

    assert all(f'href="tel:{number}"' in shown for number in ("113", "106", "100", "105", "116"))
    assert "elige la opción 5" in shown


def test_the_page_shows_only_the_department_that_was_chosen(client: Client) -> None:
    centre("CSMC Wanchaq", "Cusco")
    centre("CSMC Juliaca", "Puno")

    shown = page(client, "?departamento=Cusco&tipo=centre")
    assert "CSMC Wanchaq" in shown
    assert "CSMC Juliaca" not in shown


def test_the_page_finds_by_department_need_and_cost_together(client: Client) -> None:
    centre("CSMC Wanchaq", "Cusco", needs="treatment", price="insured", address="Jirón Uno 1")
    centre("Casa de Acogida", "Cusco", needs="violence", price="free")
    centre("Consultorio", "Cusco", needs="treatment", price="paid")

    shown = page(client, "?departamento=Cusco&necesidad=treatment&costo=insured")
    assert "CSMC Wanchaq" in shown
    assert "Jirón Uno 1, Cusco" in shown
    assert "Casa de Acogida" not in shown
    assert "Consultorio" not in shown
    assert '<option value="treatment" selected>' in shown
    assert "No tenemos un lugar revisado" in page(client, "?departamento=Cusco&necesidad=grief")


def test_a_long_list_stays_light_until_a_department_is_chosen(client: Client) -> None:
    for number in range(15):
        centre(f"CSMC {number:02}", "Puno")

    assert page(client).count('class="place"') == 12
    assert "Hay 3 lugares más" in page(client)
    assert page(client, "?departamento=Puno").count('class="place"') == 15


@pytest.mark.parametrize("demo", [True, False])
def test_only_the_demonstration_shows_what_nobody_checked_and_says_so(
    client: Client, settings: Settings, *, demo: bool
) -> None:
    settings.DEMO = demo
    Place.objects.create(code="x", name="CSMC Sin Revisar", kind="centre", region="Puno")

    shown = page(client)
    assert ("CSMC Sin Revisar" in shown) is demo
    assert ("Nadie lo ha revisado todavía" in shown) is demo


def test_an_invented_department_shows_every_place_and_echoes_nothing(client: Client) -> None:
    centre("CSMC Wanchaq", "Cusco")

    shown = page(client, "?departamento=Narnia&tipo=%3Cscript%3E")
    assert "CSMC Wanchaq" in shown
    assert "Narnia" not in shown


def test_looking_for_a_place_leaves_no_cookie_behind(client: Client) -> None:
    assert not client.get("/recursos/").cookies


def test_what_a_table_says_is_spanish_on_pages_of_every_language(client: Client) -> None:
    centre("Centro Uno", "Cusco", cost="gratis con SIS")
    page_in_english = client.get("/en/recursos/").content.decode()

    assert '<strong lang="es-PE">Centro Uno</strong>' in page_in_english
    assert '<span class="small" lang="es-PE">Gratis con SIS</span>' in page_in_english
