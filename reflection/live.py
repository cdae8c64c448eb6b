"""The verbs of a room while a circle meets: come in, speak in turn, pass, raise a hand, move on, close."""

import datetime
import uuid
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Max, QuerySet

from reflection import phases
from reflection.access import seat_in
from reflection.errors import NotNow, Taken
from reflection.models import Attendee, Circle, Gathering, GatheringState, Membership
from reflection.phases import Place, Plan, Voice
from reflection.rooms import ring
from reflection.schedule import CLOSES_AFTER, OPENS_BEFORE
from roster.models import Member
from wire import clock

State = GatheringState
NOBODY: dict[str, object] = {"speaker": None, "speaker_spoke": False}  # has the word


def plan_of(gathering: Gathering) -> Plan:
    """Return the phases of a gathering."""
    return Plan.of(gathering.circle.kind, gathering.minutes)


def to_the_minute(now: datetime.datetime) -> datetime.datetime:
    """Return a time without its seconds: finer ones are not kept here."""
    return now.replace(second=0, microsecond=0)


def may_be_entered(gathering: Gathering, now: datetime.datetime) -> bool:
    """Say whether the door of a gathering is open: from ten minutes before it begins."""
    if gathering.state == State.OPEN:
        return True
    begins = gathering.starts_at - OPENS_BEFORE
    return gathering.state == State.PLANNED and begins <= now < gathering.ends_at + CLOSES_AFTER


def at_the_door(circle_id: uuid.UUID, now: datetime.datetime) -> Gathering | None:
    """Return the gathering of a circle that is under way or may be entered now."""
    open_now = Gathering.objects.filter(circle=circle_id, state=State.OPEN).select_related("circle").first()
    if open_now is not None:
        return open_now
    coming = Gathering.objects.filter(circle=circle_id, state=State.PLANNED, starts_at__lte=now + OPENS_BEFORE)
    return next((one for one in coming.select_related("circle") if may_be_entered(one, now)), None)


def under_way(circle_id: uuid.UUID) -> Gathering | None:
    """Return the gathering of a circle that is under way."""
    rows = Gathering.objects.filter(circle=circle_id, state=State.OPEN)
    return rows.select_related("circle", "speaker__membership", "presenter__membership").first()


# Coming and going ---------------------------------------------------------------------------------------------------


@transaction.atomic
def enter(member: Member, circle_id: uuid.UUID) -> Attendee:
    """Come into the room; whoever is first opens it, and its clock starts at the hour, not before.

    Raises NotYours, or NotNow while its door is shut.
    """
    seat, now = _lock(member, circle_id), clock.now()
    gathering = at_the_door(circle_id, now)
    if gathering is None:
        raise NotNow
    since = to_the_minute(max(now, gathering.starts_at))
    planned = Gathering.objects.filter(pk=gathering.pk, state=State.PLANNED)
    if not planned.update(state=State.OPEN, phase=0, phase_since=since) and gathering.state == State.PLANNED:
        raise NotNow  # it was called off meanwhile
    attendee, _new = Attendee.objects.update_or_create(gathering=gathering, membership=seat, defaults={"here": True})
    settle(circle_id)
    ring(circle_id)
    return attendee


@transaction.atomic
def step_out(member: Member, circle_id: uuid.UUID) -> None:
    """Leave the room for now: the word goes on to the next, the seat in the circle stays."""
    attendee, _gathering = _here(member, circle_id)
    _go(Attendee.objects.filter(pk=attendee.pk), circle_id)


@transaction.atomic
def lapse(member_id: uuid.UUID, circle_id: uuid.UUID) -> None:
    """Take somebody for gone whose page has been away for a while, as if they had stepped out; of others nothing."""
    _lock_alone(circle_id)
    gathering = under_way(circle_id)
    _go(Attendee.objects.filter(gathering=gathering, membership__member=member_id, here=True), circle_id)


def _go(who: QuerySet[Attendee], circle_id: uuid.UUID) -> None:
    if who.update(here=False, hand=None):
        settle(circle_id)
        ring(circle_id)


