"""The verbs of circles: found, plan, sign up, leave, remove, pass on, end; and what the line does by itself."""

import contextlib
import datetime
import uuid
from collections.abc import Iterable
from typing import NamedTuple

from django.db import IntegrityError, transaction

from reflection import live, peers, turns
from reflection.access import leading_in, listens, seat_in, who_listens
from reflection.errors import AlreadyThere, Leading, NotSealed, NotYours, Removed, Taken
from reflection.models import Circle, Gathering, GatheringState, KeptOut, Kind, Membership, OwnNote, PeerAsk, Turn
from reflection.rooms import ring
from reflection.schedule import BadSchedule, Wish, last_day, times, today
from roster.models import Member
from vault import actions as vault
from wire import clock

SMALLEST, LARGEST = 3, 12  # people
SHORTEST_LIFE, USUAL_LIFE, LONGEST_LIFE = 1, 30, 90  # days
State = GatheringState


class Charter(NamedTuple):
    """What is agreed when a circle is founded."""

    name: str
    kind: str = Kind.REFLECTION
    size: int = 10
    life_days: int = USUAL_LIFE
    shares_past: bool = False


def _record(actor: uuid.UUID | str, act: str, circle_id: uuid.UUID) -> None:
    """Note who founds, ends or removes: acts of whoever leads. Who comes, goes and speaks is noted nowhere."""
    vault.record(actor=str(actor), act=act, subject_kind="reflection", subject=str(circle_id))


# Founding and planning ----------------------------------------------------------------------------------------------


@transaction.atomic
def found(member: Member, charter: Charter, wish: Wish, circle_id: uuid.UUID | None = None) -> Circle:
    """Found a circle that this member leads, with its first gatherings; under the same id again it is the same circle.

    Raises schedule.BadSchedule, or NotYours for the id of a circle that they do not lead.
    """
    now = clock.now()
    begins = times(wish, now)
    of_form, day = circle_id or uuid.uuid4(), today(now)
    try:
        with transaction.atomic():
            circle = Circle.objects.create(id=of_form, **charter._asdict(), founded_on=day, rehearsal=member.rehearsal)
    except IntegrityError:
        return leading_in(member, of_form).circle
    Membership.objects.create(circle=circle, member=member, seated=True, leads=True, since=day)
    Gathering.objects.bulk_create(Gathering(circle=circle, starts_at=at, minutes=wish.minutes) for at in begins)
    _record(member.pk, "reflection.found", circle.pk)
    return circle


@transaction.atomic
def plan(member: Member, circle_id: uuid.UUID, wish: Wish) -> int:
    """Add gatherings to a circle that this member leads; return how many are new.

    One that stands at the same time already stays as it is; where another lasts into one of them nothing is added.
    Raises NotYours, schedule.BadSchedule.
    """
    circle = _locked(circle_id)
    leading_in(member, circle_id)
    begins = times(wish, clock.now())
    standing = circle.gatherings.exclude(state=State.CANCELLED).filter(starts_at__in=begins)
    known = set(standing.values_list("starts_at", flat=True))
    fresh = [Gathering(circle=circle, starts_at=at, minutes=wish.minutes) for at in begins if at not in known]
    _refuse_overlap(circle, fresh)
    Gathering.objects.bulk_create(fresh)
    return len(fresh)


def _refuse_overlap(circle: Circle, fresh: Iterable[Gathering]) -> None:
    """Refuse gatherings into which another of the circle lasts, or that last into one. Raises BadSchedule."""
    others = list(circle.gatherings.filter(state__in=(State.PLANNED, State.OPEN)))
    for one in fresh:
        if any(one.starts_at < other.ends_at and other.starts_at < one.ends_at for other in others):
            raise BadSchedule("overlaps", one.starts_at)


@transaction.atomic
def cancel(member: Member, circle_id: uuid.UUID, gathering_id: int) -> None:
    """Let a gathering that has not begun not take place. Raises NotYours, or Taken when it has begun."""
    _locked(circle_id)
    leading_in(member, circle_id)
    gathering = Gathering.objects.filter(pk=gathering_id, circle=circle_id).first()
    if gathering is None:
        raise NotYours
    if not live.call_off(gathering, clock.now()):
        raise Taken
    ring(circle_id)


# Coming and going ---------------------------------------------------------------------------------------------------


def _locked(circle_id: uuid.UUID) -> Circle:
    circle = Circle.objects.select_for_update(no_key=True).living(clock.now()).filter(pk=circle_id).first()
    if circle is None:
        raise NotYours
    return circle


