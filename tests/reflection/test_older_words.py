"""What was said before the last hundred entries: reached page by page, and never from before one's seat."""

import re

import pytest

from reflection import actions
from reflection.models import Circle
from roster.models import Member
from tests.cast import browser_of, make_member
from tests.reflection.listeners import seen
from tests.reflection.people import found, join, say

pytestmark = pytest.mark.django_db(databases="__all__")


def numbers(page: str) -> list[int]:
    return [int(one) for one in re.findall(r"frase (\d+)\.", page)]


def older(page: str) -> str:
    """Return where «Ver lo anterior» leads; nothing where there is nothing before."""
    return "".join(re.findall(r'href="([^"]*[?]antes=[0-9]+)"', page))


@pytest.fixture
def circle(carmen: Member, rosa: Member, monkeypatch: pytest.MonkeyPatch) -> Circle:
    """Return a circle in which more was said than two pages show; a page shows five here."""
    monkeypatch.setattr("reflection.entries.latest.__defaults__", (5,))
    made = found(carmen)
    join(made, rosa)
    for number in range(12):
        say(carmen, made, f"frase {number}.")
    return made


def test_each_page_leads_to_what_was_said_before_it_until_the_first_words(circle: Circle, rosa: Member) -> None:
    browser = browser_of(rosa)
    last = seen(browser, f"/reflexion/circulo/{circle.pk}/")
    before = seen(browser, older(last))
    first = seen(browser, older(before))
    assert [numbers(page) for page in (last, before, first)] == [[7, 8, 9, 10, 11], [2, 3, 4, 5, 6], [0, 1]]
    assert older(first) == ""
    assert "Volver a lo último" in first


def test_the_script_of_the_room_gets_the_part_alone(circle: Circle, rosa: Member) -> None:
    part = (
        browser_of(rosa).get(f"/reflexion/circulo/{circle.pk}/?antes=3", headers={"X-Fragment": "1"}).content.decode()
    )
    assert numbers(part) == [0, 1]
    assert "<html" not in part


def test_nobody_reads_from_before_they_came_or_from_where_they_do_not_sit(circle: Circle, carmen: Member) -> None:
    luis = make_member(alias="Luis")
    actions.sign_up(luis, circle.pk)
    say(carmen, circle, "frase 99.")
    assert numbers(seen(browser_of(luis), f"/reflexion/circulo/{circle.pk}/")) == [99]
    assert older(seen(browser_of(luis), f"/reflexion/circulo/{circle.pk}/")) == ""
    assert numbers(seen(browser_of(luis), f"/reflexion/circulo/{circle.pk}/?antes=12")) == []
    assert numbers(seen(browser_of(make_member()), f"/reflexion/circulo/{circle.pk}/?antes=12")) == []


@pytest.mark.parametrize("given", ["", "x", "-1", "9" * 30])
def test_a_number_that_is_none_shows_the_room(circle: Circle, rosa: Member, given: str) -> None:
    assert 'id="composer"' in seen(browser_of(rosa), f"/reflexion/circulo/{circle.pk}/?antes={given}")
