"""What search engines and readers of news get: the pages that people may read, and nobody else's address."""

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.test import Client
from pytest_django import Settings

from campaign import content, safe_messaging
from hotline import shown_languages

ATOM = "{http://www.w3.org/2005/Atom}"
XHTML = "{http://www.w3.org/1999/xhtml}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("plain_static_names")]

ORIGIN = "https://linea.example"


@pytest.fixture(autouse=True)
def _a_line_with_an_address(settings: Settings) -> None:
    settings.ORIGINS = [ORIGIN, "https://otra.example"]


def feed(client: Client) -> ElementTree.Element:
    response = client.get("/campana/novedades.atom")
    assert (response.status_code, response["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    return ElementTree.fromstring(response.content)  # noqa: S314  our own answer


def addresses(client: Client) -> list[str]:
    found = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314
    return [str(one.text) for one in found.iter(f"{MAP}loc")]


def test_the_feed_tells_every_page_with_its_whole_address_and_its_day(client: Client) -> None:
    entries = feed(client).findall(f"{ATOM}entry")
    links = {str(one.find(f"{ATOM}link").get("href")) for one in entries}  # type: ignore[union-attr]

    assert links == {f"{ORIGIN}/campana/{slug}/" for slug in content.shown(drafts=True)}
    assert {one.findtext(f"{ATOM}updated") for one in entries} == {"2026-11-26T00:00:00-05:00"}


def test_the_feed_carries_the_sentence_of_the_law_with_every_text_on_suicide(client: Client) -> None:
    entries = {str(one.findtext(f"{ATOM}title")): one for one in feed(client).findall(f"{ATOM}entry")}
    carried = {
        title for title, one in entries.items() if safe_messaging.carries_sentence(str(one.findtext(f"{ATOM}summary")))
    }

    assert carried == {page.title for page in content.shown(drafts=True).values() if page.about_suicide}


#: Pages that stand in each language, and those that are Spanish alone.
FIXED = ("/", "/campana/", "/recursos/")
SPANISH = ("/campana/cifras/", "/campana/cifras/diccionario/")


def test_the_site_map_names_the_public_pages_and_nothing_of_a_conversation(client: Client) -> None:
    pages = [*FIXED, *(f"/campana/{slug}/" for slug in content.shown(drafts=True))]

    assert sorted(addresses(client)) == sorted(
        [f"{ORIGIN}{path}" for path in (*pages, *SPANISH)] + [f"{ORIGIN}/en{path}" for path in pages]
    )


def test_the_site_map_tells_each_page_in_its_other_languages_and_no_language_that_has_few_words(client: Client) -> None:
    found = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314
    told = {
        str(one.findtext(f"{MAP}loc")): {link.get("hreflang"): link.get("href") for link in one.iter(f"{XHTML}link")}
        for one in found.iter(f"{MAP}url")
    }
    here, there = f"{ORIGIN}/campana/hombres/", f"{ORIGIN}/en/campana/hombres/"

    assert told[here] == told[there] == {"es-pe": here, "en": there, "x-default": here}
    assert set(told[f"{ORIGIN}/campana/cifras/"]) == {"es-pe", "x-default"}


def test_a_page_whose_text_is_not_translated_is_no_page_in_that_language(client: Client, own_texts: Path) -> None:
    (own_texts.parent / "en" / "hombres.md").unlink()

    assert f"{ORIGIN}/en/campana/hombres/" not in addresses(client)
    assert f"{ORIGIN}/en/campana/jovenes/" in addresses(client)
    assert 'hreflang="en" href' not in client.get("/campana/hombres/").content.decode()


@pytest.mark.parametrize("path", ["/", "/campana/", "/recursos/", "/campana/hombres/"])
def test_a_page_tells_where_it_stands_in_its_other_languages(client: Client, path: str) -> None:
    for page in (path, f"/en{path}"):
        links = re.findall(
            r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', client.get(page).content.decode()
        )
        here, there = f"{ORIGIN}{path}", f"{ORIGIN}/en{path}"
        assert links == [("es-PE", here), ("en", there), ("x-default", here)]


def test_a_language_that_is_not_shown_is_told_to_no_search_engine(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO = False
    monkeypatch.setattr(shown_languages, "is_reviewed", lambda _language: False)

    assert not [one for one in addresses(client) if "/en/" in one]
    assert "/en/" not in client.get("/robots.txt").content.decode()
    assert "hreflang" not in client.get("/campana/tus-palabras/").content.decode()
    monkeypatch.setattr(shown_languages, "is_reviewed", lambda language: language == "en")
    assert f"{ORIGIN}/en/campana/tus-palabras/" in addresses(client)
    assert "Allow: /en/campana/" in client.get("/robots.txt").content.decode().splitlines()


def test_a_real_line_tells_of_approved_texts_alone(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch, approve: Callable[[str], None]
) -> None:
    settings.DEMO = False
    monkeypatch.setattr(shown_languages, "is_reviewed", lambda _language: False)
    approve("hombres")

    shown = {"hombres", *(page.slug for page in content.pages().values() if page.stands)}
    assert len(feed(client).findall(f"{ATOM}entry")) == len(shown)
    assert {one for one in addresses(client) if "/campana/" in one} == {
        f"{ORIGIN}/campana/",
        f"{ORIGIN}/campana/cifras/",
        f"{ORIGIN}/campana/cifras/diccionario/",
        *(f"{ORIGIN}/campana/{slug}/" for slug in shown),
    }


def test_search_engines_read_nothing_of_the_demonstration(client: Client) -> None:
    assert client.get("/robots.txt").content.decode() == "User-agent: *\nDisallow: /\n"


def test_search_engines_read_the_public_pages_of_a_real_line_and_no_other(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO = False
    monkeypatch.setattr(shown_languages, "is_reviewed", lambda _language: False)
    lines = client.get("/robots.txt").content.decode().splitlines()

    assert [line for line in lines if re.match("(Dis)?allow", line, re.IGNORECASE)] == [
        "Allow: /$",
        "Allow: /campana/",
        "Allow: /recursos/",
        "Allow: /static/",
        "Disallow: /",
    ]
    assert f"Sitemap: {ORIGIN}/sitemap.xml" in lines


@pytest.mark.parametrize("path", ["/campana/novedades.atom", "/sitemap.xml", "/robots.txt", "/campana/fechas.ics"])
def test_they_are_read_and_nothing_else_and_leave_no_cookie(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
    assert not client.get(path).cookies
