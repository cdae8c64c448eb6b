"""Plays the scripted callers through the acts of a real one; where each stands are rows, so any process goes on."""

import datetime
import logging
import uuid

from django.conf import settings
from django.db import connection, transaction

from chat import actions as chat
from chat.models import Speaker
from chat.saying import Saying
from chat.transcript import Spoken, messages_after
from training import scenarios, script, signs
from training.actions import PRACTICE, finish
from training.models import Practice, PracticeState
from training.scenarios import Scenario
from training.script import Heard, Place, Quiet, Step
from triage import actions as triage
from triage.models import Contact, ContactState
from triage.offering import offer_practice
from vault import actions as vault
from vault.errors import VaultError

logger = logging.getLogger(__name__)

LETS_FINISH = datetime.timedelta(seconds=4)  # after the trainee's last message: they may be writing another
SIGN_OF_LIFE = datetime.timedelta(seconds=15)
GIVES_UP = datetime.timedelta(minutes=15)  # of waiting for a desk that nobody opens
HURRY = 4.0  # times as quick
WITH_TRAINEE = (ContactState.TALKING, ContactState.ASLEEP)


def play(now: datetime.datetime) -> int:
    """Let each scripted caller do what is due, in a transaction of its own; return how many are being played."""
    running = list(Practice.objects.filter(state=PracticeState.RUNNING).order_by("pk").values_list("pk", flat=True))
    for practice_id in running:
        try:
            _play(practice_id, now)
        except Exception:
            logger.exception("a practice was not played on, and will be tried again")
    return len(running)


@transaction.atomic
def _play(practice_id: uuid.UUID, now: datetime.datetime) -> None:
    skip = connection.features.has_select_for_update_skip_locked
    rows = Practice.objects.select_for_update(of=("self",), no_key=True, skip_locked=skip)
    running = rows.select_related("contact__key", "contact__volunteer").filter(state=PracticeState.RUNNING)
    practice = running.filter(pk=practice_id).first()
    if practice is None:
        return
    contact, scenario = practice.contact, scenarios.current().get(practice.scenario)
    if contact is None or scenario is None or scenario.digest != practice.digest or not _opens(practice, contact):
        _break_off(practice, contact)
        return
    if contact.state in WITH_TRAINEE:
        _seem_there(contact, now)
        _Turn(practice, contact, scenario, now).go_on()
    elif contact.state == ContactState.WAITING:
        _seem_there(contact, now)
        _wait(practice, contact, now)
    else:
        finish(practice)


def _opens(practice: Practice, contact: Contact) -> bool:
    """Let the contact be opened by its scripted caller; say whether that can be."""
    try:
        contact.holder = vault.Caller(vault.open_site_secret(PRACTICE, practice.secret))
        vault.case_key_for(contact.key, contact.holder)
    except VaultError:
        return False
    return True


def _break_off(practice: Practice, contact: Contact | None) -> None:
    """End what cannot be played on: its scenario was changed by an upgrade, or nobody can open it."""
    if contact is not None:
        chat.end_conversation(contact, by="line")
    finish(practice)


def _seem_there(contact: Contact, now: datetime.datetime) -> None:
    """Do what the page of a caller does beside the conversation, while somebody is there."""
    if contact.caller_seen_at is None or now - contact.caller_seen_at >= SIGN_OF_LIFE:
        triage.touch_caller(contact.pk)
        chat.keep_within_reach(contact.pk, contact.holder)


def _wait(practice: Practice, contact: Contact, now: datetime.datetime) -> None:
    """Wait for the trainee's desk; who does not come in a quarter of an hour may begin anew."""
    if now - practice.moved_at > GIVES_UP:
        chat.end_conversation(contact, by="line")
        finish(practice)
        return
    offer_practice(contact)


def _takes(seconds: float) -> datetime.timedelta:
    """Return how long this takes here: where rehearsals are allowed nobody is trained, and tests need not wait."""
    return datetime.timedelta(seconds=seconds / (HURRY if settings.REHEARSAL else 1))


