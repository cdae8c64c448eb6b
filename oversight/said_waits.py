"""How true it was what callers were told of their wait: of those answered in the last seven days."""

import dataclasses
import datetime

from triage.models import Contact
from triage.queue import was_right

LOOKED_BACK = datetime.timedelta(days=7)
AT_MOST = 5000  # contacts that are read, the newest
FEWEST = 20  # below which no share is shown


@dataclasses.dataclass(frozen=True, slots=True)
class SaidWaits:
    """Of ``answered`` people so many waited as long as they were told, give or take 30 %."""

    answered: int
    right: int

    @property
    def percent(self) -> int | None:
        """Return the share in percent, None while there are too few."""
        return round(100 * self.right / self.answered) if self.answered >= FEWEST else None


def said_waits(now: datetime.datetime) -> SaidWaits:
    """Read what was said and how long it took, of real callers, to the first volunteer they have or had."""
    told = Contact.objects.filter(
        rehearsal=False, queued_at__gt=now - LOOKED_BACK, assigned_at__isnull=False, said_wait__isnull=False
    ).order_by("-queued_at")
    rows = told.values_list("said_wait", "queued_at", "assigned_at")[:AT_MOST]
    right = [
        was_right(said, (assigned - queued).total_seconds())
        for said, queued, assigned in rows
        if said is not None and queued is not None and assigned is not None
    ]
    return SaidWaits(len(right), sum(right))
