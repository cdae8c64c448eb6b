"""The verbs of cases: write and amend a note, hand a case over, close it, erase it with the consent taken back."""

import dataclasses
import functools
import uuid

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cases.access import OVER
from cases.errors import BadNote, NotErased, NotPassedOn, NotYours, Stale, Withdrawn
from cases.models import (
    Case,
    CaseContact,
    CaseState,
    ErasureReason,
    FormerKey,
    Handover,
    HandoverReason,
    Note,
    NoteRevision,
)
from cases.month_counts import note_counts
from cases.notes import NOTE_BUCKET, NoteBody, body_from_bytes, draft_context, revision_context
from roster.circles import supervision
from roster.models import Member
from roster.permissions import may
from triage import actions as triage
from triage.models import Contact, ContactState
from vault import actions as vault
from vault.actions import CaseKey, Context
from vault.errors import Damaged, KeyUnavailable
from vault.models import DataKey

LINE = "line"
TALKING = (ContactState.TALKING, ContactState.ASLEEP)


@dataclasses.dataclass(frozen=True, slots=True)
class OpenedPage:
    """Which page a note comes from: its own number, and how often the note had been saved when it was opened.

    None stands for a program that does not say: whatever it saves is taken.
    """

    number: uuid.UUID | None = None
    saves: int | None = None


ANY_PAGE = OpenedPage()


def _record(actor: str, act: str, case: Case, reason: str = "") -> None:
    vault.record(actor=actor, act=act, subject_kind="case", subject=str(case.pk), reason=reason)


# The note -----------------------------------------------------------------------------------------------------------


def note_of(contact: Contact) -> Note:
    """Return the note of a contact, or one that is not begun yet (it has no row)."""
    found = Note.objects.select_related("case__key").filter(contact=contact).first()
    return found or Note(contact=contact)


def _case_of(member: Member, contact: Contact) -> Case:
    """Return the case of a contact that this member leads, opened the first time, passed on to them if need be."""
    link = CaseContact.objects.select_related("case__key", "case__volunteer").filter(contact=contact).first()
    if link is None:
        key = vault.issue_key(member.holder, circles=[supervision(rehearsal=member.rehearsal)])
        case = Case(key=key, volunteer=member, opened_at=timezone.now())
        case._history_user = member
        case.save()
        CaseContact.objects.create(case=case, contact=contact)
        _record(str(member.pk), "case.create", case)
        return case
    if link.case.volunteer_id != member.pk:
        passed = contact.handovers.filter(taker=member).exists()
        reason = HandoverReason.PASSED if passed else HandoverReason.VOLUNTEER_LOST
        _pass_on(link.case, member, by=None, reason=reason)
    link.case.holder = member.holder
    _see_that_it_opens(link.case, member)
    return link.case


def _see_that_it_opens(case: Case, member: Member) -> None:
    """Go on under a new key where whoever leads a case now cannot open the one in force: nobody was there to give it.

    What is written from now on they can read, and supervision reads all of it.
    """
    if not vault.only_people_open():
        return
    try:
        vault.case_key_for(case.key, member.holder)
        # Supervision may have got its first key since.
        vault.keep(case.key_id, by=member.holder, member=member.pk, circle=supervision(rehearsal=member.rehearsal))
    except KeyUnavailable:
        FormerKey.objects.create(case=case, key=case.key)
        case.key = vault.issue_key(member.holder, circles=[supervision(rehearsal=member.rehearsal)])
        case._history_user = member
        case.save(update_fields=["key"])


def keys_of(case: Case) -> list[DataKey]:
    """Return the keys under which notes of a case are sealed, the one in force first."""
    return [case.key, *(former.key for former in case.former_keys.select_related("key").order_by("-pk"))]


