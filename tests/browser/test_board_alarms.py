"""Alarms in a real browser: they sound, are said aloud and stand in the title, and are silent at once when seen."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.callers import Watch, sit_down
from tests.running_line import RunningLine, own_databases

SOON = 8_000  # milliseconds within which the board must have looked again
SILENT_WITHIN = 1_000  # milliseconds
LISTEN = """
    window.tones = { started: [] };
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...given) {
        window.tones.started.push(performance.now());
        return start.apply(this, given);
    };
"""
HEAR = """() => {
    window.spoken = [];
    const region = document.querySelector("[data-alarm-spoken]");
    const hear = () => region.textContent && window.spoken.push(region.textContent);
    new MutationObserver(hear).observe(region, { childList: true });
}"""


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """Serve a line of its own: whose alarms ring, rings for these tests alone."""
    with RunningLine(tmp_path_factory.mktemp("alarms"), **own_databases()) as running:
        yield running


@pytest.fixture
def carmen(open_page: Any, line: RunningLine) -> Page:
    """Return the board of a supervisor who has tried the sound."""
    page: Page = open_page("/campana/hablar-ayuda/", phone=False)
    sit_down(page.context, line, line.rehearse("supervisors", 1)[0]["supervisor"]["cookie"])
    page.add_init_script(LISTEN)
    page.goto("/supervision/")
    page.evaluate(HEAR)
    page.get_by_role("button", name="Probar sonido").click()
    expect(page.locator("[data-sound-words]")).to_contain_text("Acaba de sonar el tono de una alarma")
    page.wait_for_timeout(1_500)
    return page


@pytest.fixture
def ana(open_page: Any, line: RunningLine) -> Page:
    """Return the page of somebody who waits."""
    page: Page = open_page("/campana/hablar-ayuda/")
    sit_down(page.context, line, line.rehearse("waiting", 1)[0]["caller"]["cookie"])
    page.goto("/hablar/")
    return page


def leave(page: Page) -> None:
    page.context.request.get("/hablar/salir/", max_redirects=0)


def tones(page: Page, after: float = 0) -> int:
    """Return how many tones began after a moment of the page."""
    count: int = page.evaluate(f"window.tones.started.filter((at) => at > {after}).length")
    return count


def heard(page: Page, count: int, *, after: float) -> None:
    """Wait until so many tones began after a moment of the page."""
    waited = 0
    while tones(page, after) < count:
        assert waited < SOON, f"{tones(page, after)} tones"
        page.wait_for_timeout(200)
        waited += 200


def now_of(page: Page) -> float:
    moment: float = page.evaluate("performance.now()")
    return moment


def test_an_alarm_sounds_again_and_again_until_somebody_has_seen_it(carmen: Page, ana: Page, line: RunningLine) -> None:
    watch = Watch(carmen, line)
    began = now_of(carmen)
    expect(carmen.locator(".alarm.is-calling")).to_contain_text("nadie está listo para atender.", timeout=SOON)
    expect(carmen).to_have_title("(1) ALARMA · Tablero")
    assert carmen.evaluate("window.spoken") == ["Hay alguien esperando y nadie está listo para atender."]
    heard(carmen, 4, after=began)

    carmen.get_by_role("button", name=re.compile("^Lo veo")).click()
    seen = now_of(carmen)
    expect(carmen.locator(".alarm.is-seen")).to_contain_text("la vio Ensayo", timeout=SOON)
    expect(carmen).to_have_title("(1) Tablero")
    carmen.wait_for_timeout(4_000)
    assert tones(carmen, after=seen + SILENT_WITHIN) == 0
    leave(ana)
    expect(carmen.locator(".alarm")).to_have_count(0, timeout=SOON)
    assert watch.problems == []


def test_an_alarm_is_silent_within_a_second_of_nobody_waiting_any_more(carmen: Page, ana: Page) -> None:
    began = now_of(carmen)
    expect(carmen.locator(".alarm.is-calling")).to_be_visible(timeout=SOON)
    heard(carmen, 4, after=began)
    leave(ana)
    left = now_of(carmen)

    expect(carmen.locator(".alarm")).to_have_count(0, timeout=SOON)
    carmen.wait_for_timeout(4_000)
    assert tones(carmen, after=left + SILENT_WITHIN) == 0


def test_a_board_in_a_hidden_tab_goes_on_sounding(carmen: Page, ana: Page) -> None:
    carmen.context.new_page().bring_to_front()
    began = now_of(carmen)
    heard(carmen, 2, after=began)
    leave(ana)
