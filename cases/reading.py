"""Opens a case for whoever may read it: notes with their versions, conversations, story, and the trace of it."""

import dataclasses

from django.db import transaction

from cases import actions, care_plans
from cases.differences import Change, changes
from cases.models import Case, Note, NoteRevision
from cases.notes import NoteBody
from cases.rescue import ReadRescue, rescues_of
from cases.results import Result, results_of
from cases.story import Moment, story_of
from chat.safety_plans import Plan, plan_of
from chat.transcript import Spoken, messages_after
from roster.models import Member
from triage.models import Contact
from vault.errors import CannotOpen
from vault.models import Entry


@dataclasses.dataclass(frozen=True, slots=True)
class Version:
    """One saved version: its words (None when they cannot be opened) and what differs from the one before."""

    revision: NoteRevision
    body: NoteBody | None
    changes: list[Change]


@dataclasses.dataclass(frozen=True, slots=True)
class ReadNote:
    """A note as it is shown: its versions, newest first, and the conversation (None: cannot be opened).

    ``missing`` says that the trail knows of a newer version than the rows hold: somebody put the note back.
    ``rescues`` are those of its conversation, newest first; ``agreed`` is what was agreed there, if it opens.
    """

    note: Note
    versions: list[Version]
    transcript: list[Spoken] | None
    missing: bool
    rescues: list[ReadRescue]
    agreed: Plan | None


@dataclasses.dataclass(frozen=True, slots=True)
class ReadCase:
    """A case in the clear, for one reading."""

    case: Case
    notes: list[ReadNote]
    story: list[Moment]
    plan: care_plans.Version | None
    results: list[Result]


@transaction.atomic
def read_case(case: Case, member: Member, reason: str) -> ReadCase:
    """Open everything of a case, in one transaction with its entry in the trail; who may is asked in ``access``."""
    actions.record_reading(member, case, reason)
    if member.pk != case.volunteer_id:
        actions.record_words_read(member, case, reason)  # their caller sees how often
    notes = case.notes.select_related("contact__key").prefetch_related("revisions__author")
    read = [_read(note, case) for note in notes.order_by("contact__opened_at")]
    if any(version.body is None for one in read for version in one.versions):
        actions.record_reading(member, case, reason, result="damaged")
    changed = {
        version.revision.pk: [change.field for change in version.changes] for one in read for version in one.versions
    }
    plan = next(iter(care_plans.versions_of(case)), None)
    return ReadCase(case, read, story_of(case, changed), plan, results_of(case))


def _read(note: Note, case: Case) -> ReadNote:
    versions = _versions(note, case)
    note.contact.holder = case.holder
    return ReadNote(
        note,
        versions,
        _words_of(note.contact),
        _newest_in_the_trail(note) > len(versions),
        rescues_of(note.contact),
        _agreed_in(note.contact),
    )


def _versions(note: Note, case: Case) -> list[Version]:
    read: list[Version] = []
    before: NoteBody | None = None
    for revision in sorted(note.revisions.all(), key=lambda one: one.revision):
        body = _opened(revision, case)
        read.insert(0, Version(revision, body, changes(before, body) if before and body else []))
        before = body
    return read


def _opened(revision: NoteRevision, case: Case) -> NoteBody | None:
    try:
        return actions.body_of(revision, case)
    except CannotOpen:
        return None


def _words_of(contact: Contact) -> list[Spoken] | None:
    try:
        return messages_after(contact, 0, most=max(1, contact.last_seq))
    except CannotOpen:
        return None


def _agreed_in(contact: Contact) -> Plan | None:
    try:
        return plan_of(contact)
    except CannotOpen:
        return None


def _newest_in_the_trail(note: Note) -> int:
    written = Entry.objects.filter(subject_kind="note", subject=str(note.pk), act__in=("note.write", "note.amend"))
    return written.count()
