"""A supervisor changes a level from the board: with a reason, never blindly, and without seeing what was said."""

import uuid

import pytest
from django.test import Client

from roster.models import Member
from tests.cast import make_ended, make_member, make_talking, make_waiting
from triage import actions as triage
from triage.models import Contact, Offer
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")


def address(contact: Contact) -> str:
    """Return the page on which a contact's level is changed."""
    return f"/supervision/nivel/{contact.pk}/"


def test_from_the_board_the_level_of_who_waits_is_raised_and_offered_at_once(window: Client, carmen: Member) -> None:
    make_member(ready=True)
    make_waiting({"danger": "yes"})
    waiting = make_waiting({"danger": "no", "thoughts": "no"})
    triage.route()
    make_member(ready=True)
    assert address(waiting) in window.get("/supervision/").content.decode()
    page = window.get(address(waiting)).content.decode()
    assert f'name="seen" value="{waiting.urgency}"' in page
    answer = window.post(address(waiting), {"level": "A", "reason": "other_person", "seen": waiting.urgency})
    assert answer.headers["Location"] == "/supervision/"
    assert Contact.objects.get(pk=waiting.pk).urgency == "A"
    assert Offer.objects.filter(contact=waiting, state="open").exists()
    entry = Entry.objects.get(act="contact.reassess")
    assert (entry.actor, entry.reason) == (str(carmen.pk), "other_person")
    assert "hay otra persona en riesgo" in window.get("/supervision/auditoria/").content.decode()


def test_nothing_that_was_said_is_shown(window: Client, rosa: Member) -> None:
    contact = make_talking(rosa, "no se lo digas a nadie", answers={"thoughts": "plan"})
    page = window.get(address(contact)).content.decode()
    assert "Conversa con Rosa" in page
    assert "no se lo digas" not in page
    assert "he pensado cómo" not in page


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"level": "B"}, "Elige un nivel y un motivo"),
        ({"level": "X", "reason": "told"}, "Elige un nivel y un motivo"),
        ({"level": "B", "reason": "told", "seen": "E"}, "El nivel cambió justo antes"),
        ({"level": "C", "reason": "told", "seen": "C"}, "No cambió nada"),
    ],
)
def test_what_cannot_be_is_told_in_words(window: Client, rosa: Member, fields: dict[str, str], problem: str) -> None:
    contact = make_talking(rosa)
    answer = window.post(address(contact), fields)
    assert (answer.status_code, problem in answer.content.decode()) == (400, True)
    assert Contact.objects.get().urgency == "C"


def test_what_is_over_says_so_and_what_is_not_there_is_not_found(window: Client, rosa: Member) -> None:
    ended = make_ended(rosa)
    page = window.get(address(ended)).content.decode()
    assert "ya terminó" in page
    assert "<select" not in page
    assert window.post(address(ended), {"level": "A", "reason": "told"}).status_code == 400
    assert window.get(f"/supervision/nivel/{uuid.uuid4()}/").status_code == 404


def test_a_rehearsal_is_not_a_supervisor_s_of_real_callers(window: Client) -> None:
    rehearsed = make_talking(make_member(rehearsal=True))
    assert window.get(address(rehearsed)).status_code == 404
    assert window.post(address(rehearsed), {"level": "A", "reason": "told"}).status_code == 404
