"""What the pages of circles show: the list, one circle from outside, its room, its gatherings, notices for the desk."""

import dataclasses
import datetime
import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q

from reflection import live, own_notes, peers
from reflection.access import seats_of
from reflection.entries import Heard, any_before, latest
from reflection.models import Circle, CircleFeed, Gathering, GatheringState, Kind, Membership
from reflection.room import room_for, shown_name
from reflection.screen_words import PHASES, RULES, refusal, refusals
from roster.models import Member
from roster.permissions import may
from wire import clock

SOON = datetime.timedelta(hours=24)  # before a gathering, it is told
CANCELLED_SOON = datetime.timedelta(days=7)  # before one that will not take place
FOUNDED = (Kind.REFLECTION, Kind.BALINT)


@dataclasses.dataclass(frozen=True)
class Listed:
    """One circle in a list."""

    circle: Circle
    taken: int
    mine: Membership | None
    next: Gathering | None
    door: bool  # it may be entered now
    cancelled: tuple[Gathering, ...] = ()  # still to come, had they not been

    @property
    def free(self) -> int:
        """How many seats are free."""
        return max(0, self.circle.size - self.taken)


def _next(gatherings: Iterable[Gathering], now: datetime.datetime) -> Gathering | None:
    """Return the gathering that is under way, be it past its end, or else the next one."""
    coming = (one for one in gatherings if one.state == GatheringState.PLANNED and one.ends_at > now)
    under_way = (one for one in gatherings if one.state == GatheringState.OPEN)
    return next(under_way, None) or next(coming, None)


def listed(member: Member) -> list[Listed]:
    """Return the circles that a member belongs to or may join, theirs first."""
    now = clock.now()
    circles = Circle.objects.founded(rehearsal=member.rehearsal).prefetch_related("gatherings")
    seated = Membership.objects.filter(circle__in=circles, seated=True).values("circle").annotate(n=Count("pk"))
    taken = dict(seated.order_by().values_list("circle", "n"))
    mine = {seat.circle_id: seat for seat in Membership.objects.filter(member=member, circle__in=circles)}
    found = [_listed(circle, taken.get(circle.pk, 0), mine.get(circle.pk), now) for circle in circles]
    return sorted(found, key=lambda one: (one.mine is None, one.circle.name.casefold()))


def _listed(circle: Circle, taken: int, mine: Membership | None, now: datetime.datetime) -> Listed:
    rows = list(circle.gatherings.all())
    for one in rows:
        one.circle = circle
    gatherings = [one for one in rows if one.state != GatheringState.CANCELLED]
    door = mine is not None and mine.seated and any(live.may_be_entered(one, now) for one in gatherings)
    return Listed(circle, taken, mine, _next(gatherings, now), door, _cancelled(rows, now))


def _cancelled(rows: Iterable[Gathering], now: datetime.datetime) -> tuple[Gathering, ...]:
    """Return the cancelled gatherings whose hour is to come, if nothing else stands at that hour."""
    coming = [one for one in rows if one.starts_at > now]
    standing = {one.starts_at for one in coming if one.state != GatheringState.CANCELLED}
    by_hour = {one.starts_at: one for one in coming if one.starts_at not in standing}  # cancelled twice is told once
    return tuple(by_hour.values())


def circles(member: Member) -> dict[str, Any]:
    """Return what the front page's section of circles shows."""
    return {
        "circles": listed(member),
        "may_found": may(member, "circle.found"),
        "own_notes": own_notes.of(member),
        "has_circle_calendar": CircleFeed.objects.filter(member=member).exists(),
    }


def talks(member: Member) -> dict[str, Any]:
    """Return what the front page's section of colleagues shows: rooms that opened, asks, one's own."""
    over = Gathering.objects.filter(state=GatheringState.OVER).values("circle")
    seats = seats_of(member).filter(circle__kind__in=(Kind.SHIFT_END, Kind.PEER)).exclude(circle__in=over)
    return {
        "rooms": [(seat.circle, others) for seat, others in _others(seats.order_by("circle__gone_at", "pk"))],
        "asks": peers.asks_for(member),
        "own_ask": peers.own_ask(member),
        "unanswered": peers.unanswered(member),
    }


