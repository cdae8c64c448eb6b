"""The conversation without JavaScript, and without sockets: plain forms, a page that refreshes itself, JSON."""

import uuid
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from chat.models import Message
from chat.urls import urlpatterns
from roster.models import Member
from tests.cast import browser_of, make_member, make_talking, say
from triage.models import Contact, ContactState

pytestmark = pytest.mark.django_db(databases="__all__")
JSON = {"Accept": "application/json"}


@pytest.fixture
def volunteer() -> Member:
    """Return a volunteer who takes callers."""
    return make_member(ready=True)


@pytest.fixture
def caller(client: Client) -> Client:
    """Return a caller who waits, having agreed and answered nothing."""
    step(client, "agree")
    step(client, "skip")
    return client


@pytest.fixture
def talking(client: Client, volunteer: Member) -> Contact:
    """Return a conversation whose caller sits at ``client``."""
    contact = make_talking(volunteer)
    session = client.session
    session["contact"] = str(contact.pk)
    session.save()
    return contact


def step(client: Client, do: str, **fields: str) -> Any:
    return client.post("/hablar/", {"do": do, **fields})


def say_as_json(client: Client, text: str, given: str = "") -> dict[str, Any]:
    answer = client.post("/hablar/", {"do": "say", "text": text, "id": given or str(uuid.uuid4())}, headers=JSON)
    [frame] = answer.json()["frames"]
    return dict(frame)


def thread(client: Client, after: object = 0) -> list[dict[str, Any]]:
    answer = client.get(f"/hablar/hilo/?after={after}", headers=JSON)
    assert answer.status_code == 200
    frames: list[dict[str, Any]] = answer.json()["frames"]
    return frames


def test_the_steps_lead_from_consent_to_the_queue(client: Client) -> None:
    assert client.get("/hablar/").status_code == 200
    states = []
    for do in ("agree", "skip"):
        assert step(client, do).status_code == 302
        states.append(Contact.objects.get().state)
    assert states == [ContactState.QUESTIONS, ContactState.WAITING]
    page = client.get("/hablar/")
    assert 'name="text"' in page.content.decode()


def test_a_second_tap_changes_nothing(caller: Client) -> None:
    for do in ("agree", "skip", "answer", "agree"):
        step(caller, do)
    assert Contact.objects.get().state == ContactState.WAITING


def test_what_is_said_by_form_stands_on_both_pages_as_it_was_typed(caller: Client) -> None:
    step(caller, "say", text="  hola\r\n<b>¿hay alguien?</b>  ")
    assert Message.objects.count() == 1
    for address in ("/hablar/", "/hablar/hilo/"):
        assert "hola\n&lt;b&gt;¿hay alguien?&lt;/b&gt;" in caller.get(address).content.decode()


def test_sending_the_same_form_again_says_it_once(caller: Client) -> None:
    same = str(uuid.uuid4())
    for _ in range(2):
        assert step(caller, "say", text="una vez", id=same).status_code == 302
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "status"), [("", 409), (" \n ", 409), ("x" * 4_001, 409), ("a\x00b", 409), ("😀" * 4_000, 302)]
)
def test_a_text_that_cannot_be_said_comes_back_in_the_box(caller: Client, text: str, status: int) -> None:
    answer = step(caller, "say", text=text)
    assert answer.status_code == status
    assert Message.objects.count() == (status == 302)
    if text.strip() and status == 409:
        assert text.replace("\x00", "") in answer.content.decode().replace("\x00", "")


