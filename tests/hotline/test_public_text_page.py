"""The coordination's page of public texts: a text is judged without a console, and what each text waits for is told."""

import dataclasses
import html
import re

import pytest
from django.test import Client

from campaign import content
from campaign.safe_messaging import Fault
from roster.models import Role
from tests.cast import browser_of, make_member

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def desk() -> Client:
    """Return the browser of a coordinator."""
    return browser_of(make_member(Role.COORDINATOR))


def tried(desk: Client, text: str, language: str = "es-PE") -> str:
    """Return what a text is told, in words."""
    page = desk.post("/equipo/textos/", {"text": text, "language": language}).content.decode()
    found = re.search(r'id="resultado".*?</section>', page, re.DOTALL)
    return " ".join(re.sub("<[^>]+>", " ", html.unescape(found[0])).split()) if found else ""


def test_a_text_that_does_harm_is_told_with_its_line_and_what_to_write(desk: Client) -> None:
    told = tried(desk, "Hoy.\nUna epidemia de suicidios.")

    assert "Así no se publica" in told
    assert "Línea 2, no se publica. «epidemia»" in told
    assert "Di el hecho con calma" in told


def test_a_text_in_english_is_judged_by_its_own_rules(desk: Client) -> None:
    assert "«committed»" in tried(desk, "He committed suicide.", "en")
    assert "«committed»" not in tried(desk, "He committed suicide.")


def test_a_whole_page_is_told_its_mistakes_and_its_mark(desk: Client) -> None:
    text = (content.CONTENT / "es-PE" / "hombres.md").read_text(encoding="utf-8")

    assert content.pages()["hombres"].mark in tried(desk, text.replace("\n", "\r\n"))
    assert "¿es «order»?" in tried(desk, text.replace("order = 5", "orden = 5"))


def test_a_text_without_a_fault_still_waits_for_a_person(desk: Client) -> None:
    told = tried(desk, "Conversar alivia.")

    assert "El programa no encontró nada" in told
    assert "Falta que lo lea una persona." in told


@pytest.mark.parametrize("text", ["", "a" * 20_001])
def test_what_cannot_be_judged_is_said_and_what_was_pasted_stays(desk: Client, text: str) -> None:
    answer = desk.post("/equipo/textos/", {"text": text, "language": "es-PE"})

    assert answer.status_code == 400
    assert text in answer.content.decode()
    assert not tried(desk, text)


def test_every_text_is_listed_with_what_it_waits_for(desk: Client) -> None:
    page = desk.get("/equipo/textos/").content.decode()

    assert page.count("Faltan 9 respuestas de una persona") == sum(
        len(content.pages(language)) for language in content.languages()
    )
    assert page.count(">espera su aprobación<") == 12 * 2
    assert page.count("Espera su aprobación. Se ve igual") == 4 * 2
    assert "said_by = &quot;Nombre, cargo, 2026-12-01&quot;" in page


def test_a_text_that_broke_a_rule_says_which(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = Fault(30, "sensational", "Asusta.", "Dilo con calma.", "epidemia")
    broken = dataclasses.replace(content.pages()["hombres"], faults=(fault,))
    monkeypatch.setattr(content, "pages", lambda _language="": {"hombres": broken})
    page = desk.get("/equipo/textos/").content.decode()

    assert "no se ve: rompe una regla" in page
    assert "Línea 30: «epidemia» Asusta. Dilo con calma." in page