def _others(seats: Iterable[Membership]) -> list[tuple[Membership, list[str]]]:
    """Return each of these seats with the names of who sits in its circle besides; all are read at once."""
    mine = list(seats)
    there: dict[uuid.UUID, list[Membership]] = {}
    rows = Membership.objects.filter(circle__in=[one.circle_id for one in mine], seated=True).select_related("member")
    for row in rows.order_by("pk"):
        there.setdefault(row.circle_id, []).append(row)
    return [(seat, [shown_name(one) for one in there[seat.circle_id] if one.pk != seat.pk]) for seat in mine]


def _leaders(circle: Circle) -> list[str]:
    """Return the names of whoever leads a circle and of who co-leads it, in this order."""
    rows = circle.memberships.filter(Q(leads=True) | Q(co_leads=True)).select_related("member").order_by("-leads")
    return [shown_name(one) for one in rows]


def circle_from_outside(member: Member, circle: Circle) -> dict[str, Any]:
    """Return what somebody sees of a circle in which they have no seat: what it is, when it meets, its rules."""
    taken = circle.memberships.filter(seated=True).count()
    mine = circle.memberships.filter(member=member).first()
    one = _listed(circle, taken, mine, clock.now())
    kept_out = circle.kept_out.filter(member=member).exists()
    return {"one": one, "circle": circle, "rules": RULES, "waiting": mine is not None, "kept_out": kept_out}


def circle_room(seat: Membership, member: Member) -> dict[str, Any]:
    """Return what a member sees of their circle: how the room stands, what was said, their note to themselves."""
    circle = seat.circle
    note = next(((one, text) for one, text in own_notes.of(member) if one.circle_id == circle.pk), None)
    entries = latest(seat, member.holder)
    return standing(seat) | {
        "one": _listed(circle, circle.memberships.filter(seated=True).count(), seat, clock.now()),
        **_heard(seat, entries),
        # From there on the page's script asks again, so that what is shut now is sent once it opens.
        "last": min((one.seq - 1 for one in entries if one.said is None), default=circle.last_seq),
        "note": note,
        "refusals": refusals(),
        "rules": RULES,
        "others": _others([seat])[0][1],
        "leaders": _leaders(circle),
        "founded": circle.kind in FOUNDED,
    }


def _heard(seat: Membership, entries: list[Heard]) -> dict[str, Any]:
    """Return entries as the page shows them, each with whether it is one's own; and from where older ones begin."""
    older = entries[0].seq if entries and any_before(seat, entries[0].seq) else None
    return {"entries": [(one, one.said is not None and one.said.by == seat.pk) for one in entries], "older": older}


def older(seat: Membership, member: Member, before: int) -> dict[str, Any]:
    """Return what was said in a circle before the entry of this number, as far as one page goes."""
    return {"circle": seat.circle, **_heard(seat, latest(seat, member.holder, before=before))}


def standing(seat: Membership) -> dict[str, Any]:
    """Return what the fragment shows that says how the room stands."""
    room = room_for(seat)
    name, purpose = PHASES.get(room.code, ("", ""))
    coming = _next(seat.circle.gatherings.all(), clock.now()) if seat.circle.kind in FOUNDED else None
    return {
        "circle": seat.circle,
        "seat": seat,
        "room": room,
        "coming": coming,
        "phase_name": name,
        "phase_purpose": purpose,
        "number": room.phase + 1,
        "refused": refusal(room.refused) if room.refused else "",
    }


def leading(seat: Membership) -> dict[str, Any]:
    """Return what whoever leads a circle sees of it: gatherings with their attendance as numbers, seats, who waits."""
    memberships = list(seat.circle.memberships.select_related("member"))
    return {
        "circle": seat.circle,
        "seat": seat,
        "gatherings": seat.circle.gatherings.order_by("-starts_at"),
        "now": clock.now(),
        "seated": [one for one in memberships if one.seated],
        "waiting": [one for one in memberships if not one.seated],
        "kept_out": seat.circle.kept_out.select_related("member"),
    }


def notices(member: Member) -> dict[str, Any]:
    """Return what the desk is told: a seat that became theirs, gatherings soon or cancelled, rooms, who asks."""
    mine, soon = [one for one in listed(member) if one.mine and one.mine.seated], clock.now() + SOON
    news = [one for one in mine if one.mine and one.mine.seat_is_news]  # each with its next gathering
    near = [one for one in mine if one not in news and one.next and one.next.starts_at < soon]
    week = clock.now() + CANCELLED_SOON
    told = [one for one in mine if one.mine and not one.mine.leads]  # who leads has cancelled it themselves
    off = [(one.circle, gathering) for one in told for gathering in one.cancelled if gathering.starts_at < week]
    return {"news": news, "near": near, "off": off, **talks(member)}
