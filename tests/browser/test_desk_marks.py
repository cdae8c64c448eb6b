"""What stands at a conversation in a real browser: words worth a look, the reminder, a raised level; seen and heard."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.callers import sit_down, talking, write
from tests.browser.desks import at_desk, faults, overflow
from tests.line_database import ago, change
from tests.running_line import Pair, RunningLine

PHONE = {"viewport": {"width": 360, "height": 740}}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
WORDS = "me quiero morir"
#: Keeps what polite regions say, in order.
LISTEN = """() => {
  window.heard = [];
  const observer = new MutationObserver((records) => records.forEach((record) => {
    const text = record.target.textContent.trim();
    if (text) window.heard.push(text);
  }));
  for (const region of document.querySelectorAll("#announcer, [data-marks-spoken]"))
    observer.observe(region, { childList: true });
}"""


def heard(page: Page, at_least: int = 1) -> list[str]:
    """Return what was said aloud since the last time, once it is so much, without the hour of the conversation."""
    page.wait_for_function("wanted => window.heard.length >= wanted", arg=at_least)
    page.wait_for_timeout(300)  # nothing more is said
    said: list[str] = page.evaluate("window.heard.splice(0)")
    return [one.split(": ", 1)[1] for one in said]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1280", "360"])
def test_words_worth_a_look_are_marked_in_words_and_told_once(
    open_page: Any, line: RunningLine, pair: Pair, size: dict[str, Any]
) -> None:
    caller = talking(open_page, line, pair)
    desk = at_desk(open_page, line, pair, **size)
    desk.evaluate(LISTEN)
    write(caller, WORDS)
    expect(desk.locator(".talk:visible .talk__marked")).to_have_text("Hay palabras que conviene mirar")
    assert heard(desk, 2) == [WORDS, "hay palabras que conviene mirar."]
    assert faults(desk) == []
    assert overflow(desk) <= 0
    write(caller, WORDS + " ya")
    expect(desk.get_by_role("log")).to_contain_text(WORDS + " ya")
    assert heard(desk) == [WORDS + " ya"]  # the mark was told
    if size == PHONE:
        desk.get_by_role("button", name="Lista").click()
    expect(desk.locator(".place .place__marked")).to_have_text("Palabras que conviene mirar")
    assert faults(desk) == []


def test_a_level_raised_by_supervision_is_told_once(open_page: Any, line: RunningLine, pair: Pair) -> None:
    desk = at_desk(open_page, line, pair, **DESKTOP)
    desk.evaluate(LISTEN)
    board = open_page("/campana/hablar-ayuda/", **DESKTOP)
    sit_down(board.context, line, line.rehearse("supervisors", 1)[0]["supervisor"]["cookie"])
    board.goto(f"/supervision/nivel/{pair.contact}/")
    board.locator("select[name=level]").select_option("B")
    board.locator("select[name=reason]").select_option("por lo que contó")
    board.get_by_role("button", name="Cambiar el nivel").click()
    expect(desk.locator(".talk:visible .badge")).to_contain_text("muy urgente")
    assert heard(desk) == ["el nivel subió a muy urgente."]


def test_the_reminder_is_told_once_however_often_the_page_asks(open_page: Any, line: RunningLine, pair: Pair) -> None:
    contact = pair.contact.replace("-", "")
    change(line, "UPDATE triage_contact SET urgency = 'B', assigned_at = ? WHERE id = ?", ago(900), contact)
    desk = at_desk(open_page, line, pair, **DESKTOP)
    desk.add_init_script(f"document.addEventListener('DOMContentLoaded', {LISTEN})")
    desk.reload()
    expect(desk.locator(".talk:visible .talk__reminder")).to_be_visible()
    desk.locator(".side:visible").get_by_role("link", name="ASQ").click()
    desk.locator(".side:visible").get_by_role("link", name="Dejarlo").click()
    assert heard(desk) == ["un recordatorio, preguntar directamente por el suicidio."]
