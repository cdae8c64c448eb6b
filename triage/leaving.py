"""The ways out of a contact: leave, end, pass on, take the consent back; and how long what was said is kept."""

import datetime
import functools
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q

from consent import actions as consent
from consent.models import ConsentReceipt
from roster import breaks
from roster.circles import supervision
from roster.models import Member
from triage.errors import BadAnswers, NotAllowed
from triage.models import Contact, ContactState, Ending, EventKind, Helped, InstrumentUse
from triage.offering import close_offers, kept_for
from triage.routing import REST_AFTER_URGENT, URGENT
from triage.states import move, ring, write_history
from vault import actions as vault
from wire import clock

CALLER, LINE = "caller", "line"
BEFORE_QUEUE = (ContactState.CONSENT, ContactState.QUESTIONS)
OVER = (ContactState.ENDED, ContactState.LEFT)


class Gone(NamedTuple):
    """States, and how long a page may stay unseen in them before the caller counts as gone."""

    states: tuple[ContactState, ...]
    unseen: datetime.timedelta


GONE_AFTER = (
    Gone((ContactState.WAITING, ContactState.ASLEEP), datetime.timedelta(minutes=15)),
    Gone(BEFORE_QUEUE, datetime.timedelta(hours=2)),
)
LET_GO_AT_ONCE = 50
#: How long a caller's words are kept after the end: the published consent text says so.
WORDS_KEPT = datetime.timedelta(days=30)
#: What a caller said about themselves in columns of the contact, once it is erased.
FORGOTTEN: dict[str, Any] = {
    "answers": None,
    "age_band": "",
    "needs": "",
    "marked": "",
    "distress_before": None,
    "distress_after": None,
    "helped": None,
}


def _let_rest(contact: Contact, before: str) -> None:
    """Let whoever was in a conversation that is over have the break that is due, and rest from the urgent."""
    if before == ContactState.TALKING and contact.volunteer_id is not None and contact.practice_for_id is None:
        rests = clock.now() + REST_AFTER_URGENT if contact.urgency in URGENT else None
        breaks.note_conversation_over(contact.volunteer_id, rests_until=rests)


def _leave(contact: Contact, actor: str, where: Q) -> bool:
    before = contact.state
    left = move(contact, ContactState.LEFT, kind=EventKind.LEFT, actor=actor, where=where, left_at=clock.now())
    if left:
        close_offers([contact.pk])
        _let_rest(contact, before)
    return left


@transaction.atomic
def leave_suddenly(contact: Contact) -> bool:
    """Keep that the caller left by the quick exit; say whether the contact was open."""
    return _leave(contact, CALLER, Q())


@transaction.atomic
def come_back(contact: Contact) -> bool:
    """Let a caller who had left wait again, at the front of their class; say whether they had left."""
    now = clock.now()
    return move(
        contact,
        ContactState.WAITING,
        kind=EventKind.CAME_BACK,
        actor=CALLER,
        where=Q(state=ContactState.LEFT),
        **kept_for(contact),
        volunteer=None,
        placed_front=True,
        queued_at=contact.queued_at or now,
        left_at=None,
        asleep_at=None,
        caller_seen_at=now,
        still_there_asked_at=None,
    )


@transaction.atomic
def _expire_caller(contact: Contact, unseen_since: datetime.datetime) -> bool:
    return _leave(contact, LINE, Q(state=contact.state, caller_seen_at__lt=unseen_since))


def expire_gone_callers(now: datetime.datetime, rules: Iterable[Gone] = GONE_AFTER) -> int:
    """Let go whose page was not seen: 15 minutes waiting or asleep, two hours before the queue; return how many.

    No more than LET_GO_AT_ONCE for each rule, so that the other duties of the line have their turn.
    """
    gone = 0
    for states, unseen in rules:
        unseen_so_long = Contact.objects.filter(state__in=states, caller_seen_at__lt=now - unseen)
        for contact in unseen_so_long.order_by("caller_seen_at")[:LET_GO_AT_ONCE]:
            gone += _expire_caller(contact, now - unseen)
    return gone


@transaction.atomic
def end(contact: Contact, *, by: str, ending: str) -> bool:
    """End an open contact; ``by`` is caller, volunteer, supervisor or line. Say whether it did.

    ``ending`` is a code of Ending; raises BadAnswers for any other.
    """
    if ending not in Ending.values:
        raise BadAnswers
    member = contact.volunteer if by == "volunteer" else None
    actor = str(member.pk) if member else by
    before = contact.state
    ended = move(
        contact,
        ContactState.ENDED,
        kind=EventKind.ENDED,
        actor=member or by,
        detail={"ending": ending},
        ended_at=clock.now(),
        ended_by=by,
        ending=ending,
    )
    if ended:
        close_offers([contact.pk])
        _let_rest(contact, before)
        vault.record(actor=actor, act="contact.end", subject_kind="contact", subject=str(contact.pk), reason=ending)
    return ended


