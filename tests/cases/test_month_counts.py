"""What notes say of reason and region is counted as sums that tell of no contact, and of no rehearsal."""

import datetime
import json
from collections.abc import Callable

import pytest
from pytest_django import Settings

from cases import actions
from cases.models import MonthCounts
from cases.month_counts import Noted, _sealed, close_month, month_of
from cases.notes import NoteBody
from roster.models import Member
from tests.at_once import together
from tests.cast import browser_of, make_ended, make_member
from triage.models import Contact

pytestmark = pytest.mark.django_db(databases="__all__")

MOOD_IN_CUSCO = NoteBody(reason="mood", region="08", talked="Palabras que no se cuentan.")


@pytest.fixture(autouse=True)
def _a_real_line(settings: Settings) -> None:
    settings.DEMO = False


def noted(contact: Contact) -> dict[tuple[str, str], int]:
    """Close the month of a contact and return what was noted."""
    found = close_month(month_of(contact))
    assert found is not None
    return {key: count for key, count in found.items() if count}


def test_a_saved_note_counts_once_however_often_it_is_saved(contact: Contact, rosa: Member) -> None:
    actions.save_draft(rosa, contact, NoteBody(reason="grief"))
    actions.save_note(rosa, contact, MOOD_IN_CUSCO)
    actions.save_note(rosa, contact, MOOD_IN_CUSCO)
    actions.save_note(rosa, contact, NoteBody(reason="mood", region="08", talked="Otra versión."))

    assert noted(contact) == {("reason", "mood"): 1, ("region", "08"): 1}


def test_an_amended_reason_counts_instead_of_the_one_before(contact: Contact, rosa: Member) -> None:
    actions.save_note(rosa, contact, MOOD_IN_CUSCO)
    actions.save_note(rosa, contact, NoteBody(reason="anxiety", talked="Lo entendí mejor."))

    assert noted(contact) == {("reason", "anxiety"): 1}


def test_what_is_counted_is_sealed_and_names_no_contact(contact: Contact, rosa: Member) -> None:
    actions.save_note(rosa, contact, MOOD_IN_CUSCO)
    row = MonthCounts.objects.get()

    assert "mood" not in row.sealed
    assert "mood" not in bytes.fromhex(row.sealed).decode("latin-1")
    assert str(contact.pk) not in json.dumps(list(MonthCounts.objects.values("sealed", "closed")))


def test_the_length_of_what_is_sealed_tells_nothing(rosa: Member) -> None:
    lengths = set()
    for reason, region in (("mood", "08"), ("child_maltreatment", ""), ("grief_suicide", "abroad"), ("mood", "08")):
        actions.save_note(rosa, make_ended(rosa), NoteBody(reason=reason, region=region))
        lengths.add(len(MonthCounts.objects.get().sealed))
    lengths |= {
        len(_sealed(datetime.date(2026, 5, 1), Noted({("reason", "mood"): count}))) for count in (9, 10, 12_345)
    }

    assert len(lengths) == 1


def test_a_closed_month_is_empty_and_takes_nothing_more(contact: Contact, rosa: Member) -> None:
    actions.save_note(rosa, contact, MOOD_IN_CUSCO)
    close_month(month_of(contact))
    actions.save_note(rosa, contact, NoteBody(reason="anxiety"))

    assert MonthCounts.objects.get().sealed == ""
    assert noted(contact) == {}


def test_rehearsals_and_a_demonstration_are_not_counted(settings: Settings) -> None:
    rehearsing = make_member(rehearsal=True)
    actions.save_note(rehearsing, make_ended(rehearsing), MOOD_IN_CUSCO)
    settings.DEMO = True
    rosa = make_member()
    actions.save_note(rosa, make_ended(rosa), MOOD_IN_CUSCO)

    assert not MonthCounts.objects.exists()


def test_the_counts_of_another_month_put_in_its_place_do_not_open(contact: Contact, rosa: Member) -> None:
    actions.save_note(rosa, contact, MOOD_IN_CUSCO)
    sealed, other = MonthCounts.objects.get().sealed, datetime.date(2020, 5, 1)
    MonthCounts.objects.create(month=other, sealed=sealed)

    assert close_month(other) is None


def test_counts_that_are_damaged_keep_no_note_from_being_saved(contact: Contact, rosa: Member) -> None:
    MonthCounts.objects.create(month=month_of(contact), sealed="00")

    assert actions.save_note(rosa, contact, MOOD_IN_CUSCO).revision == 1


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_notes_saved_at_the_same_moment_all_count(rosa: Member) -> None:
    contacts = [make_ended(rosa) for _number in range(4)]

    def saving(contact: Contact) -> Callable[[], object]:
        return lambda: actions.save_note(rosa, contact, MOOD_IN_CUSCO)

    together([saving(contact) for contact in contacts], ValueError)

    assert noted(contacts[0]) == {("reason", "mood"): 4, ("region", "08"): 4}


def test_the_department_is_chosen_from_a_list_and_shown_with_the_note(
    settings: Settings, contact: Contact, rosa: Member
) -> None:
    settings.DEMO = True
    browser = browser_of(rosa)
    refused = browser.post(f"/casos/nota/{contact.pk}/", {"do": "save", "region": "99", "talked": "x"})
    assert refused.status_code == 400

    browser.post(f"/casos/nota/{contact.pk}/", {"do": "save", "region": "08", "talked": "x"})
    assert '<option value="08" selected>Cusco</option>' in browser.get(f"/casos/nota/{contact.pk}/").content.decode()
    case = browser.get(f"/casos/{actions.note_of(contact).case_id}/").content.decode()
    assert "<dt>Desde dónde escribe</dt>" in case
    assert "Cusco" in case
