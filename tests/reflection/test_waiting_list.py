"""Whoever gets a seat from the waiting list hears of it, and of when the circle meets, until they have seen it."""

import pytest

from reflection import actions
from reflection.models import Circle, Membership
from roster.models import Member
from tests.cast import browser_of, make_member
from tests.reflection.people import found, join
from wire import clock

pytestmark = pytest.mark.django_db(databases="__all__")
TOLD = "Se liberó un lugar"


@pytest.fixture
def circle(carmen: Member, luis: Member, rosa: Member) -> Circle:
    """Return a full circle, on whose waiting list Rosa is the first."""
    made = found(carmen, size=3)
    join(made, luis, make_member(), rosa)
    return made


def words(member: Member, path: str) -> str:
    return browser_of(member).get(path).content.decode()


def test_it_is_told_on_the_desk_and_in_these_rooms_until_the_circle_was_looked_at(
    circle: Circle, luis: Member, rosa: Member
) -> None:
    assert TOLD not in words(rosa, "/reflexion/avisos/") + words(rosa, "/reflexion/")
    actions.leave(luis, circle.pk)
    for _again in range(2):
        desk = words(rosa, "/reflexion/avisos/")
        assert (TOLD in desk, "Se reúne el" in desk, "Martes" in desk) == (True, True, True)
        assert TOLD in words(rosa, "/reflexion/")
    path = f"/reflexion/circulo/{circle.pk}/"
    assert TOLD in words(rosa, path)
    assert TOLD not in words(rosa, path) + words(rosa, "/reflexion/avisos/") + words(rosa, "/reflexion/")
    assert "se reúne" in words(rosa, "/reflexion/avisos/")  # tomorrow: the reminder that everybody in it has


def test_it_may_be_put_away_without_going_there(circle: Circle, luis: Member, rosa: Member) -> None:
    actions.leave(luis, circle.pk)
    browser = browser_of(rosa)
    assert browser.post(f"/reflexion/circulo/{circle.pk}/visto/")["Location"] == "/reflexion/"
    assert TOLD not in words(rosa, "/reflexion/") + words(rosa, "/reflexion/avisos/")


def test_nobody_else_puts_it_away_and_who_took_a_seat_themselves_is_told_nothing(
    circle: Circle, carmen: Member, luis: Member, rosa: Member
) -> None:
    actions.remove(carmen, circle.pk, Membership.objects.get(member=luis).pk)
    assert browser_of(luis).post(f"/reflexion/circulo/{circle.pk}/visto/").status_code == 302
    assert TOLD in words(rosa, "/reflexion/avisos/")
    assert TOLD not in words(carmen, "/reflexion/avisos/") + words(luis, "/reflexion/avisos/")


def test_a_seat_passes_over_who_listens_no_more(circle: Circle, luis: Member, rosa: Member) -> None:
    ana = make_member()
    join(circle, ana)
    Member.objects.filter(pk=rosa.pk).update(is_active=False)
    actions.leave(luis, circle.pk)
    assert set(circle.memberships.filter(seat_is_news=True).values_list("member", flat=True)) == {ana.pk}
    actions.take_out_the_lapsed(clock.now())
    assert not Membership.objects.filter(member=rosa).exists()
