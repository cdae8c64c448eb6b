"""How a circle's room stands, as one of its members sees it."""

import uuid
from collections.abc import Sequence

from reflection import live, phases
from reflection.access import seat_in
from reflection.entries import Heard
from reflection.models import Attendee, Gathering, Kind, Membership
from reflection.phases import Voice
from reflection.protocol import CircleSaid, Room
from roster.models import Member
from wire import clock


def room_for(seat: Membership) -> Room:
    """Return how the room stands for whoever has this seat."""
    gathering = live.under_way(seat.circle_id)
    if gathering is None:
        door = live.at_the_door(seat.circle_id, clock.now())
        return Room(state="door" if door else "thread", leads=seat.leads_room, alone=_alone(seat))
    attendees = list(gathering.attendees.filter(here=True).select_related("membership__member").order_by("pk"))
    me = next((one for one in attendees if one.membership_id == seat.pk), None)
    return _live(seat, gathering, attendees, me)


def _alone(seat: Membership) -> bool:
    return seat.circle.kind == Kind.PEER and seat.circle.memberships.count() < seat.circle.size


def _live(seat: Membership, gathering: Gathering, attendees: Sequence[Attendee], me: Attendee | None) -> Room:
    plan, number, now = live.plan_of(gathering), gathering.phase, clock.now()
    phase, since = plan.at(number), gathering.phase_since or now
    presents_here = any(one.voice == Voice.ONE for one in plan.phases)
    free = seat.leads_room or live.is_round_over(gathering, attendees)
    may_move = me is not None and phases.may_move_on(plan, number, since, now, free=free)
    return Room(
        state="live",
        here=me is not None,
        leads=seat.leads_room,
        phase=number,
        of=len(plan.phases),
        code=phase.code,
        voice=phase.voice.value,
        left=phases.minutes_left(plan, number, since, now),
        begins_in=phases.minutes_until(gathering.starts_at, now) if number == 0 else 0,
        speaker=_name(attendees, gathering.speaker_id),
        my_turn=me is not None and gathering.speaker_id == me.pk,
        spoke=gathering.speaker_spoke,
        presenter=_name(attendees, gathering.presenter_id),
        presents=me is not None and gathering.presenter_id == me.pk,
        may_present=me is not None and presents_here and gathering.presenter_id is None,
        may_move=may_move,
        last_phase=plan.is_last(number),
        refused=live.speech_refused(seat),
        hand=me is not None and me.hand is not None,
        people=[shown_name(one.membership) for one in attendees],
        hands=_hands(attendees),
    )


def _hands(attendees: Sequence[Attendee]) -> list[str]:
    raised = sorted((one.hand, shown_name(one.membership)) for one in attendees if one.hand is not None)
    return [name for _number, name in raised]


def shown_name(seat: Membership) -> str:
    """Return the name under which somebody is in a circle; nothing: they wished to be there without one."""
    return "" if seat.anonymous else seat.member.alias


def _name(attendees: Sequence[Attendee], number: int | None) -> str | None:
    return next((shown_name(one.membership) for one in attendees if one.pk == number), None)


def said_frame(heard: Heard, seat: Membership) -> CircleSaid:
    """Return an entry as the frame that this member hears."""
    said = heard.said
    if said is None:
        return CircleSaid(seq=heard.seq, id=heard.client_id, on=heard.on, live=heard.live, shut=True)
    return CircleSaid(
        seq=heard.seq,
        id=heard.client_id,
        name=said.name,
        text=said.text,
        on=heard.on,
        mine=said.by == seat.pk,
        live=heard.live,
    )


def stands(member: Member, circle_id: uuid.UUID) -> tuple[Membership, Room]:
    """Return a member's seat and how the room stands for them. Raises NotYours."""
    seat = seat_in(member, circle_id)
    return seat, room_for(seat)
