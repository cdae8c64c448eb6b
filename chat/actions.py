"""The verbs of the conversation: say, accept, sleep, lose, leave, end; each in one transaction, each ringing."""

import datetime
import uuid

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery

from chat.heeding import heed
from chat.models import Draft, Message, Speaker, WayBack
from chat.saying import Outcome, Saying, commit
from chat.sealing import MESSAGE_BUCKET, draft_context
from consent.models import ConsentReceipt
from roster.circles import duty, supervision
from roster.models import Member
from triage import actions as triage
from triage.models import Contact, ContactState
from vault.actions import Holder, case_key_for, keep, move, only_people_open, out_of_reach
from vault.models import Entry
from wire import clock, doorbell

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


def line_says(contact: Contact, key: str, **params: str) -> None:
    """Add the line's own words to a conversation; runs in the caller's transaction."""
    _line_says_to([contact], key, params)


def _line_says_to(contacts: list[Contact], key: str, params: dict[str, str]) -> None:
    now = clock.now()
    rows = Contact.objects.filter(pk__in=[contact.pk for contact in contacts]).order_by("pk")
    last = dict(rows.select_for_update(no_key=True).values_list("pk", "last_seq"))
    Contact.objects.filter(pk__in=last).update(last_seq=F("last_seq") + 1)
    for contact in contacts:
        contact.last_seq = last[contact.pk] + 1
    Message.objects.bulk_create(
        Message(contact_id=contact.pk, seq=contact.last_seq, by=Speaker.LINE, line_key=key, line_params=params, at=now)
        for contact in contacts
    )
    doorbell.ring(*(room_of(contact.pk) for contact in contacts))


@transaction.atomic
def accept_offer(member: Member, offer_id: uuid.UUID) -> Contact:
    """Give the offered contact to this member and say so in the conversation.

    Raises triage.errors.OfferGone when somebody else was first, or it expired.
    """
    contact = triage.accept(member, offer_id)
    again = Message.objects.filter(contact=contact, by=Speaker.VOLUNTEER, member=member.pk).exists()
    line_says(contact, "joined_again" if again else "joined", name=member.alias)
    return contact


def keep_within_reach(contact_id: uuid.UUID, holder: Holder) -> None:
    """Let whoever is to read a conversation open it, by the hand of its caller; only in stage B is anything to do.

    While it waits that are the people on duty; then its volunteer and supervision. A volunteer whose connection was
    lost could not pass it on.
    """
    if not only_people_open():
        return
    contact = Contact.objects.only("state", "volunteer_id", "key_id", "rehearsal").filter(pk=contact_id).first()
    if contact is None:
        return
    queue, watching = duty(rehearsal=contact.rehearsal), supervision(rehearsal=contact.rehearsal)
    waits, member = contact.state == ContactState.WAITING, contact.volunteer_id
    sealed_to = {"circle": queue} if waits else {"circle": watching, "leaving": queue}
    if contact.state not in IN_ROOM or not keep(contact.key_id, by=holder, member=member, **sealed_to):
        return
    doorbell.ring(room_of(contact_id))


def call_for_keys() -> int:
    """Ring the callers whose conversation waits and does not open for those on duty now; return how many.

    Each time somebody comes to the circle or leaves it, it has another key: their own pages seal to that one.
    """
    if not only_people_open():
        return 0
    waiting = Contact.objects.filter(state=ContactState.WAITING)
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


@transaction.atomic
def give_up_conversation(contact: Contact, *, why: str) -> None:
    """Return a conversation whose volunteer is gone to the front of its class, with a gentle line to the caller."""
    if triage.back_to_queue(contact, why=why):
        line_says(contact, "volunteer_lost")


def release_lost_volunteers(now: datetime.datetime) -> int:
    """Return the conversations of volunteers whose lease ran out (60 s after their last frame); return how many."""
    lost = list(triage.contacts_without_volunteer(now)[:AT_ONCE])
    for contact in lost:
        give_up_conversation(contact, why="volunteer_lost")
    return len(lost)


def tend_silences(now: datetime.datetime) -> None:
    """Say one warm line after 4 minutes of a caller's silence; let the conversation sleep after 10."""
    for contact in Contact.objects.silent_since(now - ASLEEP_AFTER)[:AT_ONCE]:
        with transaction.atomic():
            if triage.sleep(contact):
                line_says(contact, "asleep")
    last = Message.objects.filter(contact=OuterRef("pk")).order_by("-seq").values("line_key")[:1]
    silent = Contact.objects.silent_since(now - WARM_LINE_AFTER).annotate(last_said=Subquery(last))
    for contact in silent.exclude(last_said=None).exclude(last_said="silence")[:AT_ONCE]:
        with transaction.atomic():
            line_says(contact, "silence")


@transaction.atomic
def ask_silent_pages(now: datetime.datetime) -> None:
    """Ask whose page has gone silent whether they are still there, once and in words, before anybody is offered them.

    Their next sign of life, be it a look, keeps the place and answers the question. After a failure of the network
    that is everybody at once, hence one transaction for many.
    """
    _line_says_to(triage.ask_still_there(now), "still_there", {})


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
