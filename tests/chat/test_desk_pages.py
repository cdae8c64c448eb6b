"""The desk's page and the plain requests beside its socket."""

import datetime
import re

import pytest
from django.utils import timezone

from chat import actions as chat
from chat.models import Draft
from chat.protocol import CODES
from consent import actions as consent
from consent import texts
from roster.models import Member, Role
from tests.cast import browser_of, make_ended, make_member, make_talking
from triage import actions as triage
from triage.models import Contact, ContactState, Urgency

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def rosa() -> Member:
    """Return a volunteer."""
    return make_member(alias="Rosa")


@pytest.fixture
def contact(rosa: Member) -> Contact:
    """Return a conversation of hers."""
    return make_talking(rosa, "hola", answers={"thoughts": "plan", "words": "hola"})


@pytest.fixture
def in_danger(rosa: Member) -> Contact:
    """Return a conversation of hers with somebody who came through the danger door."""
    came = triage.open_contact("es-PE")
    chat.enter_in_danger(came)
    triage.assign_by_hand(came, rosa)
    return came


def desk_of(member: Member) -> str:
    """Return the page of somebody's desk."""
    page: str = browser_of(member).get("/escritorio/").content.decode()
    return page


def about(member: Member, contact: Contact) -> str:
    """Return what the desk tells of a person."""
    page: str = browser_of(member).get(f"/escritorio/persona/?contact={contact.pk}").content.decode()
    return page


def test_the_desk_has_words_for_every_refusal_level_and_reason(rosa: Member) -> None:
    page = desk_of(rosa)
    wanted = [f"refused-{code}" for code in CODES] + [f"badge-{level}" for level in Urgency.values]
    wanted += [f"gone-{reason}" for reason in ("taken", "expired", "declined", "left")]
    assert [name for name in wanted if f'<template id="{name}">' not in page] == []
    reasons = ("own", "missed_offers", "signed_out", "inactive")
    assert [reason for reason in reasons if not re.search(rf'data-{reason}="[^"]+"', page)] == []
    shown = [*ContactState.values[3:], "waiting"]
    assert [state for state in shown if len(re.findall(rf'data-{state}="[^"]+"', page)) < 2] == []


def test_only_volunteers_have_a_desk(rosa: Member) -> None:
    assert browser_of(rosa).get("/escritorio/").status_code == 200
    assert browser_of(make_member(Role.SUPERVISOR)).get("/escritorio/").status_code == 404
    assert browser_of(make_member(Role.COORDINATOR)).get("/escritorio/").status_code == 404


def test_the_desk_tells_what_a_person_answered_and_never_how_they_felt_afterwards(
    rosa: Member, contact: Contact
) -> None:
    page = about(rosa, contact)
    assert "Sí, y he pensado cómo" in page
    assert "Dio su acuerdo para conversar." in page
    chat.end_conversation(contact, by="caller")
    before = about(rosa, contact)
    triage.rate_after(contact, 5)
    triage.say_if_it_helped(contact, 1)
    assert "Muy mal" not in about(rosa, contact)
    assert about(rosa, contact) == before


def test_nothing_is_told_of_somebody_elses_contact(contact: Contact) -> None:
    other = browser_of(make_member())
    assert other.get(f"/escritorio/persona/?contact={contact.pk}").status_code == 404
    assert other.get("/escritorio/persona/?contact=no-es-un-id").status_code == 404
    assert other.get("/escritorio/persona/").status_code == 404


def test_nothing_is_told_of_whoever_took_their_consent_back(rosa: Member, contact: Contact) -> None:
    triage.withdraw(contact)
    assert browser_of(rosa).get(f"/escritorio/persona/?contact={contact.pk}").status_code == 404


def test_where_the_consent_stands_is_told_in_words(rosa: Member, in_danger: Contact) -> None:
    browser = browser_of(rosa)
    assert 'data-consent="missing"' in about(rosa, in_danger)
    browser.post("/escritorio/acuerdo/", {"contact": str(in_danger.pk)})
    assert 'data-consent="asked"' in about(rosa, in_danger)
    in_danger.refresh_from_db()
    chat.refuse_consent(in_danger)
    assert 'data-consent="refused"' in about(rosa, in_danger)
    browser.post("/escritorio/acuerdo/", {"contact": str(in_danger.pk)})
    in_danger.refresh_from_db()
    decisions = {purpose.code: True for purpose in texts.current().purposes}
    receipt = consent.give(text=texts.current(), decisions=decisions, age_band="unsaid", action="test")
    chat.take_consent(in_danger, receipt)
    page = about(rosa, in_danger)
    assert 'data-consent="given"' in page
    assert "data-ask-consent" not in page


def test_a_page_that_went_silent_is_told_with_its_hour(rosa: Member, contact: Contact) -> None:
    assert "Su página está abierta" in about(rosa, contact)
    then = timezone.now() - datetime.timedelta(minutes=3)
    Contact.objects.filter(pk=contact.pk).update(caller_seen_at=then)
    assert f"{timezone.localtime(then):%H:%M}" in about(rosa, contact).split("Sin señal de su página desde las")[1]


def test_a_draft_is_sealed_given_back_to_its_writer_alone_and_forgotten_when_empty(
    rosa: Member, contact: Contact
) -> None:
    address, text = "/escritorio/borrador/", "Lo que iba\r\na decirte"
    browser = browser_of(rosa)
    assert browser.post(address, {"contact": str(contact.pk), "text": text}).json() == {"saved": True}
    assert b"decirte" not in bytes(Draft.objects.get().text)
    assert browser.get(f"{address}?contact={contact.pk}").json() == {"text": "Lo que iba\na decirte"}
    assert browser_of(make_member()).get(f"{address}?contact={contact.pk}").status_code == 404
    browser.post(address, {"contact": str(contact.pk), "text": ""})
    assert not Draft.objects.exists()


def test_a_draft_beyond_any_message_is_refused_in_words(rosa: Member, contact: Contact) -> None:
    sent = {"contact": str(contact.pk), "text": "a" * 8_001}
    answer = browser_of(rosa).post("/escritorio/borrador/", sent)
    assert answer.status_code == 400
    assert answer.json()["problem"] == "El borrador es muy largo."


def test_the_keys_are_switched_off_for_the_session(rosa: Member) -> None:
    browser = browser_of(rosa)
    assert 'data-shortcuts="yes"' in browser.get("/escritorio/").content.decode()
    assert browser.post("/escritorio/teclas/", {"on": "no"}).json() == {"on": False}
    assert 'data-shortcuts="no"' in browser.get("/escritorio/").content.decode()


def test_whoever_listens_knows_that_a_page_is_in_another_language(rosa: Member, contact: Contact) -> None:
    assert "Su página o sus palabras" not in about(rosa, contact)
    Contact.objects.filter(pk=contact.pk).update(needs="english,violence")
    assert "Su página o sus palabras están en inglés" in about(rosa, contact)


def test_what_is_over_can_still_be_asked_about_until_its_note_is_written(rosa: Member) -> None:
    ended = make_ended(rosa, "gracias")
    assert "Su página" not in about(rosa, ended)
    assert "Sobre la persona" in about(rosa, ended)
