"""A supervisor has a case destroyed: shut at once, keys gone, who ordered it and why kept; and nobody else can."""

import pytest
from django.test import Client

from cases import actions
from cases.errors import NotErased, NotYours
from cases.models import Case
from cases.notes import NoteBody
from oversight.contacts import case_of
from roster.models import Member, Role
from tests.cast import browser_of, make_ended, make_member, make_talking
from tests.vault.keys import elsewhere
from triage.models import Contact
from vault import actions as vault
from vault import trail
from vault.errors import CannotOpen
from vault.keystore.models import KeyShare
from vault.models import DataKey, Entry

PASSWORD = "una frase larga de ensayo"  # noqa: S105  of tests only

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)


@pytest.fixture
def case(contact: Contact, rosa: Member) -> Case:
    return actions.save_note(rosa, contact, NoteBody(talked="Habló de su hermano.")).case


@pytest.fixture
def window(carmen: Member) -> Client:
    """Return the supervisor's browser, in which she has just confirmed who she is."""
    carmen.set_password(PASSWORD)
    carmen.save()
    client = browser_of(carmen)
    assert client.post("/equipo/confirmar/", {"password": PASSWORD}).status_code == 302
    return client


def test_the_case_and_all_that_was_said_in_it_open_for_nobody_from_that_moment(
    case: Case, contact: Contact, carmen: Member, window: Client
) -> None:
    answer = window.post(f"/casos/{case.pk}/borrar/", {"reason": "asked", "sure": "yes"}, follow=True)

    assert "El caso se borró" in answer.content.decode()
    assert str(case.pk)[:8] not in answer.content.decode()
    keys = [case.key_id, contact.key_id]
    assert list(DataKey.objects.filter(pk__in=keys).values_list("state", flat=True)) == ["destroyed"] * 2
    assert not KeyShare.objects.filter(pk__in=keys).exists()
    elsewhere()
    for key in keys:
        with pytest.raises(CannotOpen):
            vault.open_key(key)
    assert case_of(contact.pk) is None
    contact.refresh_from_db()
    assert (contact.answers, contact.age_band) == (None, "")
    told = {(one.act, one.actor, one.subject, one.reason) for one in Entry.objects.filter(act__endswith=".erase")}
    assert told == {
        ("case.erase", str(carmen.pk), str(case.pk), "asked"),
        ("contact.erase", str(carmen.pk), str(contact.pk), "asked"),
    }
    assert trail.verify().first_bad is None


def test_whoever_has_not_just_confirmed_who_they_are_is_asked_to(case: Case, carmen: Member) -> None:
    answer = browser_of(carmen).post(f"/casos/{case.pk}/borrar/", {"reason": "asked", "sure": "yes"})

    assert answer.status_code == 302
    assert answer["Location"].startswith("/equipo/confirmar/")
    assert Case.objects.living().filter(pk=case.pk).exists()


@pytest.mark.parametrize("given", [{}, {"reason": "asked"}, {"sure": "yes"}, {"reason": "because", "sure": "yes"}])
def test_without_a_reason_and_a_yes_nothing_is_erased(case: Case, window: Client, given: dict[str, str]) -> None:
    answer = window.post(f"/casos/{case.pk}/borrar/", given)

    assert answer.status_code == 400
    assert "No se borró nada" in answer.content.decode()
    assert Case.objects.living().filter(pk=case.pk).exists()


def test_while_somebody_still_talks_nothing_is_erased(case: Case, rosa: Member, carmen: Member) -> None:
    case.contacts.add(make_talking(rosa))

    with pytest.raises(NotErased):
        actions.erase_by_order(case, carmen, "asked")
    assert Case.objects.living().filter(pk=case.pk).exists()


def test_the_story_of_the_contact_says_who_had_the_case_erased_and_why(case: Case, carmen: Member) -> None:
    contact = case.contacts.get()
    actions.erase_by_order(case, carmen, "authority")
    page = browser_of(carmen).post(f"/supervision/conversacion/{contact.pk}/", {"reason": "legal"}).content.decode()

    assert "Carmen borró el caso. Motivo: Lo ordenó una autoridad." in page
    assert "retiró su consentimiento" not in page


def test_a_case_that_was_taken_back_meanwhile_is_not_found(
    case: Case, window: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_given: object) -> None:
        raise NotYours

    monkeypatch.setattr(actions, "erase_by_order", gone)
    assert window.post(f"/casos/{case.pk}/borrar/", {"reason": "asked", "sure": "yes"}).status_code == 404


def test_nobody_else_may(case: Case, rosa: Member) -> None:
    for member in (rosa, make_member(Role.COORDINATOR)):
        assert (
            browser_of(member).post(f"/casos/{case.pk}/borrar/", {"reason": "asked", "sure": "yes"}).status_code == 404
        )
        with pytest.raises(NotYours):
            actions.erase_by_order(case, member, "asked")
    assert Entry.objects.filter(act="case.erase", result="refused").count() == 2


def test_the_case_of_a_rehearsal_is_nobodys_to_erase_who_does_not_rehearse(carmen: Member) -> None:
    actor = make_member(rehearsal=True)
    rehearsed = actions.save_note(actor, make_ended(actor), NoteBody(talked="ensayo")).case

    with pytest.raises(NotYours):
        actions.erase_by_order(rehearsed, carmen, "asked")


def test_the_page_shows_nothing_that_was_said(case: Case, window: Client) -> None:
    page = window.get(f"/casos/{case.pk}/borrar/").content.decode()

    assert "Borrar para siempre" in page
    assert "hermano" not in page
