"""The verbs of training: begin and leave a practice, note a training as finished, say how much is asked for.

Playing is in ``training.scripted_caller``, reading and answering in ``training.answering``.
"""

import secrets
import uuid

from django.db import IntegrityError, transaction

from chat import actions as chat
from chat.models import Speaker
from chat.saying import Saying
from consent import actions as consent
from consent import texts
from roster import actions as roster
from roster.models import Member, Presence, PresenceState
from roster.permissions import may
from training import scenarios, script
from training.errors import BadAnswer, NotFinished, NotNow, NotYours
from training.models import ROLE_PLAYS, Practice, PracticeState, Requirement
from training.scenarios import Scenario
from triage import actions as triage
from triage.models import Contact, ContactState, Ending
from vault import actions as vault
from wire import clock

PRACTICE = "practice"  # how such a consent was given, and for what the line seals a scripted caller's secret
MOST_ASKED = 10  # practices


def _record(member: Member, act: str, practice: Practice, reason: str = "") -> None:
    vault.record(actor=str(member.pk), act=act, subject_kind="practice", subject=str(practice.pk), reason=reason)


# Beginning ----------------------------------------------------------------------------------------------------------


def why_not_now(member: Member) -> str:
    """Return why this member cannot begin one now («not_yours», «practising», «ready», «talking»), or nothing."""
    if not may(member, "practice.begin") or member.rehearsal:
        return "not_yours"
    if Practice.objects.filter(member=member, state=PracticeState.RUNNING).exists():
        return "practising"
    now = clock.now()
    if Presence.objects.filter(member=member, state=PresenceState.READY, lease_until__gt=now).exists():
        return "ready"
    real = Contact.objects.filter(volunteer=member, practice_for=None)
    return "talking" if real.filter(state__in=(ContactState.TALKING, ContactState.ASLEEP)).exists() else ""


def _come(member: Member, scenario: Scenario, caller: vault.Holder) -> Contact:
    """Let the scripted caller come as any caller does: agree, answer, wait, and say their first words."""
    arrives, text = scenario.written.arrives, texts.current()
    decisions = {purpose.code: purpose.required for purpose in text.purposes}
    contact = triage.open_contact(scenario.written.language, holder=caller, practice_for=member)
    age_band = arrives.age or "unsaid"
    triage.agree(contact, consent.give(text=text, decisions=decisions, age_band=age_band, action=PRACTICE))
    triage.answer(contact, arrives.answers)
    chat.keep_within_reach(contact.pk, caller)
    said_as = str(uuid.uuid4())
    chat.say(Saying(contact_id=contact.pk, by=Speaker.CALLER, client_id=said_as, text=arrives.words, holder=caller))
    return contact


def begin(member: Member, code: str) -> Practice:
    """Let the scripted caller of this scenario come to this member, and to nobody else. Raises NotNow."""
    scenario = scenarios.current().get(code)
    why = "unknown" if scenario is None else why_not_now(member)
    if scenario is None or why:
        raise NotNow(why)
    try:
        return _begin(member, scenario)
    except IntegrityError:  # the same was asked twice at once
        raise NotNow("practising") from None


@transaction.atomic
def _begin(member: Member, scenario: Scenario) -> Practice:
    now, secret = clock.now(), secrets.token_urlsafe(32)
    practice = Practice.objects.create(
        member=member,
        scenario=scenario.code,
        version=scenario.written.version,
        digest=scenario.digest,
        started_at=now,
        moved_at=now,
        secret=vault.seal_site_secret(PRACTICE, secret, passing=True),
        scene=script.beginning(scenario).scene,
    )
    practice.contact = _come(member, scenario, vault.Caller(secret))
    practice.contact.refresh_from_db(fields=["last_seq"])
    practice.heard = practice.contact.last_seq
    practice.save(update_fields=["contact", "heard"])
    _record(member, "practice.begin", practice)
    return practice


@transaction.atomic
def leave(member: Member, practice_id: uuid.UUID) -> None:
    """Let the trainee leave a practice that runs: no note is owed, nobody answers it or asks why. Raises NotYours."""
    running = Practice.objects.select_for_update(of=("self",), no_key=True).select_related("contact")
    practice = running.filter(pk=practice_id, member=member).first()
    if practice is None:
        raise NotYours
    if practice.state == PracticeState.RUNNING and practice.contact is not None:
        led = practice.contact.volunteer_id == member.pk
        chat.end_conversation(practice.contact, by="volunteer" if led else "line", ending=Ending.TEST)
        finish(practice, left=True)


def settle(member: Member) -> None:
    """Note at once that a practice is over whose conversation is; the next round would do it a second later."""
    if Practice.objects.filter(member=member, state=PracticeState.RUNNING).exists():
        _settle(member)  # whoever plays none takes no lock: desks ask each minute


@transaction.atomic
def _settle(member: Member) -> None:
    running = Practice.objects.select_for_update(of=("self",), no_key=True).select_related("contact")
    over = running.filter(member=member, state=PracticeState.RUNNING, contact__state__in=chat.OVER).first()
    if over is not None:
        finish(over)


def finish(practice: Practice, *, left: bool = False) -> None:
    """Note that a practice is over; where the trainee said nothing in it, or left it, it came to nothing."""
    said = practice.contact is not None and practice.contact.volunteer_said_at is not None
    practice.state = PracticeState.OVER if said and not left else PracticeState.NOTHING
    practice.ended_at = clock.now()
    practice.secret, practice.saying, practice.due_at = "", None, None
    practice.save(update_fields=["state", "ended_at", "secret", "saying", "due_at"])


# Finishing a training -----------------------------------------------------------------------------------------------


def role_plays_needed() -> int:
    """Return how many different scenarios a trainee must have passed."""
    row = Requirement.objects.order_by("-pk").first()
    return row.role_plays if row else ROLE_PLAYS


def role_plays_passed(member: Member) -> int:
    """Return how many different scenarios somebody has passed: the same one twice counts once."""
    return Practice.objects.filter(member=member, passed=True).order_by().values("scenario").distinct().count()


@transaction.atomic
def require(member: Member, given: str) -> None:
    """Say how many passed scenarios are asked for, from 1 to 10. Raises NotYours, BadAnswer."""
    if not may(member, "practice.require"):
        raise NotYours
    number = int(given) if given.isdecimal() and len(given) < 3 else 0
    if not 1 <= number <= MOST_ASKED:
        raise BadAnswer("role_plays")
    values = {"role_plays": number, "set_by": member, "set_at": clock.now()}
    Requirement.objects.update_or_create(pk=1, defaults=values)
    vault.record(actor=str(member.pk), act="practice.require", subject_kind="practice", subject=str(number))


@transaction.atomic
def finish_training(trainee: Member, by: Member) -> None:
    """Note that a trainee has finished their training, once enough is passed; the roster asks for it at each caller.

    Raises NotYours when ``by`` may not, or for themselves; NotFinished when too little is passed, or it is noted.
    """
    if not may(by, "training.finish") or by.pk == trainee.pk or trainee.rehearsal != by.rehearsal:
        raise NotYours
    fresh = Member.objects.select_for_update(no_key=True).get(pk=trainee.pk)
    if not may(fresh, "practice.begin") or role_plays_passed(fresh) < role_plays_needed():
        raise NotFinished
    if not roster.finish_training(fresh, by):
        raise NotFinished
