"""The verbs of shifts: sign up, give back, swap; set by the coordination; who is missing now."""

import dataclasses
import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import F, Q, QuerySet

from roster import opening
from roster.errors import MayNotTakeCallers, NotYourShift, ShiftBegun, ShiftRefused, SwapTaken
from roster.hours import DAY, HOUR, Hours
from roster.models import CalendarFeed, GivenBack, Member, NeededVolunteers, Role, Shift
from roster.shift_rules import AHEAD, LATE, NEVER, Rule, Time, broken, is_late
from vault import actions as vault
from wire import clock

AROUND = 40 * DAY  # before and after a shift: no rule looks further
LOOKS_AHEAD = 24  # hours in which gaps are told
KEPT = 7 * DAY  # for which what hours needed is kept
NO_SWAP = {"swap_since": None, "swap_with": None, "in_return": None}


def _record(actor: object, act: str, shift: int, reason: str = "") -> None:
    vault.record(actor=str(actor), act=act, subject_kind="shift", subject=str(shift), reason=reason)


def time_of(shift: Shift) -> Time:
    """Return when a shift is."""
    return Time(shift.starts_at, shift.ends_at)


# Of one's own -------------------------------------------------------------------------------------------------------


@transaction.atomic
def take(member: Member, starts_at: datetime.datetime, ends_at: datetime.datetime) -> Shift:
    """Sign up for time on duty. Raises MayNotTakeCallers or ShiftRefused."""
    (fresh,) = _lock([member.pk])
    if not is_able(fresh):
        raise MayNotTakeCallers
    _require_rules(fresh, Time(starts_at, ends_at))
    now = clock.now()
    shift = Shift.objects.create(member=fresh, starts_at=starts_at, ends_at=ends_at, promised_at=now, changed_at=now)
    _record(member.pk, "shift.take", shift.pk)
    return shift


@transaction.atomic
def give_back(member: Member, shift_id: int) -> GivenBack:
    """Give a shift back before it begins; ``missing`` tells of late ones. Raises NotYourShift, ShiftBegun."""
    shift = _own(member, shift_id)
    if not _holding(shift).update(**NO_SWAP):  # from here on nobody else can take it over
        raise NotYourShift
    given = _note_given_back(shift)
    shift.delete()
    reason = "late" if is_late(given.starts_at, given.at) else ""
    _record(member.pk, "shift.give_back", shift_id, reason)
    return given


@transaction.atomic
def open_swap(member: Member, shift_id: int, in_return: int | None = None) -> None:
    """Put a shift up for whoever takes it, or for who has the shift ``in_return``; until then it stays one's own.

    Raises NotYourShift, also for a shift that cannot be had in return, and ShiftBegun.
    """
    shift = _own(member, shift_id)
    wanted = None
    if in_return is not None:
        wanted = exchangeable(member).filter(pk=in_return).first()
        if wanted is None:
            raise NotYourShift
    values = {"swap_since": clock.now(), "swap_with": wanted.member if wanted else None, "in_return": wanted}
    if not _holding(shift).update(**values):
        raise NotYourShift
    _record(member.pk, "shift.open_swap", shift_id)


@transaction.atomic
def close_swap(member: Member, shift_id: int) -> None:
    """Keep a shift that was up for a swap. Raises NotYourShift: it was taken over meanwhile, or never theirs."""
    if not Shift.objects.filter(pk=shift_id, member=member, swap_since__isnull=False).update(**NO_SWAP):
        raise NotYourShift
    _record(member.pk, "shift.close_swap", shift_id)


@transaction.atomic
def take_swap(member: Member, shift_id: int) -> None:
    """Take over a shift that is up for a swap; of several who do, one has it.

    Where another shift is asked in return, both change hands or none does. Raises SwapTaken, ShiftRefused or
    MayNotTakeCallers.
    """
    shift = swaps_for(member).filter(pk=shift_id).first()
    if shift is None:
        raise SwapTaken
    locked = {one.pk: one for one in _lock([member.pk, shift.member_id])}
    giver, taker, other = locked[shift.member_id], locked[member.pk], shift.in_return
    if not is_able(taker):
        raise MayNotTakeCallers
    _require_rules(taker, time_of(shift), without=other)
    _pass_on(shift, taker)
    if other is not None:
        if not is_able(giver):
            raise SwapTaken
        _require_rules(giver, time_of(other), without=shift, theirs=True)
        _pass_on(other, giver)
    _record(member.pk, "shift.take_swap", shift_id)


def exchangeable(member: Member) -> QuerySet[Shift]:
    """Return the coming shifts of others of the same role, which this member may ask for in return."""
    others = Shift.objects.filter(member__role=member.role, member__rehearsal=member.rehearsal, member__is_active=True)
    return others.filter(starts_at__gt=clock.now()).exclude(member=member).select_related("member")


