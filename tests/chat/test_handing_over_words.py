"""What a caller is told while a conversation is passed on, and when they wake to a volunteer whose hands are full."""

import datetime
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chat import actions
from chat.models import Draft, Message
from chat.saying import Saying, commit
from chat.seats import presence_of
from hotline.sweeper import sweep
from roster import actions as roster
from roster.models import Member, Presence, Shift
from tests.cast import browser_of, make_member, make_talking, say
from triage import actions as triage
from triage.handing_over import TOGETHER_FOR
from triage.models import Contact, ContactState, Offer, WarmHandover

pytestmark = pytest.mark.django_db(databases="__all__")
MINUTE = datetime.timedelta(minutes=1)
ADDRESS = "/escritorio/pasar/"


@pytest.fixture
def rosa() -> Member:
    """Return a volunteer who takes callers."""
    return make_member(alias="Rosa", ready=True)


@pytest.fixture
def luis() -> Member:
    """Return another one."""
    return make_member(alias="Luis", ready=True)


def pass_on(contact: Contact, giver: Member, taker: Member, words: str = "") -> Contact:
    """Ask a colleague, and let them take over."""
    contact.holder = giver.holder
    actions.ask_to_take_over(contact, giver, taker.pk, words)
    actions.accept_offer(taker, Offer.objects.get(member=taker, state="open").pk)
    return Contact.objects.select_related("key", "volunteer").get(pk=contact.pk)


def lines(contact: Contact) -> list[tuple[str, dict[str, Any]]]:
    """Return what the line said, by key and parameters."""
    rows = Message.objects.filter(contact=contact, by="line").order_by("seq")
    return list(rows.values_list("line_key", "line_params"))


def woken(contact: Contact, text: str = "volví") -> None:
    [outcome] = commit(
        [Saying(contact_id=contact.pk, by="caller", client_id=str(uuid.uuid4()), text=text, holder=contact.holder)]
    )
    assert outcome.spoken


# Passed on ----------------------------------------------------------------------------------------------------------


def test_the_caller_is_told_once_who_comes_and_once_who_goes(rosa: Member, luis: Member) -> None:
    contact = make_talking(rosa, "hola")
    say(contact, "te leo", rosa)
    pass_on(contact, rosa, luis)
    assert actions.part_companions(timezone.now() + TOGETHER_FOR - MINUTE) == 0
    assert actions.part_companions(timezone.now() + TOGETHER_FOR + MINUTE) == 1
    assert actions.part_companions(timezone.now() + TOGETHER_FOR + MINUTE) == 0
    assert lines(contact) == [
        ("handed_over", {"name": "Luis", "giver": "Rosa"}),
        ("companion_left", {"name": "Luis", "giver": "Rosa"}),
    ]


def test_a_companion_of_before_says_goodbye_when_a_third_one_comes(rosa: Member, luis: Member) -> None:
    ana = make_member(alias="Ana", ready=True)
    contact = make_talking(rosa)
    pass_on(pass_on(contact, rosa, luis), luis, ana)
    assert lines(contact)[1:] == [
        ("companion_left", {"name": "Luis", "giver": "Rosa"}),
        ("handed_over", {"name": "Ana", "giver": "Luis"}),
    ]


def test_one_that_sleeps_wakes_to_the_colleague(rosa: Member, luis: Member) -> None:
    contact = make_talking(rosa)
    assert triage.sleep(contact)
    pass_on(Contact.objects.select_related("key").get(pk=contact.pk), rosa, luis)
    assert lines(contact) == [("handed_over_asleep", {"name": "Luis", "giver": "Rosa"})]
    woken(contact)
    fresh = Contact.objects.get(pk=contact.pk)
    assert (fresh.state, fresh.volunteer) == (ContactState.TALKING, luis)


def test_right_after_a_handover_nobody_is_put_to_sleep_for_the_silence_before(rosa: Member, luis: Member) -> None:
    contact = make_talking(rosa, "hola")
    say(contact, "te leo", rosa)
    long_ago = timezone.now() - 20 * MINUTE
    fields = {"assigned_at": long_ago, "caller_said_at": long_ago, "volunteer_said_at": long_ago + MINUTE}
    Contact.objects.filter(pk=contact.pk).update(**fields)
    pass_on(contact, rosa, luis)
    actions.tend_silences(timezone.now())
    assert Contact.objects.get().state == ContactState.TALKING
    WarmHandover.objects.update(taken_at=long_ago)
    actions.tend_silences(timezone.now())
    assert Contact.objects.get().state == ContactState.ASLEEP


def test_what_a_companion_began_to_write_is_kept_until_they_go(rosa: Member, luis: Member) -> None:
    contact = make_talking(rosa, "hola")
    pass_on(contact, rosa, luis)
    browser = browser_of(rosa)
    assert browser.post("/escritorio/borrador/", {"contact": str(contact.pk), "text": "Adiós"}).status_code == 200
    assert Draft.objects.filter(member=rosa.pk).exists()
    assert browser.post(ADDRESS, {"contact": str(contact.pk), "do": "leave"}).status_code == 302
    assert not Draft.objects.exists()
    assert browser.post("/escritorio/borrador/", {"contact": str(contact.pk), "text": "x"}).status_code == 404


