"""When the consent is taken back, the case is shut at once and its key destroyed soon, whatever crashes."""

import pytest

from cases import actions, reading
from cases.errors import NotYours, Withdrawn
from cases.models import Case, Note, NoteRevision
from cases.notes import NoteBody
from hotline.sweeper import sweep
from roster.models import Member
from tests.cast import browser_of, make_ended
from triage import actions as triage
from triage.models import Contact
from vault import actions as vault
from vault.errors import CannotOpen
from vault.keystore.models import KeyShare
from vault.models import DataKey, Entry

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)

BODY = NoteBody(talked="Habló de su hermano.")


@pytest.fixture
def case(contact: Contact, rosa: Member) -> Case:
    """Return Rosa's case: a saved note, and a newer draft of it."""
    saved = actions.save_note(rosa, contact, BODY)
    actions.save_draft(rosa, contact, NoteBody(talked="Habló de su hermano y de su tía."))
    return saved.case


def crash(*_given: object, **_named: object) -> None:
    """Be the process that dies here."""
    raise SystemExit


def test_nobody_reaches_the_case_from_the_moment_of_the_withdrawal(
    contact: Contact, case: Case, rosa: Member, luis: Member, carmen: Member
) -> None:
    triage.withdraw(contact)
    assert DataKey.objects.get(pk=case.key_id).state == "active"  # the sweeper did not come yet
    mine, theirs = browser_of(rosa), browser_of(carmen)
    assert mine.get(f"/casos/{case.pk}/").status_code == 404
    assert theirs.post(f"/casos/{case.pk}/", {"reason": "legal"}).status_code == 404
    assert mine.get(f"/casos/nota/{contact.pk}/").status_code == 404
    assert all(str(case.pk) not in browser.get("/casos/").content.decode() for browser in (mine, theirs))
    assert mine.get("/casos/pendientes/").json() == {"pending": []}
    for save in (actions.save_draft, actions.save_note):
        with pytest.raises(Withdrawn):
            save(rosa, contact, BODY)
    with pytest.raises(NotYours):
        actions.hand_over(case, rosa, luis, "absence")


def test_the_key_of_the_case_follows_and_nothing_opens_any_more(contact: Contact, case: Case) -> None:
    triage.withdraw(contact)
    assert actions.erase_withdrawn() == 1
    key = DataKey.objects.get(pk=case.key_id)
    assert (key.state, key.sealed_share) == ("destroyed", None)
    assert not KeyShare.objects.filter(pk__in=[case.key_id, contact.key_id]).exists()
    assert Note.objects.get().draft is None
    with pytest.raises(CannotOpen):
        actions.body_of(NoteRevision.objects.get(), Case.objects.get())
    assert Entry.objects.get(act="case.erase").reason == "withdrawn"
    assert actions.erase_withdrawn() == 0


def test_a_crash_before_the_commit_leaves_the_case_to_the_next_round(
    contact: Contact, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    triage.withdraw(contact)
    with monkeypatch.context() as broken:
        broken.setattr(vault, "record", crash)
        with pytest.raises(SystemExit):
            actions.erase_withdrawn()
    assert DataKey.objects.get(pk=case.key_id).state == "active"
    assert actions.erase_withdrawn() == 1


def test_a_crash_after_the_commit_is_finished_by_the_vault(
    contact: Contact, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    triage.withdraw(contact)
    with monkeypatch.context() as broken:
        broken.setattr(vault, "destroy_key", crash)
        with pytest.raises(SystemExit):
            actions.erase_withdrawn()
    assert DataKey.objects.get(pk=case.key_id).state == "blocked"
    with pytest.raises(CannotOpen):
        actions.latest_body(Note.objects.select_related("case__key").get())
    vault.finish_destroying()
    assert DataKey.objects.get(pk=case.key_id).state == "destroyed"


def test_the_sweeper_erases(contact: Contact, case: Case) -> None:
    triage.withdraw(contact)
    sweep("test")
    assert DataKey.objects.get(pk=case.key_id).state == "destroyed"


def test_other_cases_stay(contact: Contact, case: Case, rosa: Member) -> None:
    other = actions.save_note(rosa, make_ended(rosa, "otra persona"), BODY)
    triage.withdraw(contact)
    actions.erase_withdrawn()
    read = reading.read_case(Case.objects.living().get(), rosa, "")
    assert (read.case, read.notes[0].versions[0].body) == (other.case, BODY)
    assert case.pk != other.case_id
