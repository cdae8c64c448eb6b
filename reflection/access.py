"""The guarded door to circles: whose seat it is, and which circles somebody may see from outside."""

import datetime
import uuid

from django.db.models import Q, QuerySet

from reflection.errors import NotYours
from reflection.models import Circle, Membership
from roster.models import ROLE_LASTS, Member, Role
from wire import clock

LISTENS = (Role.VOLUNTEER, Role.SUPERVISOR)


def seats_of(member: Member) -> QuerySet[Membership]:
    """Return the seats of a member in circles that live; none once their role has lapsed."""
    seats = Membership.objects.filter(member=member, seated=True, circle__in=Circle.objects.living(clock.now()))
    return seats.select_related("circle", "member") if listens(member) else seats.none()


def listens(member: Member) -> bool:
    """Say whether somebody may be in these rooms at all."""
    return member.has_role and member.role in LISTENS


def who_listens(now: datetime.datetime) -> Q:
    """Return the same as a condition on rows that have a ``member``."""
    return Q(member__is_active=True, member__role__in=LISTENS, member__role_confirmed_at__gt=now - ROLE_LASTS)


def seat_in(member: Member, circle_id: uuid.UUID) -> Membership:
    """Return a member's seat in a circle that lives. Raises NotYours: also for what does not exist."""
    seat = seats_of(member).filter(circle=circle_id).first()
    if seat is None:
        raise NotYours
    return seat


def leading_in(member: Member, circle_id: uuid.UUID) -> Membership:
    """Return the seat of whoever leads a circle. Raises NotYours when it is not this member."""
    seat = seat_in(member, circle_id)
    if not seat.leads:
        raise NotYours
    return seat
