"""The way from waiting to talking and back: offers made, accepted, declined, expired; volunteers lost."""

import datetime
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from roster import actions as roster
from roster.models import Member, Presence, PresenceState
from triage import queue, routing
from triage.errors import OfferGone
from triage.handovers import companions, is_there
from triage.hands import hands_of, may_get, volunteers_now
from triage.models import Contact, ContactState, EventKind, Offer, OfferState, WarmHandover
from triage.needs import language_of, topics_of
from triage.routing import Proposal, Volunteer, Waiter
from triage.states import WITH_SOMEBODY, move
from wire import clock, doorbell

__all__ = [
    "back_to_queue",
    "begin_offers_anew",
    "close_offers",
    "contacts_without_volunteer",
    "decline",
    "expire_offers",
    "ring_offered",
    "route",
]

OFFER_LASTS = datetime.timedelta(seconds=25)
HANDOVER_LASTS = datetime.timedelta(seconds=60)  # an offer of a conversation that is passed on: its caller is not alone
EARLIER_FIRST_FOR = datetime.timedelta(minutes=15)
READ_AT_LEAST = 50  # of those who wait at each level
LET_PASS = (OfferState.DECLINED, OfferState.EXPIRED)


def ring_members(members: Iterable[uuid.UUID]) -> None:
    """Have these members look again, and the board."""
    rooms = [f"member:{member_id}" for member_id in members]
    if rooms:
        doorbell.ring(*rooms, "board")


