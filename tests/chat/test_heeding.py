"""What callers write is read once it is stored, on every way that they can say it."""

import asyncio
import uuid

import pytest
from django.db import DatabaseError

from chat import heeding
from chat.saying import Saying
from roster.models import Member
from tests.cast import browser_of, make_member, make_talking, make_waiting, say
from triage.models import Contact

pytestmark = pytest.mark.django_db(databases="__all__")
DANGER = "me quiero matar"


def test_the_first_words_raise_the_level_before_anybody_is_offered() -> None:
    assert Contact.objects.get(pk=make_waiting({"words": "estoy estresado por la chamba"}).pk).marked == ""
    contact = make_waiting({"thoughts": "no"})
    say(contact, DANGER)
    row = Contact.objects.get(pk=contact.pk)
    assert (row.urgency, row.marked) == ("B", "B")


def test_an_idiom_raises_nothing() -> None:
    contact = make_waiting({"danger": "no", "thoughts": "no"})
    before = contact.urgency
    say(contact, "me muero de risa con ustedes")
    row = Contact.objects.get(pk=contact.pk)
    assert (row.urgency, row.marked) == (before, "")


def test_what_the_volunteer_says_is_not_read() -> None:
    rosa = make_member(alias="Rosa")
    contact = make_talking(rosa, "hola")
    say(contact, "¿has pensado en matarte?", rosa)
    assert Contact.objects.get(pk=contact.pk).marked == ""


def test_the_desk_shows_the_words_as_written_and_nobody_else_does() -> None:
    rosa = make_member(alias="Rosa")
    contact = make_talking(rosa, "hola")
    say(contact, "la verdad, ya no doy, me quiero matar")
    page = browser_of(rosa).get(f"/escritorio/persona/?contact={contact.pk}").content.decode()
    assert "«me quiero matar»" in page
    other: Member = make_member(alias="Luis")
    assert browser_of(other).get(f"/escritorio/persona/?contact={contact.pk}").status_code == 404


def test_a_conversation_without_a_mark_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    contact = make_talking(make_member(alias="Rosa"), "hola")
    monkeypatch.setattr("chat.heeding.attention.read", lambda _text: pytest.fail("was read"))
    assert heeding.marks_of(contact) == []


def test_a_reading_that_cannot_be_kept_costs_nothing_but_a_line_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_facts: object) -> bool:
        raise DatabaseError

    monkeypatch.setattr("chat.heeding.triage.heed_words", fails)
    heeding.heed(uuid.uuid4(), DANGER)
    assert len(caplog.records) == 1
    assert DANGER not in caplog.text


def test_at_a_socket_only_a_callers_new_words_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(heeding, "heed", lambda _contact, text: read.append(text))

    async def hear() -> None:
        for by in ("caller", "volunteer"):
            saying = Saying(contact_id=uuid.uuid4(), by=by, client_id=str(uuid.uuid4()), text=by)
            heeding.heed_soon(saying)
        await asyncio.gather(*heeding._tasks)

    asyncio.run(hear())
    assert read == ["caller"]
