"""Meetings are planned as they were asked for, once; and whoever sits there is told of those that are cancelled."""

import re
from http import HTTPStatus

import pytest

from reflection import actions
from reflection.models import Circle
from reflection.schedule import Wish
from roster.models import Member, Role
from tests.cast import browser_of, make_member
from tests.reflection.listeners import seen
from tests.reflection.people import FORM, MINUTE, found, join, soon
from wire import clock

pytestmark = pytest.mark.django_db(databases="__all__")


def test_the_form_sent_twice_founds_one_circle(carmen: Member) -> None:
    browser = browser_of(carmen)
    (given,) = re.findall(r'name="id" value="([^"]+)"', seen(browser, "/reflexion/circulos/nuevo/"))
    form = FORM | {"day": soon(3).date().isoformat(), "id": given}
    first, again = (browser.post("/reflexion/circulos/nuevo/", form)["Location"] for _time in range(2))
    assert first == again == f"/reflexion/circulo/{Circle.objects.get().pk}/"
    other = browser_of(make_member(Role.SUPERVISOR)).post("/reflexion/circulos/nuevo/", form)
    assert (other.status_code, Circle.objects.count()) == (HTTPStatus.NOT_FOUND, 1)
    for strange in ("", "x"):
        assert browser.post("/reflexion/circulos/nuevo/", form | {"id": strange}).status_code == HTTPStatus.FOUND
    assert Circle.objects.count() == 3


def test_several_meetings_and_once_is_asked_back_and_none_is_planned(carmen: Member) -> None:
    form = FORM | {"day": soon(3).date().isoformat(), "every": "0", "count": "5"}
    page = browser_of(carmen).post("/reflexion/circulos/nuevo/", form)
    assert (page.status_code, Circle.objects.count()) == (HTTPStatus.BAD_REQUEST, 0)
    assert "más de una reunión" in page.content.decode()


def test_whoever_sits_there_is_told_of_a_cancelled_meeting_until_its_hour(
    carmen: Member, rosa: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    circle, later = found(carmen), soon(9)
    join(circle, rosa)
    path = f"/reflexion/circulo/{circle.pk}/"
    actions.plan(carmen, circle.pk, Wish(later, 60))
    for gathering in list(circle.gatherings.all()):
        actions.cancel(carmen, circle.pk, gathering.pk)
    desk = seen(browser_of(rosa), "/reflexion/avisos/")
    assert desk.count("Se canceló la reunión") == 1  # the other is more than a week away
    for at in ("/reflexion/", path):
        assert seen(browser_of(rosa), at).count("Se canceló la reunión") == 2
    assert "Se canceló" not in seen(browser_of(make_member()), "/reflexion/")
    assert "Se canceló" not in seen(browser_of(carmen), "/reflexion/avisos/")  # who leads did it

    actions.plan(carmen, circle.pk, Wish(soon(), 60))
    assert "Se canceló" not in seen(browser_of(rosa), "/reflexion/avisos/")
    monkeypatch.setattr(clock, "now", lambda: later + MINUTE)
    assert "Se canceló" not in seen(browser_of(rosa), path)
