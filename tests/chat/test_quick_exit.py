"""Leaving at once: the session ends, the browser keeps nothing, and nothing stands in the way."""

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client

from chat.models import Message
from hotline.sessions import SessionStore
from triage.models import Contact, ContactState

pytestmark = pytest.mark.django_db(databases="__all__")
DOOR = "/hablar/salir/"


@pytest.fixture
def caller(client: Client) -> Client:
    """Return a caller who waits by the danger door."""
    client.post("/hablar/", {"do": "danger"})
    return client


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_door_ends_the_session_and_leads_to_the_neutral_site(caller: Client, method: str) -> None:
    cookie = caller.cookies["sid"].value
    response = getattr(caller, method)(DOOR)

    assert (response.status_code, response["Location"]) == (302, settings.EXIT_URL)
    assert response["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert response["Cache-Control"] == "no-store"
    assert response.cookies["sid"].value == ""
    assert SessionStore(cookie).load() == {}


def test_the_contact_becomes_left_and_the_conversation_says_so_in_words(caller: Client) -> None:
    caller.get(DOOR)

    assert Contact.objects.get().state == ContactState.LEFT
    assert Message.objects.latest("seq").line_key == "left_suddenly"


def test_whoever_goes_back_finds_nothing_of_the_conversation(caller: Client) -> None:
    caller.post("/hablar/", {"do": "say", "text": "lo que nadie más debe leer"})
    assert "lo que nadie más debe leer" in caller.get("/hablar/").content.decode()
    caller.get(DOOR)

    page = caller.get("/hablar/").content.decode()
    assert "lo que nadie más debe leer" not in page
    assert "data-live" not in page


def test_the_request_of_the_page_needs_no_token(caller: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = caller.cookies

    assert strict.post(DOOR, headers={"origin": "null"}).status_code == 302
    assert Contact.objects.get().state == ContactState.LEFT


@pytest.mark.parametrize("header", [{"sec-purpose": "prefetch;prerender"}, {"purpose": "prefetch"}])
def test_a_browser_that_only_fetches_ahead_ends_nothing(caller: Client, header: dict[str, str]) -> None:
    assert caller.get(DOOR, headers=header).status_code == 503
    assert Contact.objects.get().state == ContactState.WAITING


def test_a_stranger_without_a_conversation_leaves_too(client: Client) -> None:
    assert client.get(DOOR)["Location"] == settings.EXIT_URL


@pytest.mark.parametrize("broken", ["hotline.sessions.SessionStore.load", "chat.actions.leave_suddenly"])
def test_the_way_out_stays_open_while_the_database_is_away(
    caller: Client, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def away(*_given: object) -> None:
        raise OperationalError

    caller.raise_request_exception = False
    monkeypatch.setattr(broken, away)
    response = caller.get(DOOR)

    assert (response.status_code, response["Location"]) == (302, settings.EXIT_URL)
    assert "cookies" in response["Clear-Site-Data"]
    assert response.cookies["sid"].value == ""
