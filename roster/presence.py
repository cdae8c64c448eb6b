"""Who is there and takes contacts, as rows."""

import datetime

from django.db.models import QuerySet

from roster.models import Presence, PresenceState, Role
from wire import clock


def ready(now: datetime.datetime | None = None) -> QuerySet[Presence]:
    """Return the presences of active, checked volunteers who said «ready» and whose lease lasts (now, unless told)."""
    return Presence.objects.select_related("member").filter(
        state=PresenceState.READY,
        lease_until__gt=now or clock.now(),
        member__is_active=True,
        member__role=Role.VOLUNTEER,
        member__licence_checked_on__isnull=False,
    )
