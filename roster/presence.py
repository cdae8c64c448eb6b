"""Who is there and takes contacts, as rows."""

import datetime

from django.db.models import QuerySet
from django.utils import timezone

from roster.models import Presence, PresenceState, Role


def ready(now: datetime.datetime | None = None) -> QuerySet[Presence]:
    """Return the presences of active, checked volunteers who said «ready» and whose lease lasts (now, unless told)."""
    return Presence.objects.select_related("member").filter(
        state=PresenceState.READY,
        lease_until__gt=now or timezone.now(),
        member__is_active=True,
        member__role=Role.VOLUNTEER,
        member__licence_checked_on__isnull=False,
    )
