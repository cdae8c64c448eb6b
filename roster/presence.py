"""Who is there and takes contacts, as rows."""

import datetime
import uuid

from django.db.models import F, Q, QuerySet

from roster.models import ROLE_LASTS, Presence, PresenceState, Role, Shift
from roster.shift_rules import LATE
from wire import clock


def is_on_call(member_id: uuid.UUID, now: datetime.datetime | None = None) -> bool:
    """Say whether a member has a shift right now that the coordination set, or that they took a day before it began.

    A shift that somebody gives themselves at once opens nothing: on call, a supervisor opens cases with a reason alone.
    """
    now = now or clock.now()
    in_time = Q(promised_at=None) | Q(promised_at__lte=F("starts_at") - LATE)
    return Shift.objects.filter(in_time, member=member_id, starts_at__lte=now, ends_at__gt=now).exists()


def duty_ends_at(member_id: uuid.UUID, now: datetime.datetime | None = None) -> datetime.datetime | None:
    """Return when a member's time on duty ends, shifts that touch taken as one; None without a shift now."""
    now = now or clock.now()
    until = None
    coming = Shift.objects.filter(member=member_id, ends_at__gt=now)
    for starts_at, ends_at in coming.values_list("starts_at", "ends_at"):
        if starts_at > (until or now):
            break
        until = max(until or ends_at, ends_at)
    return until


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