def _locked_note(member: Member, contact: Contact) -> Note:
    """Return the note, begun if it has no row yet, for this transaction alone.

    The contact's row is locked first: two pages that begin at once begin one note, and nobody begins one that the
    caller has just taken back. Raises NotYours when the contact went on to another, Withdrawn.
    """
    fresh = Contact.objects.select_for_update(no_key=True).filter(pk=contact.pk).first()
    if fresh is None or fresh.volunteer_id != member.pk or not may(member, "note.write"):
        raise NotYours
    if fresh.state == ContactState.WITHDRAWN:
        raise Withdrawn
    case = _case_of(member, fresh)
    if vault.only_people_open():
        vault.keep(fresh.key_id, by=member.holder, member=member.pk, circle=supervision(rehearsal=fresh.of_rehearsal))
    note = (
        Note.objects.select_for_update(of=("self",), no_key=True)
        .select_related("case__key")
        .filter(contact=fresh)
        .first()
    )
    if note is None:
        note = Note(contact=fresh, case=case, author=member)
        note._history_user = member
        note.save()
    note.case.holder = member.holder
    return note


def _refuse_if_stale(note: Note, page: OpenedPage) -> None:
    if page.saves is None or page.saves == note.saves:
        return
    if page.number is None or page.number != note.last_page:
        raise Stale


@transaction.atomic
def save_draft(member: Member, contact: Contact, body: NoteBody, page: OpenedPage = ANY_PAGE) -> Note:
    """Keep, sealed, what has been written so far; the saved revisions stay as they are.

    Raises Stale when another page saved since this one was opened, NotYours, Withdrawn.
    """
    note = _locked_note(member, contact)
    _refuse_if_stale(note, page)
    context = draft_context(note.pk, note.draft_count + 1)
    note.draft = key_of(note.case).seal(context, body.as_bytes(), pad_to=NOTE_BUCKET)
    note.draft_count, note.draft_at, note.last_page = note.draft_count + 1, timezone.now(), page.number
    # A draft is no state of the case: it leaves no row of history.
    kept = ("draft", "draft_count", "draft_at", "last_page")
    Note.objects.filter(pk=note.pk).update(**{name: getattr(note, name) for name in kept})
    return note


@transaction.atomic
def save_note(member: Member, contact: Contact, body: NoteBody, page: OpenedPage = ANY_PAGE) -> Note:
    """Add a sealed revision; nothing is overwritten, the draft is forgotten; the same words again add nothing.

    Raises BadNote for an empty note, Stale when another page saved since this one was opened, NotYours, Withdrawn.
    """
    if body.empty:
        raise BadNote("talked")
    note = _locked_note(member, contact)
    _refuse_if_stale(note, page)
    said = _said_last(note)
    if said != body:
        note_counts(contact, said, body)
        _add_revision(member, note, body)
    note.draft, note.last_page = None, page.number
    Note.objects.filter(pk=note.pk).update(draft=None, last_page=page.number)
    return note


def _said_last(note: Note) -> NoteBody | None:
    """Return the last saved revision, empty before the first; None where it does not open, which stops nobody."""
    last = note.revisions.order_by("-revision").first()
    try:
        return body_of(last, note.case) if last else NoteBody()
    except (Damaged, KeyUnavailable):
        return None


def _add_revision(member: Member, note: Note, body: NoteBody) -> None:
    number, now = note.revision + 1, timezone.now()
    sealed = key_of(note.case).seal(revision_context(note.pk, number), body.as_bytes(), pad_to=NOTE_BUCKET)
    NoteRevision.objects.create(note=note, revision=number, author=member, body=sealed, at=now)
    note.revision, note.saved_at = number, now
    note._history_user = member
    note.save(update_fields=["revision", "saved_at"])
    # The number stands in the trail too: a row put back to an older version is seen (docs/CRYPTOGRAPHY.md).
    vault.record(
        actor=str(member.pk),
        act="note.write" if number == 1 else "note.amend",
        subject_kind="note",
        subject=str(note.pk),
        reason=f"v{number}",
    )


@transaction.atomic
def read_own_note(member: Member, note: Note) -> NoteBody | None:
    """Return the note as it stands, the draft if one is being written, else the last revision; leave the trace.

    None is a note of which that row is damaged, or sealed to whoever led the case before: it can be written anew.
    Raises vault.errors.CannotOpen when the key of the case is blocked or destroyed.
    """
    if note.saves == 0:
        return NoteBody()
    note.case.holder = member.holder
    try:
        body, result = latest_body(note), "done"
    except (Damaged, KeyUnavailable):
        body, result = None, "damaged"
    vault.record(actor=str(member.pk), act="note.open", subject_kind="note", subject=str(note.pk), result=result)
    return body