@transaction.atomic
def pass_on(contact: Contact, taker: Member, *, by: Member) -> bool:
    """Let another member have a contact that is over (its note goes with its case); say whether it was over."""
    giver = contact.volunteer_id
    if not Contact.objects.filter(pk=contact.pk, state__in=OVER).update_noted(volunteer=taker):
        return False
    contact.refresh_from_db(fields=["state", "urgency", "volunteer"])
    circle, about = supervision(rehearsal=contact.of_rehearsal), vault.About("contact", contact.pk, "hand_over")
    vault.give(contact.key, taker.pk, by=by.holder, about=about, circle=circle)
    write_history(contact, by=by)
    ring(contact, f"member:{giver}")
    return True


@transaction.atomic
def rate_after(contact: Contact, value: int) -> None:
    """Keep how the caller feels afterwards, from 1 (good) to 5 (very bad), once. Raises NotAllowed beyond that."""
    if value not in range(1, 6):
        raise NotAllowed
    unrated = Contact.objects.filter(pk=contact.pk, state__in=OVER, distress_after=None)
    if unrated.update(distress_after=value):
        contact.distress_after = value


@transaction.atomic
def say_if_it_helped(contact: Contact, value: int) -> None:
    """Keep whether talking helped, a value of Helped, once; no member ever sees it. Raises NotAllowed for another."""
    if value not in Helped.values:
        raise NotAllowed
    unsaid = Contact.objects.filter(pk=contact.pk, state__in=OVER, assigned_at__isnull=False, helped=None)
    if unsaid.update(helped=value):
        contact.helped = value


@transaction.atomic
def withdraw(contact: Contact) -> bool:
    """Take the consent back: nobody opens the contact from now on, and its key is destroyed after the commit.

    What the caller said about themselves in plain columns is emptied too, and so are the instruments that were used.
    Say whether it was new.
    """
    withdrawn = move(
        contact,
        ContactState.WITHDRAWN,
        kind=EventKind.WITHDRAWN,
        actor=CALLER,
        **FORGOTTEN,
    )
    if not withdrawn:
        return False
    vault.block_key(contact.key_id)
    close_offers([contact.pk])
    InstrumentUse.objects.filter(contact=contact.pk).delete()
    receipt = ConsentReceipt.objects.filter(pk__in=Contact.objects.filter(pk=contact.pk).values("consent")).first()
    if receipt is not None:  # as it stands in the row: it may have been given since the contact was read
        consent.withdraw(receipt)
    vault.record(actor=CALLER, act="contact.withdraw", subject_kind="contact", subject=str(contact.pk))
    transaction.on_commit(functools.partial(vault.destroy_key, contact.key_id), robust=True)
    return True


@transaction.atomic
def _shut(contact: Contact, *, actor: str, reason: str) -> None:
    vault.block_key(contact.key_id)
    vault.record(actor=actor, act="contact.erase", subject_kind="contact", subject=str(contact.pk), reason=reason)


@transaction.atomic
def erase(contact: Contact, *, by: Member, reason: str) -> None:
    """Destroy what was said in a contact that is over; nobody opens it from now on. ``reason`` is a code.

    What the caller said about themselves in plain columns is emptied too, and so are the instruments that were used.
    Raises NotAllowed while it is not over.
    """
    over = Contact.objects.filter(pk=contact.pk, state__in=OVER)
    if not over.update(**FORGOTTEN):
        raise NotAllowed
    InstrumentUse.objects.filter(contact=contact.pk).delete()
    _shut(contact, actor=str(by.pk), reason=reason)
    transaction.on_commit(functools.partial(vault.destroy_key, contact.key_id), robust=True)


def erase_old_words(now: datetime.datetime) -> int:
    """Block the keys of contacts that were over thirty days ago; ``vault.finish_destroying`` destroys them.

    Return how many. The case and its notes live as long as the accompaniment, under a key of their own.
    """
    before = now - WORDS_KEPT
    over = Q(state=ContactState.ENDED, ended_at__lt=before) | Q(state=ContactState.LEFT, left_at__lt=before)
    due = list(Contact.objects.filter(over, key__state="active").order_by("pk"))
    for contact in due:
        _shut(contact, actor=LINE, reason="retention")
    return len(due)
