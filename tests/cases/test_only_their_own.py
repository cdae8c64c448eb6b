"""A volunteer reaches only their own cases and conversations, at every address, and each attempt is kept."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import UUIDConverter

from cases import actions
from cases.models import Case
from cases.notes import NoteBody
from chat import actions as chat
from roster.models import Member
from tests.cast import browser_of, make_talking
from triage.models import Contact
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")

Try = Callable[[Client, Contact, Case], Any]

#: Every door that names a case or a conversation, in each way it can be knocked at.
DOORS: dict[str, Try] = {
    "case": lambda browser, _contact, case: browser.get(f"/casos/{case.pk}/"),
    "case with a reason": lambda browser, _contact, case: browser.post(f"/casos/{case.pk}/", {"reason": "legal"}),
    "care plan": lambda browser, _contact, case: browser.get(f"/casos/{case.pk}/plan/"),
    "care plan saved": lambda browser, _contact, case: browser.post(
        f"/casos/{case.pk}/plan/", {"helps": "x", "seen": "0", "do": "save"}
    ),
    "care plan at the desk": lambda browser, contact, _case: browser.get(f"/casos/plan/?contact={contact.pk}"),
    "level": lambda browser, contact, _case: browser.get(f"/escritorio/nivel/?contact={contact.pk}"),
    "level changed": lambda browser, contact, _case: browser.post(
        "/escritorio/nivel/", {"contact": str(contact.pk), "level": "B", "reason": "told"}
    ),
    "instrument": lambda browser, contact, _case: browser.get(
        f"/escritorio/instrumento/?contact={contact.pk}&code=cssrs"
    ),
    "instrument used": lambda browser, contact, _case: browser.post(
        "/escritorio/instrumento/", {"contact": str(contact.pk), "code": "cssrs", "1": "no"}
    ),
    "agreed": lambda browser, contact, _case: browser.get(f"/escritorio/acordado/?contact={contact.pk}"),
    "agreed written": lambda browser, contact, _case: browser.post(
        "/escritorio/acordado/", {"contact": str(contact.pk), "agreed": "x"}
    ),
    "begin to write what was agreed": lambda browser, contact, _case: browser.post(
        "/escritorio/acordado/borrador/", {"contact": str(contact.pk), "agreed": "x"}
    ),
    "asked": lambda browser, contact, _case: browser.post(
        "/escritorio/pregunta/", {"contact": str(contact.pk), "how": "asked"}
    ),
    "ended without a note": lambda browser, contact, _case: browser.post(
        "/escritorio/terminar/", {"contact": str(contact.pk), "ending": "silence"}
    ),
    "note": lambda browser, contact, _case: browser.get(f"/casos/nota/{contact.pk}/"),
    "note fragment": lambda browser, contact, _case: browser.get(f"/casos/nota/{contact.pk}/", HTTP_X_FRAGMENT="1"),
    "note draft": lambda browser, contact, _case: browser.post(
        f"/casos/nota/{contact.pk}/", {"talked": "x", "do": "draft"}, HTTP_ACCEPT="application/json"
    ),
    "note saved": lambda browser, contact, _case: browser.post(f"/casos/nota/{contact.pk}/", {"talked": "x"}),
    "rescue": lambda browser, contact, _case: browser.get(f"/casos/rescate/{contact.pk}/"),
    "rescue asked": lambda browser, contact, _case: browser.post(
        f"/casos/rescate/{contact.pk}/", {"ground": "danger_self", "words": "x"}
    ),
    "person": lambda browser, contact, _case: browser.get(f"/escritorio/persona/?contact={contact.pk}"),
    "passing on": lambda browser, contact, _case: browser.get(f"/escritorio/pasar/?contact={contact.pk}"),
    "note passed on": lambda browser, contact, _case: browser.post("/casos/pasar/", {"contact": str(contact.pk)}),
    "message draft": lambda browser, contact, _case: browser.get(f"/escritorio/borrador/?contact={contact.pk}"),
    "message draft saved": lambda browser, contact, _case: browser.post(
        "/escritorio/borrador/", {"contact": str(contact.pk), "text": "x"}
    ),
    "consent asked": lambda browser, contact, _case: browser.post("/escritorio/acuerdo/", {"contact": str(contact.pk)}),
}
#: For supervisors alone: a volunteer finds nothing there, whoever's it is.
SUPERVISORS = {"answer_rescue", "assign", "contact_story", "erase_case", "reassess"}
#: They name no case and no conversation; tests/reflection/test_pages.py knocks there.
OF_CIRCLES = {"act_in_circle", "answer_peer", "circle", "circle_note", "circle_standing", "join_circle", "lead_circle"}
OF_CIRCLES |= {"leave_circle", "seat_seen", "speak_in_circle"}
#: Of the coordination and of whoever applies; tests/roster/test_applications.py knocks there.
OF_APPLICATIONS = {"application"}
#: What is a member's alone; tests/reflection/test_journal.py and test_thanks.py knock there as somebody else.
OF_ONES_OWN = {"journal_page", "note_of_thanks"}


@pytest.fixture
def conversation(rosa: Member) -> Contact:
    """Return a conversation of Rosa's that goes on, with drafts on both of her boxes."""
    contact = make_talking(rosa, "hola")
    chat.save_draft(contact, rosa, "quería decirte")
    return contact


