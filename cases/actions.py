"""The verbs of cases: open one for a contact, write and amend its note, hand it over, close it."""

import uuid

from django.db import transaction
from django.utils import timezone

from cases.errors import NotYours
from cases.models import Case, CaseContact, CaseState, Handover, Note, NoteRevision
from cases.notes import NOTE_BUCKET, NoteBody, body_from_bytes, draft_context, revision_context
from roster.models import Member
from roster.permissions import may
from triage.models import Contact
from vault import actions as vault


def _record(member: Member, act: str, case: Case, reason: str = "") -> None:
    vault.record(actor=str(member.pk), act=act, subject_kind="case", subject=str(case.pk), reason=reason)


@transaction.atomic
def case_of(member: Member, contact: Contact) -> Case:
    """Return the case of a contact this member led, opening it the first time."""
    link = CaseContact.objects.select_related("case__key", "case__volunteer").filter(contact=contact).first()
    if link is not None:
        return link.case
    case = Case(key=vault.issue_key(), volunteer=member, opened_at=timezone.now())
    case._history_user = member  # noqa: SLF001  simple-history's documented way outside a request
    case.save()
    CaseContact.objects.create(case=case, contact=contact)
    _record(member, "case.create", case)
    return case


@transaction.atomic
def note_of(member: Member, contact: Contact) -> Note:
    """Return the note of a contact, begun empty the first time. Raises NotYours for another's case."""
    if not may(member, "note.write"):
        raise NotYours
    case = case_of(member, contact)
    if case.volunteer_id != member.pk:
        raise NotYours
    note, _new = Note.objects.select_related("case__key").get_or_create(
        contact=contact, defaults={"case": case, "author": member}
    )
    return note


@transaction.atomic
def save_draft(note: Note, body: NoteBody) -> Note:
    """Keep, sealed, what has been written so far; the saved revisions stay as they are."""
    locked = Note.objects.select_for_update().select_related("case__key").get(pk=note.pk)
    locked.draft_count += 1
    context = draft_context(locked.pk, locked.draft_count)
    key = vault.case_key_for(locked.case.key)
    locked.draft = key.seal(context, body.as_bytes(), pad_to=NOTE_BUCKET)
    locked.draft_at = timezone.now()
    # A draft is no state of the case: it leaves no history row.
    Note.objects.filter(pk=locked.pk).update(
        draft=locked.draft, draft_count=locked.draft_count, draft_at=locked.draft_at
    )
    return locked


@transaction.atomic
def save_note(member: Member, note: Note, body: NoteBody) -> Note:
    """Add a sealed revision; nothing is overwritten. The draft is forgotten."""
    locked = Note.objects.select_for_update().select_related("case__key").get(pk=note.pk)
    locked.revision += 1
    locked.saved_at = timezone.now()
    sealed = vault.case_key_for(locked.case.key).seal(
        revision_context(locked.pk, locked.revision), body.as_bytes(), pad_to=NOTE_BUCKET
    )
    NoteRevision.objects.create(
        note=locked, revision=locked.revision, author=member, body=sealed, at=locked.saved_at
    )
    locked.draft = None
    locked._history_user = member  # noqa: SLF001  simple-history's documented way outside a request
    locked.save(update_fields=["revision", "saved_at", "draft"])
    _record(member, "note.write" if locked.revision == 1 else "note.amend", locked.case)
    return locked


def latest_body(note: Note) -> NoteBody:
    """Return the note as it stands: the draft if one is being written, else the last revision.

    Raises vault.errors.CannotOpen when the case's key is blocked or destroyed, or the row is damaged.
    """
    key = vault.case_key_for(note.case.key)
    if note.draft:
        return body_from_bytes(key.unseal(draft_context(note.pk, note.draft_count), bytes(note.draft)))
    revision = note.revisions.order_by("-revision").first()
    return body_of(revision, note.case) if revision else NoteBody()


def body_of(revision: NoteRevision, case: Case) -> NoteBody:
    """Open one saved revision. Raises vault.errors.CannotOpen."""
    key = vault.case_key_for(case.key)
    return body_from_bytes(key.unseal(revision_context(revision.note_id, revision.revision), bytes(revision.body)))


def record_reading(member: Member, case: Case, reason: str) -> None:
    """Leave the trace of one opening: who, which case, why."""
    _record(member, "case.open", case, reason)


@transaction.atomic
def hand_over(case: Case, giver: Member, taker: Member, reason: str) -> None:
    """Pass a case on. Raises NotYours when the taker may not write notes or the giver does not lead it."""
    if not may(taker, "note.write") or (case.volunteer_id != giver.pk and not may(giver, "case.read_any")):
        raise NotYours
    case.volunteer = taker
    case._history_user = giver  # noqa: SLF001  simple-history's documented way outside a request
    case.save(update_fields=["volunteer"])
    Handover.objects.create(case=case, giver=giver, taker=taker, reason=reason, at=timezone.now())
    _record(giver, "case.hand_over", case, reason)


@transaction.atomic
def close_case(case: Case, member: Member) -> None:
    """Close a case; its notes can still be read and amended."""
    if case.state == CaseState.CLOSED:
        return
    case.state, case.closed_at = CaseState.CLOSED, timezone.now()
    case._history_user = member  # noqa: SLF001  simple-history's documented way outside a request
    case.save(update_fields=["state", "closed_at"])
    _record(member, "case.close", case)


def contact_led_by(member: Member, contact_id: uuid.UUID) -> Contact:
    """Return a contact that this member leads or led. Raises NotYours."""
    contact = Contact.objects.select_related("key").filter(pk=contact_id, volunteer=member).first()
    if contact is None:
        raise NotYours
    return contact
