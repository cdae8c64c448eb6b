"""Care plans: sealed versions, who may write them, and who reads them when a conversation begins."""

import uuid
from typing import Any

import pytest
from django.test import Client

from cases import actions, care_plans
from cases.care_plans import PlanBody
from cases.errors import BadNote, NotYours, Stale
from cases.keys import give_what_is_missing
from cases.models import CarePlan, Case
from cases.notes import NoteBody
from chat import actions as chat
from roster.models import Member
from tests.cast import browser_of, make_talking
from triage import actions as triage
from triage.models import Contact
from vault import actions as vault
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")

PLAN = PlanBody(agreement="Una conversación por noche", rhythm="Casi siempre a las 23 h", helps="Respirar juntos")


@pytest.fixture
def talking(rosa: Member) -> Contact:
    """Return a conversation of Rosa's that goes on."""
    return make_talking(rosa, "soy yo otra vez")


@pytest.fixture
def case(talking: Contact, rosa: Member) -> Case:
    """Return its case."""
    return actions.save_note(rosa, talking, NoteBody(talked="Viene cada noche.")).case


def come_back_to(contact: Contact, member: Member) -> Contact:
    """Let the caller leave, come back, and be taken by a member, as they open it."""
    chat.leave_suddenly(contact)
    triage.come_back(contact)
    triage.assign_by_hand(contact, member)
    return contact


def fragment(member: Member, contact: Contact) -> str:
    """Return what the desk shows of the plan."""
    page: str = browser_of(member).get(f"/casos/plan/?contact={contact.pk}").content.decode()
    return page


def test_a_plan_is_sealed_and_its_versions_stay(case: Case, rosa: Member) -> None:
    assert care_plans.save_plan(rosa, case, PLAN, seen=0) == 1
    assert care_plans.save_plan(rosa, case, PlanBody(helps="Caminar"), seen=1) == 2
    assert [bytes(row.body).find(b"Respirar") for row in CarePlan.objects.all()] == [-1, -1]
    case.holder = rosa.holder
    assert [version.body for version in care_plans.versions_of(case)] == [PlanBody(helps="Caminar"), PLAN]
    assert list(Entry.objects.filter(act="case.plan_write").values_list("actor", "reason")) == [
        (str(rosa.pk), "v1"),
        (str(rosa.pk), "v2"),
    ]


def test_the_same_words_again_add_nothing_and_an_older_page_overwrites_nothing(case: Case, rosa: Member) -> None:
    care_plans.save_plan(rosa, case, PLAN, seen=0)
    assert care_plans.save_plan(rosa, case, PLAN, seen=0) == 1
    with pytest.raises(Stale):
        care_plans.save_plan(rosa, case, PlanBody(helps="Caminar"), seen=0)
    assert CarePlan.objects.count() == 1


def test_an_empty_plan_ends_one_and_begins_none(case: Case, rosa: Member, talking: Contact) -> None:
    with pytest.raises(BadNote):
        care_plans.save_plan(rosa, case, PlanBody(), seen=0)
    care_plans.save_plan(rosa, case, PLAN, seen=0)
    care_plans.save_plan(rosa, case, PlanBody(), seen=1)
    assert "Plan de cuidado" not in fragment(rosa, talking)


def test_only_who_leads_the_case_or_supervises_writes_it(carmen: Member, case: Case, luis: Member) -> None:
    with pytest.raises(NotYours):
        care_plans.save_plan(luis, case, PLAN, seen=0)
    assert care_plans.save_plan(carmen, case, PLAN, seen=0) == 1


def test_a_version_that_was_moved_does_not_open(case: Case, rosa: Member) -> None:
    care_plans.save_plan(rosa, case, PLAN, seen=0)
    CarePlan.objects.update(revision=7)
    case.holder = rosa.holder
    assert [version.body for version in care_plans.versions_of(case)] == [None]


def test_the_desk_shows_it_as_the_conversation_begins_and_the_trace_stays(
    case: Case, rosa: Member, talking: Contact
) -> None:
    assert "Plan de cuidado" not in fragment(rosa, talking)
    care_plans.save_plan(rosa, case, PLAN, seen=0)
    before = Entry.objects.filter(act="case.plan_open").count()
    text = fragment(rosa, talking)
    assert "Una conversación por noche" in text
    assert "Respirar juntos" in text
    assert Entry.objects.filter(act="case.plan_open").count() == before + 1


def test_whoever_listens_next_reads_it_and_whoever_listened_before_reads_it_no_more(
    carmen: Member, case: Case, rosa: Member, luis: Member, talking: Contact
) -> None:
    care_plans.save_plan(rosa, case, PLAN, seen=0)
    come_back_to(talking, luis)
    if vault.only_people_open():
        assert "todavía no se abre para ti" in fragment(luis, talking)
        assert give_what_is_missing(carmen) > 0
    assert "Respirar juntos" in fragment(luis, talking)
    assert browser_of(rosa).get(f"/casos/plan/?contact={talking.pk}").status_code == 404


