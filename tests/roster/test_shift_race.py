"""Several at once at one shift: one has it, nobody passes a limit by being quick."""

import datetime
from collections.abc import Callable

import pytest

from roster import shifts
from roster.errors import NotYourShift, RosterError
from roster.hours import at_midnight, day_of
from roster.models import GivenBack, Member, Shift
from roster.shift_rules import week_of
from tests.at_once import together
from tests.cast import make_member
from wire import clock

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

DAY, HOUR = datetime.timedelta(days=1), datetime.timedelta(hours=1)


def in_days(days: int, hour: int) -> datetime.datetime:
    return at_midnight(day_of(clock.now()) + days * DAY) + hour * HOUR


def take(member: Member, begin: datetime.datetime, hours: int = 2) -> Shift:
    return shifts.take(member, begin, begin + hours * HOUR)


def done(came: list[object]) -> int:
    return sum(not isinstance(one, RosterError) for one in came)


def taking_over(member: Member, shift: Shift) -> Callable[[], object]:
    return lambda: shifts.take_swap(member, shift.pk)


def test_of_several_who_take_a_shift_over_at_once_one_has_it() -> None:
    rosa, others = make_member(), [make_member() for _number in range(5)]
    shift = take(rosa, in_days(7, 10))
    shifts.open_swap(rosa, shift.pk)
    assert done(together([taking_over(member, shift) for member in others], RosterError)) == 1
    assert Shift.objects.get().member in others
    assert GivenBack.objects.count() == 1


def test_a_shift_given_back_kept_and_taken_over_at_once_ends_with_one_of_these() -> None:
    rosa, luis = make_member(), make_member()
    for number in range(4):
        shift = take(rosa, in_days(7 + 7 * number, 10))
        shifts.open_swap(rosa, shift.pk)
        acts = [
            lambda: shifts.give_back(rosa, shift.pk),  # noqa: B023  used in this round
            lambda: shifts.close_swap(rosa, shift.pk),  # noqa: B023
            taking_over(luis, shift),
        ]
        together(acts, RosterError)
        standing = Shift.objects.filter(pk=shift.pk).first()
        told = GivenBack.objects.filter(uid=shift.uid)
        assert told.count() == (0 if standing is not None and standing.member == rosa else 1)
        assert standing is None or standing.swap_since is None


def test_two_exchanges_of_the_same_shift_have_one_winner() -> None:
    rosa, luis, inez = make_member(), make_member(), make_member()
    wanted = take(luis, in_days(7, 10))
    hers, other = take(rosa, in_days(8, 10)), take(inez, in_days(9, 10))
    shifts.open_swap(rosa, hers.pk, wanted.pk)
    shifts.open_swap(inez, other.pk, wanted.pk)
    assert done(together([taking_over(luis, hers), taking_over(luis, other)], RosterError)) == 1
    assert sorted(Shift.objects.values_list("member__alias", flat=True)) == sorted(
        one.alias for one in (rosa, luis, inez)
    )
    assert Shift.objects.get(pk=wanted.pk).member in {rosa, inez}


def test_two_who_give_each_other_their_shifts_at_once_end_with_one_each() -> None:
    rosa, luis = make_member(), make_member()
    hers, his = take(rosa, in_days(7, 10)), take(luis, in_days(8, 10))
    shifts.open_swap(rosa, hers.pk, his.pk)
    shifts.open_swap(luis, his.pk, hers.pk)
    assert done(together([taking_over(luis, hers), taking_over(rosa, his)], RosterError)) == 1
    assert {one.member_id for one in Shift.objects.all()} == {rosa.pk, luis.pk}


def test_nobody_passes_a_limit_by_signing_up_in_several_windows_at_once() -> None:
    rosa = make_member()
    monday = at_midnight(week_of(day_of(clock.now())) + 7 * DAY)
    for number, hours in enumerate((4, 4, 2)):
        take(rosa, monday + number * DAY + 10 * HOUR, hours)
    begins = [monday + number * DAY + 10 * HOUR for number in (3, 4, 5)]
    assert done(together([lambda at=begin: take(rosa, at) for begin in begins], RosterError)) == 1  # type: ignore[misc]
    assert Shift.objects.count() == 4


@pytest.mark.database("postgresql")  # on SQLite whoever writes has the database to themselves
@pytest.mark.parametrize("act", [shifts.give_back, shifts.open_swap])
def test_a_shift_taken_over_while_its_member_gives_it_back_stays_the_other_s(
    act: Callable[[Member, int], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    rosa, luis = make_member(), make_member()
    shift = take(rosa, in_days(7, 10))
    shifts.open_swap(rosa, shift.pk)
    look = shifts._own  # between this look and the act others act

    def looked(member: Member, shift_id: int) -> Shift:
        found = look(member, shift_id)
        together([taking_over(luis, shift)], RosterError)
        return found

    monkeypatch.setattr(shifts, "_own", looked)
    with pytest.raises(NotYourShift):
        act(rosa, shift.pk)
    assert (Shift.objects.get().member, Shift.objects.get().swap_since) == (luis, None)
    assert GivenBack.objects.count() == 1