@pytest.fixture
def case(conversation: Contact, rosa: Member) -> Case:
    """Return its case."""
    return actions.save_note(rosa, conversation, NoteBody(talked="Duerme poco.")).case


@pytest.mark.parametrize("door", DOORS)
def test_another_volunteer_finds_nothing_and_the_attempt_is_kept(
    door: str, conversation: Contact, case: Case, luis: Member
) -> None:
    before = Entry.objects.count()
    response: HttpResponse = DOORS[door](browser_of(luis), conversation, case)
    assert response.status_code == 404
    (entry,) = Entry.objects.filter(seq__gt=before)
    assert (entry.actor, entry.result) == (str(luis.pk), "refused")
    assert entry.subject in {str(conversation.pk), str(case.pk)}


@pytest.mark.parametrize("door", sorted(set(DOORS) - {"case with a reason", "consent asked"}))
def test_the_same_door_opens_for_the_volunteer_of_the_conversation(
    door: str, conversation: Contact, case: Case, rosa: Member
) -> None:
    assert DOORS[door](browser_of(rosa), conversation, case).status_code in {200, 302}
    assert not Entry.objects.filter(result="refused").exists()


@pytest.mark.parametrize("door", DOORS)
def test_who_is_not_signed_in_signs_in_first(door: str, conversation: Contact, case: Case) -> None:
    response = DOORS[door](Client(), conversation, case)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/equipo/entrar/")


def test_no_list_names_the_case_of_another(conversation: Contact, case: Case, luis: Member) -> None:
    browser = browser_of(luis)
    for path in ("/casos/", "/casos/?pagina=1", "/casos/pendientes/", "/escritorio/"):
        page = browser.get(path).content.decode()
        assert str(case.pk) not in page
        assert str(conversation.pk) not in page


#: What leads to a practice with a scripted caller, and to no person (tests/training/test_answering.py).
PRACTICES = {"practice", "leave_practice"}


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _patterns(one)
        else:
            yield one


def test_no_address_with_a_number_is_missing_above() -> None:
    numbered = {
        pattern.name
        for pattern in _patterns(get_resolver())
        if any(isinstance(kind, UUIDConverter) for kind in pattern.pattern.converters.values())
    }
    assert numbered == {
        "ask_rescue",
        "case",
        "care_plan",
        "note",
        *SUPERVISORS,
        *OF_CIRCLES,
        *OF_ONES_OWN,
        *PRACTICES,
        *OF_APPLICATIONS,
    }
