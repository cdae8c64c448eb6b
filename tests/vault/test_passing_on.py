"""Stage B: the key of a conversation follows it when it is passed on: given first, taken afterwards."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from cases import actions as cases
from cases.models import Case, Handover
from cases.notes import NoteBody
from chat import actions as chat
from roster.models import Member, Role
from tests.cast import browser_of, make_member, make_talking
from tests.vault.keys import elsewhere
from tests.vault.people import opens
from triage import actions as triage
from triage.models import Contact, Offer
from vault import actions as vault
from vault.models import CircleKey, Entry, ShareWrap, StaffKey

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture(autouse=True)
def _stage_b(settings: Settings) -> None:
    settings.STAGE = "B"


@pytest.fixture
def rosa() -> Member:
    """Return a volunteer with keys."""
    return make_member(alias="Rosa", ready=True)


@pytest.fixture
def luis() -> Member:
    """Return another one."""
    return make_member(alias="Luis", ready=True)


@pytest.fixture
def talk(rosa: Member, luis: Member) -> Contact:
    """Return a conversation of Rosa's, held by her."""
    make_member(Role.SUPERVISOR)
    contact = make_talking(rosa, "hola")
    assert luis.holder.unlocked
    contact.holder = rosa.holder
    return contact


def people(contact: Contact) -> set[str]:
    """Return which members, and which circles, a contact is sealed to."""
    names = {str(key.pk): Member.objects.get(pk=key.member).alias for key in StaffKey.objects.all()}
    names |= {str(key.pk): key.circle for key in CircleKey.objects.all()}
    return {names[row.holder] for row in ShareWrap.objects.filter(key=contact.key_id) if row.holder in names}


def accept(member: Member) -> None:
    chat.accept_offer(member, Offer.objects.get(member=member, state="open").pk)


def test_the_colleague_can_open_it_before_the_first_loses_it_and_the_companion_until_they_go(
    talk: Contact, rosa: Member, luis: Member
) -> None:
    assert people(talk) == {"Rosa", "supervision"}
    chat.ask_to_take_over(talk, rosa, luis.pk, "Perdió a su mamá.")
    assert people(talk) == {"Rosa", "Luis", "supervision"}
    accept(luis)
    assert people(talk) == {"Rosa", "Luis", "supervision"}
    assert opens(talk, luis.holder)
    assert opens(talk, rosa.holder)
    taken = Contact.objects.select_related("key", "volunteer").get()
    taken.holder = luis.holder
    assert triage.words_for(taken, luis) == ("Rosa", "Perdió a su mamá.")
    chat.leave_room(talk.pk, rosa)
    assert people(talk) == {"Luis", "supervision"}
    assert not opens(talk, rosa.holder)
    assert not opens(talk, vault.LINE)
    granted = Entry.objects.filter(act="key.grant", reason="hand_over")
    assert [one.actor for one in granted] == [str(rosa.pk)]


def test_whoever_can_is_one_of_those_on_duty_until_somebody_has_it(talk: Contact, rosa: Member, luis: Member) -> None:
    chat.ask_to_take_over(talk, rosa, None, "")
    assert people(talk) == {"Rosa", "duty", "supervision"}
    accept(luis)
    assert people(talk) == {"Rosa", "Luis", "supervision"}
    assert opens(talk, luis.holder)


def decline(contact: Contact, _giver: Member, taker: Member) -> None:
    del contact
    triage.decline(taker, Offer.objects.get(state="open").pk)
    triage.route()


def keep(contact: Contact, giver: Member, _taker: Member) -> None:
    chat.keep_conversation(contact, giver)


def end(contact: Contact, _giver: Member, _taker: Member) -> None:
    chat.end_conversation(contact, by="caller")
    triage.route()


@pytest.mark.parametrize("how", [decline, keep, end])
@pytest.mark.parametrize("chosen", [True, False])
def test_whoever_was_asked_and_does_not_take_it_opens_it_no_more(
    talk: Contact, rosa: Member, luis: Member, how: Callable[[Contact, Member, Member], None], *, chosen: bool
) -> None:
    chat.ask_to_take_over(talk, rosa, luis.pk if chosen else None, "")
    assert opens(talk, luis.holder)
    how(talk, rosa, luis)
    assert people(talk) == {"Rosa", "supervision"}
    assert not opens(talk, luis.holder)


@pytest.mark.parametrize("by", ["caller", "companion"])
def test_where_the_colleague_was_not_let_in_the_callers_page_or_the_companion_does_it(
    talk: Contact, rosa: Member, luis: Member, by: str
) -> None:
    caller = make_talking(rosa, "¿estás?")
    contact = Contact.objects.get(pk=caller.pk)
    contact.holder = rosa.holder
    chat.ask_to_take_over(contact, rosa, luis.pk, "")
    mine = StaffKey.objects.get(member=luis.pk)
    ShareWrap.objects.filter(key=contact.key_id, holder=str(mine.pk)).delete()  # as if their keys were new since
    accept(luis)
    assert people(contact) == {"Rosa", "supervision"}
    assert talk.pk != contact.pk
    chat.keep_within_reach(contact.pk, caller.holder if by == "caller" else rosa.holder)
    assert people(contact) == {"Rosa", "Luis", "supervision"}


def test_a_companion_who_goes_keeps_it_as_long_as_the_colleague_cannot_open_it(
    talk: Contact, rosa: Member, luis: Member
) -> None:
    chat.ask_to_take_over(talk, rosa, luis.pk, "")
    ShareWrap.objects.filter(key=talk.key_id, holder=str(StaffKey.objects.get(member=luis.pk).pk)).delete()
    accept(luis)
    chat.leave_room(talk.pk, rosa)
    assert people(talk) == {"Rosa", "supervision"}  # nobody else could give it to Luis but the caller's page


def test_there_and_back_leaves_it_to_those_two_alone(talk: Contact, rosa: Member, luis: Member) -> None:
    ana = make_member(alias="Ana", ready=True)
    for giver, taker in ((rosa, luis), (luis, rosa), (rosa, ana)):
        contact = Contact.objects.select_related("key", "volunteer").get()
        contact.holder = giver.holder
        chat.ask_to_take_over(contact, giver, taker.pk, "")
        accept(taker)
        assert people(talk) == {giver.alias, taker.alias, "supervision"}


def test_the_colleagues_loss_leaves_it_to_the_companion_alone(talk: Contact, rosa: Member, luis: Member) -> None:
    chat.ask_to_take_over(talk, rosa, luis.pk, "")
    accept(luis)
    chat.give_up_conversation(Contact.objects.select_related("key", "volunteer").get(), why="volunteer_lost")
    assert people(talk) == {"Rosa", "supervision"}
    assert opens(talk, rosa.holder)


def test_the_note_follows_by_the_hand_of_whoever_led_it(talk: Contact, rosa: Member, luis: Member) -> None:
    cases.save_draft(rosa, talk, NoteBody(talked="Duerme poco."))
    chat.ask_to_take_over(talk, rosa, luis.pk, "")
    assert browser_of(rosa).post("/casos/pasar/", {"contact": str(talk.pk)}).json() == {"passed": False}
    accept(luis)
    elsewhere()
    assert cases.follow_conversation(rosa, talk.pk)
    assert not cases.follow_conversation(rosa, talk.pk)
    case = Case.objects.get()
    assert (case.volunteer, Handover.objects.get().reason) == (luis, "passed")
    elsewhere()
    body: Any = cases.read_own_note(luis, cases.note_of(talk))
    assert body.talked == "Duerme poco."
