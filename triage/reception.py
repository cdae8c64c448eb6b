"""Who would answer somebody who comes now: open or closed, anybody ready, and when to come back otherwise."""

import dataclasses
import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from roster import opening, presence
from roster.models import Role, Shift
from wire import clock


def _day(at: datetime.datetime, now: datetime.datetime) -> str:
    """Name a day as people would who talk of it now."""
    days = (at.date() - timezone.localtime(now).date()).days
    if days < 2:
        return _("mañana") if days else _("hoy")
    parts = {"weekday": date_format(at, "l"), "day": at.day, "month": date_format(at, "F")}
    return _("el %(weekday)s %(day)s de %(month)s") % parts


@dataclasses.dataclass(frozen=True, slots=True)
class Reception:
    """How it stands at ``now``; ``back_at`` is when somebody is expected next.

    None when nobody knows or somebody is ready now.
    """

    is_open: bool
    ready: int
    back_at: datetime.datetime | None
    now: datetime.datetime

    @property
    def back(self) -> str:
        """When the line opens, or, while it is open, when somebody is expected; nothing where nobody knows."""
        if self.back_at is None:
            return ""
        at = timezone.localtime(self.back_at)
        when = {"day": _day(at, self.now), "hour": date_format(at, "G:i")}
        if self.is_open:
            return _("El próximo turno empieza %(day)s a las %(hour)s, hora de Lima.") % when
        return _("Volvemos %(day)s a las %(hour)s, hora de Lima.") % when

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
        return Reception(is_open=True, ready=ready, back_at=None, now=now)
    is_open = opening.is_open(now)
    return Reception(is_open, 0, _next_shift(now) if is_open else opening.next_opening(now), now)