def _lock_alone(circle_id: uuid.UUID) -> None:
    """Lock the circle, so that one thing happens at a time in it; part of a transaction."""
    Circle.objects.select_for_update(no_key=True).filter(pk=circle_id).first()


def _lock(member: Member, circle_id: uuid.UUID) -> Membership:
    """Lock the circle and return the member's seat. Raises NotYours."""
    _lock_alone(circle_id)
    return seat_in(member, circle_id)


def _here(member: Member, circle_id: uuid.UUID) -> tuple[Attendee, Gathering]:
    """Lock the circle; return somebody who is in its room, and the gathering. Raises NotYours or NotNow."""
    seat = _lock(member, circle_id)
    gathering = under_way(circle_id)
    attendee = Attendee.objects.filter(gathering=gathering, membership=seat, here=True).first() if gathering else None
    if gathering is None or attendee is None:
        raise NotNow
    attendee.membership = seat
    return attendee, gathering


# The word -----------------------------------------------------------------------------------------------------------


def settle(circle_id: uuid.UUID) -> None:
    """See that who presents is there, and that in a round the word is with somebody who has it still to come.

    An empty room is none: before its hour it waits for it anew, after its end it is over. Part of a transaction.
    """
    gathering = under_way(circle_id)
    if gathering is None or _is_emptied(gathering):
        return
    if gathering.presenter is not None and not gathering.presenter.here:
        Gathering.objects.filter(pk=gathering.pk).update(presenter=None)
    if plan_of(gathering).at(gathering.phase).voice != Voice.ROUND:
        return
    attendees = gathering.attendees.filter(here=True).order_by("pk")
    order = [(one.pk, one.done_phase == gathering.phase) for one in attendees]
    if (gathering.speaker_id, False) in order:
        return
    Gathering.objects.filter(pk=gathering.pk).update(**NOBODY | {"speaker": phases.next_speaker(order)})


def _is_emptied(gathering: Gathering) -> bool:
    """Say whether nobody is in a room that is not for now; it is shut then."""
    now = clock.now()
    if gathering.starts_at <= now < gathering.ends_at or gathering.attendees.filter(here=True).exists():
        return False
    if now >= gathering.ends_at:
        close(gathering)
    else:
        _shut(gathering, State.PLANNED)
    return True


def note_spoken(gathering: Gathering, seat: Membership) -> None:
    """Note that whoever has the word has said something, if this is their seat; part of a transaction."""
    theirs = Gathering.objects.filter(pk=gathering.pk, speaker__membership=seat, speaker_spoke=False)
    theirs.update(speaker_spoke=True)


@transaction.atomic
def finish(member: Member, circle_id: uuid.UUID) -> None:
    """Give the word on in a round, after speaking or to pass.

    Whoever leads or co-leads may for somebody who does not answer. Raises NotNow when it is neither theirs nor theirs
    to give.
    """
    attendee, gathering = _here(member, circle_id)
    holder = gathering.speaker
    if holder is None or (holder.pk != attendee.pk and not attendee.membership.leads_room):
        raise NotNow
    Attendee.objects.filter(pk=holder.pk).update(done_phase=gathering.phase)
    settle(circle_id)
    ring(circle_id)


@transaction.atomic
def raise_hand(member: Member, circle_id: uuid.UUID, *, up: bool) -> None:
    """Raise a hand, or take it down. The others see it, in the order in which they were raised."""
    attendee, gathering = _here(member, circle_id)
    last = gathering.attendees.aggregate(last=Max("hand"))["last"]
    if up and attendee.hand is not None:
        return
    Attendee.objects.filter(pk=attendee.pk).update(hand=(last or 0) + 1 if up else None)
    ring(circle_id)


@transaction.atomic
def present(member: Member, circle_id: uuid.UUID, *, on: bool = True) -> None:
    """Be the one who presents, or no more. Raises Taken when somebody else is, NotNow where nobody presents."""
    attendee, gathering = _here(member, circle_id)
    if all(phase.voice != Voice.ONE for phase in plan_of(gathering).phases):
        raise NotNow
    before, after = (None, attendee) if on else (attendee, None)
    if not Gathering.objects.filter(pk=gathering.pk, presenter=before).update(presenter=after):
        raise Taken
    ring(circle_id)


