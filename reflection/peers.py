"""A colleague to talk to, now: somebody asks, who answers first is paired with them in a room of two for a day."""

import datetime
import uuid
from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet

from reflection.access import listens, who_listens
from reflection.errors import AlreadyThere, NotYours, Taken
from reflection.models import Circle, Kind, Membership, PeerAsk
from reflection.schedule import full_hour_after, today
from roster.models import Member
from wire import clock

STANDS = datetime.timedelta(minutes=30)  # at least; then to the next full hour
TOLD = datetime.timedelta(hours=24)  # that nobody answered
LASTS = datetime.timedelta(hours=24)  # a room of two


def standing(now: datetime.datetime) -> QuerySet[PeerAsk]:
    """Return the asks that nobody has answered yet."""
    return PeerAsk.objects.filter(who_listens(now), answered_in=None, until__gt=now).select_related("member")


def asks_for(member: Member) -> QuerySet[PeerAsk]:
    """Return the asks of others that a member could answer."""
    return (
        standing(clock.now()).filter(member__rehearsal=member.rehearsal).exclude(member=member).order_by("until", "pk")
    )


def own_ask(member: Member) -> PeerAsk | None:
    """Return what a member asks for themselves now, if nobody has answered."""
    return standing(clock.now()).filter(member=member).first()


def unanswered(member: Member) -> PeerAsk | None:
    """Return what a member asked for and nobody answered, until they ask again or take it back, or TOLD is over."""
    return PeerAsk.objects.filter(member=member, answered_in=None, until__lte=clock.now()).first()


@transaction.atomic
def ask(member: Member, *, anonymous: bool) -> PeerAsk:
    """Ask for a colleague. Raises NotYours for who does not listen, AlreadyThere while they ask already."""
    if not listens(member):
        raise NotYours
    now = clock.now()
    Member.objects.select_for_update(no_key=True).filter(pk=member.pk).first()
    if own_ask(member) is not None:
        raise AlreadyThere
    PeerAsk.objects.filter(member=member).delete()
    return PeerAsk.objects.create(member=member, anonymous=anonymous, until=full_hour_after(now + STANDS))


def take_back(member: Member) -> None:
    """Ask no more."""
    PeerAsk.objects.filter(member=member, answered_in=None).delete()


@transaction.atomic
def answer(member: Member, ask_id: uuid.UUID, *, anonymous: bool = False) -> Circle:
    """Answer an ask: of several who do, one is paired, the others hear Taken. Raises NotYours for one's own.

    The room is gone a day later; nothing but its hour says when that was.
    """
    found = asks_for(member).filter(pk=ask_id).first() if listens(member) else None
    if found is None:
        raise Taken if PeerAsk.objects.filter(pk=ask_id).exclude(member=member).exists() else NotYours
    room = open_room({found.member: found.anonymous, member: anonymous})
    if not PeerAsk.objects.filter(pk=ask_id, answered_in=None).update(answered_in=room):
        raise Taken
    return room


def open_room(two: Mapping[Member, bool]) -> Circle:
    """Open a room for two members, each with whether they are there without their name; part of a transaction."""
    now = clock.now()
    gone_at, rehearsal = full_hour_after(now + LASTS), all(one.rehearsal for one in two)
    room = Circle.objects.create(kind=Kind.PEER, size=2, founded_on=today(now), gone_at=gone_at, rehearsal=rehearsal)
    for one, unnamed in two.items():
        Membership.objects.create(circle=room, member=one, seated=True, anonymous=unnamed, since=today(now))
    return room
