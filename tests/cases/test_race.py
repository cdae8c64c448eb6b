"""Several at once at one note: it is begun once, saved in one order, and survives whoever dies."""

import contextlib
import uuid
from collections.abc import Callable

import pytest
from django.db import connections, transaction

from cases import actions, care_plans
from cases.actions import OpenedPage
from cases.care_plans import PlanBody
from cases.errors import CasesError, Stale
from cases.models import CarePlan, Case, Note, NoteRevision
from cases.notes import NoteBody
from roster.models import Member
from tests.at_once import together
from tests.cast import make_member
from triage import actions as triage
from triage import states
from triage.models import Contact, Offer
from vault import actions as vault
from vault.models import DataKey, Entry

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def saving(rosa: Member, contact: Contact, number: int, page: OpenedPage = actions.ANY_PAGE) -> Callable[[], object]:
    """Return the saving of one version."""
    return lambda: actions.save_note(rosa, contact, NoteBody(talked=f"versión {number}"), page)


def test_windows_that_begin_at_once_begin_one_note(contact: Contact, rosa: Member) -> None:
    came = together([saving(rosa, contact, number) for number in range(6)], CasesError)
    assert all(isinstance(one, Note) for one in came)
    assert (Case.objects.count(), Note.objects.count()) == (1, 1)
    assert list(NoteRevision.objects.values_list("revision", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert Entry.objects.filter(act="case.create").count() == 1


def test_of_windows_opened_at_once_one_is_saved_and_the_others_are_told(contact: Contact, rosa: Member) -> None:
    pages = [OpenedPage(uuid.uuid4(), 0) for _number in range(6)]
    came = together([saving(rosa, contact, number, page) for number, page in enumerate(pages)], CasesError)
    assert sum(isinstance(one, Note) for one in came) == 1
    assert NoteRevision.objects.count() == 1


def test_a_note_saved_while_the_consent_is_taken_back_never_outlives_it(contact: Contact, rosa: Member) -> None:
    acts = [
        saving(rosa, contact, 1),
        lambda: triage.withdraw(Contact.objects.get(pk=contact.pk)),
        saving(rosa, contact, 2),
    ]
    together(acts, CasesError)
    actions.erase_withdrawn()
    vault.finish_destroying()
    assert set(DataKey.objects.values_list("state", flat=True)) == {"destroyed"}
    assert not Case.objects.living().exists()


def test_a_case_passed_on_while_its_note_is_saved_ends_with_one_volunteer(contact: Contact, rosa: Member) -> None:
    case = actions.save_note(rosa, contact, NoteBody(talked="a")).case
    luis = make_member()
    acts = [saving(rosa, contact, 1), lambda: actions.hand_over(case, rosa, luis, "absence"), saving(rosa, contact, 2)]
    together(acts, CasesError)
    assert Case.objects.of(luis).get() == case
    with contextlib.suppress(CasesError):
        actions.save_note(rosa, contact, NoteBody(talked="tarde"))
    assert not NoteRevision.objects.filter(author=rosa, at__gt=Case.history.latest("pk").history_date).exists()


@pytest.mark.parametrize("dies_at", ["vault.actions.record", "cases.models.NoteRevision.objects.create"])
def test_who_dies_in_the_middle_leaves_no_half_note(
    dies_at: str, contact: Contact, rosa: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.save_draft(rosa, contact, NoteBody(talked="lo de antes"))

    def die(*_given: object, **_named: object) -> None:
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(dies_at, die)
        with pytest.raises(SystemExit):
            actions.save_note(rosa, contact, NoteBody(talked="lo nuevo"))
    note = actions.note_of(contact)
    assert (note.revision, note.revisions.count(), Note.history.count()) == (0, 0, 1)
    assert actions.latest_body(note).talked == "lo de antes"
    assert actions.save_note(rosa, contact, NoteBody(talked="lo nuevo")).revision == 1


@pytest.mark.database("postgresql")  # on SQLite whoever writes has the database to themselves
def test_a_conversation_that_is_being_moved_holds_up_no_row_that_only_names_it(contact: Contact, rosa: Member) -> None:
    case = actions.save_note(rosa, contact, NoteBody(talked="hola")).case
    with transaction.atomic():
        states.read_locked(contact)  # whoever moves it holds its row, and may want the trail's next

        def name_it() -> object:
            with connections["default"].cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            return Offer.objects.create(contact=contact, member=rosa, sent_at=case.opened_at, until=case.opened_at)

        assert isinstance(together([name_it], CasesError)[0], Offer)


def test_of_two_who_write_a_care_plan_at_once_one_is_told(contact: Contact, rosa: Member) -> None:
    case = actions.save_note(rosa, contact, NoteBody(talked="Viene cada noche.")).case
    plans = [PlanBody(helps=f"versión {number}") for number in range(4)]
    came = together([lambda body=body: care_plans.save_plan(rosa, case, body, seen=0) for body in plans], CasesError)  # type: ignore[misc]
    assert sorted(map(type, came), key=str) == sorted([int, Stale, Stale, Stale], key=str)
    assert CarePlan.objects.count() == 1
