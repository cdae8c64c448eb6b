"""Who would answer somebody who comes now: open or closed, anybody ready, and when to come back otherwise."""

import dataclasses
import datetime

from roster import opening, presence
from roster.models import Role, Shift
from wire import clock


@dataclasses.dataclass(frozen=True, slots=True)
class Reception:
    """``back_at`` is when somebody is expected next, None when nobody knows or somebody is ready now."""

    is_open: bool
    ready: int
    back_at: datetime.datetime | None

    @property
    def answers(self) -> bool:
        """Whether somebody answers now: a volunteer who is ready counts, whatever the opening hours say."""
        return self.ready > 0


def _next_shift(now: datetime.datetime) -> datetime.datetime | None:
    coming = Shift.objects.filter(
        starts_at__gt=now, member__role=Role.VOLUNTEER, member__is_active=True, member__rehearsal=False
    )
    return coming.order_by("starts_at").values_list("starts_at", flat=True).first()


def reception(now: datetime.datetime | None = None, *, rehearsal: bool = False) -> Reception:
    """Return who answers now (four questions at most)."""
    now = now or clock.now()
    ready = presence.ready(now).filter(member__rehearsal=rehearsal).count()
    if ready:
        return Reception(is_open=True, ready=ready, back_at=None)
    is_open = opening.is_open(now)
    return Reception(is_open, 0, _next_shift(now) if is_open else opening.next_opening(now))