def latest_body(note: Note) -> NoteBody:
    """Return the draft if one is being written, else the last revision. Raises vault.errors.CannotOpen."""
    if note.draft:
        return body_from_bytes(opened(note.case, draft_context(note.pk, note.draft_count), bytes(note.draft)))
    revision = note.revisions.order_by("-revision").first()
    return body_of(revision, note.case) if revision else NoteBody()


def body_of(revision: NoteRevision, case: Case) -> NoteBody:
    """Open one saved revision. Raises vault.errors.CannotOpen."""
    context = revision_context(revision.note_id, revision.revision)
    return body_from_bytes(opened(case, context, bytes(revision.body)))


def key_of(case: Case) -> CaseKey:
    """Return the key in force of a case, opened by its holder. Raises vault.errors.CannotOpen."""
    return vault.case_key_for(case.key, case.holder)


def opened(case: Case, context: Context, sealed: bytes) -> bytes:
    """Open what was sealed under the case's key, or under a former one. Raises vault.errors.CannotOpen."""
    key = key_of(case)
    if key.sealed(context, sealed):
        return key.unseal(context, sealed)
    for former in keys_of(case)[1:]:
        earlier = vault.case_key_for(former, case.holder)
        if earlier.sealed(context, sealed):
            return earlier.unseal(context, sealed)
    raise Damaged


# The case -----------------------------------------------------------------------------------------------------------


def record_reading(member: Member, case: Case, reason: str, result: str = "done") -> None:
    """Leave the trace of one opening: who, which case, why; part of the caller's transaction."""
    vault.record(
        actor=str(member.pk), act="case.open", subject_kind="case", subject=str(case.pk), result=result, reason=reason
    )


def record_words_read(member: Member, case: Case, reason: str) -> None:
    """Leave the trace, at each conversation of a case, of somebody else of the team who reads it."""
    for contact in case.contacts.values_list("pk", flat=True):
        vault.record(
            actor=str(member.pk), act="contact.read", subject_kind="contact", subject=str(contact), reason=reason
        )


def _pass_on(case: Case, taker: Member, *, by: Member | None, reason: str) -> None:
    giver = case.volunteer
    if by is not None:
        about, circle = vault.About("case", case.pk, reason), supervision(rehearsal=taker.rehearsal)
        for key in keys_of(case):
            vault.give(key, taker.pk, by=by.holder, about=about, circle=circle)
    case.volunteer = taker
    case._history_user = by or taker
    case.save(update_fields=["volunteer"])
    Handover.objects.create(case=case, giver=giver, taker=taker, reason=reason, at=timezone.now())
    _record(str(by.pk) if by else LINE, "case.hand_over", case, reason)


@transaction.atomic
def hand_over(case: Case, by: Member, taker: Member, reason: str) -> None:
    """Pass a case on with its contacts: whoever led it no longer reaches it, whoever takes it does.

    ``reason`` is a code of HandoverReason. Raises NotYours when ``by`` neither leads the case nor may read any;
    NotPassedOn while somebody still talks, for an unknown reason or a practice, or when the taker may not take callers.
    """
    # Contacts first, the trail last: in this order everybody locks, so that nobody waits in a ring.
    contacts = list(case.contacts.select_for_update(of=("self",), no_key=True).order_by("pk"))
    living = Case.objects.living().select_for_update(of=("self",), no_key=True).select_related("volunteer")
    locked = living.filter(pk=case.pk).first()
    if locked is None or not (locked.volunteer_id == by.pk or may(by, "case.read_any")):
        raise NotYours
    stays = any(one.state in TALKING or one.practice_for_id for one in contacts)
    if not _fits(locked, taker) or reason not in HandoverReason.values or stays:
        raise NotPassedOn
    for contact in contacts:
        triage.pass_on(contact, taker, by=by)
    _pass_on(locked, taker, by=by, reason=reason)
    case.volunteer = taker


