"""Whoever is young is heard, soon, and told where else there is help."""

from collections.abc import Callable

import pytest
from django.test import Client

from chat import actions as chat
from tests.cast import make_member, say
from triage import queue
from triage.models import Contact, Offer

pytestmark = pytest.mark.django_db(databases="__all__")

ContactOf = Callable[[Client], Contact]


@pytest.mark.parametrize("told", ["with the consent", "with the answers"])
@pytest.mark.parametrize(("age", "level"), [("under_14", "C"), ("14_17", "D")])
def test_a_minor_is_not_turned_away(told: str, age: str, level: str, phone: Client, contact_of: ContactOf) -> None:
    rosa = make_member(alias="Rosa", ready=True)
    in_consent, in_answers = (age, "") if told == "with the consent" else ("unsaid", age)
    agreed = phone.post("/hablar/", {"do": "agree", "age_band": in_consent}, follow=True)
    assert agreed.status_code == 200
    phone.post("/hablar/", {"do": "answer", "danger": "no", "thoughts": "no", "age": in_answers})
    contact = contact_of(phone)
    assert (contact.state, contact.urgency, contact.age_band) == ("waiting", level, age)
    chat.accept_offer(rosa, Offer.objects.get(contact=contact).pk)
    contact.refresh_from_db()
    say(contact, "Hola, te leo.", rosa)
    assert "Hola, te leo." in phone.get("/hablar/").content.decode()


def test_somebody_under_fourteen_never_waits_as_long_as_the_calm(phone: Client, contact_of: ContactOf) -> None:
    phone.post("/hablar/", {"do": "agree", "age_band": "under_14"})
    phone.post("/hablar/", {"do": "answer", "danger": "no", "thoughts": "no", "feeling": "1"})
    assert queue.TARGETS[contact_of(phone).urgency] <= queue.TARGETS["C"]


def test_the_numbers_for_children_stand_on_the_page_of_who_waits(phone: Client) -> None:
    phone.post("/hablar/", {"do": "agree", "age_band": "under_14"})
    page = phone.post("/hablar/", {"do": "skip"}, follow=True).content.decode()
    assert 'href="tel:100"' in page
