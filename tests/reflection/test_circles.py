"""Circles: founding, seats, the waiting list, leaving, leading, and what the line does by itself."""

import datetime

import pytest

from reflection import actions, live
from reflection.access import seat_in
from reflection.errors import AlreadyThere, Leading, NotYours, Removed, Taken
from reflection.models import Circle, Gathering, KeptOut, Membership
from reflection.schedule import BadSchedule, Wish
from roster.models import Member, Role
from tests.cast import make_member
from tests.reflection.people import DAY, HOUR, begin, found, join, leader_of, read, say, soon
from vault.models import Entry
from wire import clock

pytestmark = pytest.mark.django_db(databases="__all__")


def seated(circle: Circle) -> list[Member]:
    return [one.member for one in circle.memberships.filter(seated=True).order_by("pk")]


def test_a_founded_circle_has_its_gatherings_and_who_leads_it_sits_there() -> None:
    carmen = make_member(Role.SUPERVISOR)
    circle = actions.found(carmen, actions.Charter("Martes"), Wish(soon(), 90, every=2, times=4))

    assert [one.starts_at for one in circle.gatherings.all()] == [soon(1 + 14 * number) for number in range(4)]
    assert seated(circle) == [carmen]
    assert seat_in(carmen, circle.pk).leads
    assert Entry.objects.filter(act="reflection.found", subject=str(circle.pk)).exists()


def test_a_circle_in_the_past_is_refused_and_nothing_is_kept() -> None:
    with pytest.raises(BadSchedule):
        actions.found(make_member(Role.SUPERVISOR), actions.Charter("Ayer"), Wish(soon(-1), 60))
    assert not Circle.objects.exists()


def test_planning_the_same_time_twice_is_once() -> None:
    carmen = make_member(Role.SUPERVISOR)
    circle = found(carmen)
    assert actions.plan(carmen, circle.pk, Wish(soon(), 60, every=1, times=3)) == 2
    assert circle.gatherings.count() == 3


@pytest.mark.parametrize(
    ("minutes_later", "minutes", "fits"),
    [(-59, 60, False), (-60, 60, True), (30, 30, False), (59, 60, False), (60, 60, True), (-30, 120, False)],
)
def test_a_gathering_into_which_another_lasts_is_refused_whole(minutes_later: int, minutes: int, *, fits: bool) -> None:
    carmen = make_member(Role.SUPERVISOR)
    circle = actions.found(carmen, actions.Charter("Martes"), Wish(soon(), 60, every=1, times=2))
    at = soon() + datetime.timedelta(minutes=minutes_later)
    wish = Wish(at, minutes, every=1, times=3)
    if fits:
        assert actions.plan(carmen, circle.pk, wish) == 3
        return
    with pytest.raises(BadSchedule) as refused:
        actions.plan(carmen, circle.pk, wish)
    assert (refused.value.code, refused.value.at, circle.gatherings.count()) == ("overlaps", at, 2)


def test_what_was_cancelled_or_is_over_stands_in_no_other_s_way() -> None:
    carmen = make_member(Role.SUPERVISOR)
    circle = actions.found(carmen, actions.Charter("Martes"), Wish(soon(), 60, every=1, times=2))
    first, second = circle.gatherings.all()
    actions.cancel(carmen, circle.pk, first.pk)
    Gathering.objects.filter(pk=second.pk).update(state="over")
    assert actions.plan(carmen, circle.pk, Wish(soon() + HOUR / 2, 60, every=1, times=2)) == 2


def test_when_all_seats_are_taken_one_waits_and_comes_in_when_somebody_leaves() -> None:
    carmen = make_member(Role.SUPERVISOR)
    circle = found(carmen, size=3)
    rosa, luis, ana, eva = (make_member() for _number in range(4))
    assert [actions.sign_up(one, circle.pk) for one in (rosa, luis, ana, eva)] == [True, True, False, False]
    say(rosa, circle, "antes")

    actions.leave(rosa, circle.pk)
    assert seated(circle) == [carmen, luis, ana]
    assert read(ana, circle) == []
    actions.leave(eva, circle.pk)
    actions.leave(luis, circle.pk)
    assert seated(circle) == [carmen, ana]


def test_signing_up_twice_is_told_and_changes_nothing() -> None:
    circle, rosa = found(), make_member()
    join(circle, rosa)
    with pytest.raises(AlreadyThere):
        actions.sign_up(rosa, circle.pk)
    assert circle.memberships.filter(member=rosa).count() == 1