@transaction.atomic
def follow_conversation(giver: Member, contact_id: uuid.UUID) -> bool:
    """Pass the case of a conversation to whoever took it over, with its keys, by the hand of who led it.

    Say whether there was anything to pass: a conversation without a note has no case yet. Raises NotYours for one
    that this member neither leads nor passed on.
    """
    contact = Contact.objects.select_for_update(of=("self",), no_key=True).filter(pk=contact_id).first()
    given = contact is not None and contact.handovers.filter(giver=giver, taker__isnull=False).exists()
    if contact is None or contact.volunteer is None or not (given or contact.volunteer_id == giver.pk):
        raise NotYours
    taken = contact.handovers.filter(giver=giver, taker=contact.volunteer_id).exists()
    living = Case.objects.living().select_for_update(of=("self",), no_key=True).select_related("volunteer", "key")
    case = living.filter(contacts=contact, volunteer=giver).first() if taken else None
    if case is None:
        return False
    _pass_on(case, contact.volunteer, by=giver, reason=HandoverReason.PASSED)
    return True


def _fits(case: Case, taker: Member) -> bool:
    same_kind = taker.rehearsal == case.volunteer.rehearsal
    return may(taker, "contact.take") and taker.pk != case.volunteer_id and same_kind


@transaction.atomic
def close_case(case: Case, member: Member) -> None:
    """Close a case; its notes can still be read and amended. Closing twice changes nothing."""
    locked = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    if locked.state == CaseState.CLOSED:
        return
    for one in (locked, case):
        one.state, one.closed_at = CaseState.CLOSED, timezone.now()
    locked._history_user = member
    locked.save(update_fields=["state", "closed_at"])
    _record(str(member.pk), "case.close", case)


# Erasing ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def _erase(case_id: uuid.UUID, key_id: uuid.UUID, *, actor: str, reason: str) -> None:
    keys = [key_id, *FormerKey.objects.filter(case=case_id).values_list("key", flat=True)]
    for one in keys:
        vault.block_key(one)
    Note.objects.filter(case_id=case_id).update(draft=None)
    vault.record(actor=actor, act="case.erase", subject_kind="case", subject=str(case_id), reason=reason)
    for one in keys:
        transaction.on_commit(functools.partial(vault.destroy_key, one), robust=True)


@transaction.atomic
def erase_by_order(case: Case, by: Member, reason: str) -> None:
    """Destroy a case whole, its notes and what was said in each of its contacts: nobody opens it from this moment on.

    ``reason`` is a code of ErasureReason. Raises NotYours when ``by`` may not; NotErased for an unknown reason, or
    while somebody still talks.
    """
    if not may(by, "case.erase"):
        raise NotYours
    contacts = list(case.contacts.select_for_update(of=("self",), no_key=True).order_by("pk"))
    living = Case.objects.living().seen_by(by).select_for_update(of=("self",), no_key=True)
    locked = living.filter(pk=case.pk).first()
    if locked is None:
        raise NotYours
    if reason not in ErasureReason.values or any(contact.state not in OVER for contact in contacts):
        raise NotErased
    for contact in contacts:
        triage.erase(contact, by=by, reason=reason)
    _erase(locked.pk, locked.key_id, actor=str(by.pk), reason=reason)


def erase_withdrawn() -> int:
    """Block and destroy the keys of cases of which a consent was taken back; return how many.

    The room below could only block its own contact, which shuts the case at once (``CaseQuerySet.living``); this
    follows within a second, and again after any crash. One contact taken back erases the whole case: the notes about
    other visits of the same person may repeat its words.
    """
    withdrawn = Q(key__state="active", contacts__state=ContactState.WITHDRAWN)
    due = list(Case.objects.filter(withdrawn).distinct().values_list("pk", "key_id"))
    for case_id, key_id in due:
        _erase(case_id, key_id, actor=LINE, reason="withdrawn")
    return len(due)