def test_what_was_not_saved_comes_back_in_the_box(caller: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr("chat.actions.commit", full)
    answer = step(caller, "say", text="no quiero perder esto")
    assert answer.status_code == 503
    assert "no quiero perder esto" in answer.content.decode()
    assert say_as_json(caller, "esto tampoco")["code"] == "not_saved"


def test_a_message_after_the_end_comes_back_in_the_box(caller: Client) -> None:
    step(caller, "leave")
    answer = step(caller, "say", text="tarde")
    assert answer.status_code == 409
    assert Message.objects.filter(by="caller").count() == 0


def test_a_stranger_cannot_say_anything(client: Client) -> None:
    assert step(client, "say", text="hola").status_code == 400
    assert say_as_json(client, "hola")["code"] == "not_open"
    assert not Contact.objects.exists()


def test_an_unknown_step_is_a_clear_error(caller: Client) -> None:
    answer = step(caller, "planted")
    assert answer.status_code == 400
    assert "No entendimos ese paso" in answer.content.decode()


def test_frames_come_as_json_in_the_words_of_the_protocol(client: Client, talking: Contact, volunteer: Member) -> None:
    say(talking, "hola", volunteer)
    said, state, idle = thread(client)[-3:]
    assert (said["op"], said["by"], said["name"], said["text"]) == ("said", "volunteer", volunteer.alias, "hola")
    assert state == {"op": "state", "state": "talking", "name": volunteer.alias}
    assert idle == {"op": "idle", "last": said["seq"], "state": "talking"}
    assert [frame["op"] for frame in thread(client, said["seq"])] == ["state", "idle"]
    assert not any({"urgency", "contact"} & set(frame) for frame in thread(client))


@pytest.mark.parametrize("after", ["-1", "a", "", "9" * 30, "1.5", "²"])
def test_a_number_that_is_none_counts_as_the_beginning(client: Client, talking: Contact, after: str) -> None:
    say(talking, "hola")
    assert "hola" in [frame.get("text") for frame in thread(client, after)]


def test_a_hundred_frames_come_at_once_and_more_says_from_where(client: Client, talking: Contact) -> None:
    for number in range(120):
        say(talking, str(number))
    frames = thread(client)
    assert [frame["op"] for frame in frames] == ["said"] * 100 + ["state", "more"]
    rest = thread(client, frames[-1]["after"])
    assert (len(rest), rest[-1]["op"]) == (22, "idle")


@pytest.mark.usefixtures("talking")
def test_the_receipt_of_a_message_sent_as_json_is_its_said(client: Client) -> None:
    same = str(uuid.uuid4())
    for text in ("hola", "otra cosa"):
        frames = client.post("/hablar/", {"do": "say", "text": text, "id": same}, headers=JSON).json()["frames"]
        assert (frames[0]["op"], frames[0]["id"], frames[0]["text"], frames[0]["by"]) == (
            "said",
            same,
            "hola",
            "caller",
        )
    for given in ("x", same.upper()):
        refused = say_as_json(client, "hola", given)
        assert (refused["code"], refused["field"]) == ("bad_field", "id")
    empty = say_as_json(client, " ")
    assert (empty["op"], empty["code"], empty["to"]) == ("refused", "empty", "say")


def test_an_id_of_the_volunteer_is_a_bad_field(client: Client, talking: Contact, volunteer: Member) -> None:
    say(talking, "mío", volunteer)
    theirs = str(Message.objects.latest("seq").client_id)
    refused = say_as_json(client, "hola", theirs)
    assert (refused["code"], refused["field"]) == ("bad_field", "id")


def test_the_thread_of_a_stranger_is_gone(client: Client) -> None:
    assert client.get("/hablar/hilo/", headers=JSON).status_code == 410
    assert client.get("/hablar/hilo/").status_code == 302


@pytest.mark.usefixtures("talking")
def test_the_refreshing_page_stops_when_the_conversation_is_over(client: Client) -> None:
    assert 'http-equiv="refresh"' in client.get("/hablar/hilo/").content.decode()
    step(client, "leave")
    assert 'http-equiv="refresh"' not in client.get("/hablar/hilo/").content.decode()


@pytest.mark.parametrize("address", ["/hablar/", "/hablar/hilo/"])
def test_a_head_request_is_answered_like_a_get_without_its_body(caller: Client, address: str) -> None:
    answer = caller.head(address)
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_page_that_refreshes_keeps_the_place(caller: Client) -> None:
    Contact.objects.update(caller_seen_at="2020-01-01T00:00:00Z")
    thread(caller)
    assert Contact.objects.get().caller_seen_at.year > 2020  # type: ignore[union-attr]  # just set


def test_an_old_form_that_says_who_is_urgent_changes_nothing(client: Client) -> None:
    step(client, "agree")
    step(client, "answer", urgency="A", level="A", placed_front="1")
    contact = Contact.objects.get()
    assert (contact.urgency, contact.placed_front) != ("A", True)
    assert contact.urgency != "A"


def test_every_form_without_a_token_is_refused_and_changes_nothing(volunteer: Member) -> None:
    contact = make_talking(volunteer)
    desk = browser_of(volunteer)
    desk.handler.enforce_csrf_checks = True
    before = Contact.objects.values().get()
    names = {pattern.name for pattern in urlpatterns} - {"leave_now"}  # from which nothing may hold anybody back
    for pattern in urlpatterns:
        if pattern.name in names:
            answer = desk.post(f"/{pattern.pattern}", {"do": "leave", "contact": str(contact.pk), "text": "x"})
            assert answer.status_code in {403, 405}, pattern.name
    assert Contact.objects.values().get() == before
    assert Message.objects.filter(by="caller").count() == 0