def test_a_plan_is_never_a_block(case: Case, rosa: Member, luis: Member, talking: Contact) -> None:
    care_plans.save_plan(rosa, case, PLAN, seen=0)
    chat.leave_suddenly(talking)
    assert triage.come_back(talking)
    triage.assign_by_hand(talking, luis)
    assert Contact.objects.get(pk=talking.pk).state == "talking"


def test_nothing_is_shown_of_anothers_of_what_is_over_and_of_what_was_taken_back(
    case: Case, rosa: Member, luis: Member, talking: Contact
) -> None:
    care_plans.save_plan(rosa, case, PLAN, seen=0)
    assert browser_of(luis).get(f"/casos/plan/?contact={talking.pk}").status_code == 404
    for given in ("", "?contact=", f"?contact={uuid.uuid4()}", "?contact=x"):
        assert browser_of(rosa).get(f"/casos/plan/{given}").status_code == 404
    chat.end_conversation(talking, by="volunteer")
    assert "Respirar" not in fragment(rosa, talking)
    triage.withdraw(talking)
    assert browser_of(rosa).get(f"/casos/plan/?contact={talking.pk}").status_code == 404
    assert browser_of(rosa).get(f"/casos/{case.pk}/plan/").status_code == 404


# The page -----------------------------------------------------------------------------------------------------------


def save(browser: Client, case: Case, **fields: Any) -> Any:
    """Send the form of the page."""
    given = {"agreement": "Una por noche", "rhythm": "", "helps": "", "seen": "0", "do": "save"}
    return browser.post(f"/casos/{case.pk}/plan/", given | fields)


def test_the_volunteer_writes_it_on_its_page_and_reads_its_versions(case: Case, rosa: Member) -> None:
    browser = browser_of(rosa)
    assert "Guardar el plan" in browser.get(f"/casos/{case.pk}/plan/").content.decode()
    assert "Plan guardado: versión 1" in save(browser, case).content.decode()
    save(browser, case, agreement="Dos por semana", seen="1")
    page = browser.get(f"/casos/{case.pk}/plan/").content.decode()
    assert "2 versiones guardadas" in page
    assert "Una por noche" in page
    assert "Dos por semana" in browser.get(f"/casos/{case.pk}/").content.decode()


def test_what_cannot_be_saved_is_told_and_stays_in_the_form(case: Case, rosa: Member) -> None:
    browser = browser_of(rosa)
    empty = save(browser, case, agreement=" ")
    assert (empty.status_code, "El plan está vacío" in empty.content.decode()) == (400, True)
    long = save(browser, case, helps="x" * 2_001)
    assert (long.status_code, "«Qué ayuda» es muy largo" in long.content.decode()) == (400, True)
    assert "x" * 2_001 in long.content.decode()
    save(browser, case)
    stale = save(browser, case, agreement="Otra cosa")
    assert stale.status_code == 409
    assert "Otra cosa" in stale.content.decode()
    assert "Una por noche" in stale.content.decode()
    assert CarePlan.objects.count() == 1


def test_a_supervisor_says_why_first(carmen: Member, case: Case, settings: Any) -> None:
    settings.ON_CALL_OPENS = True
    browser = browser_of(carmen)
    assert "¿Por qué abres este caso?" in browser.get(f"/casos/{case.pk}/plan/").content.decode()
    assert save(browser, case).status_code == 400
    answer = save(browser, case, reason="quality")
    if vault.only_people_open():
        assert answer.status_code == 403  # off duty: another supervisor has to say yes first
    else:
        assert "Plan guardado: versión 1" in answer.content.decode()
        assert Entry.objects.filter(act="case.plan_open", reason="quality").exists()


def test_the_story_names_who_wrote_and_who_read_it(case: Case, rosa: Member, talking: Contact) -> None:
    care_plans.save_plan(rosa, case, PLAN, seen=0)
    fragment(rosa, talking)
    page = browser_of(rosa).get(f"/casos/{case.pk}/").content.decode()
    assert "Rosa escribió el plan de cuidado." in page
    assert "Rosa leyó el plan de cuidado." in page


def test_an_erased_case_opens_no_plan(carmen: Member, case: Case, rosa: Member, talking: Contact) -> None:
    care_plans.save_plan(rosa, case, PLAN, seen=0)
    chat.end_conversation(talking, by="volunteer")
    actions.erase_by_order(case, carmen, "asked")
    case.key.refresh_from_db()
    case.holder = rosa.holder
    assert [version.body for version in care_plans.versions_of(case)] == [None]