@pytest.mark.parametrize("fields", [{"role": Role.COORDINATOR}, {"rehearsal": True}, {"is_active": False}])
def test_who_does_not_belong_cannot_join(fields: dict[str, object]) -> None:
    circle = found()
    with pytest.raises(NotYours):
        actions.sign_up(make_member(**fields), circle.pk)  # type: ignore[arg-type]


def test_who_leads_passes_it_on_before_they_leave() -> None:
    carmen, rosa = make_member(Role.SUPERVISOR), make_member()
    circle = found(carmen)
    join(circle, rosa)
    with pytest.raises(Leading):
        actions.leave(carmen, circle.pk)
    actions.pass_lead(carmen, circle.pk, Membership.objects.get(member=rosa).pk)
    actions.leave(carmen, circle.pk)
    assert leader_of(circle) == rosa
    actions.leave(rosa, circle.pk)
    assert Circle.objects.get().ended_on


def test_only_who_leads_plans_cancels_removes_and_ends() -> None:
    circle, rosa, luis = found(), make_member(), make_member()
    join(circle, rosa, luis)
    seat = Membership.objects.get(member=luis).pk
    for act in (
        lambda: actions.plan(rosa, circle.pk, Wish(soon(3), 60)),
        lambda: actions.cancel(rosa, circle.pk, circle.gatherings.get().pk),
        lambda: actions.remove(rosa, circle.pk, seat),
        lambda: actions.pass_lead(rosa, circle.pk, seat),
        lambda: actions.end(rosa, circle.pk),
    ):
        with pytest.raises(NotYours):
            act()


def test_a_gathering_that_has_begun_is_not_cancelled() -> None:
    carmen = make_member(Role.SUPERVISOR)
    circle = found(carmen)
    gathering = circle.gatherings.get()
    actions.cancel(carmen, circle.pk, gathering.pk)
    gathering.refresh_from_db()
    assert (gathering.state, gathering.sequence) == ("cancelled", 1)
    with pytest.raises(Taken):
        actions.cancel(carmen, circle.pk, gathering.pk)


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "coordinator"}, {"role_confirmed_at": None}])
def test_whose_role_ends_is_taken_out_and_another_leads(change: dict[str, object]) -> None:
    carmen, rosa = make_member(Role.SUPERVISOR), make_member()
    circle = found(carmen)
    join(circle, rosa)
    if "role_confirmed_at" in change:
        change = {"role_confirmed_at": clock.now() - 400 * DAY}
    Member.objects.filter(pk=carmen.pk).update(**change)

    assert actions.take_out_the_lapsed(clock.now()) == 1
    assert seated(circle) == [rosa]
    assert leader_of(circle) == rosa
    assert actions.take_out_the_lapsed(clock.now()) == 0


def test_a_gathering_to_which_nobody_came_is_over_by_itself() -> None:
    circle = found()
    gathering = begin(circle)
    assert live.close_forgotten(clock.now() + 90 * datetime.timedelta(minutes=1)) == 0
    assert live.close_forgotten(clock.now() + 2 * HOUR) == 1
    gathering.refresh_from_db()
    assert (gathering.state, gathering.attendance) == ("over", 0)
    assert not Gathering.objects.filter(state="planned").exists()


def test_who_was_taken_out_stays_out_until_whoever_leads_lets_them_back() -> None:
    carmen, rosa = make_member(Role.SUPERVISOR), make_member()
    circle = found(carmen, shares_past=True)
    join(circle, rosa)
    say(carmen, circle, "antes")
    actions.remove(carmen, circle.pk, Membership.objects.get(member=rosa).pk)
    with pytest.raises(Removed):
        actions.sign_up(rosa, circle.pk)
    with pytest.raises(NotYours):
        read(rosa, circle)

    kept_out = KeptOut.objects.get().pk
    with pytest.raises(NotYours):
        actions.let_back(make_member(Role.SUPERVISOR), circle.pk, kept_out)
    actions.let_back(carmen, circle.pk, kept_out)
    with pytest.raises(NotYours):
        actions.let_back(carmen, circle.pk, kept_out)
    assert Entry.objects.filter(act="reflection.let_back", subject=str(circle.pk)).count() == 1
    assert actions.sign_up(rosa, circle.pk)
    assert read(rosa, circle) == ["antes"]


def test_who_leaves_by_themselves_is_not_kept_out_and_an_ended_circle_keeps_nobody() -> None:
    carmen, rosa, luis = make_member(Role.SUPERVISOR), make_member(), make_member()
    circle = found(carmen)
    join(circle, rosa, luis)
    actions.leave(rosa, circle.pk)
    assert actions.sign_up(rosa, circle.pk)
    actions.remove(carmen, circle.pk, Membership.objects.get(member=luis).pk)
    actions.end(carmen, circle.pk)
    assert not KeptOut.objects.exists()
