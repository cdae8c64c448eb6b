"""What callers write is read once it is stored, on every way that they can say it."""

import asyncio
import uuid

import pytest
from django.db import DatabaseError

from chat import heeding
from chat.saying import Saying
from roster.models import Member
from tests.cast import browser_of, make_member, make_talking, make_waiting, say
from triage import attention, attention_aside
from triage.models import Contact
from wire.aside import Aside

pytestmark = pytest.mark.django_db(databases="__all__")
DANGER = "me quiero matar"
READER = "triage.attention_aside"


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


@pytest.mark.parametrize("what", ["heed_words", "worth_heeding"])
def test_a_reading_that_cannot_be_kept_costs_nothing_but_a_line_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    def fails(*_facts: object) -> bool:
        raise DatabaseError

    contact = make_waiting()
    monkeypatch.setattr(f"chat.heeding.triage.{what}", fails)
    heeding.heed(contact.pk, DANGER)
    assert len(caplog.records) == 1
    assert DANGER not in caplog.text


def said(text: str, by: str = "caller") -> Saying:
    return Saying(contact_id=uuid.uuid4(), by=by, client_id=str(uuid.uuid4()), text=text)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[tuple[uuid.UUID, str | None]]:
    """Return which contacts' words raised attention, and to what level, in place of the rows."""
    marks: list[tuple[uuid.UUID, str | None]] = []
    monkeypatch.setattr("chat.heeding.triage.worth_heeding", list)
    monkeypatch.setattr("chat.heeding.triage.heed_words", lambda contact, level, _codes: marks.append((contact, level)))
    return marks


def test_at_a_socket_only_a_callers_new_words_are_read(
    monkeypatch: pytest.MonkeyPatch, kept: list[tuple[uuid.UUID, str | None]]
) -> None:
    heeder = heeding.Heeder()
    monkeypatch.setattr(heeding, "HEEDER", heeder)
    sayings = [said(DANGER, by) for by in ("caller", "volunteer")]

    async def hear() -> None:
        for one in sayings:
            heeding.heed_soon(one)
        await heeder.finish()

    asyncio.run(hear())
    assert kept == [(sayings[0].contact_id, "B")]


def test_a_message_that_cannot_be_read_takes_no_other_with_it(
    monkeypatch: pytest.MonkeyPatch, kept: list[tuple[uuid.UUID, str | None]], caplog: pytest.LogCaptureFixture
) -> None:
    read = attention.read

    def fails(text: str) -> object:
        if text == "ay":
            raise ZeroDivisionError
        return read(text)

    monkeypatch.setattr("triage.attention_aside.attention.read", fails)
    heeder, sayings = heeding.Heeder(), [said("ay"), said(DANGER), said("ay"), said(DANGER)]

    async def hear() -> None:
        for one in sayings:
            heeder.soon(one.contact_id, one.text)
        assert heeder.unread == len(sayings)
        await heeder.finish()

    asyncio.run(hear())
    assert kept == [(one.contact_id, "B") for one in sayings[1::2]]
    assert heeder.unread == 0
    assert [record.getMessage() for record in caplog.records] == ["a message could not be read (ZeroDivisionError)"] * 2


class Nonsense(Aside):
    """Answers what nobody understands."""

    stopped = 0

    async def stop(self) -> None:
        """Note it."""
        self.stopped += 1

    async def ask(self, line: bytes) -> bytes:
        """Answer."""
        del line
        return b"[[1]]\n"


@pytest.mark.parametrize(
    ("program", "answers"),
    [(Aside(READER, patience=60.0), True), (Aside("no.such", patience=60.0), False), (Nonsense("", patience=1), False)],
    ids=["reads", "cannot be started", "answers nonsense"],
)
def test_a_program_reads_once_there_is_enough_to_read_and_what_it_does_not_answer_is_read_here(
    monkeypatch: pytest.MonkeyPatch, kept: list[tuple[uuid.UUID, str | None]], program: Aside, *, answers: bool
) -> None:
    heeder = heeding.Heeder()
    here: list[str] = []
    heeder.aside = program
    read_all = attention_aside.read_all

    def read_here(texts: list[str]) -> list[attention_aside.Found]:
        here.extend(texts)
        return read_all(texts)

    monkeypatch.setattr(attention_aside, "read_all", read_here)
    monkeypatch.setattr(heeding, "LAST_WORDS", 60.0)
    sayings = [said("hola, qué tal" if number % 3 else DANGER) for number in range(3 * heeding.ALONE)]

    async def hear() -> None:
        for some in (sayings[: heeding.ALONE], sayings[heeding.ALONE :]):
            for one in some:
                heeder.soon(one.contact_id, one.text)
            await heeder.finish()

    asyncio.run(hear())
    assert kept == [(one.contact_id, "B") for one in sayings[::3]]
    assert (len(here) == heeding.ALONE) == answers
    # Once for each answer that nobody understood, and twice as the line finished.
    assert not isinstance(program, Nonsense) or program.stopped > 2
    assert heeder.unread == 0