def close_offers(contacts: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Let the open offers of contacts go, as they wait no more; part of the caller's transaction.

    Return whose offers they were; those members are rung.
    """
    still_open = Offer.objects.filter(contact_id__in=contacts, state=OfferState.OPEN)
    members = set(still_open.values_list("member_id", flat=True))
    if members:
        still_open.update(state=OfferState.GONE, answered_at=clock.now())
        ring_members(members)
    return members


def ring_given(contacts: Iterable[uuid.UUID], members: Iterable[uuid.UUID]) -> None:
    """Ring contacts that somebody has accepted, and the members whose offers of them are over by that."""
    doorbell.ring(*(f"contact:{contact_id}" for contact_id in contacts))
    ring_members(members)


def ring_offered(contact: Contact) -> None:
    """Have the members to whom a contact is offered look again, as something about it has changed."""
    ring_members(Offer.objects.filter(contact_id=contact.pk, state=OfferState.OPEN).values_list("member_id", flat=True))


# Making offers ------------------------------------------------------------------------------------------------------


def _waiters(contacts: Sequence[Contact], now: datetime.datetime) -> list[Waiter]:
    """Read what became of earlier offers of these contacts, in the order given."""
    ringing: Counter[uuid.UUID] = Counter()
    asked: dict[uuid.UUID, dict[uuid.UUID, datetime.datetime]] = {}
    ids = [contact.pk for contact in contacts]
    of_waiting = (
        Offer.objects.filter(contact__in=ids, state__in=(*LET_PASS, OfferState.OPEN)) if ids else Offer.objects.none()
    )
    facts = of_waiting.order_by("sent_at").values_list("contact_id", "member_id", "state", "answered_at", "until")
    for contact_id, member_id, state, answered_at, until in facts:
        if state == OfferState.OPEN:
            ringing[contact_id] += 1
        else:
            asked.setdefault(contact_id, {})[member_id] = answered_at or until
    return [
        Waiter(
            contact_id=contact.pk,
            urgency=contact.urgency,
            seen_at=contact.caller_seen_at,
            rehearsal=contact.rehearsal,
            open_offers=ringing[contact.pk],
            asked=asked.get(contact.pk, {}),
            language=language_of(contact.needs),
            topics=topics_of(contact.needs, contact.age_band),
            earlier=contact.earlier_id if contact.earlier_until and contact.earlier_until > now else None,
        )
        for contact in contacts
    ]


def _unchanged(proposals: list[Proposal], waiters: Sequence[Waiter]) -> list[Proposal]:
    """Lock the chosen contacts; keep those that still wait and that no other node has offered meanwhile."""
    skip = connection.features.has_select_for_update_skip_locked
    ids = {proposal.contact_id for proposal in proposals}
    still_waiting = Contact.objects.filter(pk__in=ids, state=ContactState.WAITING).order_by("pk")
    locked = set(still_waiting.select_for_update(skip_locked=skip, no_key=True).values_list("pk", flat=True))
    open_now = Counter(
        Offer.objects.filter(contact_id__in=locked, state=OfferState.OPEN).values_list("contact_id", flat=True)
    )
    seen = {waiter.contact_id: waiter.open_offers for waiter in waiters}
    return [one for one in proposals if one.contact_id in locked and open_now[one.contact_id] == seen[one.contact_id]]


def make_offers(
    proposals: Sequence[Proposal], lasts: datetime.timedelta, handover: WarmHandover | None = None
) -> list[Offer]:
    """Offer each proposed contact to its member, and ring; those that another node forestalled are not kept."""
    now = clock.now()
    fresh = [
        Offer(
            contact_id=one.contact_id,
            member_id=one.member_id,
            sent_at=now,
            until=now + lasts,
            reason=",".join(one.reason),
            handover=handover,
        )
        for one in sorted(proposals, key=lambda proposal: proposal.member_id)
    ]
    # Another node may have offered somebody else to the same member: the first offer stands, ours is not made. It is
    # waited for, and in the order of the members, so that no two nodes wait for each other.
    Offer.objects.bulk_create(fresh, ignore_conflicts=True)
    ring_members(offer.member_id for offer in fresh)
    return fresh


@transaction.atomic
def _offer_unchanged(proposals: list[Proposal], waiters: Sequence[Waiter]) -> None:
    make_offers(_unchanged(proposals, waiters), OFFER_LASTS)


def _chosen(
    volunteers: Sequence[Volunteer], now: datetime.datetime, most: int | None
) -> tuple[list[Proposal], list[Waiter]]:
    """Choose among the first ``most`` who wait (None: all); return the pairs and whom they were chosen from."""
    there = now - routing.PAGE_SILENT_AFTER
    waiters = _waiters(queue.waiting_in_order(now, most=most, seen_since=there), now)
    return routing.choose(waiters, volunteers, now), waiters


def route() -> None:
    """Offer whoever waits to the volunteers they are due to, each for 25 seconds; ring those volunteers.

    Several nodes may do so at once: nobody is offered twice. A caller whose page is silent keeps the place and is
    passed over. However many wait, only the first few are read: as many as there are hands and offers; all of them if
    hands stay free that would take somebody.
    """
    if not Contact.objects.in_line().exists():
        return  # most rounds: one question instead of four
    now = clock.now()
    volunteers = volunteers_now(now)
    free = sum(routing.may_be_rung(volunteer, now) for volunteer in volunteers)
    if not free:
        return
    most = READ_AT_LEAST + 2 * len(volunteers)
    proposals, waiters = _chosen(volunteers, now, most)
    cut = [level for level, read in Counter(one.urgency for one in waiters).items() if read == most]
    if len(proposals) < free and routing.would_take(cut, waiters, volunteers, proposals, now):
        proposals, waiters = _chosen(volunteers, now, None)
    if proposals:
        _offer_unchanged(proposals, waiters)


@transaction.atomic
def offer_practice(contact: Contact) -> bool:
    """Offer a practice to its trainee, if their desk is open and takes no callers; say whether that was done.

    Whoever let it pass is asked again after a while.
    """
    now, member = clock.now(), contact.practice_for_id
    there = Presence.objects.filter(member=member, lease_until__gt=now).exclude(state=PresenceState.READY)
    rung = Q(state=OfferState.OPEN) | Q(contact=contact, answered_at__gt=now - routing.ASK_AGAIN_AFTER)
    if member is None or not there.exists() or Offer.objects.filter(rung, member=member).exists():
        return False
    offer = Offer(contact=contact, member_id=member, sent_at=now, until=now + OFFER_LASTS)
    Offer.objects.bulk_create([offer], ignore_conflicts=True)
    ring_members([member])
    return True


# Answering them -----------------------------------------------------------------------------------------------------


def open_offer(member: Member, offer_id: uuid.UUID) -> QuerySet[Offer]:
    """Return this offer as long as this member may answer it."""
    return Offer.objects.filter(pk=offer_id, member_id=member.pk, state=OfferState.OPEN, until__gt=clock.now())


def _carried_beside(member: Member, contact: Contact) -> list[str]:
    """Return the levels that a member carries besides this contact, which may be theirs already."""
    talking = Contact.objects.filter(volunteer_id=member.pk, state=ContactState.TALKING, practice_for=None)
    beside = companions().filter(giver=member).exclude(contact=contact)
    led = talking.exclude(pk=contact.pk).values_list("urgency", flat=True)
    return [*led, *beside.values_list("contact__urgency", flat=True)]


def has_room(member: Member, contact: Contact) -> bool:
    """Say whether this member's hands hold this contact too: they may have filled since the offer was made."""
    return hands_of(member, _carried_beside(member, contact)).holds(contact.urgency)


@transaction.atomic
def decline(member: Member, offer_id: uuid.UUID) -> None:
    """Let an offer pass without blame. Raises OfferGone."""
    if not open_offer(member, offer_id).update(state=OfferState.DECLINED, answered_at=clock.now()):
        raise OfferGone
    roster.forget_missed_offers(member.pk)
    ring_members([member.pk])


@transaction.atomic
def _expire(offer: Offer, now: datetime.datetime) -> bool:
    still_open = Offer.objects.filter(pk=offer.pk, state=OfferState.OPEN)
    if not still_open.update(state=OfferState.EXPIRED, answered_at=now):
        return False
    if offer.contact.practice_for_id is None:
        roster.count_missed_offer(offer.member)
    ring_members([offer.member_id])
    return True


def expire_offers(now: datetime.datetime) -> int:
    """End the offers whose time is over, each in a transaction of its own; return how many."""
    due = Offer.objects.select_related("member", "contact").filter(state=OfferState.OPEN, until__lte=now)
    return sum(_expire(offer, now) for offer in due.order_by("until"))


def begin_offers_anew(now: datetime.datetime) -> None:
    """Give every open offer its whole time again: the line stood still, or the clock jumped."""
    still_open = Offer.objects.filter(state=OfferState.OPEN)
    still_open.filter(handover=None).update(sent_at=now, until=now + OFFER_LASTS)
    still_open.exclude(handover=None).update(sent_at=now, until=now + HANDOVER_LASTS)
    ring_members(still_open.values_list("member_id", flat=True))


def may_go_on(contact: Contact) -> bool:
    """Say whether the volunteer of a conversation that sleeps is there and has hands free for it."""
    member = contact.volunteer
    if member is None or not is_there(member):
        return False
    return may_get(member, contact.practice_for_id, contact.urgency, _carried_beside(member, contact))


def kept_for(contact: Contact) -> dict[str, Any]:
    """Return the columns that let the member who was with this caller be asked first for a while."""
    return {"earlier": contact.volunteer, "earlier_until": clock.now() + EARLIER_FIRST_FOR}


# Losing the volunteer -----------------------------------------------------------------------------------------------


@transaction.atomic
def back_to_queue(contact: Contact, *, why: str) -> bool:
    """Return a conversation to the front of its class, its arrival unchanged; ``why`` is a code. Say whether it did."""
    lost = str(contact.volunteer_id or "line")
    return move(
        contact,
        ContactState.WAITING,
        kind=EventKind.BACK_TO_QUEUE,
        actor=lost,
        detail={"why": why},
        where=Q(state__in=WITH_SOMEBODY, volunteer_id=contact.volunteer_id),
        volunteer=None,
        placed_front=True,
        asleep_at=None,
        still_there_asked_at=None,
        **kept_for(contact),
    )


def contacts_without_volunteer(now: datetime.datetime) -> QuerySet[Contact]:
    """Return the conversations whose volunteer is gone: the lease ran out before ``now``, or the account is closed.

    A lease longer than any page gives is from before the clock went back, and nobody renewed it since.
    """
    too_long = now + 2 * datetime.timedelta(seconds=roster.LEASE)
    gone = Q(volunteer__presence__lease_until__lt=now) | Q(volunteer__presence__isnull=True)
    gone |= Q(volunteer__presence__lease_until__gt=too_long, volunteer__rehearsal=False)
    return Contact.objects.filter(gone | Q(volunteer__is_active=False), state__in=WITH_SOMEBODY)
