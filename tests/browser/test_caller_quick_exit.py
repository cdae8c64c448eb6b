"""Leaving at once, in a real browser: blank, out, ended, and nothing behind the back button."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.callers import NEUTRAL, NOTHING_KEPT, kept, said, talking, write
from tests.browser.voice import DeskVoice, desk_of
from tests.running_line import Pair, RunningLine

PRIVATE = "lo que nadie más debe leer"


def neutral_site(page: Page, seconds: float = 0) -> None:
    """Answer for the neutral site, after a while."""

    def answer(route: Route) -> None:
        time.sleep(seconds)
        route.fulfill(body="<title>El tiempo</title><h1>El tiempo</h1>", content_type="text/html; charset=utf-8")

    page.context.route(f"{NEUTRAL}**", answer)


@pytest.fixture(scope="module")
def pairs(line: RunningLine) -> Iterator[Pair]:
    """Return conversations under way, made in one go."""
    return iter(line.pairs(12))


@pytest.fixture
def pair(pairs: Iterator[Pair]) -> Pair:
    """Return a fresh one of them."""
    return next(pairs)


@pytest.fixture
def room(open_page: Any, line: RunningLine, pair: Pair) -> Page:
    """Return the page of a caller who has just said something that nobody else must read."""
    page = talking(open_page, line, pair)
    write(page, PRIVATE)
    page.locator("#log li[data-seq]", has_text=PRIVATE).wait_for()
    return page


@pytest.fixture
def volunteer(line: RunningLine, pair: Pair) -> Iterator[DeskVoice]:
    """Return the volunteer of that conversation."""
    with desk_of(line, pair.volunteer) as voice:
        voice.hear("state")
        yield voice


def press_shift(page: Page, times: int = 3) -> None:
    for _press in range(times):
        page.keyboard.press("Shift")


def is_out(page: Page) -> None:
    page.wait_for_url(NEUTRAL)
    expect(page.get_by_role("heading", name="El tiempo")).to_be_visible()


def comes_back_to_nothing(page: Page, line: RunningLine) -> None:
    """Go back; then open the address anew: neither knows anything of the conversation."""
    page.go_back()
    expect(page.locator("#main")).to_be_hidden()
    assert PRIVATE not in page.content()
    page.goto(f"{line.url}/hablar/")
    expect(page.get_by_role("button", name="Acepto y quiero conversar")).to_be_visible()
    assert PRIVATE not in page.content()
    assert kept(page) == NOTHING_KEPT


def test_the_button_leaves_and_ends_everything(room: Page, line: RunningLine, volunteer: DeskVoice) -> None:
    neutral_site(room)
    room.get_by_role("link", name="Salir rápido").click()

    is_out(room)
    assert volunteer.hear("state", state="left")
    assert "salió de golpe" in volunteer.hear("said", by="line")["text"]
    comes_back_to_nothing(room, line)


def test_shift_three_times_leaves_also_from_the_box(room: Page, line: RunningLine, volunteer: DeskVoice) -> None:
    neutral_site(room)
    room.get_by_label("Tu mensaje").fill("iba a decir")
    press_shift(room)

    is_out(room)
    assert volunteer.hear("state", state="left")
    comes_back_to_nothing(room, line)


def test_capitals_and_two_presses_stay(room: Page) -> None:
    neutral_site(room)
    room.get_by_label("Tu mensaje").focus()
    for letter in "HOLA":
        room.keyboard.press(f"Shift+{letter}")
    press_shift(room, 2)
    room.keyboard.press("a")
    press_shift(room, 2)
    room.wait_for_timeout(600)

    expect(room.get_by_label("Tu mensaje")).to_have_value("HOLAa")


def test_the_page_is_blank_at_once_even_when_the_neutral_site_is_slow(room: Page) -> None:
    neutral_site(room, seconds=1.5)
    room.evaluate("document.querySelector('[data-quick-exit]').click()")

    assert room.evaluate("document.body.innerText") == ""
    is_out(room)


def test_what_the_line_still_says_does_not_cancel_the_way_out(room: Page, pair: Pair, volunteer: DeskVoice) -> None:
    neutral_site(room, seconds=2)
    volunteer.send("say", contact=pair.contact, id="5f0c5f5e-3f1c-4c39-9a8b-0d6f6a0d7c11", text="espera, por favor")
    press_shift(room)
    volunteer.send("leave", contact=pair.contact)

    is_out(room)


def test_a_second_page_of_the_same_caller_shows_nothing_any_more(room: Page) -> None:
    neutral_site(room)
    second = room.context.new_page()
    second.goto("/hablar/")
    second.locator("#log li[data-seq]", has_text=PRIVATE).wait_for()
    press_shift(room)
    is_out(room)

    expect(second.get_by_role("button", name="Acepto y quiero conversar")).to_be_visible()
    assert PRIVATE not in second.content()


def test_without_script_the_same_button_leaves_and_ends_everything(
    open_page: Any, line: RunningLine, pair: Pair, volunteer: DeskVoice
) -> None:
    page: Page = open_page("/", java_script_enabled=False)
    name, value = pair.caller.split("=", 1)
    page.context.add_cookies([{"name": name, "value": value, "url": line.url}])
    page.goto("/hablar/")
    neutral_site(page)
    page.get_by_role("link", name="Salir rápido").click()

    is_out(page)
    assert volunteer.hear("state", state="left")
    page.go_back()
    expect(page.get_by_role("button", name="Acepto y quiero conversar")).to_be_visible()


def test_it_leaves_when_the_line_cannot_be_reached(open_page: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    own = RunningLine(tmp_path_factory.mktemp("gone")).start()
    page: Page = open_page("/", base_url=own.url)
    neutral_site(page)
    page.get_by_role("button", name="Estoy en peligro ahora").click()
    page.locator("#log li").first.wait_for()
    own.kill()
    press_shift(page)

    is_out(page)


def test_a_visitor_who_comes_back_from_elsewhere_can_ask_for_the_page(open_page: Any) -> None:
    page = open_page("/")
    neutral_site(page)
    page.goto(NEUTRAL)
    page.go_back()
    expect(page.locator("#main")).to_be_hidden()
    page.get_by_role("button", name="Mostrar la página").click()

    expect(page.get_by_role("link", name="Conversar ahora")).to_be_visible()


def test_going_back_within_the_line_hides_nothing(open_page: Any) -> None:
    page = open_page("/")
    page.get_by_role("link", name="Más lugares que pueden ayudarte").click()
    page.get_by_role("heading", name="Lugares que pueden ayudarte").wait_for()
    page.go_back()

    expect(page.get_by_role("heading", name="Estamos aquí para escucharte")).to_be_visible()


def test_a_conversation_comes_back_after_another_site(room: Page) -> None:
    neutral_site(room)
    room.goto(NEUTRAL)
    room.go_back()

    room.locator("#log li[data-seq]", has_text=PRIVATE).wait_for()
    assert PRIVATE in said(room)


@pytest.mark.parametrize("path", ["/", "/hablar/", "/recursos/", "/campana/tus-palabras/", "/no-hay/"])
def test_the_way_out_is_on_every_page_in_the_same_place(open_page: Any, path: str) -> None:
    page = open_page(path)
    neutral_site(page)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    box = page.get_by_role("link", name="Salir rápido").bounding_box()
    assert box is not None
    assert (box["y"] < 12, box["x"] + box["width"] > 340, box["height"] >= 44) == (True, True, True)
    page.get_by_role("link", name="Salir rápido").click()

    is_out(page)
