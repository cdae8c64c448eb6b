"""The room while a circle meets: coming in, the round, passing, hands, presenting, moving on, closing."""

import uuid

import pytest

from reflection import actions, live, room
from reflection.access import seat_in
from reflection.errors import NotNow, NotYours, Taken
from reflection.models import Attendee, Circle, Gathering, Membership
from roster.models import Member
from tests.reflection.people import MINUTE, begin, found, join, read, say
from wire import clock

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def circle(carmen: Member, rosa: Member, luis: Member) -> Circle:
    """Return a circle of three that may be entered now."""
    made = found(carmen)
    join(made, rosa, luis)
    begin(made)
    return made


@pytest.fixture
def in_round(circle: Circle, carmen: Member, rosa: Member, luis: Member) -> Circle:
    """Return it in its first round: Rosa came first, then Luis, then Carmen, who leads."""
    for one in (rosa, luis, carmen):
        live.enter(one, circle.pk)
    live.move_on(carmen, circle.pk, 0)
    return circle


def speaker(circle: Circle, member: Member) -> str | None:
    return room.room_for(seat_in(member, circle.pk)).speaker


def test_the_room_opens_with_whoever_comes_first(circle: Circle, rosa: Member) -> None:
    assert room.room_for(seat_in(rosa, circle.pk)).state == "door"
    live.enter(rosa, circle.pk)
    live.enter(rosa, circle.pk)
    now = room.room_for(seat_in(rosa, circle.pk))
    assert (now.state, now.here, now.code, now.people) == ("live", True, "welcome", ["Rosa"])


def test_before_its_time_the_door_is_shut(rosa: Member) -> None:
    circle = found()
    join(circle, rosa)
    with pytest.raises(NotNow):
        live.enter(rosa, circle.pk)
    Gathering.objects.update(starts_at=clock.now() + 9 * MINUTE)
    assert live.enter(rosa, circle.pk).here


def test_in_a_round_one_after_another_speaks_or_passes(in_round: Circle, rosa: Member, luis: Member) -> None:
    assert speaker(in_round, luis) == "Rosa"
    assert say(luis, in_round, "yo primero").code == "not_your_turn"
    assert say(rosa, in_round, "Llegué cansada.").new
    with pytest.raises(NotNow):
        live.finish(luis, in_round.pk)
    live.finish(rosa, in_round.pk)
    assert speaker(in_round, rosa) == "Luis"
    live.finish(luis, in_round.pk)
    assert speaker(in_round, rosa) == "Carmen"
    assert say(rosa, in_round, "otra vez").code == "not_your_turn"


def test_who_leads_gives_the_word_on_for_somebody_who_does_not_answer(in_round: Circle, carmen: Member) -> None:
    live.finish(carmen, in_round.pk)
    assert speaker(in_round, carmen) == "Luis"


def test_the_word_does_not_stay_with_who_steps_out_or_is_taken_out(
    in_round: Circle, carmen: Member, rosa: Member, luis: Member
) -> None:
    live.step_out(rosa, in_round.pk)
    assert speaker(in_round, carmen) == "Luis"
    actions.remove(carmen, in_round.pk, Membership.objects.get(member=luis).pk)
    assert speaker(in_round, carmen) == "Carmen"
    with pytest.raises(NotYours):
        say(luis, in_round, "¿Sigo aquí?")
    live.enter(rosa, in_round.pk)
    live.finish(carmen, in_round.pk)
    assert speaker(in_round, carmen) == "Rosa"


def test_who_has_not_come_in_reads_and_does_not_speak(circle: Circle, rosa: Member, luis: Member) -> None:
    live.enter(rosa, circle.pk)
    say(rosa, circle, "hola")
    assert say(luis, circle, "hola").code == "not_in_room"
    assert read(luis, circle) == ["hola"]
    with pytest.raises(NotNow):
        live.raise_hand(luis, circle.pk, up=True)


def test_hands_are_seen_in_the_order_in_which_they_were_raised(in_round: Circle, carmen: Member, rosa: Member) -> None:
    live.raise_hand(carmen, in_round.pk, up=True)
    live.raise_hand(rosa, in_round.pk, up=True)
    live.raise_hand(carmen, in_round.pk, up=True)
    assert room.room_for(seat_in(rosa, in_round.pk)).hands == ["Carmen", "Rosa"]
    live.raise_hand(carmen, in_round.pk, up=False)
    assert room.room_for(seat_in(rosa, in_round.pk)).hands == ["Rosa"]


def test_in_a_balint_group_the_presenter_alone_speaks_and_then_sits_back(
    carmen: Member, rosa: Member, luis: Member
) -> None:
    circle = found(carmen, kind="balint")
    join(circle, rosa, luis)
    begin(circle)
    for one in (carmen, rosa, luis):
        live.enter(one, circle.pk)
    live.present(rosa, circle.pk)
    with pytest.raises(Taken):
        live.present(luis, circle.pk)
    live.move_on(carmen, circle.pk, 0)
    assert (say(luis, circle, "a").code, say(rosa, circle, "b").code) == ("only_presenter", "")
    live.move_on(carmen, circle.pk, 1)
    live.move_on(carmen, circle.pk, 2)
    assert (say(luis, circle, "c").code, say(rosa, circle, "d").code) == ("", "presenter_rests")


def test_a_phase_is_moved_on_once_and_by_others_only_after_its_time(
    circle: Circle, carmen: Member, rosa: Member
) -> None:
    for one in (carmen, rosa):
        live.enter(one, circle.pk)
    with pytest.raises(NotNow):
        live.move_on(rosa, circle.pk, 0)
    Gathering.objects.update(phase_since=clock.now() - 30 * MINUTE)
    live.move_on(rosa, circle.pk, 0)
    with pytest.raises(Taken):
        live.move_on(carmen, circle.pk, 0)


def test_what_is_over_keeps_how_many_came_and_not_who(in_round: Circle, carmen: Member, luis: Member) -> None:
    live.step_out(luis, in_round.pk)
    for phase in (1, 2, 3):
        live.move_on(carmen, in_round.pk, phase)
    gathering = Gathering.objects.get()
    assert (gathering.state, gathering.attendance, gathering.phase_since) == ("over", 3, None)
    assert not Attendee.objects.exists()
    assert say(luis, in_round, "Gracias por hoy.").new


def test_the_same_id_is_said_once_and_anothers_is_a_bad_field(in_round: Circle, carmen: Member, rosa: Member) -> None:
    one = str(uuid.uuid4())
    assert say(rosa, in_round, "uno", one).seq == say(rosa, in_round, "dos", one).seq == 1
    assert say(carmen, in_round, "tres", one).code == "bad_field"
    assert read(rosa, in_round) == ["uno"]