def swaps_for(member: Member) -> QuerySet[Shift]:
    """Return what this member may take over: what is up for anybody, and what is up for them."""
    open_to = Q(swap_with=None) | Q(swap_with=member) & (Q(in_return=None) | Q(in_return__member=member))
    return exchangeable(member).filter(open_to, swap_since__isnull=False).select_related("in_return", "member")


def _own(member: Member, shift_id: int) -> Shift:
    shift = Shift.objects.filter(pk=shift_id, member=member).select_related("member").first()
    if shift is None:
        raise NotYourShift
    if shift.starts_at <= clock.now():
        raise ShiftBegun
    return shift


def _holding(shift: Shift) -> QuerySet[Shift]:
    """Return the row of a shift if it is still the same promise of the same hours."""
    return Shift.objects.filter(pk=shift.pk, uid=shift.uid, starts_at=shift.starts_at, ends_at=shift.ends_at)


def _pass_on(shift: Shift, to: Member) -> None:
    """Let another member have a shift. Raises SwapTaken for whoever comes second."""
    now = clock.now()
    new = {"member": to, "uid": uuid.uuid4(), "sequence": 0, "promised_at": now, "changed_at": now, "beyond": ""}
    still = _holding(shift).filter(swap_since=shift.swap_since, swap_with=shift.swap_with_id)
    if not still.update(**new, **NO_SWAP):
        raise SwapTaken
    _note_given_back(shift, passed_to=to)


def _note_given_back(shift: Shift, passed_to: Member | None = None) -> GivenBack:
    return GivenBack.objects.create(
        member=shift.member,
        passed_to=passed_to,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        uid=shift.uid,
        sequence=shift.sequence + 1,
        at=clock.now(),
    )


def _lock(ids: Iterable[uuid.UUID]) -> list[Member]:
    """Lock members, always in the same order, so that no limit is passed by doing two things at once."""
    return list(Member.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True))


def is_able(member: Member) -> bool:
    """Say whether a member may be on duty: a volunteer who takes callers, anybody else whose role is in force."""
    return member.may_take_callers if member.role == Role.VOLUNTEER else member.has_role


def _rules(member_id: uuid.UUID, wanted: Time, without: Shift | None) -> list[Rule]:
    near = Shift.objects.filter(member=member_id)
    if abs(wanted.starts_at - clock.now()) <= 2 * AHEAD:  # else no date near it can be reckoned with
        near = near.filter(starts_at__lt=wanted.starts_at + AROUND, ends_at__gt=wanted.starts_at - AROUND)
    others = [time_of(one) for one in near if without is None or one.pk != without.pk]
    return broken(wanted, others, clock.now(), opening.hours())


def rules_for(shift: Shift) -> list[Rule]:
    """Return the rules that a new or changed shift would break."""
    return _rules(shift.member_id, time_of(shift), without=shift)


def _require_rules(member: Member, wanted: Time, without: Shift | None = None, *, theirs: bool = False) -> None:
    rules = _rules(member.pk, wanted, without)
    if rules:
        raise ShiftRefused(rules, theirs=theirs)


# By the coordination ------------------------------------------------------------------------------------------------


@transaction.atomic
def put(shift: Shift, by: Member) -> None:
    """Store a new or changed shift of anybody; what it breaks needs a reason (``beyond``), which is kept.

    Raises ShiftRefused: without a reason for any rule, and always for those that nobody can pass.
    """
    _lock([shift.member_id])
    standing = Shift.objects.filter(pk=shift.pk).select_related("member").select_for_update(of=("self",)).first()
    rules = rules_for(shift)
    if any(rule in NEVER or not shift.beyond for rule in rules):
        raise ShiftRefused(rules)
    shift.changed_at, shift.promised_at = clock.now(), None
    shift.swap_since, shift.swap_with, shift.in_return = None, None, None
    if standing is not None:  # what others would have had in return is another shift now
        Shift.objects.filter(in_return=standing).update(**NO_SWAP)
    if standing is not None and standing.member_id != shift.member_id:
        _note_given_back(standing, passed_to=shift.member)
        shift.uid, shift.sequence = uuid.uuid4(), 0
    elif standing is not None:
        shift.sequence = standing.sequence + 1
    shift.save()
    _record(by.pk, "shift.put", shift.pk, shift.beyond)


@transaction.atomic
def remove(shift: Shift, by: Member) -> None:
    """Take a shift out of the roster; its member's calendar shows it as cancelled."""
    shift_id = shift.pk
    _note_given_back(shift)
    shift.delete()
    _record(by.pk, "shift.remove", shift_id)


@transaction.atomic
def release(member: Member) -> None:
    """Free what a closed account had promised, and let its calendar stop."""
    coming = Shift.objects.filter(member=member, starts_at__gt=clock.now()).select_related("member")
    for shift in coming:
        _note_given_back(shift)
    coming.delete()
    Shift.objects.filter(swap_with=member).update(**NO_SWAP)
    CalendarFeed.objects.filter(member=member).delete()


# What is needed, and who is missing ---------------------------------------------------------------------------------


