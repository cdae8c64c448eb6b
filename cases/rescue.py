"""Rescue: secrecy yields to danger by two people, and what was done is noted; the line never does any of it itself."""

import dataclasses
import datetime
import json
import uuid
from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cases.access import contact_for_note, record_refused
from cases.errors import AlreadyAsked, BadRescue, NotYours, Stale, Withdrawn
from cases.models import LegalGround, Rescue, RescueStep, Told
from cases.opening import may_open_alone
from roster.circles import supervision
from roster.models import Member
from roster.permissions import may
from triage.models import Contact, ContactState
from vault import actions as vault
from vault.actions import Context
from vault.errors import CannotOpen
from vault.models import DataKey
from wire import clock

WORDS_LIMIT = 2_000  # code points in each text
RESCUE_BUCKET = 1024  # bytes

#: What a caller is told before anybody asks where they are; it waits for the lawyer's and the clinical lead's yes.
HONEST_SENTENCE = _(
    "Si tu vida o la de otra persona corre peligro, vamos a pedirte datos para enviar ayuda. "
    "Sin ellos no podemos ubicarte."
)

State, Kind = Rescue.State, RescueStep.Kind


@dataclasses.dataclass(frozen=True, slots=True)
class Words:
    """What is sealed of a step: why it is asked or answered, or what was passed; and why a caller was not told."""

    words: str = ""
    why_not: str = ""

    def as_bytes(self) -> bytes:
        """Return it as the JSON that is sealed."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False).encode()


@dataclasses.dataclass(frozen=True, slots=True)
class Done:
    """Whom somebody told, with which words, and whether the caller knows of it (``why_not`` if they do not)."""

    told: str
    passed: str
    caller_told: bool
    why_not: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class ReadStep:
    """A step with its words, or None where they cannot be opened (any more)."""

    step: RescueStep
    words: Words | None


@dataclasses.dataclass(frozen=True, slots=True)
class ReadRescue:
    """A rescue as it is shown, its steps in order; ``over``: it got no answer in its time."""

    rescue: Rescue
    steps: list[ReadStep]
    over: bool

    @property
    def waits(self) -> bool:
        """Whether an answer still counts."""
        return self.rescue.state == State.ASKED and not self.over

    @property
    def next_number(self) -> int:
        """The number of the step that would come next."""
        return len(self.steps) + 1


def step_context(rescue_id: uuid.UUID, number: int) -> Context:
    """Return the context of the words of one step."""
    place = {"table": "cases_rescuestep", "column": "words", "record": str(rescue_id)}
    return Context(purpose="rescue", **place, extra=(str(number),), number=number)


# Reading forms ------------------------------------------------------------------------------------------------------


def words_from(fields: Mapping[str, str], name: str) -> str:
    """Return a text of a form. Raises BadRescue when it is empty or longer than WORDS_LIMIT."""
    text = fields.get(name, "").replace("\r\n", "\n").strip()
    if not text or len(text) > WORDS_LIMIT:
        raise BadRescue(name)
    return text


def done_from(fields: Mapping[str, str]) -> Done:
    """Read what was done from a form. Raises BadRescue naming what is missing, too long or not among the choices."""
    told, caller_told = fields.get("told", ""), fields.get("caller_told", "")
    if told not in Told.values:
        raise BadRescue("told")
    passed = words_from(fields, "passed")
    if caller_told not in {"yes", "no"}:
        raise BadRescue("caller_told")
    knows = caller_told == "yes"
    return Done(told, passed, knows, "" if knows else words_from(fields, "why_not"))


# Asking -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask(member: Member, contact: Contact, ground: str, words: str) -> Rescue:
    """Ask supervision to let secrecy yield, on a ground of LegalGround; a request that was refused may be asked again.

    Raises BadRescue for an unknown ground, in a practice, and for a judge's order, which is not a volunteer's to
    bring; AlreadyAsked, NotYours, Withdrawn, or vault.errors.CannotOpen.
    """
    if contact.practice_for_id is not None:
        raise BadRescue("practice")
    if ground not in LegalGround.values or ground == LegalGround.JUDGE:
        raise BadRescue("judge" if ground == LegalGround.JUDGE else "ground")
    fresh = Contact.objects.select_for_update(no_key=True).filter(pk=contact.pk, volunteer=member).first()
    if fresh is None or not may(member, "rescue.ask"):
        raise NotYours
    if fresh.state == ContactState.WITHDRAWN:
        raise Withdrawn
    now = clock.now()
    asked = Rescue.objects.filter(contact=fresh, state=State.ASKED)
    asked.filter(asked_at__lte=now - Rescue.LASTS).update(state=State.EXPIRED)
    if asked.exists():
        raise AlreadyAsked
    if vault.only_people_open():
        vault.keep(fresh.key_id, by=member.holder, member=member.pk, circle=supervision(rehearsal=fresh.rehearsal))
    rescue = Rescue.objects.create(contact=fresh, ground=ground, asked_by=member, asked_at=now)
    _add_step(rescue, member, RescueStep(number=1, kind=Kind.ASKED, at=now), Words(words))
    _record(member, "rescue.ask", rescue, ground)
    return rescue


def _add_step(rescue: Rescue, member: Member, step: RescueStep, words: Words) -> None:
    key = vault.case_key_for(rescue.contact.key, member.holder)
    step.rescue, step.by = rescue, member
    step.words = key.seal(step_context(rescue.pk, step.number), words.as_bytes(), pad_to=RESCUE_BUCKET)
    step.save(force_insert=True)


def _record(member: Member, act: str, rescue: Rescue, reason: str = "") -> None:
    subject = str(rescue.contact_id)
    vault.record(actor=str(member.pk), act=act, subject_kind="contact", subject=subject, reason=reason)


# Answering ----------------------------------------------------------------------------------------------------------


def waiting_for_answer(now: datetime.datetime, *, rehearsal: bool | None = None) -> QuerySet[Rescue]:
    """Return the requests an answer to which still counts, oldest first: real, rehearsed, or (None) both."""
    asked = Rescue.objects.filter(state=State.ASKED, asked_at__gt=now - Rescue.LASTS)
    living = asked.filter(contact__key__state=DataKey.State.ACTIVE).order_by("asked_at", "pk")
    return living if rehearsal is None else living.filter(contact__rehearsal=rehearsal)


def open_requests(member: Member) -> list[Rescue]:
    """Return what this supervisor may answer, oldest first; nothing that was written is among it."""
    rows = waiting_for_answer(clock.now(), rehearsal=member.rehearsal).exclude(asked_by=member)
    return list(rows.select_related("asked_by", "contact"))


@transaction.atomic
def answer(member: Member, rescue_id: uuid.UUID, *, agreed: bool, words: str) -> Rescue:
    """Say yes or no, with words, to what another person asks; the first answer counts.

    Raises NotYours when it is not this member's to answer or has its answer, or vault.errors.CannotOpen.
    """
    rows = waiting_for_answer(clock.now(), rehearsal=member.rehearsal).exclude(asked_by=member)
    rescue = rows.select_related("contact__key").filter(pk=rescue_id).first()
    if rescue is None or not may(member, "rescue.answer"):
        raise NotYours
    now, state = clock.now(), State.AGREED if agreed else State.REFUSED
    mine = {"state": state, "answered_by": member, "answered_at": now}
    if not Rescue.objects.filter(pk=rescue.pk, state=State.ASKED).update(**mine):
        raise NotYours
    kind = Kind.AGREED if agreed else Kind.REFUSED
    _add_step(rescue, member, RescueStep(number=rescue.steps.count() + 1, kind=kind, at=now), Words(words))
    _record(member, "rescue.agree" if agreed else "rescue.refuse", rescue, rescue.ground)
    return rescue


# What was done ------------------------------------------------------------------------------------------------------


@transaction.atomic
def note_done(member: Member, rescue_id: uuid.UUID, number: int, done: Done) -> None:
    """Note whom somebody told after supervision agreed; ``number`` is that of the step, as the form was shown with it.

    Raises Stale when that step has been noted meanwhile, NotYours, or vault.errors.CannotOpen.
    """
    agreed = Rescue.objects.select_for_update(of=("self",), no_key=True).filter(pk=rescue_id, state=State.AGREED)
    rescue = agreed.select_related("contact__key").first()
    if rescue is None or not _may_note(member, rescue):
        raise NotYours
    if number != rescue.steps.count() + 1:
        raise Stale
    step = RescueStep(number=number, kind=Kind.DONE, at=clock.now(), told=done.told, caller_told=done.caller_told)
    _add_step(rescue, member, step, Words(done.passed, done.why_not))
    _record(member, "rescue.note", rescue, done.told)


def _may_note(member: Member, rescue: Rescue) -> bool:
    if rescue.contact.volunteer_id == member.pk:
        return may(member, "rescue.ask")
    return may(member, "rescue.answer") and _may_read(member, rescue)


# Reading ------------------------------------------------------------------------------------------------------------


def _may_read(member: Member, rescue: Rescue) -> bool:
    """Say whether a supervisor reads what was written: what waits for an answer, what they answered, or on call."""
    if rescue.contact.rehearsal != member.rehearsal:
        return False
    waits = rescue.state == State.ASKED and not rescue.is_over(clock.now())
    return waits or rescue.answered_by_id == member.pk or may_open_alone(member)


def own_contact(member: Member, contact_id: uuid.UUID) -> Contact:
    """Return a contact of which this volunteer may ask for a rescue; raises as ``access.contact_for_note``."""
    contact = contact_for_note(member, contact_id)
    contact.holder = member.holder
    return contact


def rescues_of(contact: Contact) -> list[ReadRescue]:
    """Return the rescues of a contact, newest first, opened for its holder."""
    rows = Rescue.objects.filter(contact=contact).select_related("asked_by", "answered_by")
    return [_read(rescue, contact) for rescue in rows.prefetch_related("steps__by")]


@transaction.atomic
def read_for_supervisor(member: Member, contact_id: uuid.UUID) -> tuple[Contact, list[ReadRescue]]:
    """Return a contact and those of its rescues that a supervisor may read, and leave the trace of the reading.

    Raises NotYours, and leaves the trace of the attempt, where there is none for them.
    """
    rows = Rescue.objects.filter(contact=contact_id).select_related("contact__key", "contact__volunteer")
    readable = [rescue for rescue in rows if may(member, "rescue.answer") and _may_read(member, rescue)]
    if not readable:
        raise NotYours
    contact = readable[0].contact
    contact.holder = member.holder
    _record(member, "rescue.read", readable[0])
    ids = {rescue.pk for rescue in readable}
    return contact, [one for one in rescues_of(contact) if one.rescue.pk in ids]


def note_refused(member: Member, contact_id: uuid.UUID) -> None:
    """Leave the trace of a supervisor who found nothing to read there."""
    record_refused(member, "contact", contact_id)


def _read(rescue: Rescue, contact: Contact) -> ReadRescue:
    steps = [ReadStep(step, _opened(step, contact)) for step in rescue.steps.all()]
    return ReadRescue(rescue, steps, rescue.is_over(clock.now()))


def _opened(step: RescueStep, contact: Contact) -> Words | None:
    try:
        key = vault.case_key_for(contact.key, contact.holder)
        plain = key.unseal(step_context(step.rescue_id, step.number), bytes(step.words))
    except CannotOpen:
        return None
    return Words(**json.loads(plain))