class _Turn:
    """One look of a scripted caller at their conversation."""

    def __init__(self, practice: Practice, contact: Contact, scenario: Scenario, now: datetime.datetime) -> None:
        self.practice, self.contact, self.scenario, self.now = practice, contact, scenario, now

    def go_on(self) -> None:
        """Say the line that is due, or else hear what was said, or how long nothing was."""
        if self.practice.due_at is not None:
            self._write(self.practice.due_at)
            return
        spoken = [one for one in self._unheard() if one.by == Speaker.VOLUNTEER]
        if not spoken:
            self._hear(Quiet((self.now - self._last_word()).total_seconds()))
        elif self.now - spoken[-1].at >= LETS_FINISH:
            self._hear(Heard(frozenset().union(*(signs.in_force().read(one.text) for one in spoken))))

    def _write(self, due_at: datetime.datetime) -> None:
        """Say the line that is due; before that, seem to write it, as the page of a caller would."""
        if due_at <= self.now:
            self._say_line()
            return
        lines = self._lines()
        line = lines[self.practice.line] if self.practice.line < len(lines) else ""
        if due_at - self.now <= _takes(script.writing(line)):
            chat.seem_to_write(self.contact.pk)

    def _lines(self) -> list[str]:
        """Return what is being said."""
        one = self.scenario.reaction(self.practice.saying_in, self.practice.saying or 0)
        return one.says if one else []

    def _unheard(self) -> list[Spoken]:
        if self.contact.last_seq <= self.practice.heard:
            return []
        return messages_after(self.contact, self.practice.heard)

    def _last_word(self) -> datetime.datetime:
        said = (self.practice.moved_at, self.contact.assigned_at, self.contact.volunteer_said_at)
        return max(at for at in said if at is not None)

    def _hear(self, happened: Heard | Quiet) -> None:
        place = Place(self.practice.scene, frozenset(self.practice.used))
        step = script.react(self.scenario, place, happened)
        if isinstance(happened, Heard):
            self.practice.heard = self.contact.last_seq
        if step is not None:
            self._begin(step)
        elif isinstance(happened, Heard):
            self._keep("heard")

    def _begin(self, step: Step) -> None:
        practice = self.practice
        practice.scene, practice.used = step.place.scene, sorted(step.place.used)
        practice.saying_in, practice.saying, practice.line = step.scene, step.number, 0
        practice.turn += 1
        practice.moved_at = self.now
        first = step.reaction.says[0] if step.reaction.says else ""
        practice.due_at = self.now + _takes(script.pace(first))
        self._keep("scene", "used", "saying_in", "saying", "line", "turn", "moved_at", "due_at", "heard")

    def _say_line(self) -> None:
        practice = self.practice
        one, says = self.scenario.reaction(practice.saying_in, practice.saying or 0), self._lines()
        if practice.line < len(says):
            self._say(says[practice.line])
            practice.line += 1
        practice.moved_at = self.now
        if practice.line < len(says):
            practice.due_at = self.now + _takes(script.pace(says[practice.line]))
        else:
            practice.due_at = practice.saying = None
        self._keep("line", "moved_at", "due_at", "saying")
        if practice.due_at is None and one is not None and one.ends:
            self._end(one.ends)

    def _say(self, text: str) -> None:
        """Say one line under an id of its own: said again after a crash, it is the same message."""
        said_as = uuid.uuid5(self.practice.pk, f"{self.practice.turn}/{self.practice.line}")
        who = self.contact
        chat.say(Saying(contact_id=who.pk, by=Speaker.CALLER, client_id=str(said_as), text=text, holder=who.holder))

    def _end(self, how: str) -> None:
        if how == "suddenly":
            chat.leave_suddenly(self.contact)
        else:
            chat.end_conversation(self.contact, by="caller")
        finish(self.practice)

    def _keep(self, *columns: str) -> None:
        self.practice.save(update_fields=columns)
