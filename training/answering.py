"""Reads a practice that is over, keeps the trainee's own list, and lets a supervisor answer it; all of it sealed."""

import dataclasses
import json
import uuid
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q, QuerySet

from cases import actions as cases
from cases.notes import NoteBody
from chat.transcript import Spoken, messages_after
from roster.models import Member
from roster.permissions import may
from training import checklist, scenarios, signs
from training.checklist import Item, Seen
from training.errors import BadAnswer, NotYours
from training.models import Practice, PracticeState
from training.scenarios import Scenario
from triage.models import Contact
from vault import actions as vault
from vault.actions import Context
from vault.errors import CannotOpen
from vault.models import DataKey
from wire import clock

CHOICES = ("yes", "no", "unsure")
WORDS_LIMIT = 4000  # code points of a supervisor's words, or of the trainee's own
BUCKET = 512  # bytes; lengths inside a bucket look alike


@dataclasses.dataclass(frozen=True, slots=True)
class Filled:
    """A list as somebody filled it: item → a choice, and words of their own."""

    marks: Mapping[str, str]
    words: str

    def as_bytes(self) -> bytes:
        """Return it as it is sealed."""
        return json.dumps({"marks": dict(self.marks), "words": self.words}, ensure_ascii=False, sort_keys=True).encode()


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One item of the list as it is shown: what the program saw, what the trainee and the supervisor marked."""

    item: Item
    seen: Seen
    own: str
    theirs: str


@dataclasses.dataclass(frozen=True, slots=True)
class ReadPractice:
    """A practice in the clear, for one reading; without ``transcript`` nothing of it can be opened (any more)."""

    practice: Practice
    scenario: Scenario | None
    transcript: list[Spoken] | None
    rows: list[Row]
    own: Filled | None
    answer: Filled | None
    note: NoteBody | None


def waiting_for_answer() -> QuerySet[Practice]:
    """Return the practices that wait for a supervisor's answer and can still be read, the oldest first."""
    over = Practice.objects.filter(state=PracticeState.OVER, passed=None, contact__key__state=DataKey.State.ACTIVE)
    return over.select_related("member").order_by("ended_at")


def to_look_back(member: Member) -> QuerySet[Practice]:
    """Return the practices of which a trainee's desk speaks: over, answered or missed since they last opened them."""
    over = Practice.objects.filter(
        member=member, looked_back=False, state__in=(PracticeState.OVER, PracticeState.MISSED)
    )
    return over.filter(Q(contact__isnull=False) | Q(state=PracticeState.MISSED)).select_related("answered_by")


def look_back(practice: Practice) -> None:
    """Note that its trainee has opened it as it stands: the word on their desk goes."""
    same = Practice.objects.filter(pk=practice.pk, state=practice.state, passed=practice.passed, looked_back=False)
    same.exclude(state=PracticeState.RUNNING).update(looked_back=True)


def find(member: Member, practice_id: uuid.UUID) -> Practice:
    """Return a practice of this member's, or any that is over to a supervisor.

    Raises NotYours, and leaves the trace of the attempt: call it outside transactions.
    """
    practice = Practice.objects.select_related("member", "contact__key").filter(pk=practice_id).first()
    own = practice is not None and practice.member_id == member.pk
    theirs = practice is not None and may(member, "practice.answer") and practice.state == PracticeState.OVER
    if practice is None or not (own or theirs):
        vault.record_separately(
            actor=str(member.pk),
            act="practice.read",
            subject_kind="practice",
            subject=str(practice_id),
            result="refused",
        )
        raise NotYours
    return practice


@transaction.atomic
def read(practice: Practice, member: Member) -> ReadPractice:
    """Open all of a practice for its trainee or a supervisor; a supervisor's reading leaves its trace."""
    if member.pk != practice.member_id:
        _record(member, "practice.read", practice)
    scenario = scenarios.current().get(practice.scenario)
    spoken = _transcript(practice, member)
    own, answer = _opened(practice, member, "own_check"), _opened(practice, member, "answer")
    return ReadPractice(
        practice, scenario, spoken, _rows(scenario, spoken, own, answer), own, answer, _note(practice, member)
    )


