"""Who is there and takes contacts, as rows."""

import datetime
import uuid

from django.db.models import QuerySet

from roster.models import ROLE_LASTS, Member, Presence, PresenceState, Role, Shift
from wire import clock

SHIFTS_ARE_KEPT = datetime.timedelta(days=7)  # a line whose last shift is older has no calendar of shifts


def is_on_call(member_id: uuid.UUID, now: datetime.datetime | None = None) -> bool:
    """Say whether a member has a shift right now."""
    now = now or clock.now()
    return Shift.objects.filter(member=member_id, starts_at__lte=now, ends_at__gt=now).exists()


def on_shift(role: str, now: datetime.datetime | None = None) -> list[Member]:
    """Return the members of this role, in force, who have a shift right now, whoever began first in front."""
    now = now or clock.now()
    running = Shift.objects.filter(starts_at__lte=now, ends_at__gt=now, member__role=role, member__rehearsal=False)
    rows = running.select_related("member").order_by("starts_at", "pk")
    return [one for one in dict.fromkeys(row.member for row in rows) if one.has_role]


def is_open(now: datetime.datetime | None = None) -> bool:
    """Say whether volunteers are expected now: one has a shift, or nobody keeps shifts (none for a week, none to come).

    Nothing else in the line has hours: callers are taken at any time.
    """
    now = now or clock.now()
    shifts = Shift.objects.filter(member__role=Role.VOLUNTEER, member__rehearsal=False)
    if not shifts.filter(ends_at__gt=now - SHIFTS_ARE_KEPT).exists():
        return True
    return shifts.filter(starts_at__lte=now, ends_at__gt=now).exists()


def ready(now: datetime.datetime | None = None) -> QuerySet[Presence]:
    """Return the presences of checked volunteers, role in force, who said «ready» and whose lease lasts."""
    now = now or clock.now()
    return Presence.objects.select_related("member").filter(
        state=PresenceState.READY,
        lease_until__gt=now,
        member__is_active=True,
        member__role=Role.VOLUNTEER,
        member__role_confirmed_at__gt=now - ROLE_LASTS,
        member__licence_checked_on__isnull=False,
    )
