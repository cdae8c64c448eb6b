"""The supervisor's board in a real browser: follows by itself, keeps its place, says when it knows nothing newer."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.callers import Watch, sit_down
from tests.browser.desks import at_desk, note_of
from tests.running_line import RunningLine, own_databases

SOON = 8_000  # milliseconds within which the board must have looked again


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """Serve a line of its own: who waits on its board waits for these tests alone."""
    with RunningLine(tmp_path_factory.mktemp("board"), **own_databases()) as running:
        yield running


@pytest.fixture
def carmen(sign_in: Any) -> Page:
    """Return the board of the supervisor."""
    page: Page = sign_in("supervisora@demo.pe")
    page.wait_for_url("**/supervision/")
    return page


def level(page: Page, letter: str) -> Any:
    """Return what the board shows of one level."""
    return page.locator(f".level--{letter}")


def test_who_comes_and_goes_is_seen_without_a_reload(carmen: Page, open_page: Any, line: RunningLine) -> None:
    watch = Watch(carmen, line)
    expect(level(carmen, "a")).to_contain_text("nadie")
    ana = open_page("/hablar/")
    ana.get_by_role("button", name="Estoy en peligro ahora").click()

    expect(level(carmen, "a")).to_contain_text(re.compile(r"\d+:\d\d"), timeout=SOON)
    expect(level(carmen, "a")).to_have_class(re.compile("is-first"))
    expect(carmen).to_have_title(re.compile(r"\(\d\) ALARMA · Tablero"))  # an emergency, and nobody is ready
    expect(carmen.get_by_role("heading", name="Espera 1 persona")).to_be_visible()
    ana.context.request.get("/hablar/salir/", max_redirects=0)
    expect(level(carmen, "a")).to_contain_text("nadie", timeout=SOON)
    expect(carmen).to_have_title("Tablero")
    assert watch.problems == []


def test_the_oldest_wait_is_the_largest_thing_on_the_board(carmen: Page, open_page: Any) -> None:
    ana = open_page("/hablar/")
    ana.get_by_role("button", name="Estoy en peligro ahora").click()
    wait = level(carmen, "a").locator(".level__wait")
    expect(wait).to_contain_text(re.compile(r"\d+:\d\d"), timeout=SOON)
    sizes = carmen.evaluate(
        """() => Array.from(document.querySelectorAll("main *"), (one) => parseFloat(getComputedStyle(one).fontSize))"""
    )

    size = wait.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    assert size == max(sizes)
    assert size >= 64
    ana.context.request.get("/hablar/salir/", max_redirects=0)


def test_focus_stays_where_it_was_while_the_board_is_drawn_anew(open_page: Any, line: RunningLine) -> None:
    carmen = open_page("/", phone=False)
    sit_down(carmen.context, line, line.rehearse("supervisors", 1)[0]["supervisor"]["cookie"])
    carmen.goto("/supervision/")
    desk = at_desk(open_page, line, line.pairs()[0])
    note_of(desk).get_by_label("Próximo paso").fill("uno")
    expect(note_of(desk).get_by_role("status")).to_have_text("Borrador guardado")
    link = carmen.get_by_role("table").get_by_role("link", name=re.compile("^Abrir")).first
    link.wait_for(timeout=SOON)
    link.focus()
    seen = carmen.locator(".board-at").inner_text()
    expect(carmen.locator(".board-at")).not_to_have_text(seen, timeout=SOON)

    expect(link).to_be_focused()
    link.press("Enter")
    expect(carmen.get_by_role("heading", level=1)).to_have_text("¿Por qué abres este caso?")


def test_a_board_without_a_line_says_since_when_and_heals(carmen: Page) -> None:
    state = carmen.locator("[data-state]")
    carmen.context.set_offline(True)
    expect(state).to_have_text(re.compile(r"Sin conexión desde las \d\d:\d\d"), timeout=2 * SOON)
    expect(carmen.locator("#board")).to_have_class(re.compile("is-stale"))
    carmen.context.set_offline(False)

    expect(state).to_be_empty(timeout=2 * SOON)
    expect(carmen.locator("#board")).not_to_have_class(re.compile("is-stale"))


def test_a_board_whose_session_ended_says_so(carmen: Page) -> None:
    carmen.context.clear_cookies()
    expect(carmen.locator("[data-state]")).to_have_text(re.compile("Tu sesión terminó"), timeout=2 * SOON)


def test_the_trail_tells_who_did_what_and_that_it_is_whole(carmen: Page) -> None:
    carmen.get_by_role("link", name="Registro").click()
    carmen.get_by_role("link", name="Revisar que esté entero").click()
    expect(carmen.get_by_role("status").filter(has_text="El registro está entero.")).to_be_visible()
    newest = carmen.get_by_role("row").nth(1)
    expect(newest).to_contain_text("Carmen")
    expect(newest).to_contain_text("leyó este registro")
