"""The note a volunteer writes: it saves itself, it is amended, nothing of it is overwritten or lost."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from cases import actions
from cases.actions import OpenedPage
from cases.errors import BadNote, NotYours, Stale
from cases.models import Case, Note, NoteRevision
from cases.notes import TEXT_LIMIT, NoteBody, body_from
from roster.models import Member, Role
from tests.cast import make_member, make_talking
from triage import actions as triage
from triage.models import Contact
from vault.errors import CannotOpen
from vault.models import DataKey, Entry
from vault.tracked import Unseen

pytestmark = pytest.mark.django_db(databases="__all__")

FIRST = NoteBody(reason="sleep", also=("grief",), talked="Duerme poco.", risk="low", agreed="Escribir el lunes.")
SECOND = NoteBody(reason="sleep", also=("grief",), talked="Duerme mejor.", risk="none", agreed="Escribir el lunes.")


def bodies(note: Note) -> list[NoteBody]:
    """Open every revision of a note, oldest first."""
    return [actions.body_of(row, note.case) for row in note.revisions.order_by("revision")]


def page(contact: Contact) -> OpenedPage:
    """Open the note in one more window."""
    return OpenedPage(uuid.uuid4(), actions.note_of(contact).saves)


# While it is written ------------------------------------------------------------------------------------------------


def test_what_is_written_is_kept_sealed_and_survives_a_reload(contact: Contact, rosa: Member) -> None:
    actions.save_draft(rosa, contact, FIRST)
    kept = Note.objects.get()
    assert b"Duerme" not in bytes(kept.draft or b"")
    assert actions.read_own_note(rosa, actions.note_of(contact)) == FIRST
    assert (kept.revision, NoteRevision.objects.count()) == (0, 0)


def test_opening_an_unwritten_note_stores_nothing(contact: Contact, rosa: Member) -> None:
    assert actions.read_own_note(rosa, actions.note_of(contact)) == NoteBody()
    assert not Case.objects.exists()
    assert not Entry.objects.filter(act__startswith="note.").exists()


def test_a_draft_is_padded_so_that_its_length_tells_nothing(contact: Contact, rosa: Member) -> None:
    short = len(actions.save_draft(rosa, contact, NoteBody(talked="a")).draft or b"")
    longer = len(actions.save_draft(rosa, contact, NoteBody(talked="a" * 500)).draft or b"")
    assert short == longer


def test_a_draft_leaves_no_row_of_history(contact: Contact, rosa: Member) -> None:
    actions.save_draft(rosa, contact, FIRST)
    actions.save_draft(rosa, contact, SECOND)
    assert Note.history.count() == 1  # that it was begun


def test_a_note_may_be_begun_while_the_conversation_goes_on(rosa: Member) -> None:
    talking = make_talking(rosa, "hola")
    actions.save_draft(rosa, talking, FIRST)
    assert actions.latest_body(actions.note_of(talking)) == FIRST


def test_a_draft_moved_to_another_note_does_not_open(contact: Contact, rosa: Member) -> None:
    actions.save_draft(rosa, contact, FIRST)
    other = make_talking(rosa, "hola")
    actions.save_draft(rosa, other, SECOND)
    stolen = Note.objects.get(contact=contact)
    Note.objects.filter(contact=other).update(draft=stolen.draft, draft_count=stolen.draft_count)
    with pytest.raises(CannotOpen):
        actions.latest_body(actions.note_of(other))


# Saved and amended --------------------------------------------------------------------------------------------------


def test_saving_adds_a_revision_and_forgets_the_draft(contact: Contact, rosa: Member) -> None:
    actions.save_draft(rosa, contact, FIRST)
    note = actions.save_note(rosa, contact, FIRST)
    fresh = Note.objects.get()
    assert (note.revision, fresh.revision, fresh.draft) == (1, 1, None)
    assert bodies(fresh) == [FIRST]
    entry = Entry.objects.get(act="note.write")
    assert (entry.actor, entry.subject, entry.reason) == (str(rosa.pk), str(note.pk), "v1")


def test_amending_adds_another_and_overwrites_nothing(contact: Contact, rosa: Member) -> None:
    actions.save_note(rosa, contact, FIRST)
    before = bytes(NoteRevision.objects.get().body)
    note = actions.save_note(rosa, contact, SECOND)
    assert bodies(note) == [FIRST, SECOND]
    assert bytes(NoteRevision.objects.get(revision=1).body) == before
    assert Entry.objects.get(act="note.amend").reason == "v2"


def test_the_same_words_again_add_no_revision(contact: Contact, rosa: Member) -> None:
    actions.save_note(rosa, contact, FIRST)
    actions.save_draft(rosa, contact, SECOND)
    note = actions.save_note(rosa, contact, FIRST)
    assert (note.revision, NoteRevision.objects.count(), Note.objects.get().draft) == (1, 1, None)


def test_an_empty_note_is_not_saved(contact: Contact, rosa: Member) -> None:
    with pytest.raises(BadNote):
        actions.save_note(rosa, contact, NoteBody())
    assert not Case.objects.exists()


def test_a_revision_moved_to_another_number_does_not_open(contact: Contact, rosa: Member) -> None:
    actions.save_note(rosa, contact, FIRST)
    note = actions.save_note(rosa, contact, SECOND)
    NoteRevision.objects.filter(revision=2).update(body=NoteRevision.objects.get(revision=1).body)
    with pytest.raises(CannotOpen):
        actions.latest_body(note)


# Two windows --------------------------------------------------------------------------------------------------------


def test_a_window_goes_on_saving_what_it_saved_last(contact: Contact, rosa: Member) -> None:
    mine = page(contact)
    for body in (FIRST, SECOND, FIRST):
        actions.save_draft(rosa, contact, body, mine)
    assert actions.save_note(rosa, contact, SECOND, mine).revision == 1
    assert actions.save_draft(rosa, contact, FIRST, mine).revision == 1


@pytest.mark.parametrize("save", [actions.save_draft, actions.save_note])
@pytest.mark.parametrize("other", [actions.save_draft, actions.save_note])
def test_the_window_opened_earlier_overwrites_nothing(save: Any, other: Any, contact: Contact, rosa: Member) -> None:
    older, newer = page(contact), page(contact)
    other(rosa, contact, FIRST, newer)
    with pytest.raises(Stale):
        save(rosa, contact, SECOND, older)
    assert actions.latest_body(actions.note_of(contact)) == FIRST
    newest = page(contact)
    save(rosa, contact, SECOND, newest)
    assert actions.latest_body(actions.note_of(contact)) == SECOND


def test_a_program_that_names_no_window_is_taken(contact: Contact, rosa: Member) -> None:
    actions.save_draft(rosa, contact, FIRST)
    assert actions.save_draft(rosa, contact, SECOND).draft_count == 2


# What a form may hold -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", [{"reason": "weather"}, {"risk": "?"}, {"talked": "a" * (TEXT_LIMIT + 1)}])
def test_a_field_that_does_not_fit_is_named(fields: dict[str, str]) -> None:
    with pytest.raises(BadNote) as refused:
        body_from(fields)
    assert refused.value.field in fields


def test_an_unknown_further_reason_is_named() -> None:
    with pytest.raises(BadNote, match="also"):
        body_from({}, ["sleep", "weather"])


def test_the_longest_text_is_taken_and_line_ends_of_forms_count_once() -> None:
    text = "\n".join("á" * (TEXT_LIMIT // 2))[:TEXT_LIMIT].strip()
    assert body_from({"talked": text.replace("\n", "\r\n")}).talked == text


def test_the_main_reason_is_not_repeated_among_the_further_ones() -> None:
    assert body_from({"reason": "sleep"}, ["family", "sleep", "grief"]).also == ("grief", "family")


# Whose note ---------------------------------------------------------------------------------------------------------


def test_nobody_writes_the_note_of_another(contact: Contact, luis: Member, carmen: Member) -> None:
    for member in (luis, carmen, make_member(Role.COORDINATOR)):
        with pytest.raises(NotYours):
            actions.save_draft(member, contact, FIRST)
    assert not Case.objects.exists()


def test_who_takes_over_a_lost_conversation_takes_over_its_note(rosa: Member, luis: Member) -> None:
    talking = make_talking(rosa, "hola")
    actions.save_note(rosa, talking, FIRST)
    triage.back_to_queue(talking, why="volunteer_lost")
    assert not Case.objects.of(rosa).exists()
    triage.assign_by_hand(talking, luis)
    with pytest.raises(NotYours):
        actions.save_draft(rosa, talking, SECOND)
    note = actions.save_note(luis, talking, SECOND)
    assert (note.case.volunteer, note.revision, bodies(note)) == (luis, 2, [FIRST, SECOND])
    assert Case.objects.of(luis).get() == note.case
    assert not Case.objects.of(rosa).exists()


# Who changed what ---------------------------------------------------------------------------------------------------


def test_the_history_says_who_changed_which_state_and_holds_no_words(contact: Contact, rosa: Member) -> None:
    note = actions.save_note(rosa, contact, FIRST)
    actions.save_note(rosa, contact, SECOND)
    actions.close_case(note.case, rosa)
    actions.close_case(note.case, rosa)
    assert [(row.revision, row.history_user) for row in Note.history.order_by("pk")] == [(n, rosa) for n in (0, 1, 2)]
    assert [(row.state, row.history_user) for row in Case.history.order_by("pk")] == [("open", rosa), ("closed", rosa)]
    assert {row.history_change_reason for row in [*Note.history.all(), *Case.history.all()]} == {None}
    assert Entry.objects.filter(act="case.close").count() == 1


@pytest.mark.parametrize("model", [Case, Note, Contact])
def test_nothing_that_the_history_follows_changes_unseen(model: Any, contact: Contact, rosa: Member) -> None:
    note = actions.save_note(rosa, contact, FIRST)
    followed: dict[Any, dict[str, Any]] = {
        Case: {"state": "closed"},
        Note: {"revision": 7},
        Contact: {"volunteer_id": None},
    }
    changes: tuple[Callable[[], object], ...] = (
        lambda: model.objects.update(**followed[model]),
        lambda: model.objects.all().delete(),
        lambda: model.objects.bulk_create([]),
        lambda: model.objects.bulk_update([], ["pk"]),
    )
    for change in changes:
        with pytest.raises(Unseen):
            change()
    assert Note.objects.get().revision == note.revision


def test_each_case_has_a_key_of_its_own_that_is_not_the_contacts(contact: Contact, rosa: Member) -> None:
    note = actions.save_note(rosa, contact, FIRST)
    assert note.case.key_id != contact.key_id
    assert DataKey.objects.get(pk=note.case.key_id).state == "active"
