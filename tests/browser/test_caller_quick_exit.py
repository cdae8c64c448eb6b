"""Leaving at once, in a real browser: blank, out, ended, and nothing behind the back button."""

import http.server
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.callers import NOTHING_KEPT, kept, said, talking, write
from tests.browser.voice import DeskVoice, desk_of
from tests.running_line import LightLine, Pair, RunningLine, own_databases

PRIVATE = "lo que nadie más debe leer"


class NeutralSite:
    """The site that a quick exit leads to, on a port of its own; it can take its time."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.asked = threading.Event()
        site = self

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # the name that http.server asks for
                site.asked.set()
                site.open.wait(20)
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(b"<title>El tiempo</title><h1>El tiempo</h1>")

            def log_message(self, *_given: object) -> None:
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def neutral_server() -> Iterator[NeutralSite]:
    """Serve the neutral site."""
    site = NeutralSite()
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture
def neutral(neutral_server: NeutralSite) -> NeutralSite:
    """Return the neutral site, quick and not asked yet."""
    neutral_server.open.set()
    neutral_server.asked.clear()
    return neutral_server


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory, neutral_server: NeutralSite) -> Iterator[RunningLine]:
    """Serve a line whose neutral site is ours."""
    with LightLine(tmp_path_factory.mktemp("exit"), HOTLINE_EXIT_URL=neutral_server.url, **own_databases()) as running:
        yield running


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


def is_out(page: Page, neutral: NeutralSite) -> None:
    page.wait_for_url(neutral.url)
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


def test_the_button_leaves_and_ends_everything(
    room: Page, line: RunningLine, volunteer: DeskVoice, neutral: NeutralSite
) -> None:
    room.get_by_role("link", name="Salir rápido").click()

    is_out(room, neutral)
    assert room.context.cookies(line.url) == []
    assert volunteer.hear("state", state="left")
    assert "salió de golpe" in volunteer.hear("said", by="line")["text"]
    comes_back_to_nothing(room, line)


def test_shift_three_times_leaves_also_from_the_box(
    room: Page, line: RunningLine, volunteer: DeskVoice, neutral: NeutralSite
) -> None:
    room.get_by_label("Tu mensaje").fill("iba a decir")
    press_shift(room)

    is_out(room, neutral)
    assert volunteer.hear("state", state="left")
    comes_back_to_nothing(room, line)


def test_capitals_and_two_presses_stay(room: Page) -> None:
    room.get_by_label("Tu mensaje").focus()
    for letter in "HOLA":
        room.keyboard.press(f"Shift+{letter}")
    press_shift(room, 2)
    room.keyboard.press("a")
    press_shift(room, 2)
    room.wait_for_timeout(600)

    expect(room.get_by_label("Tu mensaje")).to_have_value("HOLAa")


def test_the_page_is_blank_at_once_even_when_the_neutral_site_is_slow(room: Page, neutral: NeutralSite) -> None:
    neutral.open.clear()
    room.evaluate("document.querySelector('[data-quick-exit]').click()")

    assert room.evaluate("document.body.innerText") == ""
    neutral.open.set()
    is_out(room, neutral)


def test_what_the_line_still_says_does_not_cancel_the_way_out(
    room: Page, pair: Pair, volunteer: DeskVoice, neutral: NeutralSite
) -> None:
    neutral.open.clear()
    room.route("**/hablar/salir/", lambda route: route.abort())  # the line does not learn of it yet
    room.evaluate("document.querySelector('[data-quick-exit]').click()")
    assert neutral.asked.wait(5)
    volunteer.say(pair.contact, "espera, por favor")
    volunteer.send("leave", contact=pair.contact)
    volunteer.hear("state", state="ended")
    room.context.request.get("/hablar/salir/", max_redirects=0)  # now it does, and shuts the page's socket
    time.sleep(1)
    neutral.open.set()

    is_out(room, neutral)


def test_a_second_page_of_the_same_caller_shows_nothing_any_more(room: Page, neutral: NeutralSite) -> None:
    second = room.context.new_page()
    second.goto("/hablar/")
    second.locator("#log li[data-seq]", has_text=PRIVATE).wait_for()
    press_shift(room)
    is_out(room, neutral)

    expect(second.get_by_role("button", name="Acepto y quiero conversar")).to_be_visible()
    assert PRIVATE not in second.content()


def test_without_script_the_same_button_leaves_and_ends_everything(
    open_page: Any, line: RunningLine, pair: Pair, volunteer: DeskVoice, neutral: NeutralSite
) -> None:
    page: Page = open_page("/", java_script_enabled=False)
    name, value = pair.caller.split("=", 1)
    page.context.add_cookies([{"name": name, "value": value, "url": line.url}])
    page.goto("/hablar/")
    page.get_by_role("link", name="Salir rápido").click()

    is_out(page, neutral)
    assert volunteer.hear("state", state="left")
    page.go_back()
    expect(page.get_by_role("button", name="Acepto y quiero conversar")).to_be_visible()


def test_it_leaves_when_the_line_cannot_be_reached(
    open_page: Any, tmp_path_factory: pytest.TempPathFactory, neutral: NeutralSite
) -> None:
    own = RunningLine(tmp_path_factory.mktemp("gone"), HOTLINE_EXIT_URL=neutral.url).start()
    page: Page = open_page("/", base_url=own.url)
    page.get_by_role("button", name="Estoy en peligro ahora").click()
    page.locator("#log li").first.wait_for()
    own.kill()
    press_shift(page)

    is_out(page, neutral)


def test_a_visitor_who_comes_back_from_elsewhere_can_ask_for_the_page(open_page: Any, neutral: NeutralSite) -> None:
    page = open_page("/")
    page.goto(neutral.url)
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


def test_a_conversation_comes_back_after_another_site(room: Page, neutral: NeutralSite) -> None:
    room.goto(neutral.url)
    room.go_back()

    room.locator("#log li[data-seq]", has_text=PRIVATE).wait_for()
    assert PRIVATE in said(room)


@pytest.mark.parametrize("path", ["/", "/hablar/", "/recursos/", "/campana/tus-palabras/", "/huellas/", "/no-hay/"])
def test_the_way_out_is_on_every_page_in_the_same_place(open_page: Any, neutral: NeutralSite, path: str) -> None:
    page = open_page(path)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    box = page.get_by_role("link", name="Salir rápido").bounding_box()
    assert box is not None
    assert (box["y"] < 12, box["x"] + box["width"] > 340, box["height"] >= 44) == (True, True, True)
    page.get_by_role("link", name="Salir rápido").click()

    is_out(page, neutral)