def test_a_colleagues_loss_is_told_gently_and_the_companion_goes_on(rosa: Member, luis: Member) -> None:
    contact = make_talking(rosa, "hola")
    pass_on(contact, rosa, luis)
    Presence.objects.filter(member=luis).update(lease_until=timezone.now() - MINUTE)
    sweep("test")
    assert Contact.objects.get().volunteer == rosa
    assert lines(contact)[-1] == ("handed_back", {"name": "Luis", "giver": "Rosa"})


def test_where_both_are_lost_the_caller_comes_to_the_front_as_ever(rosa: Member, luis: Member) -> None:
    contact = make_talking(rosa, "hola")
    pass_on(contact, rosa, luis)
    Presence.objects.update(lease_until=timezone.now() - MINUTE)
    sweep("test")
    fresh = Contact.objects.get()
    assert (fresh.state, fresh.volunteer, fresh.placed_front) == (ContactState.WAITING, None, True)
    assert lines(contact)[-1][0] == "volunteer_lost"
    assert not WarmHandover.objects.filter(state__in=("asked", "together")).exists()


def test_what_the_line_was_killed_before_it_tended_the_next_round_tends(rosa: Member, luis: Member) -> None:
    contact = make_talking(rosa, "hola")
    actions.ask_to_take_over(contact, rosa, luis.pk, "")
    Offer.objects.filter(state="open").update(until=timezone.now())  # and nobody was there to expire it
    sweep("test")
    assert WarmHandover.objects.get().state == "expired"
    pass_on(contact, rosa, luis)
    WarmHandover.objects.filter(state="together").update(until=timezone.now())
    sweep("test")
    assert lines(contact)[-1][0] == "companion_left"


# The pages of it ----------------------------------------------------------------------------------------------------


def test_the_list_names_who_could_go_on_and_the_form_says_why_it_cannot_be_asked(rosa: Member, luis: Member) -> None:
    contact = make_talking(rosa, "hola")
    browser = browser_of(rosa)
    page = browser.get(f"{ADDRESS}?contact={contact.pk}&elegir=1").content.decode()
    assert "Luis" in page
    assert "puede llevar 2 más" in page
    form = {"contact": str(contact.pk), "do": "ask"}
    assert "Elige a alguien" in browser.post(ADDRESS, form).content.decode()
    roster.set_away(luis, "own")
    gone = browser.post(ADDRESS, form | {"to": str(luis.pk)})
    assert (gone.status_code, "Nada cambió" in gone.content.decode()) == (400, True)
    long = browser.post(ADDRESS, form | {"to": "anybody", "words": "x" * 8_001})
    assert "es muy largo" in long.content.decode()
    assert not WarmHandover.objects.exists()


def test_the_caller_never_sees_what_the_colleague_was_told(rosa: Member, luis: Member) -> None:
    phone = Client()
    for step in ("agree", "skip"):
        phone.post("/hablar/", {"do": step})
    contact = Contact.objects.select_related("key").get()
    triage.assign_by_hand(contact, rosa)
    pass_on(contact, rosa, luis, "Perdió a su mamá en junio.")
    page = phone.get("/hablar/").content.decode()
    assert "Se une Luis" in page
    assert "Conversas con Luis" in page
    assert "junio" not in page
    assert "junio" in browser_of(luis).get(f"{ADDRESS}?contact={contact.pk}").content.decode()


# At the end of a shift ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "told"), [(16, False), (14, True), (-10, True)])
def test_the_desk_is_told_of_the_end_of_the_shift_in_its_last_quarter_of_an_hour(
    rosa: Member, minutes: int, *, told: bool
) -> None:
    now = timezone.now()
    shift = Shift.objects.create(member=rosa, starts_at=now - 60 * MINUTE, ends_at=now + minutes * MINUTE)
    make_talking(rosa, "hola")
    ends = presence_of(rosa.pk).shift_ends
    assert (ends is not None) == told
    assert ends is None or datetime.datetime.fromisoformat(ends) - shift.ends_at < MINUTE


def test_whoever_carries_nobody_is_told_nothing_once_the_shift_is_over(rosa: Member) -> None:
    now = timezone.now()
    Shift.objects.create(member=rosa, starts_at=now - 60 * MINUTE, ends_at=now - MINUTE)
    assert presence_of(rosa.pk).shift_ends is None


# Waking to full hands -----------------------------------------------------------------------------------------------


def test_who_wakes_to_full_hands_is_told_so_at_once_and_after_their_own_words(rosa: Member) -> None:
    contact = make_talking(rosa)
    assert triage.sleep(contact)
    for _number in range(2):
        make_talking(rosa)
    woken(contact)
    fresh = Contact.objects.get(pk=contact.pk)
    assert (fresh.state, fresh.volunteer, fresh.placed_front) == (ContactState.WAITING, None, True)
    assert lines(contact) == [("hands_full", {"name": "Rosa"})]
    numbers = list(Message.objects.filter(contact=contact).values_list("seq", "by"))
    assert numbers[-2:] == [(fresh.last_seq - 1, "caller"), (fresh.last_seq, "line")]


def test_who_wakes_to_somebody_who_is_not_there_is_told_that(rosa: Member) -> None:
    contact = make_talking(rosa)
    assert triage.sleep(contact)
    Presence.objects.update(lease_until=timezone.now() - MINUTE)
    woken(contact)
    assert lines(contact) == [("volunteer_lost", {})]


def test_who_wakes_to_free_hands_hears_nothing_of_the_line(rosa: Member) -> None:
    contact = make_talking(rosa)
    assert triage.sleep(contact)
    woken(contact)
    assert lines(contact) == []
