"""The verbs of a contact on the caller's side: open, agree, answer, be in danger, sleep, wake.

Offers and routing are in ``triage.offering``, claims in ``triage.claiming``, passing on in ``triage.handing_over``,
silent pages in ``triage.silence``, the ways out in ``triage.leaving``, consent asked later in ``triage.consenting``,
instruments in ``triage.assessing``, levels that people change in ``triage.reassessing``, what was chosen before in
``triage.answers``; all are called as ``triage.actions``.
"""

import datetime
import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from consent.models import ConsentReceipt
from roster.circles import for_newcomers
from roster.models import Member
from triage import questions as asking
from triage import queue
from triage.answers import answers_of, changed_answers, sealed_answers, taken_answers, thoughts_of
from triage.assessing import note_asked, reminder_due, use_instrument, uses_of
from triage.assigning import assign, choices_by_hand
from triage.claiming import Claim, Claimed, accept, accept_all, assign_by_hand, contact_of
from triage.consenting import ask_consent, consent_later, consent_refused
from triage.handing_over import (
    ask_handover,
    back_to_companion,
    choices_for,
    colleague_of,
    companions_to_part,
    keep_conversation,
    leave_room,
    route,
    take_over,
    words_for,
)
from triage.handovers import is_there, led_since
from triage.heeding import Heard, heed_words, worth_heeding
from triage.leaving import (
    BEFORE_QUEUE,
    CALLER,
    GONE_AFTER,
    LINE,
    Gone,
    come_back,
    end,
    erase,
    erase_old_words,
    expire_gone_callers,
    leave_suddenly,
    pass_on,
    rate_after,
    say_if_it_helped,
    withdraw,
)
from triage.models import Contact, ContactState, EventKind, Urgency
from triage.offering import (
    back_to_queue,
    begin_offers_anew,
    contacts_without_volunteer,
    decline,
    expire_offers,
    kept_for,
    may_go_on,
    ring_offered,
)
from triage.reassessing import may_reassess, reassess
from triage.routing import PAGE_SILENT_AFTER
from triage.silence import ask_still_there, touch_caller, touch_callers
from triage.sources import keep_sources, stand_in_line
from triage.speakers import choose_language, wish_of
from triage.states import IN_ROOM, OPEN_STATES, move, note, write_history
from triage.urgency import urgency_of
from vault import actions as vault
from wire import clock

__all__ = [
    "GONE_AFTER",
    "PAGE_SILENT_AFTER",
    "Claim",
    "Claimed",
    "Gone",
    "Heard",
    "accept",
    "accept_all",
    "agree",
    "answer",
    "answers_of",
    "ask_consent",
    "ask_handover",
    "ask_still_there",
    "assign",
    "assign_by_hand",
    "back_to_companion",
    "back_to_queue",
    "begin_offers_anew",
    "changed_answers",
    "choices_by_hand",
    "choices_for",
    "choose_language",
    "colleague_of",
    "come_back",
    "companions_to_part",
    "consent_later",
    "consent_refused",
    "contact_of",
    "contacts_without_volunteer",
    "decline",
    "end",
    "enter_danger",
    "erase",
    "erase_old_words",
    "expire_gone_callers",
    "expire_offers",
    "heed_words",
    "is_there",
    "keep_conversation",
    "keep_sources",
    "leave_room",
    "leave_suddenly",
    "led_since",
    "may_reassess",
    "note_asked",
    "open_contact",
    "pass_on",
    "rate_after",
    "reassess",
    "reminder_due",
    "route",
    "say_if_it_helped",
    "sleep",
    "stand_in_line",
    "take_over",
    "thoughts_of",
    "touch_caller",
    "touch_callers",
    "use_instrument",
    "uses_of",
    "wake",
    "wish_of",
    "withdraw",
    "words_for",
    "worth_heeding",
]

SENT_AGAIN = datetime.timedelta(minutes=1)  # a form that is older opens a contact of its own


# Coming in ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def _open(holder: vault.Holder, **columns: Any) -> Contact:
    now = clock.now()
    circles = () if columns["practice_for"] else for_newcomers(rehearsal=columns["rehearsal"])
    key = vault.issue_key(holder, circles=circles)  # a practice is the trainee's alone
    contact = Contact.objects.create(key=key, opened_at=now, caller_seen_at=now, **columns)
    write_history(contact, first=True)
    note(contact, kind=EventKind.OPENED, actor=CALLER)
    return contact


def _opened_by(form: uuid.UUID) -> Contact | None:
    return Contact.objects.select_related("key", "volunteer", "consent").filter(form=form).first()


def _may_be_joined(contact: Contact) -> bool:
    return contact.state in OPEN_STATES and clock.now() - contact.opened_at < SENT_AGAIN


def open_contact(
    language: str,
    *,
    holder: vault.Holder = vault.LINE,
    rehearsal: bool = False,
    form: uuid.UUID | None = None,
    practice_for: Member | None = None,
    needs: str = "",
) -> Contact:
    """Begin a contact with a key of its own, before any consent; ``holder`` is the caller, who opens it.

    ``language`` is the one in which the conversation is offered, ``needs`` what they wish for (triage/speakers.py).

    ``form`` is the id of the form on the page that asks: who taps twice joins what the first tap opened.
    ``practice_for`` is the trainee with whom a scripted caller practises.
    """
    apart = {"rehearsal": rehearsal or practice_for is not None, "practice_for": practice_for}
    contact = _open_or_join(holder, form=form, language=language, needs=needs, **apart)
    contact.holder = holder
    return contact


