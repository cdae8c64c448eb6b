"""The verbs of instruments in a conversation: used and kept sealed; and what says that suicide was asked about.

They are called as ``triage.actions``.
"""

import dataclasses
import datetime
import json
import uuid

from django.db import transaction
from django.db.models import Max

from roster.models import Member
from triage import instruments, reminding
from triage.errors import NotAllowed, NotYours
from triage.instruments import Outcome
from triage.models import Contact, ContactEvent, ContactState, EventKind, InstrumentUse
from triage.states import note, ring
from triage.wordings import version_asked
from vault import actions as vault
from vault.actions import Context
from vault.errors import CannotOpen
from wire import clock

RESULT_BUCKET = 256  # bytes
LIVE = (ContactState.TALKING, ContactState.ASLEEP)
HOW_ASKED = frozenset({"asked", "dismissed"})


@dataclasses.dataclass(frozen=True, slots=True)
class Used:
    """One earlier use in the clear; ``line`` and ``level`` are None when it cannot be opened.

    ``wording`` is the version of the official text it was asked with ("": none was loaded).
    """

    code: str
    name: str
    at: datetime.datetime
    line: str | None
    level: str | None
    wording: str = ""


def result_context(contact_id: uuid.UUID, number: int, code: str) -> Context:
    """Return the context of one result: the contact, the number of the use, which instrument."""
    place = {"table": "triage_instrumentuse", "column": "result", "record": str(contact_id)}
    return Context(purpose="instrument", **place, extra=(str(number), code), number=number)


def _led(contact: Contact, by: Member) -> Contact:
    """Lock a conversation that goes on and that this member leads. Raises NotYours or NotAllowed."""
    row = Contact.objects.select_for_update(of=("self",), no_key=True).filter(pk=contact.pk).first()
    if row is None or row.volunteer_id != by.pk:
        raise NotYours
    if row.state not in LIVE:
        raise NotAllowed
    return row


@transaction.atomic
def use_instrument(
    contact: Contact, code: str, given: dict[str, str], by: Member, wording: str | None = None
) -> Outcome:
    """Score the answers of an instrument (item code → option) and keep them, sealed under the contact's key.

    ``wording`` is the version of the official text that they were asked with ("": none; None: the one in force), kept
    with them whatever was loaded meanwhile. Raises BadAnswers for an unknown instrument or option, or when nothing was
    answered; UnknownWording; NotYours; NotAllowed once the conversation is over; vault.errors.CannotOpen.
    """
    one = instruments.instrument(code)
    answers = instruments.taken(one, given)
    outcome = one.score(answers)
    _led(contact, by)
    version = version_asked(code, contact.language, wording)
    number = (InstrumentUse.objects.filter(contact=contact).aggregate(last=Max("number"))["last"] or 0) + 1
    result = {
        "answers": answers,
        "band": outcome.band,
        "level": outcome.level,
        "line": outcome.line,
        "wording": version,
    }
    plain = json.dumps(result, ensure_ascii=False, sort_keys=True).encode()
    key = vault.case_key_for(contact.key, contact.holder)
    sealed = key.seal(result_context(contact.pk, number, code), plain, pad_to=RESULT_BUCKET)
    InstrumentUse.objects.create(contact=contact, number=number, code=code, member=by.pk, result=sealed, at=clock.now())
    vault.record(
        actor=str(by.pk), act="contact.instrument", subject_kind="contact", subject=str(contact.pk), reason=code
    )
    ring(contact)
    return outcome


def _opened(contact: Contact, use: InstrumentUse) -> Used:
    name = instruments.INSTRUMENTS[use.code].name if use.code in instruments.INSTRUMENTS else use.code
    try:
        key = vault.case_key_for(contact.key, contact.holder)
        result = json.loads(key.unseal(result_context(contact.pk, use.number, use.code), bytes(use.result)))
    except CannotOpen:
        return Used(use.code, name, use.at, None, None)
    return Used(use.code, name, use.at, result["line"], result["level"], result["wording"])


def uses_of(contact: Contact) -> list[Used]:
    """Open the uses of a contact, newest first; whoever calls this has made sure who may read it."""
    return [_opened(contact, use) for use in contact.instruments.order_by("-number")]


# Asking about suicide -----------------------------------------------------------------------------------------------


@transaction.atomic
def note_asked(contact: Contact, how: str, by: Member) -> None:
    """Keep that the volunteer has asked about suicide («asked»), or wants no reminder here («dismissed»).

    Raises NotYours, or NotAllowed for anything else and once it is over. A second time changes nothing.
    """
    if how not in HOW_ASKED:
        raise NotAllowed
    _led(contact, by)
    if not contact.events.filter(kind=EventKind.ASKED).exists():
        note(contact, kind=EventKind.ASKED, actor=str(by.pk), detail={"how": how})


def reminder_due(contact: Contact, thoughts: str = "", now: datetime.datetime | None = None) -> bool:
    """Say whether the volunteer of a conversation is to be reminded now; reads rows, never what was said.

    ``thoughts`` is the code that the caller chose before the conversation, as the volunteer sees it.
    """
    if contact.state not in LIVE or not reminding.is_marked(contact.urgency, thoughts, contact.marked):
        return False
    marks = ContactEvent.objects.filter(
        contact=contact, kind__in=(EventKind.DANGER, EventKind.REASSESSED, EventKind.MARKED)
    )
    marked_at = marks.aggregate(last=Max("at"))["last"]
    since = max(filter(None, (contact.assigned_at, marked_at)), default=None)
    asked = contact.instruments.exists() or contact.events.filter(kind=EventKind.ASKED).exists()
    return reminding.is_due(marked=True, asked=asked, since=since, now=now or clock.now())
