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


def centre(code: str, region: str) -> None:
    Place.objects.create(code=code, name=code, kind="centre", region=region, checked_on=timezone.localdate())


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


def test_an_invented_department_shows_every_place_and_echoes_nothing(client: Client) -> None:
    centre("CSMC Wanchaq", "Cusco")

    shown = page(client, "?departamento=Narnia&tipo=%3Cscript%3E")
    assert "CSMC Wanchaq" in shown
    assert "Narnia" not in shown


def test_looking_for_a_place_leaves_no_cookie_behind(client: Client) -> None:
    assert not client.get("/recursos/").cookies
