"""Once-per-cluster duties as rows that expire."""

import datetime

from django.db.models import Q
from django.utils import timezone

from wire.models import Lease


def hold(name: str, holder: str, seconds: float) -> bool:
    """Take or keep a duty for some seconds; False when another node holds it."""
    now = timezone.now()
    until = now + datetime.timedelta(seconds=seconds)
    free = Q(holder=holder) | Q(until__lt=now)
    if Lease.objects.filter(free, name=name).update(holder=holder, until=until):
        return True
    _row, new = Lease.objects.get_or_create(name=name, defaults={"holder": holder, "until": until})
    return new