def _open_or_join(holder: vault.Holder, *, form: uuid.UUID | None, **columns: Any) -> Contact:
    earlier = _opened_by(form) if form else None
    if earlier and _may_be_joined(earlier):
        return earlier
    try:
        return _open(holder, form=None if earlier else form, **columns)
    except IntegrityError:  # the first tap was stored just now
        earlier = _opened_by(form) if form else None
        if earlier is None:
            raise
        return earlier


@transaction.atomic
def agree(contact: Contact, receipt: ConsentReceipt) -> bool:
    """Keep the consent and go on to the questions; a second time changes nothing. Say whether it did."""
    return move(
        contact,
        ContactState.QUESTIONS,
        kind=EventKind.AGREED,
        actor=CALLER,
        consent=receipt,
        age_band=receipt.age_band,
        caller_seen_at=clock.now(),
    )


def _assessed(contact: Contact, taken: dict[str, str]) -> dict[str, Any]:
    """Return the columns that the answers fill; an age that was given with the consent counts when none is here."""
    age = taken.get("age", contact.age_band)
    urgency = urgency_of({**taken, "age": age})
    in_danger = taken.get("danger") == "yes"
    return {
        "urgency": urgency,
        "danger": in_danger,
        "age_band": age,
        "distress_before": int(taken["feeling"]) if "feeling" in taken else None,
        "question_version": asking.current().version,
        "answers": sealed_answers(contact, taken) if taken else None,
    }


@transaction.atomic
def answer(contact: Contact, answers: dict[str, str]) -> str | None:
    """Weigh the answers (question code → option code, or words) and join the queue; return the caller's first words.

    Raises BadAnswers for an unknown option or a text over its limit. A contact that is past the questions stays as
    it is, and None is returned.
    """
    taken = taken_answers(answers)
    now = clock.now()
    queued = move(
        contact,
        ContactState.WAITING,
        kind=EventKind.QUEUED,
        actor=CALLER,
        where=Q(state=ContactState.QUESTIONS),
        queued_at=now,
        caller_seen_at=now,
        **_assessed(contact, taken),
    )
    if not queued:
        return None
    note(contact, kind=EventKind.ASSESSED, actor=LINE, detail={"urgency": contact.urgency})
    _note_said_wait(contact)
    return taken.get("words")


def _note_said_wait(contact: Contact) -> None:
    """Keep how long somebody is told that it may take: how true it was is measured (oversight)."""
    contact.said_wait = queue.standing_of(contact).wait
    Contact.objects.filter(pk=contact.pk, said_wait=None).update(said_wait=contact.said_wait)


def _raise_alarm(contact: Contact) -> bool:
    """Make an emergency of a contact that is in the room already, wherever it stands there.

    One that somebody has lowered since is one again, whether or not they took its mark off.
    """
    calm = Contact.objects.filter(~Q(urgency=Urgency.A) | Q(danger=False), pk=contact.pk, state__in=IN_ROOM)
    if not calm.update_noted(danger=True, urgency=Urgency.A, placed_front=True, caller_seen_at=clock.now()):
        return False
    contact.refresh_from_db()
    write_history(contact)
    ring_offered(contact)
    return True


@transaction.atomic
def enter_danger(contact: Contact) -> bool:
    """Put somebody in danger to the front of the queue, whether or not they agreed or answered; say if it was new.

    Who waits already keeps their arrival; who talks already goes on talking, marked as an emergency; who slept wakes.
    """
    now = clock.now()
    came = move(
        contact,
        ContactState.WAITING,
        kind=EventKind.QUEUED,
        actor=CALLER,
        where=Q(state__in=BEFORE_QUEUE),
        urgency=Urgency.A,
        danger=True,
        placed_front=True,
        queued_at=now,
        caller_seen_at=now,
    )
    wake(contact)
    new = came or _raise_alarm(contact)
    if came:
        _note_said_wait(contact)
    if new:
        note(contact, kind=EventKind.DANGER, actor=CALLER, detail={"urgency": Urgency.A})
    return new


# In the room --------------------------------------------------------------------------------------------------------


@transaction.atomic
def sleep(contact: Contact) -> bool:
    """Let a conversation sleep, unless the caller has spoken since it was read; say whether it did."""
    return move(
        contact,
        ContactState.ASLEEP,
        kind=EventKind.ASLEEP,
        actor=LINE,
        where=Q(caller_said_at=contact.caller_said_at),
        asleep_at=clock.now(),
    )


@transaction.atomic
def wake(contact: Contact) -> bool:
    """Wake a conversation, as the caller spoke; say whether it slept.

    It goes on with the same volunteer if their hands are free; else it waits at the front of its class.
    """
    slept = Q(state=ContactState.ASLEEP)
    if may_go_on(contact):
        return move(contact, ContactState.TALKING, kind=EventKind.WOKE, actor=CALLER, where=slept, asleep_at=None)
    return move(
        contact,
        ContactState.WAITING,
        kind=EventKind.WOKE,
        actor=CALLER,
        where=slept,
        asleep_at=None,
        still_there_asked_at=None,
        placed_front=True,
        **kept_for(contact),
        volunteer=None,
    )
