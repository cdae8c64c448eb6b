"""A form tapped twice on a slow line: the browser drops the first answer with its cookie; nothing is doubled."""

import concurrent.futures

import pytest

from tests.running_line import RunningLine
from tests.visitors import Answer, Visitor

IN_DANGER = "Si tu vida corre peligro, llama ahora"
ASKED = 'name="do" value="answer"'


def second_tap(visitor: Visitor, do: str) -> Answer:
    """Send the form of the page looked at, lose the answer, and send the form again with the cookies of before."""
    before = dict(visitor.cookies)
    assert visitor.step(do).leads_to == "/hablar/"
    visitor.cookies = before
    return visitor.step(do)


@pytest.mark.parametrize(("door", "do", "shown"), [("/", "danger", IN_DANGER), ("/hablar/", "agree", ASKED)])
def test_the_second_tap_arrives_where_the_first_led(calm_line: RunningLine, door: str, do: str, shown: str) -> None:
    visitor = Visitor(calm_line)
    visitor.get(door)
    assert second_tap(visitor, do).leads_to == "/hablar/"
    assert shown in visitor.get("/hablar/").text
    visitor.step("leave")


def test_of_two_taps_in_danger_one_waits(calm_line: RunningLine) -> None:
    visitor = Visitor(calm_line)
    visitor.get("/")
    second_tap(visitor, "danger")
    assert "Eres la siguiente persona." in visitor.get("/hablar/").text
    other = Visitor(calm_line)
    other.wait_in_line()
    assert "Hay 1 persona antes que tú." in other.get("/hablar/").text
    for one in (visitor, other):
        one.step("leave")


def test_taps_at_the_same_time_open_one_contact(calm_line: RunningLine) -> None:
    visitor = Visitor(calm_line)
    visitor.get("/")
    hands = []
    for _ in range(4):
        hand = Visitor(calm_line)
        hand.cookies, hand.page = dict(visitor.cookies), visitor.page
        hands.append(hand)
    with concurrent.futures.ThreadPoolExecutor(len(hands)) as threads:
        answers = list(threads.map(lambda hand: hand.step("danger"), hands))
    assert [answer.leads_to for answer in answers] == ["/hablar/"] * len(hands)
    other = Visitor(calm_line)
    other.wait_in_line()
    assert "Hay 1 persona antes que tú." in other.get("/hablar/").text
    for one in (hands[0], other):
        one.step("leave")


def test_the_cookie_of_before_leads_to_nothing_without_the_form(calm_line: RunningLine) -> None:
    visitor = Visitor(calm_line)
    visitor.get("/hablar/")
    planted = Visitor(calm_line)
    planted.cookies = dict(visitor.cookies)
    visitor.step("agree")
    assert 'value="agree"' in planted.get("/hablar/").text
    planted.step("agree")  # with a form of its own: a contact of its own
    planted.step("leave")
    assert ASKED in visitor.get("/hablar/").text
    visitor.step("leave")
