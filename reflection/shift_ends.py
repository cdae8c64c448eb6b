"""The end of a shift: a room that opens by itself for those whose shift just ended, with a supervisor."""

import datetime
from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction

from reflection.live import to_the_minute
from reflection.models import Circle, Gathering, GatheringState, Kind, Membership
from reflection.schedule import full_hour_after, today
from roster.models import Member, Role, Shift

MINUTES = 12
SMALLEST, LARGEST = 2, 4  # people in one room, whoever supervises included
OPENS_WITHIN = datetime.timedelta(minutes=5)  # after the end: later nobody is there any more
LASTS = datetime.timedelta(hours=3)  # then to the next full hour


def open_rooms(now: datetime.datetime) -> int:
    """Open the rooms of the shifts that have just ended; return how many are new."""
    since = now - OPENS_WITHIN
    ended = Shift.objects.filter(ends_at__gt=since, ends_at__lte=now).values_list("ends_at", "member__rehearsal")
    return sum(_open(slot, rehearsal=rehearsal, now=now) for slot, rehearsal in set(ended))


def _open(slot: datetime.datetime, *, rehearsal: bool, now: datetime.datetime) -> int:
    if Circle.objects.filter(slot=slot, rehearsal=rehearsal).exists():
        return 0
    groups = divided(_whose_shift_ends(slot, rehearsal=rehearsal), _who_supervises(slot, rehearsal=rehearsal))
    return sum(_room(slot, part, group, now) for part, group in enumerate(groups))


def _members(shifts: Iterable[Shift]) -> list[Member]:
    """Return the members of these shifts, in force, each once."""
    return [one for one in dict.fromkeys(shift.member for shift in shifts) if one.has_role]


def _whose_shift_ends(slot: datetime.datetime, *, rehearsal: bool) -> list[Member]:
    """Return the volunteers whose duty ends then: whoever goes on with another shift stays with the callers."""
    volunteers = Shift.objects.filter(member__role=Role.VOLUNTEER, member__rehearsal=rehearsal).select_related("member")
    go_on = set(volunteers.filter(starts_at__lte=slot, ends_at__gt=slot).values_list("member", flat=True))
    ending = _members(volunteers.filter(ends_at=slot).order_by("starts_at", "pk"))
    return [one for one in ending if one.pk not in go_on]


def _who_supervises(slot: datetime.datetime, *, rehearsal: bool) -> list[Member]:
    """Return the supervisors on shift at that moment, whose own may end with it."""
    supervisors = Shift.objects.filter(member__role=Role.SUPERVISOR, member__rehearsal=rehearsal)
    there = (
        supervisors.filter(starts_at__lt=slot, ends_at__gte=slot).select_related("member").order_by("starts_at", "pk")
    )
    return _members(there)


def divided(volunteers: Sequence[Member], supervisors: Sequence[Member]) -> list[list[Member]]:
    """Return the groups: each of two to four with at most one supervisor in front; nobody sits alone.

    The supervisors go to the first groups. Volunteers are shared out evenly, in the order in which they came.
    """
    if not volunteers or len(volunteers) + min(1, len(supervisors)) < SMALLEST:
        return []
    room = LARGEST - (1 if supervisors else 0)
    count = -(-len(volunteers) // room)
    return [[*supervisors[number : number + 1], *volunteers[number::count]] for number in range(count)]


def _room(slot: datetime.datetime, part: int, group: Sequence[Member], now: datetime.datetime) -> int:
    """Open one room; 0 when another node was first."""
    leads = next((one.pk for one in group if one.role == Role.SUPERVISOR), None)
    rehearsal = group[0].rehearsal
    try:
        with transaction.atomic():
            circle = Circle.objects.create(
                kind=Kind.SHIFT_END,
                size=len(group),
                slot=slot,
                part=part,
                founded_on=today(now),
                gone_at=full_hour_after(slot + LASTS),
                rehearsal=rehearsal,
            )
            day = today(now)
            Membership.objects.bulk_create(
                Membership(circle=circle, member=one, seated=True, leads=one.pk == leads, since=day) for one in group
            )
            Gathering.objects.create(
                circle=circle,
                starts_at=slot,
                minutes=MINUTES,
                state=GatheringState.OPEN,
                phase_since=to_the_minute(now),
            )
    except IntegrityError:
        return 0
    return 1
