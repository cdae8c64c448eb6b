"""What instruments said, on the case's page and beside whoever returns: to those entitled, with its trace."""

import datetime

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from cases import actions
from cases.models import Case, CaseContact, HandoverReason
from cases.notes import NoteBody
from chat import actions as chat
from roster.models import Member
from tests.cast import browser_of, make_ended, make_member, make_talking
from triage import actions as triage
from triage.models import Contact, InstrumentUse
from vault import actions as vault
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")

PLAN_WITHOUT_MEANS = {"1": "yes", "2": "yes", "3": "yes", "4": "yes", "5": "yes", "6": "no", "means": "no"}
LINE = "alto: ideación con plan, sin medios a mano"
DAY = datetime.timedelta(days=1)


def asked(contact: Contact, by: Member, days_ago: int = 0) -> Contact:
    """Let a volunteer have asked a C-SSRS in their conversation so many days ago."""
    contact.holder = by.holder
    triage.use_instrument(contact, "cssrs", PLAN_WITHOUT_MEANS, by)
    InstrumentUse.objects.filter(contact=contact).update(at=timezone.now() - days_ago * DAY)
    return contact


@pytest.fixture
def case(rosa: Member) -> Case:
    """Return a case of Rosa's with one conversation that is over, in which a C-SSRS was asked a year ago."""
    contact = asked(make_talking(rosa), rosa, 365)
    chat.end_conversation(contact, by="volunteer")
    return actions.save_note(rosa, contact, NoteBody(talked="algo")).case


@pytest.fixture
def again(case: Case, rosa: Member) -> Contact:
    """Return another conversation of the same case, which goes on."""
    contact = make_talking(rosa)
    CaseContact.objects.create(case=case, contact=contact)
    return contact


def page_of(member: Member, case: Case, reason: str = "") -> str:
    """Return the page of a case as this member sees it."""
    browser = browser_of(member)
    answer = browser.post(f"/casos/{case.pk}/", {"reason": reason}) if reason else browser.get(f"/casos/{case.pk}/")
    return " ".join(answer.content.decode().split())


def beside(member: Member, contact: Contact) -> str:
    """Return what the desk shows beside a conversation."""
    return " ".join(browser_of(member).get(f"/casos/plan/?contact={contact.pk}").content.decode().split())


def day_of(contact: Contact) -> str:
    """Return the day of the one result of a conversation, as the pages write it."""
    return date_format(timezone.localtime(InstrumentUse.objects.get(contact=contact).at), "j b")


def test_the_case_tells_each_result_in_one_line_newest_first(case: Case, again: Contact, rosa: Member) -> None:
    asked(again, rosa, 0)
    page = page_of(rosa, case)
    first = case.contacts.exclude(pk=again.pk).get()
    new, old = (
        f"{day_of(again)}, C-SSRS: <strong>{LINE}</strong>",
        f"{timezone.localdate().year - 1}, C-SSRS: <strong>{LINE}",
    )
    assert 0 < page.index(new) < page.index(f"{day_of(first)} {old}")
    assert Entry.objects.filter(act="case.open", actor=str(rosa.pk)).count() == 1


def test_a_case_without_instruments_says_nothing_of_them(rosa: Member) -> None:
    case = actions.save_note(rosa, make_ended(rosa), NoteBody(talked="algo")).case
    assert "Instrumentos" not in page_of(rosa, case)


def test_a_supervisor_reads_them_with_a_reason_alone_and_others_never(case: Case, carmen: Member, luis: Member) -> None:
    assert LINE not in page_of(luis, case)
    assert LINE not in page_of(carmen, case)
    if not vault.only_people_open():
        assert LINE in page_of(carmen, case, "high_risk")
        assert Entry.objects.filter(act="case.open", actor=str(carmen.pk), reason="high_risk").exists()
        assert Entry.objects.filter(act="contact.read", actor=str(carmen.pk)).exists()


def test_they_go_with_the_case_to_whoever_takes_it(case: Case, rosa: Member, luis: Member) -> None:
    case.holder = rosa.holder
    actions.hand_over(case, rosa, luis, HandoverReason.values[0])
    assert LINE in page_of(luis, case)
    assert LINE not in page_of(rosa, case)


def test_a_result_that_was_moved_or_erased_says_so_and_harms_nothing_else(
    case: Case, again: Contact, rosa: Member
) -> None:
    asked(again, rosa)
    InstrumentUse.objects.exclude(contact=again).update(number=7)
    assert "C-SSRS: no se puede abrir" in page_of(rosa, case)
    vault.block_key(case.contacts.exclude(pk=again.pk).get().key_id)
    page = page_of(rosa, case)
    assert "C-SSRS: se borró con lo que se dijo" in page
    assert LINE in page


def test_whoever_accepts_somebody_who_returns_sees_them_small_and_the_trace_stays(
    case: Case, again: Contact, rosa: Member
) -> None:
    shown = beside(rosa, again)
    assert f"C-SSRS: <strong>{LINE}</strong>" in shown
    assert Entry.objects.filter(act="case.open", actor=str(rosa.pk), subject=str(case.pk)).count() == 1
    chat.end_conversation(again, by="volunteer")
    assert beside(rosa, again) == ""


def test_the_own_conversation_s_results_stand_with_its_level_with_their_day(again: Contact, rosa: Member) -> None:
    InstrumentUse.objects.all().delete()
    asked(again, rosa, 40)
    assert beside(rosa, again) == ""
    assert not Entry.objects.filter(act="case.open").exists()
    level = browser_of(rosa).get(f"/escritorio/nivel/?contact={again.pk}", headers={"X-Fragment": "1"}).content.decode()
    assert f"C-SSRS, {day_of(again)} " in level


def test_who_does_not_lead_the_case_sees_none_of_them(case: Case, again: Contact, rosa: Member) -> None:
    luis = make_member(alias="Luis", ready=True)
    chat.give_up_conversation(again, why="volunteer_lost")
    triage.assign_by_hand(again, luis)
    assert beside(luis, again) == ""
    assert browser_of(rosa).get(f"/casos/plan/?contact={again.pk}").status_code == 404
    assert not Entry.objects.filter(act="case.open", subject=str(case.pk), result="done").exists()