@transaction.atomic
def need(counts: Mapping[datetime.datetime, int]) -> None:
    """Note how many volunteers hours need, by their beginning (aware, a full hour); what a forecast says.

    Raises ValueError for a moment that is no full hour and for fewer than none.
    """
    if any(hour.tzinfo is None or hour.timestamp() % 3600 or count < 0 for hour, count in counts.items()):
        message = "hours are full hours with a time zone, counts are not negative"
        raise ValueError(message)
    rows = [NeededVolunteers(hour=hour, count=count) for hour, count in counts.items()]
    NeededVolunteers.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["hour"], update_fields=["count"], batch_size=200
    )
    NeededVolunteers.objects.filter(hour__lt=clock.now() - KEPT).delete()


def hours_from(begin: datetime.datetime, count: int) -> list[datetime.datetime]:
    """Return the beginnings of so many hours, from the one in which ``begin`` lies."""
    first = begin.replace(minute=0, second=0, microsecond=0)
    return [first + number * HOUR for number in range(count)]


def needed(hours: Sequence[datetime.datetime], open_hours: Hours | None = None) -> dict[datetime.datetime, int]:
    """Return how many volunteers each hour needs: by the forecast, else by the opening hours; none when closed."""
    open_hours = open_hours or opening.hours()
    told = dict(NeededVolunteers.objects.filter(hour__in=hours).values_list("hour", "count"))
    usual = {hour: open_hours.needed_at(hour) for hour in hours}
    return {hour: told.get(hour, count) if count else 0 for hour, count in usual.items()}


def standing(begin: datetime.datetime, end: datetime.datetime, *, rehearsal: bool = False) -> list[Shift]:
    """Return the shifts of members in force that touch this time, the earliest first."""
    rows = Shift.objects.filter(starts_at__lt=end, ends_at__gt=begin, member__rehearsal=rehearsal)
    found = rows.select_related("member").order_by("starts_at", "member__alias")
    return [one for one in found if one.member.has_role]


def on_duty(shifts: Sequence[Shift], hour: datetime.datetime) -> int:
    """Return how many volunteers who take callers are there for the whole hour."""
    whole = (one for one in shifts if one.starts_at <= hour and one.ends_at >= hour + HOUR)
    return len({one.member_id for one in whole if one.member.may_take_callers})


@dataclasses.dataclass(frozen=True, slots=True)
class Absent:
    """Somebody whose shift runs and who is not there; ``since`` is when it began."""

    alias: str
    role: str
    since: datetime.datetime
    until: datetime.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Gap:
    """Hours one after another, each with the same number of volunteers too few."""

    begin: datetime.datetime
    end: datetime.datetime
    needed: int
    have: int

    @property
    def lacking(self) -> int:
        """How many are too few."""
        return self.needed - self.have


@dataclasses.dataclass(frozen=True, slots=True)
class Missing:
    """Who is missing at one moment, where gaps open within a day, and what was given back too late to be filled."""

    absent: list[Absent]
    gaps: list[Gap]
    given_back: list[GivenBack]
    soon: Gap | None = None  # of the next full hour


def missing(now: datetime.datetime | None = None, *, rehearsal: bool = False) -> Missing:
    """Return who is missing now and in the next 24 hours (six questions, however many there are)."""
    now = now or clock.now()
    hours = hours_from(now, LOOKS_AHEAD)
    shifts = standing(now, hours[-1] + HOUR, rehearsal=rehearsal)
    running = [one for one in shifts if one.starts_at <= now]
    there = set(
        Member.objects.filter(pk__in=[one.member_id for one in running], presence__lease_until__gt=now).values_list(
            "pk", flat=True
        )
    )
    late = GivenBack.objects.filter(
        ends_at__gt=now,
        passed_to=None,
        at__gt=F("starts_at") - LATE,
        member__rehearsal=rehearsal,
    )
    gaps = _gaps(hours, shifts)
    return Missing(
        absent=[
            Absent(one.member.alias, one.member.role, one.starts_at, one.ends_at)
            for one in running
            if one.member_id not in there
        ],
        gaps=gaps,
        given_back=list(late.select_related("member").order_by("starts_at")),
        soon=_of_hour(hours[1], gaps),
    )


def _of_hour(hour: datetime.datetime, gaps: Iterable[Gap]) -> Gap | None:
    found = next((gap for gap in gaps if gap.begin <= hour < gap.end), None)
    return dataclasses.replace(found, begin=hour, end=hour + HOUR) if found else None


def _gaps(hours: Sequence[datetime.datetime], shifts: Sequence[Shift]) -> list[Gap]:
    found: list[Gap] = []
    for hour, count in needed(hours).items():
        have = on_duty(shifts, hour)
        last = found[-1] if found else None
        if have >= count:
            continue
        if last and (last.end, last.needed, last.have) == (hour, count, have):
            found[-1] = dataclasses.replace(last, end=hour + HOUR)
        else:
            found.append(Gap(hour, hour + HOUR, count, have))
    return found