@transaction.atomic
def sign_up(member: Member, circle_id: uuid.UUID) -> bool:
    """Take a seat in a circle, or a place on its waiting list; say whether it was a seat.

    Raises NotYours when it cannot be joined, Removed while they are kept out, AlreadyThere when they signed up before.
    """
    circle = _locked(circle_id)
    if not listens(member) or circle.rehearsal != member.rehearsal or circle.kind not in (Kind.REFLECTION, Kind.BALINT):
        raise NotYours
    if circle.kept_out.filter(member=member).exists():
        raise Removed
    has_room = circle.memberships.filter(seated=True).count() < circle.size
    try:
        with transaction.atomic():
            seat = Membership.objects.create(circle=circle, member=member, since=today(clock.now()))
    except IntegrityError:
        raise AlreadyThere from None
    if has_room:
        _seat(circle, seat)
    return has_room


def _seat(circle: Circle, seat: Membership, *, news: bool = False) -> None:
    """Give somebody a seat: they open what is said from then on, or all where the circle shares its past.

    ``news``: they did nothing for it just now, and are told when they next look.
    """
    turns.close(circle)
    first = turns.first_for_whoever_joins(circle)
    Membership.objects.filter(pk=seat.pk).update(seated=True, from_turn=first, seat_is_news=news)
    ring(circle.pk)


def note_seat_seen(member: Member, circle_id: uuid.UUID) -> None:
    """Note that somebody who came up from the waiting list knows of their seat; of anybody else nothing changes."""
    Membership.objects.filter(circle=circle_id, member=member, seat_is_news=True).update(seat_is_news=False)


@transaction.atomic
def leave(member: Member, circle_id: uuid.UUID) -> None:
    """Give up one's seat or one's place on the waiting list; a co-leader leads on where a leader leaves.

    Raises NotYours, or Leading while one leads others and nobody beside.
    """
    circle = _locked(circle_id)
    seat = Membership.objects.filter(circle=circle, member=member).first()
    if seat is None:
        raise NotYours
    heir = circle.memberships.filter(co_leads=True).first() if seat.leads else None
    if seat.leads and heir is None:
        if circle.memberships.exclude(pk=seat.pk).exists():
            raise Leading
        _end(circle)
        return
    _take_out(circle, seat)
    if heir is not None:
        _lead_on(circle, heir, by=member.pk)


@transaction.atomic
def remove(member: Member, circle_id: uuid.UUID, seat_id: int) -> None:
    """Take somebody out of a circle that this member leads, at once, also while it meets; they are kept out.

    Raises NotYours.
    """
    circle = _locked(circle_id)
    leading_in(member, circle_id)
    seat = Membership.objects.filter(pk=seat_id, circle=circle, leads=False).first()
    if seat is None:
        raise NotYours
    KeptOut.objects.get_or_create(circle=circle, member=seat.member)
    _take_out(circle, seat)
    _record(member.pk, "reflection.remove", circle.pk)


@transaction.atomic
def let_back(member: Member, circle_id: uuid.UUID, kept_out_id: int) -> None:
    """Let somebody sign up again whom this member, who leads, or who led before had taken out. Raises NotYours."""
    circle = _locked(circle_id)
    leading_in(member, circle_id)
    done, _each = circle.kept_out.filter(pk=kept_out_id).delete()
    if not done:
        raise NotYours
    _record(member.pk, "reflection.let_back", circle.pk)


def _take_out(circle: Circle, seat: Membership) -> None:
    """Take a seat away: its keys are turned, and whoever waits longest comes in. Their note to themselves stays."""
    member_id, was_seated = seat.member_id, seat.seated
    seat.delete()
    if not was_seated:
        return
    turns.take_from(circle, member_id)
    live.settle(circle.pk)
    waiting = circle.memberships.filter(who_listens(clock.now()), seated=False).order_by("pk").first()
    if waiting is not None:
        _seat(circle, waiting, news=True)
    ring(circle.pk)


# Leading ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def pass_lead(member: Member, circle_id: uuid.UUID, seat_id: int) -> None:
    """Let somebody who sits in the circle lead it from now on. Raises NotYours."""
    circle = _locked(circle_id)
    mine = leading_in(member, circle_id)
    heir = circle.memberships.filter(pk=seat_id, seated=True, leads=False).first()
    if heir is None:
        raise NotYours
    circle.memberships.filter(pk=mine.pk).update(leads=False)
    _lead_on(circle, heir, by=member.pk)


def _lead_on(circle: Circle, heir: Membership, *, by: uuid.UUID | str) -> None:
    """Let somebody lead whom ``by`` (a member, or the line) leaves it to; whoever led does so no more already."""
    circle.memberships.filter(pk=heir.pk).update(leads=True, co_leads=False)
    _record(by, "reflection.pass_lead", circle.pk)
    ring(circle.pk)


@transaction.atomic
def name_co_leader(member: Member, circle_id: uuid.UUID, seat_id: int) -> None:
    """Let somebody who sits in the circle co-lead it, in place of who did: they lead its room as the leader does.

    Raises NotYours.
    """
    circle = _locked(circle_id)
    leading_in(member, circle_id)
    if not circle.memberships.filter(pk=seat_id, seated=True, leads=False).exists():
        raise NotYours
    circle.memberships.filter(co_leads=True).update(co_leads=False)
    circle.memberships.filter(pk=seat_id).update(co_leads=True)
    _record(member.pk, "reflection.name_co_leader", circle.pk)
    ring(circle.pk)


