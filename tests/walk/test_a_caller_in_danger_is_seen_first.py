"""Somebody in danger skips everything, is seen before all who wait, and is asked for their consent by a person."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chat import actions as chat
from roster import actions as roster
from roster.models import Member, Role
from tests.cast import browser_of, make_member, make_waiting
from triage import actions as triage
from triage import queue, routing
from triage.errors import OfferGone
from triage.models import Contact, Offer

pytestmark = pytest.mark.django_db(databases="__all__")

ContactOf = Callable[[Client], Contact]


@pytest.fixture
def three() -> list[Member]:
    """Return three ready volunteers."""
    return [make_member(alias=alias, ready=True) for alias in ("Rosa", "Luis", "Inés")]


def words_in(response: Any) -> str:
    """Return the text of a page."""
    text: str = response.content.decode()
    return text


def test_a_caller_in_danger_is_seen_first(phone: Client, contact_of: ContactOf, three: list[Member]) -> None:
    calm = [make_waiting({"danger": "no", "thoughts": "no"}) for _number in range(5)]
    page = words_in(phone.post("/hablar/", {"do": "danger"}, follow=True))
    for number in ("106", "105", "113"):
        assert f'href="tel:{number}' in page
    assert "opción 5" in page
    contact = contact_of(phone)
    assert (contact.state, contact.urgency, contact.consent) == ("waiting", "A", None)
    assert queue.waiting_in_order()[0] == contact
    assert queue.ahead_of(contact) == 0
    ringing = {offer.member: offer for offer in Offer.objects.filter(contact=contact, state="open")}
    assert set(ringing) == set(three)  # three at once
    chat.accept_offer(three[0], ringing[three[0]].pk)
    for other in three[1:]:
        with pytest.raises(OfferGone):
            chat.accept_offer(other, ringing[other].pk)
    board = browser_of(make_member(Role.SUPERVISOR)).get("/supervision/").context["board"]
    assert (board.talking[0].urgency, board.talking[0].volunteer) == ("A", "Rosa")
    assert {row.contact_id for row in board.first} == {one.pk for one in calm}
    desk = browser_of(three[0])
    assert desk.post("/escritorio/acuerdo/", {"contact": str(contact.pk)}).status_code == 200
    asked = words_in(phone.get("/hablar/"))
    assert 'value="accept_later"' in asked
    assert 'value="refuse"' in asked
    phone.post("/hablar/", {"do": "accept_later", "age_band": "18_29"})
    assert contact_of(phone).consent is not None
    assert contact_of(phone).state == "talking"


def test_who_says_no_to_the_later_question_is_still_heard(
    phone: Client, contact_of: ContactOf, three: list[Member]
) -> None:
    phone.post("/hablar/", {"do": "danger"})
    contact = contact_of(phone)
    chat.accept_offer(three[0], Offer.objects.get(contact=contact, member=three[0]).pk)
    contact.refresh_from_db()
    chat.ask_for_consent(contact)
    phone.post("/hablar/", {"do": "refuse"})
    phone.post("/hablar/", {"do": "say", "text": "no quiero, pero sigo aquí"})
    assert "no quiero, pero sigo aquí" in words_in(phone.get("/hablar/"))
    assert (contact_of(phone).state, contact_of(phone).consent) == ("talking", None)


@pytest.mark.parametrize(
    "before", [[], ["agree"], ["agree", "skip"], ["agree", "skip", "leave"], ["agree", "skip", "withdraw"]]
)
def test_the_danger_door_opens_from_wherever_somebody_stands(
    before: list[str], phone: Client, contact_of: ContactOf
) -> None:
    for step in before:
        phone.post("/hablar/", {"do": step})
    phone.post("/hablar/", {"do": "danger"})
    contact = contact_of(phone)
    assert (contact.state, contact.urgency, contact.placed_front) == ("waiting", "A", True)


@pytest.mark.parametrize("asleep", [False, True])
def test_the_danger_door_opens_from_a_conversation_and_keeps_its_volunteer(
    phone: Client, contact_of: ContactOf, three: list[Member], *, asleep: bool
) -> None:
    for step in ("agree", "skip"):
        phone.post("/hablar/", {"do": step})
    contact = contact_of(phone)
    triage.assign_by_hand(contact, three[0])
    if asleep:
        triage.sleep(contact)
    phone.post("/hablar/", {"do": "danger"})
    fresh = contact_of(phone)
    assert (fresh.state, fresh.urgency, fresh.volunteer) == ("talking", "A", three[0])


def test_a_forged_urgency_changes_nothing(phone: Client, contact_of: ContactOf) -> None:
    phone.post("/hablar/", {"do": "agree", "urgency": "A", "danger": "1", "state": "talking"})
    phone.post("/hablar/", {"do": "answer", "urgency": "A", "level": "A", "danger": "no", "thoughts": "no"})
    assert (contact_of(phone).urgency, contact_of(phone).placed_front) == ("E", False)


def test_while_everybody_lets_it_pass_the_place_is_kept_and_somebody_is_asked_again(
    phone: Client, contact_of: ContactOf, three: list[Member]
) -> None:
    phone.post("/hablar/", {"do": "danger"})
    contact, arrival = contact_of(phone), contact_of(phone).queued_at
    for offer in Offer.objects.filter(contact=contact, state="open"):
        triage.decline(offer.member, offer.pk)
    triage.route()
    assert not Offer.objects.filter(contact=contact, state="open").exists()
    long_ago = timezone.now() - 2 * routing.ASK_AGAIN_AFTER
    Offer.objects.filter(contact=contact).update(answered_at=long_ago)
    for member in three:
        roster.renew_lease(member.pk)
    triage.route()
    assert Offer.objects.filter(contact=contact, state="open").count() == 3
    assert contact_of(phone).queued_at == arrival
