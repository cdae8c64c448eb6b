"""Who is there and takes contacts, as rows."""

import datetime
import uuid

from django.db.models import QuerySet

from roster.models import ROLE_LASTS, Presence, PresenceState, Role, Shift
from wire import clock


def is_on_call(member_id: uuid.UUID, now: datetime.datetime | None = None) -> bool:
    """Say whether a member has a shift right now."""
    now = now or clock.now()
    return Shift.objects.filter(member=member_id, starts_at__lte=now, ends_at__gt=now).exists()


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
