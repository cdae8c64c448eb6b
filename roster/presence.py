"""Who is there and takes contacts, as rows."""

import datetime
import uuid
from collections.abc import Collection

from django.db.models import F, Q, QuerySet

from roster.models import ROLE_LASTS, Member, Presence, PresenceState, Role, Shift
from roster.shift_rules import LATE
from wire import clock

ENDED_LATELY = datetime.timedelta(hours=12)  # for which a time on duty that ended is told
TOGETHER_AT_MOST = datetime.timedelta(hours=24)  # of shifts that follow one another without a pause


def is_on_call(member_id: uuid.UUID, now: datetime.datetime | None = None) -> bool:
    """Say whether a member has a shift right now that the coordination set, or that they took a day before it began.

    A shift that somebody gives themselves at once opens nothing: on call, a supervisor opens cases with a reason alone.
    """
    now = now or clock.now()
    in_time = Q(promised_at=None) | Q(promised_at__lte=F("starts_at") - LATE)
    return Shift.objects.filter(in_time, member=member_id, starts_at__lte=now, ends_at__gt=now).exists()


def duty_ends_at(member_id: uuid.UUID, now: datetime.datetime | None = None) -> datetime.datetime | None:
    """Return when a member's time on duty ends, shifts that touch taken as one; None without a shift now."""
    return duties_end_at([member_id], now or clock.now()).get(member_id)


def duties_ended_at(members: Collection[uuid.UUID], now: datetime.datetime) -> dict[uuid.UUID, datetime.datetime]:
    """Return when the time on duty of these members ended, who have none now but had some within ENDED_LATELY."""
    ended = Shift.objects.filter(member__in=members, ends_at__lte=now, ends_at__gt=now - ENDED_LATELY)
    found = dict(ended.order_by("ends_at").values_list("member", "ends_at"))
    going_on = duties_end_at(found, now) if found else {}
    return {member: at for member, at in found.items() if member not in going_on}


def duty_ends_or_ended(member_id: uuid.UUID, now: datetime.datetime) -> datetime.datetime | None:
    """Return when a member's time on duty ends, or ended a while ago; None where neither is so."""
    return duty_ends_at(member_id, now) or duties_ended_at([member_id], now).get(member_id)


def on_shift(role: str, now: datetime.datetime | None = None) -> list[Member]:
    """Return the members of this role, in force, who have a shift right now, whoever began first in front."""
    now = now or clock.now()
    running = Shift.objects.filter(starts_at__lte=now, ends_at__gt=now, member__role=role, member__rehearsal=False)
    rows = running.select_related("member").order_by("starts_at", "pk")
    return [one for one in dict.fromkeys(row.member for row in rows) if one.has_role]


def ready(now: datetime.datetime | None = None) -> QuerySet[Presence]:
    """Return the presences of checked volunteers, role in force, who said «ready» and whose lease lasts."""
    return there(now).filter(state=PresenceState.READY)


def there(now: datetime.datetime | None = None) -> QuerySet[Presence]:
    """Return the presences of checked volunteers, role in force, whose lease lasts, whether ready or not."""
    now = now or clock.now()
    return Presence.objects.select_related("member").filter(
        lease_until__gt=now,
        member__is_active=True,
        member__role=Role.VOLUNTEER,
        member__role_confirmed_at__gt=now - ROLE_LASTS,
        member__licence_checked_on__isnull=False,
        member__trained_on__isnull=False,
    )


def duties_end_at(members: Collection[uuid.UUID], now: datetime.datetime) -> dict[uuid.UUID, datetime.datetime]:
    """Return when the time on duty of each of these members ends, shifts that touch taken as one.

    Who has no shift now is left out.
    """
    until: dict[uuid.UUID, datetime.datetime] = {}
    coming = Shift.objects.filter(member__in=members, ends_at__gt=now, starts_at__lt=now + TOGETHER_AT_MOST)
    for member_id, starts_at, ends_at in coming.order_by("starts_at").values_list("member", "starts_at", "ends_at"):
        if starts_at <= until.get(member_id, now):
            until[member_id] = max(until.get(member_id, ends_at), ends_at)
    return until
