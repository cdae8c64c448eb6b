"""A supervisor traces a contact that has no case yet, or whose consent was taken back."""

import pytest
from django.test import Client

from cases import actions as cases
from cases.notes import NoteBody
from roster.models import Member, Role
from tests.cast import browser_of, make_ended, make_member, make_talking, make_waiting
from triage import actions as triage
from triage.models import Contact
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)

WHY = {"reason": "high_risk"}


def address(contact: Contact) -> str:
    """Return where a contact's story is told."""
    return f"/supervision/conversacion/{contact.pk}/"


def test_the_story_is_told_for_a_reason_and_leaves_a_trace(rosa: Member, carmen: Member, window: Client) -> None:
    contact = make_talking(rosa, "no quiero seguir")
    asked = window.get(address(contact)).content.decode()
    assert "¿Por qué abres esta conversación?" in asked
    assert "Rosa" not in asked
    told = window.post(address(contact), WHY).content.decode()
    assert "Rosa aceptó y empezó a conversar." in told
    assert "Carmen abrió la conversación. Motivo: Riesgo alto" in told
    assert "no quiero seguir" not in told
    entry = Entry.objects.get(act="contact.open")
    assert (entry.actor, entry.subject, entry.reason) == (str(carmen.pk), str(contact.pk), "high_risk")


@pytest.mark.parametrize("reason", ["", "curiosity"])
def test_without_a_reason_nothing_is_told(reason: str, rosa: Member, window: Client) -> None:
    contact = make_talking(rosa)
    page = window.post(address(contact), {"reason": reason})
    assert page.status_code == 400
    assert "Rosa" not in page.content.decode()
    assert Entry.objects.get(act="contact.open").result == "no_reason"


def test_a_contact_with_a_case_is_read_in_its_case(rosa: Member, window: Client) -> None:
    contact = make_ended(rosa)
    case = cases.save_note(rosa, contact, NoteBody(talked="a")).case
    assert window.get(address(contact)).headers["Location"] == f"/casos/{case.pk}/"


def test_of_a_withdrawn_contact_only_what_the_team_did_is_told(rosa: Member, window: Client) -> None:
    contact = make_talking(rosa, answers={"thoughts": "plan"})
    case = cases.save_note(rosa, contact, NoteBody(talked="a")).case
    window.post(f"/casos/{case.pk}/", WHY)
    triage.withdraw(contact)
    cases.erase_withdrawn()
    told = window.post(address(contact), WHY).content.decode()
    for words in ("Carmen abrió el caso. Motivo: Riesgo alto", "retiró su consentimiento", "La línea borró el caso"):
        assert words in told
    assert "nivel" not in told


def test_what_is_not_there_and_what_is_rehearsed_is_not_found(window: Client) -> None:
    rehearsed = make_waiting(rehearsal=True)
    for path in (address(rehearsed), "/supervision/conversacion/00000000-0000-4000-8000-000000000000/"):
        assert window.post(path, WHY).status_code == 404
    assert Entry.objects.filter(act="contact.open", result="refused").count() == 2


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.COORDINATOR])
def test_nobody_else_reads_the_story_here(role: str, rosa: Member) -> None:
    contact = make_talking(rosa)
    assert browser_of(make_member(role)).post(address(contact), WHY).status_code == 404
