"""A telephone that others use: said before anything is typed, kept in the session alone, and helped with at the end."""

import re

import pytest
from django.test import Client

from chat.journey_pages import SHARED
from triage.models import Contact

COVERED = re.compile(r"<script[^>]* data-shared[ >]")


def shown(client: Client, path: str = "/hablar/") -> str:
    return client.get(path).content.decode()


@pytest.mark.django_db(databases="__all__")
def test_it_is_asked_before_anything_is_typed(client: Client) -> None:
    page = shown(client)
    asked = page.index('name="shared"')

    assert asked < page.index('name="age_band"')
    assert "<textarea" not in page
    assert 'href="/huellas/"' in page[:asked]


@pytest.mark.django_db(databases="__all__")
def test_whoever_shares_a_telephone_has_covered_pages_and_help_at_the_end(client: Client) -> None:
    client.post("/hablar/", {"do": "agree", "shared": "yes"})
    assert COVERED.search(shown(client))
    client.post("/hablar/", {"do": "skip"})
    assert COVERED.search(shown(client))
    client.post("/hablar/acordado/", {"agreed": "llamar a mi prima"})
    assert COVERED.search(shown(client, "/hablar/acordado/"))
    assert COVERED.search(shown(client, "/hablar/constancia/"))
    assert COVERED.search(client.post("/hablar/", {"do": "code"}).content.decode())
    client.post("/hablar/", {"do": "leave"})
    farewell = shown(client)

    assert "Antes de dejar este teléfono" in farewell
    assert "llamar a mi prima" not in farewell  # one tap further, where nobody sees it by chance
    assert 'href="/hablar/acordado/"' in farewell


@pytest.mark.django_db(databases="__all__")
def test_whoever_does_not_is_left_in_peace_and_still_finds_the_page(client: Client) -> None:
    client.post("/hablar/", {"do": "agree"})
    client.post("/hablar/", {"do": "skip"})
    client.post("/hablar/acordado/", {"agreed": "llamar a mi prima"})
    client.post("/hablar/", {"do": "leave"})
    farewell = shown(client)

    assert not COVERED.search(farewell)
    assert "Antes de dejar este teléfono" not in farewell
    assert "llamar a mi prima" in farewell
    assert 'href="/huellas/"' in farewell


@pytest.mark.django_db(databases="__all__")
def test_it_is_written_nowhere_but_in_the_session(client: Client) -> None:
    client.post("/hablar/", {"do": "agree", "shared": "yes"})

    assert client.session[SHARED] is True
    assert not [field.name for field in Contact._meta.get_fields() if "shared" in field.name]
    client.get("/hablar/salir/")
    assert not COVERED.search(shown(client))


def test_the_page_on_traces_asks_no_database_and_says_what_nobody_can_erase(client: Client) -> None:
    answer = client.get("/huellas/")  # no database mark: a query would fail this test
    page = answer.content.decode()

    assert not answer.cookies
    assert "<title>Huellas</title>" in page
    assert page.index("Borrar solo esta visita") < page.index("Lo que no se puede borrar desde aquí")
    assert {"Chrome", "Samsung", "Firefox", "Safari", "Opera"} <= set(re.findall(r"\w+", page))
    assert 'href="tel:100"' in page


@pytest.mark.django_db(databases="__all__")
def test_who_comes_in_danger_is_asked_in_the_conversation_and_never_before(client: Client) -> None:
    client.get("/hablar/")
    client.post("/hablar/", {"do": "danger"})
    room = shown(client)
    assert not COVERED.search(room)
    assert room.index("llama ahora") < room.index('href="#shared-phone"') < room.index('value="shared"')

    client.post("/hablar/", {"do": "shared"})
    assert COVERED.search(shown(client))
    assert 'value="shared"' not in shown(client)
    assert COVERED.search(shown(client, "/hablar/acordado/"))
    client.post("/hablar/", {"do": "leave"})
    assert "Antes de dejar este teléfono" in shown(client)


@pytest.mark.django_db(databases="__all__")
def test_who_answered_it_is_not_asked_again_and_may_still_say_so(client: Client) -> None:
    client.post("/hablar/", {"do": "agree"})
    client.post("/hablar/", {"do": "skip"})
    room = shown(client)

    assert 'href="#shared-phone"' not in room
    assert 'value="shared"' in room