def _rows(
    scenario: Scenario | None, spoken: list[Spoken] | None, own: Filled | None, answer: Filled | None
) -> list[Row]:
    if scenario is None or spoken is None:
        return []
    guide, reader = checklist.in_force(), signs.in_force()
    said = [
        checklist.Said(one.seq, one.by, one.at, reader.read(one.text) if one.by == checklist.TRAINEE else frozenset())
        for one in spoken
    ]
    seen = checklist.look(guide, scenario.written, said)
    mine, theirs = own.marks if own else {}, answer.marks if answer else {}
    return [Row(item, seen[item.code], mine.get(item.code, ""), theirs.get(item.code, "")) for item in guide.items]


def _contact(practice: Practice, member: Member) -> Contact:
    if practice.contact is None:
        raise CannotOpen
    practice.contact.holder = member.holder
    return practice.contact


def _transcript(practice: Practice, member: Member) -> list[Spoken] | None:
    try:
        contact = _contact(practice, member)
        return messages_after(contact, 0, most=max(1, contact.last_seq))
    except CannotOpen:
        return None


def _note(practice: Practice, member: Member) -> NoteBody | None:
    """Return the note that the trainee saved, which is part of what is practised."""
    try:
        note = cases.note_of(_contact(practice, member))
        if not note.revision:
            return None
        note.case.holder = member.holder
        revision = note.revisions.order_by("-revision").first()
        return cases.body_of(revision, note.case) if revision else None
    except CannotOpen:
        return None


def list_context(practice_id: uuid.UUID, column: str) -> Context:
    """Return what a list that somebody filled is bound to: «own_check» or «answer» of one practice."""
    return Context("training", "training_practice", column, str(practice_id))


def _opened(practice: Practice, member: Member, column: str) -> Filled | None:
    sealed = getattr(practice, column)
    if sealed is None:
        return None
    try:
        key = vault.case_key_for(_contact(practice, member).key, member.holder)
        return Filled(**json.loads(key.unseal(list_context(practice.pk, column), bytes(sealed))))
    except CannotOpen:
        return None


# Filling it in ------------------------------------------------------------------------------------------------------


def filled_from(fields: Mapping[str, str], *, words_needed: bool = False) -> Filled:
    """Read a list from a form. Raises BadAnswer for a choice that is none, and words that are missing or too long."""
    items = checklist.in_force().items
    marks = {item.code: fields[name] for item in items if fields.get(name := f"item_{item.code}")}
    if set(marks.values()) - set(CHOICES):
        raise BadAnswer("marks")
    words = fields.get("words", "").replace("\r\n", "\n").strip()
    if len(words) > WORDS_LIMIT or (words_needed and not words):
        raise BadAnswer("words")
    if not marks and not words:
        raise BadAnswer("empty")
    return Filled(marks, words)


def _sealed(practice: Practice, member: Member, column: str, filled: Filled) -> bytes:
    key = vault.case_key_for(_contact(practice, member).key, member.holder)
    return key.seal(list_context(practice.pk, column), filled.as_bytes(), pad_to=BUCKET)


def _locked(practice: Practice) -> Practice:
    rows = Practice.objects.select_for_update(of=("self",), no_key=True).select_related("contact__key")
    return rows.get(pk=practice.pk)


@transaction.atomic
def keep_own_check(practice: Practice, member: Member, filled: Filled) -> None:
    """Keep how the trainee saw it, until somebody has answered. Raises NotYours, or vault.errors.CannotOpen."""
    fresh = _locked(practice)
    if fresh.member_id != member.pk or fresh.state != PracticeState.OVER or fresh.passed is not None:
        raise NotYours
    fresh.own_check = _sealed(fresh, member, "own_check", filled)
    fresh.save(update_fields=["own_check"])


@transaction.atomic
def answer(practice: Practice, member: Member, filled: Filled, *, passed: bool) -> None:
    """Answer a practice, once: the list, words for the trainee, and whether it counts as passed.

    Raises NotYours when it is not this member's to answer, or has its answer; or vault.errors.CannotOpen.
    """
    fresh = _locked(practice)
    over = fresh.state == PracticeState.OVER and fresh.passed is None
    if not may(member, "practice.answer") or fresh.member_id == member.pk or not over:
        raise NotYours
    fresh.answer = _sealed(fresh, member, "answer", filled)
    fresh.passed, fresh.answered_by, fresh.answered_at = passed, member, clock.now()
    fresh.looked_back = False
    fresh.save(update_fields=["answer", "passed", "answered_by", "answered_at", "looked_back"])
    _record(member, "practice.answer", fresh, "passed" if passed else "again")


def _record(member: Member, act: str, practice: Practice, reason: str = "") -> None:
    vault.record(actor=str(member.pk), act=act, subject_kind="practice", subject=str(practice.pk), reason=reason)
