"""A supervisor chooses from the board who talks with somebody who waits: never beyond their hands, and it is noted."""

import datetime
import uuid

import pytest
from django.test import Client
from pytest_django import Settings

from chat import actions as chat
from chat.models import Message
from roster.models import Member, Presence, PresenceState, Role
from tests.cast import browser_of, make_ended, make_member, make_talking, make_waiting
from tests.vault.people import opens
from triage import actions as triage
from triage.models import Contact, Offer
from vault.models import Entry
from wire import clock

pytestmark = pytest.mark.django_db(databases="__all__")


def address(contact: Contact) -> str:
    """Return the page on which it is chosen who talks with a contact."""
    return f"/supervision/elegir/{contact.pk}/"


def pause(member: Member) -> None:
    """Let a member who is there be on a pause."""
    Presence.objects.filter(member=member).update(state=PresenceState.AWAY)


def lines(contact: Contact) -> list[str]:
    """Return what the line said in a conversation, by its keys."""
    return list(Message.objects.filter(contact=contact, by="line").values_list("line_key", flat=True))


def test_who_was_chosen_talks_with_them_and_the_trail_says_who_decided(window: Client, carmen: Member) -> None:
    waiting = make_waiting()
    luis = make_member(alias="Luis", ready=True)
    triage.route()
    offered = Offer.objects.get(contact=waiting, state="open")
    rosa = make_member(alias="Rosa", ready=True)
    pause(rosa)  # they have just talked about it
    assert address(waiting) in window.get("/supervision/").content.decode()
    page = window.get(address(waiting)).content.decode()
    assert "Rosa: en pausa, lleva 0 de 2" in page
    assert page.index("Luis") < page.index("Rosa")

    assert window.post(address(waiting), {"member": str(rosa.pk)}).headers["Location"] == "/supervision/"
    row = Contact.objects.get(pk=waiting.pk)
    assert (row.state, row.volunteer) == ("talking", rosa)
    offered.refresh_from_db()
    assert (offered.member, offered.state) == (luis, "gone")
    assert lines(waiting) == ["joined"]
    entry = Entry.objects.get(act="contact.assign")
    assert (entry.actor, entry.subject) == (str(carmen.pk), str(waiting.pk))
    assert not Entry.objects.filter(act="contact.accept").exists()
    assert "eligió quién conversa con una persona" in window.get("/supervision/auditoria/").content.decode()


def test_who_was_chosen_reads_them_at_once_where_only_people_open(settings: Settings) -> None:
    settings.STAGE = "B"
    carmen, luis = make_member(Role.SUPERVISOR), make_member(alias="Luis", ready=True)
    waiting = make_waiting()
    rosa = make_member(alias="Rosa", ready=True)
    assert not opens(waiting, rosa.holder)  # who came to those on duty later than the caller
    found = Contact.objects.get(pk=waiting.pk)
    assert chat.assign(found, rosa.pk, carmen) == rosa
    assert opens(waiting, rosa.holder)
    assert not opens(waiting, luis.holder)


def test_the_story_of_the_case_says_who_chose_them(window: Client, carmen: Member) -> None:
    rosa, contact = make_member(alias="Rosa", ready=True), make_waiting()
    window.post(address(contact), {"member": str(rosa.pk)})
    story = window.post(f"/supervision/conversacion/{contact.pk}/", {"reason": "legal"}).content.decode()
    assert f"{carmen.alias} eligió a Rosa, que empezó a conversar." in story


def full(member: Member) -> None:
    """Fill a member's hands."""
    make_talking(member, "hola", answers={"danger": "yes"})


def resting(member: Member) -> None:
    """Let an emergency of theirs have ended just now."""
    until = clock.now() + datetime.timedelta(minutes=5)
    Presence.objects.filter(member=member).update(rests_until=until)


@pytest.mark.parametrize(
    ("how", "words"),
    [(full, "tiene las manos llenas"), (resting, "descansa de una conversación difícil")],
)
def test_nobody_is_given_more_than_their_hands_hold_nor_an_emergency_while_they_rest(
    window: Client, how: object, words: str
) -> None:
    rosa = make_member(alias="Rosa", ready=True)
    assert callable(how)
    how(rosa)
    waiting = make_waiting({"danger": "yes"})
    page = window.get(address(waiting)).content.decode()
    assert words in page
    assert "disabled" in page
    answer = window.post(address(waiting), {"member": str(rosa.pk)})
    assert (answer.status_code, "Mira quién está ahora" in answer.content.decode()) == (400, True)
    assert Contact.objects.get(pk=waiting.pk).state == "waiting"


def gone(_waiting: Contact) -> dict[str, str]:
    """Choose somebody who is not there."""
    return {"member": str(make_member(alias="Inés").pk)}


def of_rehearsals(_waiting: Contact) -> dict[str, str]:
    """Choose somebody who rehearses."""
    return {"member": str(make_member(ready=True, rehearsal=True).pk)}


def supervises(_waiting: Contact) -> dict[str, str]:
    """Choose somebody who takes no callers."""
    return {"member": str(make_member(Role.SUPERVISOR).pk)}


def nobody(_waiting: Contact) -> dict[str, str]:
    """Choose nobody."""
    return {"member": ""}


def taken(waiting: Contact) -> dict[str, str]:
    """Choose somebody a moment after another has accepted."""
    luis = make_member(alias="Luis", ready=True)
    triage.assign_by_hand(waiting, luis)
    return {"member": str(make_member(ready=True).pk)}


@pytest.mark.parametrize(
    ("choose", "problem"),
    [
        (gone, "ya no está"),
        (of_rehearsals, "ya no está"),
        (supervises, "ya no está"),
        (nobody, "Elige a quién"),
        (taken, "alguien ya conversa"),
    ],
)
def test_what_cannot_be_is_told_in_words_and_changes_nothing(window: Client, choose: object, problem: str) -> None:
    waiting = make_waiting()
    assert callable(choose)
    fields = choose(waiting)
    before = Contact.objects.get(pk=waiting.pk).volunteer
    answer = window.post(address(waiting), fields)
    assert (answer.status_code, problem in answer.content.decode()) == (400, True)
    assert Contact.objects.get(pk=waiting.pk).volunteer == before
    assert not Entry.objects.filter(act="contact.assign").exists()


def test_who_waits_no_more_and_a_line_with_nobody_there_are_said_plainly(window: Client) -> None:
    assert "No hay nadie conectado" in window.get(address(make_waiting())).content.decode()
    over = make_ended(make_member())
    assert "Ya no espera" in window.get(address(over)).content.decode()
    assert window.get(f"/supervision/elegir/{uuid.uuid4()}/").status_code == 404
    assert window.get(address(make_waiting(rehearsal=True))).status_code == 404


def test_a_volunteer_finds_nothing_there(rosa: Member) -> None:
    waiting = make_waiting()
    assert browser_of(rosa).get(address(waiting)).status_code == 404
    assert Entry.objects.filter(act="contact.assign", result="refused").exists()
