"""The pages of the one address, by plain requests: what each state shows, and what it never shows."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from chat import actions, journey_pages
from chat.protocol import CODES
from chat.templatetags.given import answer
from directory.models import Place
from tests.cast import browser_of, make_member
from triage import actions as triage
from triage.models import Contact, Offer, Urgency

pytestmark = pytest.mark.django_db(databases="__all__")


def shown(client: Client) -> str:
    return client.get("/hablar/").content.decode()


def as_far_as_waiting(client: Client) -> Contact:
    client.post("/hablar/", {"do": "agree"})
    client.post("/hablar/", {"do": "skip"})
    return Contact.objects.get()


def test_the_conversation_has_words_for_every_refusal_of_the_protocol(client: Client) -> None:
    as_far_as_waiting(client)
    words = dict(re.findall(r'<template data-refusal="(\w+)">([^<]+)</template>', shown(client)))

    assert set(words) == set(CODES)
    assert words == {code: journey_pages.refusal_words(code) for code in CODES}


def test_no_other_site_holds_a_window_of_ours(client: Client) -> None:
    assert client.get("/hablar/")["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_caller_never_sees_their_level(client: Client) -> None:
    contact = as_far_as_waiting(client)
    triage.enter_danger(contact)
    page = shown(client)

    assert Contact.objects.get().urgency == Urgency.A
    assert "urgency" not in page.lower()
    assert not re.search(r"\bnivel\b", page, re.IGNORECASE)


def test_the_numbers_stand_as_links_at_once_for_who_is_in_danger(client: Client) -> None:
    client.post("/hablar/", {"do": "danger"})
    page = shown(client)
    urgent = page[page.index('id="urgent"') : page.index('id="waiting"')]

    assert re.findall(r'href="tel:(\d+)"', urgent) == ["113", "106", "100", "105", "116"]
    assert "elige la opción 5" in urgent


def test_whoever_is_not_in_danger_sees_no_alarm(client: Client) -> None:
    as_far_as_waiting(client)

    assert "Si tu vida corre peligro, llama ahora" not in shown(client)


def test_a_message_that_was_not_taken_comes_back_in_the_box(client: Client) -> None:
    as_far_as_waiting(client)
    long = "a" * 4001
    response = client.post("/hablar/", {"do": "say", "text": long})

    assert response.status_code == 409
    assert long in response.content.decode()
    assert journey_pages.refusal_words("too_long") in response.content.decode()


def test_words_for_a_conversation_that_is_over_come_back_on_the_farewell(client: Client) -> None:
    contact = as_far_as_waiting(client)
    actions.end_conversation(contact, by="line")
    response = client.post("/hablar/", {"do": "say", "text": "todavía quería decir"})

    assert "todavía quería decir" in response.content.decode()
    assert "Conversar otra vez" in response.content.decode()


def test_words_without_a_conversation_come_back_on_the_first_page(client: Client) -> None:
    response = client.post("/hablar/", {"do": "say", "text": "¿hay alguien?"})

    assert response.status_code == 400
    assert "¿hay alguien?" in response.content.decode()
    assert "Acepto y quiero conversar" in response.content.decode()


def test_words_are_shown_as_words_and_never_as_markup(client: Client) -> None:
    as_far_as_waiting(client)
    client.post("/hablar/", {"do": "say", "text": "<script>alert('hola')</script>"})
    for path in ("/hablar/", "/hablar/hilo/"):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_who_felt_very_bad_afterwards_is_not_left_alone(client: Client) -> None:
    contact = as_far_as_waiting(client)
    actions.end_conversation(contact, by="line")
    page = client.post("/hablar/", {"do": "rate", "distress_after": "5"}, follow=True).content.decode()

    assert "No tienes que quedarte con esto a solas" in page
    assert page.count('href="tel:') == 5


def test_two_questions_after_a_conversation_take_two_taps(client: Client) -> None:
    contact = as_far_as_waiting(client)
    triage.assign_by_hand(contact, make_member(ready=True))
    actions.end_conversation(contact, by="volunteer")
    page = shown(client)
    assert "¿Cómo te sientes ahora?" in page
    assert re.findall(r'name="helped" value="(\d)">([^<]+)', page) == [("3", "Sí"), ("2", "Un poco"), ("1", "No")]
    client.post("/hablar/", {"do": "rate", "distress_after": "2"})
    client.post("/hablar/", {"do": "helped", "helped": "9"})
    page = client.post("/hablar/", {"do": "helped", "helped": "1"}, follow=True).content.decode()

    assert "Sentimos que hoy no te sirviera" in page
    assert 'name="distress_after"' not in page
    assert 'name="helped"' not in page
    kept = Contact.objects.get()
    assert (kept.distress_after, kept.helped) == (2, 1)


def test_the_farewell_leads_to_places_in_ones_department(client: Client) -> None:
    contact = as_far_as_waiting(client)
    actions.end_conversation(contact, by="line")
    assert 'href="/recursos/"' in shown(client)
    Place.objects.create(code="x", name="CSMC", region="Puno", checked_on=timezone.localdate())
    form = re.search(r'<form method="get" action="(/recursos/)#lugares".*?</form>', shown(client), re.DOTALL)
    assert form is not None
    assert "<option>Puno</option>" in form[0]

    found = client.get(form[1], {"departamento": "Puno"}).content.decode()
    assert 'id="lugares"' in found
    assert "CSMC" in found


def test_everybody_can_delete_what_they_wrote_also_without_a_consent(client: Client) -> None:
    client.post("/hablar/", {"do": "danger"})
    assert 'value="withdraw"' in shown(client)
    page = client.post("/hablar/", {"do": "withdraw"}, follow=True).content.decode()

    assert "quedaron bloqueadas" in page
    assert "la prueba de que aceptaste" not in page


def test_an_age_that_was_told_with_the_consent_is_not_asked_again_and_reaches_the_volunteer(client: Client) -> None:
    client.post("/hablar/", {"do": "agree", "age_band": "14_17"})
    page = shown(client)
    assert "¿Cuántos años tienes?" not in page
    assert '<input type="hidden" name="age" value="14_17">' in page
    rosa = make_member(ready=True)
    client.post("/hablar/", {"do": "skip"})
    actions.accept_offer(rosa, Offer.objects.get().pk)

    about = browser_of(rosa).get(f"/escritorio/persona/?contact={Contact.objects.get().pk}").content.decode()
    assert "Con su acuerdo dijo su edad: De 14 a 17." in about


def test_who_did_not_tell_their_age_is_asked_among_the_questions(client: Client) -> None:
    client.post("/hablar/", {"do": "agree", "age_band": "unsaid"})

    assert "¿Cuántos años tienes?" in shown(client)


@pytest.mark.parametrize("given", [None, "", "text"])
def test_a_form_that_was_not_sent_has_no_answers(given: str | None) -> None:
    assert answer(given, "age") == ""


def test_an_unknown_step_loses_nothing_and_says_so(client: Client) -> None:
    as_far_as_waiting(client)
    response = client.post("/hablar/", {"do": "fly"})

    assert response.status_code == 400
    assert "Aquí sigues" in response.content.decode()
