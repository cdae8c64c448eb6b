"""Who is there and takes contacts, as rows."""

import datetime

from django.db.models import QuerySet

from roster.models import ROLE_LASTS, Presence, PresenceState, Role
from wire import clock


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
