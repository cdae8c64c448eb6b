"""A volunteer whose page dies in the middle: the caller comes to the front, somebody else goes on, nothing is lost."""

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from cases import actions as cases
from cases.models import Case
from cases.notes import NoteBody
from chat import actions as chat
from chat.models import Message
from hotline.sweeper import sweep
from roster.models import Presence
from tests.cast import browser_of, make_member, make_waiting, say
from triage import queue
from triage.models import Contact, Offer

pytestmark = pytest.mark.django_db(databases="__all__")


def test_a_volunteer_who_vanishes_loses_nothing_of_the_caller(
    phone: Client, contact_of: Callable[[Client], Contact]
) -> None:
    rosa = make_member(alias="Rosa", ready=True)
    for step in ("agree", "skip"):
        phone.post("/hablar/", {"do": step})
    contact = contact_of(phone)
    arrival = contact.queued_at
    chat.accept_offer(rosa, Offer.objects.get().pk)
    phone.post("/hablar/", {"do": "say", "text": "¿me lees?"})
    cases.save_draft(rosa, contact, NoteBody(talked="Preguntó si la leía."))
    earlier = [make_waiting() for _number in range(2)]  # who came meanwhile, at the same level
    Presence.objects.filter(member=rosa).update(lease_until=timezone.now() - datetime.timedelta(seconds=1))
    sweep("test")
    lost = contact_of(phone)
    assert (lost.state, lost.volunteer, lost.queued_at) == ("waiting", None, arrival)
    assert queue.waiting_in_order() == [lost, *earlier]
    assert "Se cortó la conexión" in phone.get("/hablar/").content.decode()
    assert not Case.objects.of(rosa).exists()
    luis = make_member(alias="Luis", ready=True)
    phone.post("/hablar/", {"do": "say", "text": "sigo aquí"})
    sweep("test")
    chat.accept_offer(luis, Offer.objects.get(contact=contact, state="open").pk)
    say(contact_of(phone), "Soy Luis, ya leí lo que escribiste.", luis)
    page = phone.get("/hablar/").content.decode()
    for words in ("¿me lees?", "sigo aquí", "Soy Luis, ya leí"):
        assert words in page
    numbers = list(Message.objects.filter(contact=contact).values_list("seq", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    chat.end_conversation(contact_of(phone), by="volunteer")
    gone, mine = browser_of(rosa), browser_of(luis)
    address = f"/casos/nota/{contact.pk}/"
    assert gone.get(address).status_code == 404
    assert "Preguntó si la leía." in mine.get(address).content.decode()
    mine.post(address, {"talked": "Preguntó si la leía; quedó tranquila.", "do": "save"})
    case = Case.objects.of(luis).get()
    story = mine.get(f"/casos/{case.pk}/").content.decode()
    assert "Se perdió la conexión con Rosa" in story
    assert "El caso pasó de Rosa a Luis" in story
    assert gone.get(f"/casos/{case.pk}/").status_code == 404


def test_two_offers_missed_in_a_row_set_a_volunteer_away_and_the_next_is_asked() -> None:
    first = make_member(ready=True)
    contact = make_waiting()
    for _turn in range(2):
        sweep("test")
        Offer.objects.filter(state="open").update(until=timezone.now())
        sweep("test")
        Offer.objects.filter(state="expired").update(answered_at=timezone.now() - datetime.timedelta(minutes=2))
    assert Presence.objects.get(member=first).state == "away"
    second = make_member(ready=True)
    sweep("test")
    assert Offer.objects.get(state="open").member == second
    assert Contact.objects.get(pk=contact.pk).queued_at == contact.queued_at
