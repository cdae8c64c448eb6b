"""A co-leader: named by the leader, leads the room beside them or alone, and leads on when they are gone."""

from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.db import IntegrityError, transaction

from reflection import actions, live, room
from reflection.access import seat_in
from reflection.errors import NotNow, NotYours
from reflection.models import Circle, Gathering, Membership
from reflection.schedule import Wish
from roster.models import Member
from tests.at_once import together
from tests.cast import browser_of, make_member
from tests.reflection.people import begin, found, join, leader_of, say, soon
from vault.models import Entry
from wire import clock

pytestmark = pytest.mark.django_db(databases="__all__")


def seat(member: Member) -> int:
    return Membership.objects.get(member=member).pk


@pytest.fixture
def circle(carmen: Member, rosa: Member, luis: Member) -> Circle:
    """Return a Balint group of three, which Rosa co-leads."""
    made = found(carmen, kind="balint")
    join(made, rosa, luis)
    actions.name_co_leader(carmen, made.pk, seat(rosa))
    return made


def co_leaders(circle: Circle) -> list[Member]:
    return [one.member for one in circle.memberships.filter(co_leads=True)]


def acts(circle: Circle) -> list[tuple[str, str]]:
    """Return who did what to a circle since it was founded, as the trail tells it."""
    rows = Entry.objects.filter(subject=str(circle.pk)).exclude(act="reflection.found").order_by("seq")
    return list(rows.values_list("actor", "act"))


def test_in_the_room_a_co_leader_leads_while_the_leader_is_not_there(
    circle: Circle, rosa: Member, luis: Member
) -> None:
    begin(circle)
    for one in (luis, rosa):
        live.enter(one, circle.pk)
    with pytest.raises(NotNow):
        live.move_on(luis, circle.pk, 0)
    live.move_on(rosa, circle.pk, 0)
    live.present(luis, circle.pk)
    assert say(rosa, circle, "Gracias, Luis.").new  # while only whoever presents speaks
    for phase in range(1, 5):
        live.move_on(rosa, circle.pk, phase)
    assert room.room_for(seat_in(rosa, circle.pk)).speaker == "Luis"
    live.finish(rosa, circle.pk)
    assert room.room_for(seat_in(rosa, circle.pk)).my_turn
    live.move_on(rosa, circle.pk, 5)
    assert Gathering.objects.get().state == "over"


def test_whom_the_circle_belongs_to_remains_the_leaders_alone(circle: Circle, rosa: Member, luis: Member) -> None:
    refused: list[Callable[[], object]] = [
        lambda: actions.plan(rosa, circle.pk, Wish(soon(3), 60)),
        lambda: actions.remove(rosa, circle.pk, seat(luis)),
        lambda: actions.pass_lead(rosa, circle.pk, seat(luis)),
        lambda: actions.name_co_leader(rosa, circle.pk, seat(luis)),
        lambda: actions.end(rosa, circle.pk),
        lambda: actions.end_co_leading(luis, circle.pk),
    ]
    for act in refused:
        with pytest.raises(NotYours):
            act()


def test_a_leader_who_leaves_leaves_it_to_the_co_leader(circle: Circle, carmen: Member, rosa: Member) -> None:
    actions.leave(carmen, circle.pk)
    assert (leader_of(circle), co_leaders(circle)) == (rosa, [])
    named, passed = acts(circle)
    assert (named, passed) == (
        (str(carmen.pk), "reflection.name_co_leader"),
        (str(carmen.pk), "reflection.pass_lead"),
    )


def test_where_the_leaders_account_is_closed_the_co_leader_leads_on(
    circle: Circle, carmen: Member, luis: Member
) -> None:
    actions.name_co_leader(carmen, circle.pk, seat(luis))  # who came after Rosa
    Member.objects.filter(pk=carmen.pk).update(is_active=False)
    assert actions.take_out_the_lapsed(clock.now()) == 1
    assert (leader_of(circle), co_leaders(circle)) == (luis, [])
    assert acts(circle)[-1] == ("line", "reflection.pass_lead")


def test_where_both_are_gone_at_once_another_leads_and_where_all_are_the_circle_ends(
    circle: Circle, carmen: Member, rosa: Member, luis: Member
) -> None:
    Member.objects.filter(pk__in=[carmen.pk, rosa.pk]).update(is_active=False)
    assert actions.take_out_the_lapsed(clock.now()) == 2
    assert leader_of(circle) == luis
    Member.objects.filter(pk=luis.pk).update(is_active=False)
    actions.take_out_the_lapsed(clock.now())
    assert Circle.objects.get().ended_on
    assert not Membership.objects.exists()


def test_another_is_named_in_their_place_and_either_of_the_two_ends_it(
    circle: Circle, carmen: Member, rosa: Member, luis: Member
) -> None:
    actions.name_co_leader(carmen, circle.pk, seat(luis))
    assert co_leaders(circle) == [luis]
    actions.end_co_leading(luis, circle.pk)
    actions.name_co_leader(carmen, circle.pk, seat(rosa))
    actions.end_co_leading(carmen, circle.pk)
    assert co_leaders(circle) == []
    with pytest.raises(NotYours):
        actions.end_co_leading(carmen, circle.pk)
    assert acts(circle)[-1] == (str(carmen.pk), "reflection.end_co_leading")


@pytest.mark.parametrize("whom", ["waits", "leads", "elsewhere"])
def test_only_somebody_else_who_sits_there_is_named(carmen: Member, rosa: Member, whom: str) -> None:
    circle, other = found(carmen, size=3), found(make_member(role="supervisor"))
    join(circle, make_member(), make_member(), rosa)
    seats = {"waits": seat(rosa), "leads": seat(carmen), "elsewhere": other.memberships.get().pk}
    with pytest.raises(NotYours):
        actions.name_co_leader(carmen, circle.pk, seats[whom])


@pytest.mark.parametrize("field", ["leads", "co_leads"])
def test_the_database_takes_no_second_one_of_either(circle: Circle, luis: Member, field: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        circle.memberships.filter(member=luis).update(**{field: True})


def test_nobody_is_both(circle: Circle, rosa: Member, carmen: Member) -> None:
    Membership.objects.filter(member=carmen).update(leads=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(member=rosa).update(leads=True)
    assert seat_in(rosa, circle.pk).co_leads


def test_it_is_named_and_ended_on_the_pages(circle: Circle, carmen: Member, rosa: Member, luis: Member) -> None:
    path, hers = f"/reflexion/circulo/{circle.pk}/", browser_of(carmen)
    assert "conduce contigo" in hers.get(f"{path}conducir/").content.decode()
    hers.post(f"{path}conducir/", {"do": "co", "which": str(seat(luis))})
    assert co_leaders(circle) == [luis]
    mine = browser_of(luis)
    assert "Carmen, Luis" in mine.get(path).content.decode()
    assert "lo conduces con alguien" in mine.get("/reflexion/").content.decode()
    assert browser_of(rosa).post(f"{path}conducir/", {"do": "no_co"}).status_code == HTTPStatus.NOT_FOUND
    assert mine.post(f"{path}conducir/", {"do": "no_co"})["Location"] == path
    assert co_leaders(circle) == []


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_of_several_who_are_named_at_once_one_co_leads(carmen: Member, rosa: Member, luis: Member) -> None:
    made = found(carmen)
    join(made, rosa, luis)
    named: list[Callable[[], object]] = [
        lambda one=one: actions.name_co_leader(carmen, made.pk, seat(one))  # type: ignore[misc]
        for one in (rosa, luis, rosa, luis)
    ]
    assert together(named, NotYours) == [None] * 4
    assert len(co_leaders(made)) == 1
