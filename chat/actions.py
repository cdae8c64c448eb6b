"""The verbs of the conversation: say, sleep, leave, end; each in one transaction, each ringing.

Accepting, losing and passing on are in ``chat.handing_over``, and called as ``chat.actions``.
"""

import datetime
import uuid

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery

from chat.handing_over import (
    accept_offer,
    accept_offers,
    ask_to_take_over,
    assign,
    companion_in,
    give_up_conversation,
    keep_conversation,
    leave_room,
    part_companions,
    release_lost_volunteers,
)
from chat.heeding import heed
from chat.line_voice import line_says, line_says_to
from chat.models import Draft, Message, Speaker, WayBack
from chat.saying import Outcome, Saying, commit
from chat.sealing import MESSAGE_BUCKET, draft_context
from consent.models import ConsentReceipt
from roster.circles import duty, supervision
from roster.models import Member
from triage import actions as triage
from triage.handovers import NOTHING, passings
from triage.models import Contact, ContactState
from vault.actions import Holder, case_key_for, keep, move, only_people_open, out_of_reach
from vault.models import Entry
from wire import clock, doorbell
from wire.hub import Signal

__all__ = [
    "accept_offer",
    "accept_offers",
    "ask_to_take_over",
    "assign",
    "companion_in",
    "give_up_conversation",
    "keep_conversation",
    "leave_room",
    "line_says",
    "part_companions",
    "release_lost_volunteers",
]

WARM_LINE_AFTER = datetime.timedelta(minutes=4)
ASLEEP_AFTER = datetime.timedelta(minutes=10)
IN_ROOM = (ContactState.WAITING, ContactState.TALKING, ContactState.ASLEEP)
OVER = (ContactState.ENDED, ContactState.LEFT)
STILL_READ = datetime.timedelta(hours=12)  # for which a caller's browser may still show what was said
MOVED_AT_ONCE = 50
RUNG_AT_ONCE = 500
AT_ONCE = 50  # conversations of one kind that one round of the sweeper tends, so that all duties have their turn


def room_of(contact_id: uuid.UUID) -> str:
    """Return the room in which a contact's sockets wait."""
    return f"contact:{contact_id}"


def contact_in(room: str) -> uuid.UUID:
    """Return the contact whose sockets wait in a room."""
    return uuid.UUID(room.split(":", 1)[1])


def say(saying: Saying) -> Outcome:
    """Store one message outside the sockets (plain forms) and ring; see ``saying.commit`` for the outcome."""
    outcome = commit([saying], wait=True)[0]
    if outcome.new:
        doorbell.ring(room_of(saying.contact_id))
        if saying.by == Speaker.CALLER:
            heed(saying.contact_id, saying.text)
    return outcome


def seem_to_write(contact_id: uuid.UUID) -> None:
    """Let a conversation know in passing that its caller is writing, as their page does; nothing of it is kept."""
    doorbell.signal_soon(Signal(room_of(contact_id), Speaker.CALLER))


def keep_within_reach(contact_id: uuid.UUID, holder: Holder) -> None:
    """Let whoever is to read a conversation open it, by the hand of its caller; only in stage B is anything to do.

    While it waits that are the people on duty; then its volunteer and supervision. A volunteer whose connection was
    lost could not pass it on.
    """
    if not only_people_open():
        return
    needed = ("state", "volunteer_id", "key_id", "rehearsal", "practice_for")
    contact = Contact.objects.only(*needed).filter(pk=contact_id).first()
    if contact is None:
        return
    queue, watching = duty(rehearsal=contact.rehearsal), supervision(rehearsal=contact.of_rehearsal)
    trainee = contact.practice_for_id  # whom a practice waits for, and nobody else
    waits, member = contact.state == ContactState.WAITING and trainee is None, contact.volunteer_id or trainee
    circle, leaving = (queue, "") if waits else (watching, queue)
    beside = passings([contact.pk]).get(contact.pk, NOTHING).companion
    if contact.state not in IN_ROOM or not keep(
        contact.key_id, by=holder, member=member, circle=circle, leaving=leaving, beside=beside
    ):
        return
    doorbell.ring(room_of(contact_id))


def call_for_keys() -> int:
    """Ring the callers whose conversation waits and does not open for those on duty now; return how many.

    Each time somebody comes to the circle or leaves it, it has another key: their own pages seal to that one.
    """
    if not only_people_open():
        return 0
    waiting = Contact.objects.in_line()
    due = [
        contact_id
        for rehearsal in (False, True)
        for contact_id in waiting.filter(rehearsal=rehearsal, key__in=out_of_reach(duty(rehearsal=rehearsal)))
        .order_by("pk")
        .values_list("pk", flat=True)[:RUNG_AT_ONCE]
    ]
    if due:
        doorbell.ring(*(room_of(contact_id) for contact_id in due))
    return len(due)


