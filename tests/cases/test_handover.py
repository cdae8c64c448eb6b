"""A case passed on: whoever led it no longer reaches it, whoever takes it does."""

from typing import Any

import pytest

from cases import access, actions
from cases.errors import NotPassedOn, NotYours
from cases.models import Case, Handover
from cases.notes import NoteBody
from roster.models import Member, Role
from tests.cast import browser_of, make_member, make_talking
from triage.models import Contact
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")

BODY = NoteBody(talked="Quedó en llamar a su tía.")


@pytest.fixture
def case(contact: Contact, rosa: Member) -> Case:
    """Return Rosa's case."""
    return actions.save_note(rosa, contact, BODY).case


def test_the_case_goes_with_its_conversation_and_its_note(
    case: Case, contact: Contact, rosa: Member, luis: Member
) -> None:
    actions.hand_over(case, rosa, luis, "absence")
    for path in (f"/casos/{case.pk}/", f"/casos/nota/{contact.pk}/"):
        assert browser_of(rosa).get(path).status_code == 404
        assert browser_of(luis).get(path).status_code == 200
    assert actions.save_note(luis, contact, NoteBody(talked="Llamó.")).revision == 2
    assert not Case.objects.of(rosa).exists()
    assert access.contacts_without_note(rosa).count() == 0


def test_a_handover_leaves_its_traces(case: Case, contact: Contact, rosa: Member, luis: Member, carmen: Member) -> None:
    actions.hand_over(case, carmen, luis, "skill")
    row, entry = Handover.objects.get(), Entry.objects.get(act="case.hand_over")
    assert (row.giver, row.taker, row.reason) == (rosa, luis, "skill")
    assert (entry.actor, entry.subject, entry.reason) == (str(carmen.pk), str(case.pk), "skill")
    newest = Case.history.first()
    assert (newest.volunteer_id, newest.history_user) == (luis.pk, carmen)
    assert Contact.history.filter(id=contact.pk).first().history_user == carmen


def test_only_who_leads_a_case_or_supervises_passes_it_on(case: Case, luis: Member) -> None:
    for member in (luis, make_member(Role.COORDINATOR)):
        with pytest.raises(NotYours):
            actions.hand_over(case, member, luis, "absence")


@pytest.mark.parametrize(
    "fields",
    [{"licence_checked_on": None}, {"is_active": False}, {"role": Role.SUPERVISOR}, {"rehearsal": True}],
)
def test_a_case_goes_only_to_somebody_who_may_take_callers(fields: dict[str, Any], case: Case, rosa: Member) -> None:
    with pytest.raises(NotPassedOn):
        actions.hand_over(case, rosa, make_member(**fields), "absence")
    assert Case.objects.get().volunteer == rosa


def test_a_reason_of_ones_own_is_not_taken(case: Case, rosa: Member, luis: Member) -> None:
    with pytest.raises(NotPassedOn):
        actions.hand_over(case, rosa, luis, "porque me contó que")
    assert not Handover.objects.exists()


def test_a_case_is_not_passed_on_while_somebody_talks(rosa: Member, luis: Member) -> None:
    case = actions.save_draft(rosa, make_talking(rosa, "hola"), BODY).case
    with pytest.raises(NotPassedOn):
        actions.hand_over(case, rosa, luis, "absence")


def test_a_case_passed_on_twice_goes_once(case: Case, rosa: Member, luis: Member) -> None:
    stale = Case.objects.get()
    actions.hand_over(case, rosa, luis, "absence")
    with pytest.raises(NotYours):
        actions.hand_over(stale, rosa, make_member(), "absence")
    assert Handover.objects.count() == 1