@transaction.atomic
def move_on(member: Member, circle_id: uuid.UUID, phase: int) -> None:
    """Begin what follows phase ``phase``; after the last the gathering is over.

    Who leads or co-leads may always, others once its time or a round is over. Raises NotNow before that, Taken when it
    was moved on meanwhile.
    """
    attendee, gathering = _here(member, circle_id)
    plan, now = plan_of(gathering), clock.now()
    since = gathering.phase_since or now
    if gathering.phase != phase:
        raise Taken
    here = gathering.attendees.filter(here=True).select_related("membership")
    free = attendee.membership.leads_room or is_round_over(gathering, here)
    if not phases.may_move_on(plan, phase, since, now, free=free):
        raise NotNow
    if plan.is_last(phase):
        close(gathering)
    else:
        _begin(gathering, phase + 1, to_the_minute(now))
    ring(circle_id)


def is_round_over(gathering: Gathering, here: Iterable[Attendee]) -> bool:
    """Say whether those who are here may begin what follows, as a round is done and nobody leads them now."""
    places = [Place(one.pk, one.membership.leads_room) for one in here]
    return phases.is_round_over(plan_of(gathering).at(gathering.phase), places, speaker=gathering.speaker_id)


def _begin(gathering: Gathering, phase: int, since: datetime.datetime) -> None:
    begun = Gathering.objects.filter(pk=gathering.pk, state=State.OPEN)
    begun.update(phase=phase, phase_since=since, **NOBODY)
    gathering.attendees.update(hand=None)
    settle(gathering.circle_id)


def close(gathering: Gathering) -> None:
    """Close a room: how many came is kept, who came is not; part of a transaction."""
    _shut(gathering, State.OVER, attendance=gathering.attendees.count())


def call_off(gathering: Gathering, now: datetime.datetime) -> bool:
    """Let a gathering not take place, unless it has begun: who came before its hour does not keep it.

    Say whether it was so; part of a transaction that has locked the circle.
    """
    changed: dict[str, object] = {"sequence": gathering.sequence + 1}
    planned = Gathering.objects.filter(pk=gathering.pk, state=State.PLANNED)
    if planned.update(state=State.CANCELLED, **changed):
        return True
    return gathering.starts_at > now and _shut(gathering, State.CANCELLED, **changed)


def _shut(gathering: Gathering, state: State, **changed: object) -> bool:
    """Let a room that is open be so no more, and forget who was there; say whether it was open."""
    gone = {"state": state, "phase": 0, "phase_since": None, "presenter": None} | NOBODY | changed
    done = Gathering.objects.filter(pk=gathering.pk, state=State.OPEN).update(**gone)
    if done:
        gathering.attendees.all().delete()
    return bool(done)


def close_forgotten(now: datetime.datetime) -> int:
    """Close the rooms whose time is long over, and note those that nobody came to; return how many."""
    late = Gathering.objects.filter(state__in=(State.OPEN, State.PLANNED), starts_at__lt=now)
    forgotten = [one for one in late.select_related("circle") if now >= one.ends_at + CLOSES_AFTER]
    for one in forgotten:
        with transaction.atomic():
            _lock_alone(one.circle_id)
            close(one)
            Gathering.objects.filter(pk=one.pk, state=State.PLANNED).update(state=State.OVER, attendance=0)
            ring(one.circle_id)
    return len(forgotten)


def speech_refused(seat: Membership) -> str:
    """Return why a member may not speak in their circle now, as a code; nothing if they may.

    Between gatherings everybody may; in one, those who came in, as its phase says.
    """
    gathering = under_way(seat.circle_id)
    if gathering is None:
        return ""
    attendee = Attendee.objects.filter(gathering=gathering, membership=seat, here=True).first()
    if attendee is None:
        return "not_in_room"
    phase = plan_of(gathering).at(gathering.phase)
    place = Place(attendee.pk, seat.leads_room)
    return phases.speech_refused(phase, place, speaker=gathering.speaker_id, presenter=gathering.presenter_id)