def move_old_words(now: datetime.datetime) -> int:
    """In stage B, seal to people what was said in stage A and is over; return how many conversations.

    Their callers read no more there: the browser's session has ended, and no return code leads to them. Where one
    does, the conversation stays as it is until its thirty days are over; what was rehearsed stays too.
    """
    if not only_people_open():
        return 0
    sealed = Contact.objects.filter(key__state="active", key__sealed_share__isnull=False, rehearsal=False)
    over = sealed.filter(state__in=OVER)
    old = over.exclude(Q(ended_at__gt=now - STILL_READ) | Q(left_at__gt=now - STILL_READ))
    due = old.exclude(pk__in=WayBack.objects.values("contact")).select_related("key").order_by("pk")[:MOVED_AT_ONCE]
    watching = supervision(rehearsal=False)
    return sum(move(one.key, one.volunteer_id, watching) for one in due)


@transaction.atomic
def end_conversation(contact: Contact, *, by: str, ending: str = "talked") -> None:
    """End a conversation; ``by`` is caller, volunteer, supervisor or line. Ending twice changes nothing."""
    if triage.end(contact, by=by, ending=ending):
        line_says(contact, f"ended_{by}" if by in {"caller", "volunteer"} else "ended_line")


@transaction.atomic
def leave_suddenly(contact: Contact) -> None:
    """The caller left by the quick exit: the contact waits as left, and the volunteer is told in words."""
    if triage.leave_suddenly(contact):
        line_says(contact, "left_suddenly")


@transaction.atomic
def enter_in_danger(contact: Contact) -> None:
    """Put a caller who is in danger at the front of the queue, with the numbers as the line's first words."""
    if triage.enter_danger(contact):
        line_says(contact, "danger")


def tend_silences(now: datetime.datetime) -> None:
    """Say one warm line after 4 minutes of a caller's silence; let the conversation sleep after 10."""
    silent = Contact.objects.silent_since(now - WARM_LINE_AFTER)
    if not silent.exists():
        return
    for contact in Contact.objects.silent_since(now - ASLEEP_AFTER)[:AT_ONCE]:
        with transaction.atomic():
            if triage.sleep(contact):
                line_says(contact, "asleep")
    last = Message.objects.filter(contact=OuterRef("pk")).order_by("-seq").values("line_key")[:1]
    for contact in (
        silent.annotate(last_said=Subquery(last)).exclude(last_said=None).exclude(last_said="silence")[:AT_ONCE]
    ):
        with transaction.atomic():
            line_says(contact, "silence")


@transaction.atomic
def ask_silent_pages(now: datetime.datetime) -> None:
    """Ask whose page has gone silent whether they are still there, once and in words, before anybody is offered them.

    Their next sign of life, be it a look, keeps the place and answers the question. After a failure of the network
    that is everybody at once, hence one transaction for many.
    """
    line_says_to(triage.ask_still_there(now), "still_there", {})


@transaction.atomic
def ask_for_consent(contact: Contact) -> None:
    """The volunteer asks a caller who came through the danger door for the consent that was skipped then.

    Raises triage.errors.NotAllowed when it is given or asked already, or nobody is there to ask.
    """
    triage.ask_consent(contact)
    line_says(contact, "consent_asked")


@transaction.atomic
def take_consent(contact: Contact, receipt: ConsentReceipt) -> None:
    """Keep the yes to a consent that was asked later. Raises triage.errors.NotAllowed when there is one already."""
    triage.consent_later(contact, receipt)
    line_says(contact, "consent_given")


@transaction.atomic
def refuse_consent(contact: Contact) -> None:
    """Keep the no to a consent that was asked later; who is in danger is still listened to.

    Raises triage.errors.NotAllowed when nothing was asked.
    """
    triage.consent_refused(contact)
    line_says(contact, "consent_refused")


@transaction.atomic
def save_draft(contact: Contact, member: Member, text: str) -> None:
    """Keep, sealed, what a member has begun to write; an empty text forgets it."""
    if not text:
        Draft.objects.filter(contact=contact, member=member.pk).delete()
        return
    key = case_key_for(contact.key, contact.holder)
    sealed = key.seal(draft_context(contact.pk, member.pk), text.encode(), pad_to=MESSAGE_BUCKET)
    Draft.objects.update_or_create(
        contact=contact, member=member.pk, defaults={"text": sealed, "saved_at": clock.now()}
    )


def draft_of(contact: Contact, member: Member) -> str:
    """Return what the member had begun to write to this contact, or nothing."""
    row = Draft.objects.filter(contact=contact, member=member.pk).first()
    if row is None:
        return ""
    key = case_key_for(contact.key, contact.holder)
    return key.unseal(draft_context(contact.pk, member.pk), bytes(row.text)).decode()


def readings_of(contact: Contact) -> int:
    """Return how often somebody of the team has opened a conversation again, be it its volunteer or supervision."""
    opened = Entry.objects.filter(
        subject_kind="contact", subject=str(contact.pk), act__in=("contact.open", "contact.read")
    )
    return opened.filter(result="done").count()


def is_over(contact: Contact) -> bool:
    """Say whether nothing more can be said in this contact."""
    return contact.state in {ContactState.ENDED, ContactState.WITHDRAWN, ContactState.LEFT}
