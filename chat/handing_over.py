"""The verbs by which a conversation gets its volunteer, or another one: accepted, passed on, left, lost."""

import datetime
import uuid

from django.db import transaction

from chat.line_voice import line_says
from chat.models import Draft, Message, Speaker
from chat.rows import Joined, rows
from roster.models import Member
from triage import actions as triage
from triage.handing_over import Parted, TakenOver
from triage.handovers import companions
from triage.models import Contact, ContactState, WarmHandover
from wire import clock

AT_ONCE = 50  # conversations that one round of the sweeper tends, so that all duties have their turn


def _spoke_in(contact: Contact, member: Member) -> bool:
    return Message.objects.filter(contact=contact, by=Speaker.VOLUNTEER, member=member.pk).exists()


@transaction.atomic
def accept_offer(member: Member, offer_id: uuid.UUID) -> Contact:
    """Give the offered contact to this member and say so in the conversation, be it one that somebody passes on.

    Raises triage.errors.OfferGone when somebody else was first, or it expired.
    """
    taken = triage.take_over(member, offer_id)
    if taken is not None:
        _say_who_came(taken, member)
        return taken.contact
    (claimed,) = accept_offers([triage.Claim(member, offer_id)], wait=True)
    return triage.contact_of(claimed, member)


@transaction.atomic
def accept_offers(claims: list[triage.Claim], *, wait: bool = False) -> list[triage.Claimed]:
    """Give the contacts that wait to those who claim them and say so there, in one transaction.

    As ``triage.accept_all``: a conversation that somebody passes on is ``busy``, for ``accept_offer``.
    """
    outcomes = triage.accept_all(claims, wait=wait)
    joined = [
        Joined(claimed.contact, claim.member.pk, claim.member.alias)
        for claim, claimed in zip(claims, outcomes, strict=True)
        if claimed.contact is not None
    ]
    if joined:
        rows().greet(joined, clock.now())  # who accepted has the contacts locked, and has rung
    return outcomes


@transaction.atomic
def assign(contact: Contact, member_id: uuid.UUID, by: Member) -> Member:
    """Let a supervisor give who waits to a volunteer, and say so in the conversation; return the volunteer.

    Raises triage.errors: NotYours, NobodyFree when the volunteer is gone or has their hands full, NotAllowed when the
    contact waits no more.
    """
    chosen = triage.assign(contact, member_id, by)
    rows().greet([Joined(contact.pk, chosen.pk, chosen.alias)], clock.now())
    return chosen


def _say_who_came(taken: TakenOver, member: Member) -> None:
    """Tell the caller, once and gently, who goes on with them; a companion of before makes room."""
    contact, giver = taken.contact, taken.giver
    if taken.left:
        line_says(contact, "companion_left", giver=taken.left.alias, name=giver.alias)
    if contact.state == ContactState.ASLEEP:
        key = "handed_over_asleep"
    else:
        key = "handed_over_again" if _spoke_in(contact, member) else "handed_over"
    line_says(contact, key, name=member.alias, giver=giver.alias)


# Passing on ---------------------------------------------------------------------------------------------------------


def ask_to_take_over(contact: Contact, giver: Member, colleague: uuid.UUID | None, words: str) -> None:
    """Ask one colleague, or whoever can (None), to go on with a conversation; the caller is told nothing yet.

    Raises triage.errors: BadAnswers when ``words`` are too long, NobodyFree, NotAllowed.
    """
    wished = triage.colleague_of(contact, colleague) if colleague else None
    triage.ask_handover(contact, giver, wished, words)


def keep_conversation(contact: Contact, giver: Member) -> None:
    """Take back that a colleague was asked. Raises triage.errors.NotAllowed when that stands no more."""
    triage.keep_conversation(contact, giver)


@transaction.atomic
def _part(parted: Parted) -> bool:
    handover = parted.handover
    if not triage.leave_room(parted):
        return False
    contact = Contact.objects.get(pk=handover.contact_id)
    Draft.objects.filter(contact=contact, member=handover.giver_id).delete()
    name = handover.taker.alias if handover.taker else ""
    line_says(contact, "companion_left", giver=handover.giver.alias, name=name)
    return True


def companion_in(contact_id: uuid.UUID, member: Member) -> WarmHandover | None:
    """Return the handover by which this member is the companion in a conversation, or None."""
    mine = companions().filter(contact_id=contact_id, giver=member)
    return mine.select_related("giver", "taker", "contact__key").first()


def leave_room(contact_id: uuid.UUID, member: Member) -> bool:
    """Let a companion say goodbye; say whether they were there."""
    handover = companion_in(contact_id, member)
    return handover is not None and _part(Parted(handover, "own"))


def part_companions(now: datetime.datetime) -> int:
    """Let go who has stayed in a room for their while, or is gone; return how many."""
    return sum(_part(parted) for parted in triage.companions_to_part(now))


# Losing the volunteer -----------------------------------------------------------------------------------------------


@transaction.atomic
def give_up_conversation(contact: Contact, *, why: str) -> None:
    """Go on with a conversation whose volunteer is gone, with a gentle line to the caller.

    Whoever passed it on and is still in the room goes on with it; else it returns to the front of its class.
    """
    back = triage.back_to_companion(contact)
    if back is not None:
        lost = back.taker.alias if back.taker else ""
        line_says(contact, "handed_back", name=lost, giver=back.giver.alias)
    elif triage.back_to_queue(contact, why=why):
        line_says(contact, "volunteer_lost")


def release_lost_volunteers(now: datetime.datetime) -> int:
    """Tend the conversations of volunteers whose lease ran out (60 s after their last frame); return how many."""
    lost = list(triage.contacts_without_volunteer(now)[:AT_ONCE])
    for contact in lost:
        give_up_conversation(contact, why="volunteer_lost")
    return len(lost)
