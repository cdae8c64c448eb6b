"""The end of a shift: a room opens by itself, for those whose shift ended and whoever supervises, for a few hours."""

import datetime

import pytest

from reflection import actions, live, room, shift_ends, showing
from reflection.access import seat_in
from reflection.models import Circle, Gathering
from reflection.shift_ends import divided
from roster.models import Member, Role, Shift
from tests.cast import make_member
from tests.reflection.people import HOUR, MINUTE, read, say
from wire import clock

pytestmark = pytest.mark.django_db(databases="__all__")
SLOT = datetime.datetime(2026, 11, 26, 23, 0, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: SLOT + MINUTE)


def shift(member: Member, hours: float = 2, end: datetime.datetime = SLOT) -> Member:
    Shift.objects.create(member=member, starts_at=end - hours * HOUR, ends_at=end)
    return member


def groups() -> list[set[Member]]:
    return [{one.member for one in circle.memberships.all()} for circle in Circle.objects.order_by("part")]


def test_it_opens_once_for_those_whose_shift_ended_and_whoever_supervises() -> None:
    rosa, luis = shift(make_member()), shift(make_member(), 4)
    carmen = shift(make_member(Role.SUPERVISOR), 4, SLOT + HOUR)
    shift(make_member(), 2, SLOT + 2 * HOUR)

    assert shift_ends.open_rooms(clock.now()) == 1
    assert shift_ends.open_rooms(clock.now()) == 0
    assert groups() == [{rosa, luis, carmen}]
    live.enter(rosa, Circle.objects.get().pk)
    now = room.room_for(seat_in(rosa, Circle.objects.get().pk))
    assert (now.state, now.code, now.of, now.speaker) == ("live", "arrived", 4, rosa.alias)
    assert seat_in(carmen, Circle.objects.get().pk).leads


def test_who_goes_on_with_another_shift_stays_with_the_callers() -> None:
    rosa, luis, ana = (shift(make_member()) for _number in range(3))
    shift(ana, 2, SLOT + 2 * HOUR)
    shift_ends.open_rooms(clock.now())
    assert groups() == [{rosa, luis}]


def test_nobody_sits_there_alone_and_rehearsals_are_apart() -> None:
    shift(make_member())
    shift(make_member(rehearsal=True))
    assert shift_ends.open_rooms(clock.now()) == 0


def test_long_after_the_end_no_room_opens() -> None:
    shift(make_member())
    shift(make_member())
    assert shift_ends.open_rooms(SLOT + 6 * MINUTE) == 0


@pytest.mark.parametrize("supervisors", [0, 1, 2])
@pytest.mark.parametrize("volunteers", range(13))
def test_each_room_has_two_to_four_people_and_at_most_one_who_supervises(volunteers: int, supervisors: int) -> None:
    people = [Member(alias=f"v{number}") for number in range(volunteers)]
    above = [Member(alias=f"s{number}") for number in range(supervisors)]
    rooms = divided(people, above)
    assert all(2 <= len(one) <= 4 and len(set(one) & set(above)) <= 1 for one in rooms)
    alone = volunteers == 0 or volunteers + supervisors < 2
    assert {one for room in rooms for one in room} & set(people) == (set() if alone else set(people))


def test_two_whom_nobody_leads_are_through_as_soon_as_both_have_spoken_and_the_desk_tells_it_no_more() -> None:
    rosa, luis = shift(make_member()), shift(make_member())
    shift_ends.open_rooms(clock.now())
    circle = Circle.objects.get()
    for one in (rosa, luis):
        live.enter(one, circle.pk)
    assert showing.notices(rosa)["rooms"]
    for phase in range(4):
        for one in (rosa, luis):
            assert say(one, circle, "Aquí.").new
            live.finish(one, circle.pk)
        live.move_on(rosa, circle.pk, phase)
    assert showing.notices(rosa)["rooms"] == []
    assert len(read(luis, circle)) == 8


def test_after_a_few_hours_nothing_of_it_is_left() -> None:
    rosa = shift(make_member())
    shift(make_member())
    shift_ends.open_rooms(clock.now())
    circle = Circle.objects.get()
    live.enter(rosa, circle.pk)
    say(rosa, circle, "Me llevo una voz.")
    assert read(rosa, circle) == ["Me llevo una voz."]
    actions.destroy_old_words(SLOT + 3 * HOUR)
    assert not Circle.objects.exists()
    assert not Gathering.objects.exists()
