"""The public pages as a browser gets them."""

import gzip
import re

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from pytest_django import Settings

from campaign import content

EVERY_PAGE = [page.slug for page in content.menu()]
ABOUT_SUICIDE = [page.slug for page in content.menu() if page.about_suicide]
NUMBERS = ("113", "106", "100", "105", "116")

with_rows = pytest.mark.django_db(databases="__all__")


@pytest.fixture(autouse=True)
def _plain_static_names(settings: Settings) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}  # nothing is collected for these tests


def shown(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


@with_rows
def test_the_front_page_has_one_clear_button_and_it_leads_to_the_conversation(client: Client) -> None:
    page = shown(client, "/")

    assert re.findall(r'<a class="button button--primary" href="([^"]+)">([^<]+)', page) == [
        ("/hablar/", "Conversar ahora")
    ]


@with_rows
def test_the_danger_door_of_the_front_page_opens_by_a_plain_form(client: Client) -> None:
    page = shown(client, "/")

    form = re.search(r'<form method="post" action="/hablar/".*?</form>', page, re.DOTALL)
    assert form is not None
    assert 'name="do" value="danger"' in form[0]
    assert 'name="csrfmiddlewaretoken"' in form[0]


@with_rows
def test_the_front_page_dials_all_five_numbers_and_says_the_option(client: Client) -> None:
    page = shown(client, "/")

    assert re.findall(r'href="tel:(\d+)"', page) == list(NUMBERS)
    assert "elige la opción 5" in page


@with_rows
def test_the_front_page_names_the_partners_and_the_three_axes(client: Client) -> None:
    page = shown(client, "/")

    assert all(name in page for name in ("DeMentes", "Dando+", "Sonqo &amp; Maqui", "Fundación Calma"))
    assert len(set(re.findall(r'<li><a href="/campana/[^"]+">([^<]+)</a>\. ', page))) == 3


@with_rows
def test_the_front_page_stays_small_enough_for_a_bad_signal(client: Client) -> None:
    # the budget of 14 kB holds for everything together; the page alone may take a third of it
    assert len(gzip.compress(shown(client, "/").encode())) < 4_700


def test_the_front_page_stands_while_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_self: BaseDatabaseWrapper) -> None:
        raise OperationalError

    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", away)
    page = shown(client, "/")

    assert all(f'href="tel:{number}"' in page for number in NUMBERS)
    assert "csrfmiddlewaretoken" not in page
    assert 'href="/hablar/"' in page


@pytest.mark.parametrize("slug", ABOUT_SUICIDE)
def test_a_page_on_suicide_carries_the_whole_sentence_of_the_law(client: Client, slug: str) -> None:
    assert content.MANDATORY_SENTENCE in shown(client, f"/campana/{slug}/")


@with_rows
def test_the_front_page_carries_the_whole_sentence_of_the_law(client: Client) -> None:
    assert content.MANDATORY_SENTENCE in shown(client, "/")


@with_rows
@pytest.mark.parametrize("slug", EVERY_PAGE)
def test_every_page_leads_on_to_the_conversation_and_runs_nothing_inline(client: Client, slug: str) -> None:
    page = shown(client, f"/campana/{slug}/")

    assert 'href="/hablar/"' in page
    assert not re.search(r"<style|style=|<script(?![^>]*src=)|\son[a-z]+=", page)


@with_rows
def test_the_danger_page_shows_the_numbers_before_any_advice(client: Client) -> None:
    page = shown(client, "/campana/en-peligro/")

    assert page.index('href="tel:106"') < page.index("Mientras llega la ayuda")


@with_rows
def test_reading_a_page_of_the_campaign_leaves_no_cookie(client: Client) -> None:
    assert not client.get("/campana/tus-palabras/").cookies


@with_rows
def test_the_page_about_your_words_does_not_promise_too_much(client: Client) -> None:
    page = shown(client, "/campana/tus-palabras/")

    assert "no está cerrado de extremo a extremo" in page
    assert "Mientras escribes, el servidor lleva tus palabras" in page


@with_rows
@pytest.mark.parametrize("slug", ["front", "no-existe"])
def test_an_unknown_page_is_not_found(client: Client, slug: str) -> None:
    assert client.get(f"/campana/{slug}/").status_code == 404