@transaction.atomic
def end_co_leading(member: Member, circle_id: uuid.UUID) -> None:
    """Let nobody co-lead a circle any more; either of the two who lead may say so. Raises NotYours."""
    circle = _locked(circle_id)
    seat = seat_in(member, circle_id)
    if not seat.leads_room or not circle.memberships.filter(co_leads=True).update(co_leads=False):
        raise NotYours
    _record(member.pk, "reflection.end_co_leading", circle.pk)
    ring(circle.pk)


@transaction.atomic
def end(member: Member, circle_id: uuid.UUID) -> None:
    """End a circle that this member leads: nobody enters it any more, its words are destroyed. Raises NotYours."""
    circle = _locked(circle_id)
    leading_in(member, circle_id)
    _end(circle)
    _record(member.pk, "reflection.end", circle.pk)


def _end(circle: Circle) -> None:
    Circle.objects.filter(pk=circle.pk).update(ended_on=today(clock.now()))
    coming = Gathering.objects.filter(circle=circle, state__in=(State.PLANNED, State.OPEN))
    for gathering in coming.select_related("circle"):
        live.close(gathering)
    coming.filter(state=State.PLANNED).update(state=State.CANCELLED)
    turns.destroy(Turn.objects.filter(circle=circle))
    circle.memberships.all().delete()
    circle.kept_out.all().delete()
    ring(circle.pk)


def keep_within_reach(member: Member, circle_id: uuid.UUID) -> None:
    """Let the others of a circle have the keys that they lack and this member holds, who is there now.

    Today's key is made too, if nobody has yet: it is whoever looked in first that its grants name, not whoever spoke.
    """
    seat = seat_in(member, circle_id)
    with transaction.atomic(), contextlib.suppress(NotSealed):
        turns.in_force(_locked(circle_id), member.holder, today(clock.now()))
    with transaction.atomic():
        if turns.pass_on(seat.circle, member.holder):
            ring(circle_id)


# What the line does by itself ---------------------------------------------------------------------------------------


def destroy_old_words(now: datetime.datetime) -> int:
    """Destroy the keys and entries whose agreed life is over, and rooms whose hours are; return how many keys."""
    done = _destroy_gone(now)
    day = today(now)
    for days in Circle.objects.values_list("life_days", flat=True).distinct():
        of_these = {"circle__life_days": days, "circle__gone_at": None}  # rooms of hours go as a whole, at their hour
        with transaction.atomic():
            done += turns.destroy(Turn.objects.filter(opened_on__lte=last_day(day, days), **of_these))
            done += destroy_notes(OwnNote.objects.filter(saved_on__lte=last_day(day, days), **of_these))
    return done


def _destroy_gone(now: datetime.datetime) -> int:
    """Remove the rooms that last hours, with all that was in them; and asks that nobody answered, once it was told."""
    PeerAsk.objects.filter(answered_in=None, until__lte=now - peers.TOLD).delete()
    done = 0
    for circle in Circle.objects.filter(gone_at__lte=now):
        with transaction.atomic():
            done += turns.destroy(Turn.objects.filter(circle=circle))
            done += destroy_notes(OwnNote.objects.filter(circle=circle))
            ring(circle.pk)
            circle.delete()
    return done


def destroy_notes(notes: Iterable[OwnNote]) -> int:
    """Destroy notes to oneself with their keys, as ``turns.destroy``; part of a transaction. Return how many."""
    doomed = list(notes)
    for note in doomed:
        vault.block_key(note.key_id)
        note.delete()
    return len(doomed)


def take_out_the_lapsed(now: datetime.datetime) -> int:
    """Take those out of their circles who listen no more (account closed, role lapsed or changed); return how many.

    Where it was whoever leads, the co-leader leads on, or the one who has been there longest; a circle of nobody ends.
    """
    lapsed = Membership.objects.exclude(who_listens(now))
    done = 0
    for seat_id, circle_id in list(lapsed.values_list("pk", "circle")):
        with transaction.atomic():
            circle = Circle.objects.select_for_update(no_key=True).filter(pk=circle_id).first()
            seat = lapsed.filter(pk=seat_id).first()
            if circle is not None and seat is not None:  # who left meanwhile, or as the circle ended, is gone already
                _replace(circle, seat, now)
                done += 1
    return done


def _replace(circle: Circle, seat: Membership, now: datetime.datetime) -> None:
    if not seat.leads:
        _take_out(circle, seat)
        return
    others = circle.memberships.filter(who_listens(now), seated=True).exclude(pk=seat.pk)
    heir = others.order_by("-co_leads", "pk").first()
    if heir is None:
        _end(circle)
        return
    _take_out(circle, seat)
    _lead_on(circle, heir, by="line")
