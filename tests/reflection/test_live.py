"""The room while a circle meets: coming in, the round, passing, hands, presenting, moving on, closing."""

import uuid

import pytest

from reflection import actions, live, room
from reflection.access import seat_in
from reflection.errors import NotNow, NotYours, Taken
from reflection.models import Attendee, Circle, Gathering, Membership
from reflection.protocol import Room
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


def shown(circle: Circle, member: Member) -> Room:
    return room.room_for(seat_in(member, circle.pk))


def speaker(circle: Circle, member: Member) -> str | None:
    return shown(circle, member).speaker


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
    live.present(rosa, circle.pk, on=True)
    with pytest.raises(Taken):
        live.present(luis, circle.pk, on=True)
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


# Passing, and a round that is over ----------------------------------------------------------------------------------


def test_whoever_has_the_word_passes_until_they_have_spoken(in_round: Circle, rosa: Member, carmen: Member) -> None:
    say(carmen, in_round, "Bienvenida.")
    assert not shown(in_round, rosa).spoke
    say(rosa, in_round, "Llegué cansada.")
    assert shown(in_round, rosa).spoke
    live.finish(rosa, in_round.pk)
    assert not shown(in_round, rosa).spoke


def test_once_a_round_is_over_those_whom_nobody_leads_begin_what_follows(
    in_round: Circle, carmen: Member, rosa: Member, luis: Member
) -> None:
    for one in (rosa, luis, carmen):
        live.finish(one, in_round.pk)
    assert not shown(in_round, rosa).may_move  # it is for whoever leads, who is there
    live.step_out(carmen, in_round.pk)
    assert shown(in_round, rosa).may_move
    live.move_on(rosa, in_round.pk, 1)
    assert not shown(in_round, rosa).may_move  # no round any more


def test_whoever_is_alone_waits_for_the_others(in_round: Circle, carmen: Member, rosa: Member, luis: Member) -> None:
    live.step_out(carmen, in_round.pk)
    live.step_out(luis, in_round.pk)
    live.finish(rosa, in_round.pk)
    with pytest.raises(NotNow):
        live.move_on(rosa, in_round.pk, 1)


# Coming early, going, closing ---------------------------------------------------------------------------------------


@pytest.fixture
def early(circle: Circle, monkeypatch: pytest.MonkeyPatch) -> Circle:
    """Return a circle whose hour is in ten minutes."""
    start = live.to_the_minute(clock.now()) + 10 * MINUTE
    Gathering.objects.update(starts_at=start)
    monkeypatch.setattr(clock, "now", lambda: start - 10 * MINUTE)
    return circle


def later(monkeypatch: pytest.MonkeyPatch, minutes: int) -> None:
    moment = clock.now() + minutes * MINUTE
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_who_comes_early_waits_for_the_hour(
    early: Circle, carmen: Member, rosa: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.enter(rosa, early.pk)
    now = shown(early, rosa)
    assert (now.begins_in, now.left) == (10, 3)
    later(monkeypatch, 9)
    with pytest.raises(NotNow):
        live.move_on(rosa, early.pk, 0)
    live.enter(carmen, early.pk)
    live.move_on(carmen, early.pk, 0)  # whoever leads may
    assert shown(early, rosa).begins_in == 0


def test_a_gathering_whose_hour_is_to_come_is_called_off_although_somebody_is_early(
    early: Circle, carmen: Member, rosa: Member
) -> None:
    gathering = Gathering.objects.get()
    live.enter(rosa, early.pk)
    actions.cancel(carmen, early.pk, gathering.pk)
    assert (Gathering.objects.get().state, Attendee.objects.count()) == ("cancelled", 0)
    assert say(rosa, early, "¿Otro día?").new
    with pytest.raises(NotNow):
        live.enter(rosa, early.pk)


def test_a_gathering_that_has_begun_is_not_called_off(circle: Circle, carmen: Member, rosa: Member) -> None:
    live.enter(rosa, circle.pk)
    with pytest.raises(Taken):
        actions.cancel(carmen, circle.pk, Gathering.objects.get().pk)


def test_a_room_that_empties_before_its_hour_waits_for_it_anew(
    early: Circle, carmen: Member, rosa: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.enter(rosa, early.pk)
    live.step_out(rosa, early.pk)
    assert (Gathering.objects.get().state, Attendee.objects.count()) == ("planned", 0)
    assert shown(early, rosa).state == "door"
    assert say(carmen, early, "Hoy llego tarde.").new
    later(monkeypatch, 12)
    live.enter(rosa, early.pk)
    assert (shown(early, rosa).begins_in, shown(early, rosa).left) == (0, 3)


def test_who_empties_a_room_after_its_end_closes_it(
    in_round: Circle, carmen: Member, rosa: Member, luis: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, 61)
    for one in (rosa, luis):
        live.step_out(one, in_round.pk)
    assert Gathering.objects.get().state == "open"
    live.lapse(carmen.pk, in_round.pk)
    assert (Gathering.objects.get().state, Gathering.objects.get().attendance) == ("over", 3)


def test_in_the_middle_of_its_time_an_empty_room_stays_as_it_is(circle: Circle, rosa: Member) -> None:
    live.enter(rosa, circle.pk)
    live.step_out(rosa, circle.pk)
    assert Gathering.objects.get().state == "open"


def test_whose_page_is_away_is_not_here_and_has_the_word_no_more(
    in_round: Circle, carmen: Member, rosa: Member
) -> None:
    live.raise_hand(rosa, in_round.pk, up=True)
    live.lapse(rosa.pk, in_round.pk)
    now = shown(in_round, carmen)
    assert (now.people, now.speaker, now.hands) == (["Luis", "Carmen"], "Luis", [])
    live.lapse(rosa.pk, in_round.pk)
    live.enter(rosa, in_round.pk)
    assert shown(in_round, carmen).people == ["Rosa", "Luis", "Carmen"]


# Presenting ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def presenting(carmen: Member, rosa: Member, luis: Member) -> Circle:
    """Return a Balint group in which Rosa presents."""
    made = found(carmen, kind="balint")
    join(made, rosa, luis)
    begin(made)
    for one in (rosa, luis, carmen):
        live.enter(one, made.pk)
    live.present(rosa, made.pk, on=True)
    live.move_on(carmen, made.pk, 0)
    return made


@pytest.mark.parametrize("how", ["step_out", "lapse", "remove", "choice"])
def test_who_presents_and_goes_leaves_it_to_another(
    presenting: Circle, carmen: Member, rosa: Member, luis: Member, how: str
) -> None:
    {
        "step_out": lambda: live.step_out(rosa, presenting.pk),
        "lapse": lambda: live.lapse(rosa.pk, presenting.pk),
        "remove": lambda: actions.remove(carmen, presenting.pk, Membership.objects.get(member=rosa).pk),
        "choice": lambda: live.present(rosa, presenting.pk, on=False),
    }[how]()
    now = shown(presenting, luis)
    assert (now.presenter, now.may_present, now.refused) == (None, True, "only_presenter")
    live.present(luis, presenting.pk, on=True)
    assert say(luis, presenting, "Les cuento.").new


def test_nobody_ends_what_another_presents(presenting: Circle, luis: Member) -> None:
    with pytest.raises(Taken):
        live.present(luis, presenting.pk, on=False)
    assert shown(presenting, luis).presenter == "Rosa"
