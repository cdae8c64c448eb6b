"""Several at once in a circle: numbers without gaps, no seat too many, one answer, one room for each end of a shift."""

import datetime
import uuid
from collections.abc import Callable

import pytest

from reflection import actions, live, peers, shift_ends, speaking
from reflection.errors import AlreadyThere, ReflectionError
from reflection.models import Attendee, Circle, Entry, Gathering, Membership, Turn
from reflection.schedule import CLOSES_AFTER, BadSchedule, Wish
from roster.models import Member, Role, Shift
from tests.at_once import together
from tests.cast import make_member
from tests.reflection.people import HOUR, MINUTE, begin, found, join, soon
from wire import clock

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def done(came: list[object]) -> int:
    return sum(not isinstance(one, ReflectionError) for one in came)


def saying(member: Member, circle: Circle, client_id: str) -> Callable[[], object]:
    return lambda: speaking.say(member, circle.pk, client_id, "hola")


def test_what_several_say_at_once_has_numbers_without_gaps_under_one_key() -> None:
    people = [make_member() for _number in range(3)]
    circle = found()
    join(circle, *people)
    together([saying(member, circle, str(uuid.uuid4())) for member in people * 2], ReflectionError)
    assert list(Entry.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert Turn.objects.count() == 1


def test_the_same_id_at_once_is_said_once() -> None:
    rosa, circle, one = make_member(), found(), str(uuid.uuid4())
    join(circle, rosa)
    together([saying(rosa, circle, one) for _number in range(4)], ReflectionError)
    assert Entry.objects.count() == 1


def test_of_several_who_want_the_last_seat_one_has_it_and_the_others_wait() -> None:
    circle = found(size=3)
    join(circle, make_member())
    people = [make_member() for _number in range(4)]
    acts: list[Callable[[], object]] = [lambda one=one: actions.sign_up(one, circle.pk) for one in people]  # type: ignore[misc]
    assert sorted(map(bool, together(acts, ReflectionError))) == [False, False, False, True]
    assert Membership.objects.filter(seated=True).count() == 3


@pytest.mark.parametrize("full", [False, True])
def test_who_signs_up_several_times_at_once_is_there_once(*, full: bool) -> None:
    circle, rosa = found(size=3), make_member()
    if full:
        join(circle, make_member(), make_member())
    came = together([lambda: actions.sign_up(rosa, circle.pk)] * 4, ReflectionError)
    assert (done(came), sum(isinstance(one, AlreadyThere) for one in came)) == (1, 3)
    assert [one.seated for one in Membership.objects.filter(member=rosa)] == [not full]


def test_of_several_gatherings_at_once_that_overlap_one_is_planned() -> None:
    carmen = make_member(Role.SUPERVISOR)
    circle = found(carmen)
    acts: list[Callable[[], object]] = [
        lambda late=late: actions.plan(carmen, circle.pk, Wish(soon(3) + datetime.timedelta(minutes=late), 60))  # type: ignore[misc]
        for late in (0, 15, 30, 45)
    ]
    assert sum(one == 1 for one in together(acts, BadSchedule)) == 1
    assert Gathering.objects.count() == 2


def test_of_several_who_answer_one_is_paired_and_no_room_is_left_over() -> None:
    ask = peers.ask(make_member(), anonymous=False)
    acts: list[Callable[[], object]] = [
        lambda one=one: peers.answer(one, ask.pk)  # type: ignore[misc]
        for one in [make_member() for _number in range(4)]
    ]
    assert done(together(acts, ReflectionError)) == 1
    assert (Circle.objects.count(), Membership.objects.count()) == (1, 2)


def test_of_several_who_move_on_at_once_one_does() -> None:
    carmen = make_member(Role.SUPERVISOR)
    circle = found(carmen)
    begin(circle)
    live.enter(carmen, circle.pk)
    assert done(together([lambda: live.move_on(carmen, circle.pk, 0)] * 4, ReflectionError)) == 1
    assert Gathering.objects.get().phase == 1


def test_of_several_who_come_first_all_come_in() -> None:
    people = [make_member() for _number in range(3)]
    circle = found()
    join(circle, *people)
    begin(circle)
    together([lambda one=one: live.enter(one, circle.pk) for one in people], ReflectionError)  # type: ignore[misc]
    assert Attendee.objects.count() == 3


def test_of_who_comes_early_and_who_calls_off_nobody_is_left_in_a_room_that_is_not() -> None:
    for _number in range(5):
        carmen, rosa = make_member(Role.SUPERVISOR), make_member()
        circle = found(carmen)
        join(circle, rosa)
        gathering = circle.gatherings.get()
        Gathering.objects.filter(pk=gathering.pk).update(starts_at=clock.now() + 5 * MINUTE)
        together(
            [lambda: live.enter(rosa, circle.pk), lambda: actions.cancel(carmen, circle.pk, gathering.pk)],  # noqa: B023
            ReflectionError,
        )
        assert Gathering.objects.get(pk=gathering.pk).state == "cancelled"
        assert not Attendee.objects.exists()


def test_of_who_comes_late_and_the_line_that_closes_nobody_is_left_in_a_room_that_is_over() -> None:
    for _number in range(5):
        rosa, circle = make_member(), found()
        join(circle, rosa)
        now = clock.now()
        Gathering.objects.filter(circle=circle).update(starts_at=now - HOUR, minutes=60)
        late = now + CLOSES_AFTER
        together([lambda: live.enter(rosa, circle.pk), lambda: live.close_forgotten(late)], ReflectionError)  # noqa: B023
        assert (circle.gatherings.get().state, Attendee.objects.count()) == ("over", 0)


def test_two_nodes_open_one_room_for_the_end_of_a_shift() -> None:
    end = clock.now() - datetime.timedelta(minutes=1)
    for _number in range(2):
        Shift.objects.create(member=make_member(), starts_at=end - 2 * HOUR, ends_at=end)
    opened = together([lambda: shift_ends.open_rooms(clock.now())] * 3, ReflectionError)
    assert sorted(map(str, opened)) == ["0", "0", "1"]
    assert (Circle.objects.count(), Gathering.objects.count(), Membership.objects.count()) == (1, 1, 2)
