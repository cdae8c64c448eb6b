"""The button on a partner's page, which is another site: it says how it stands and opens the line in its own tab."""

import contextlib
import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desks import is_sound
from tests.running_line import RunningLine

WITH_SCRIPT = '<script async src="{url}/boton/boton.js"></script>'
PICTURE = '<img src="{url}/boton/boton.svg" width="320" alt="Conversar">'
WITHOUT = f'<a href="{{url}}/" target="_blank" rel="noopener noreferrer">{PICTURE}</a>'
POLICY = "default-src 'none'; script-src {url}; connect-src {url}"  # of a strict partner: no style of ours either


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a partner's page and prints nothing."""

    def log_message(self, *_words: Any) -> None:
        """Print nothing."""


@pytest.fixture
def partner(tmp_path: Path, line: RunningLine) -> Iterator[Any]:
    """Return a maker of a partner's page with these lines in it: its address."""
    with contextlib.ExitStack() as served:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path)))
        served.callback(server.server_close)
        served.callback(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def page(body: str, policy: str = "") -> str:
            head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">' if policy else ""
            head = f"<head><meta charset=utf-8><title>Escuela</title>{head}</head>"
            text = f"<!doctype html><html lang=es>{head}<body>{body}</body></html>"
            Path(tmp_path, "index.html").write_text(text.format(url=line.url), encoding="utf-8")
            return f"http://localhost:{server.server_port}/index.html"

        yield page


def follow(page: Page, name: str) -> Page:
    """Touch the button; return the tab it opened."""
    with page.expect_popup() as opened:
        page.get_by_role("link", name=name).click()
    opened.value.wait_for_load_state()
    return opened.value


@pytest.mark.parametrize("policy", ["", POLICY], ids=["open", "strict"])
def test_one_line_makes_a_button_that_opens_the_line(
    open_page: Any, partner: Any, line: RunningLine, policy: str
) -> None:
    page = open_page(partner(WITH_SCRIPT, policy))
    expect(page.get_by_role("status")).to_contain_text("Ahora")
    assert page.context.cookies() == []
    tab = follow(page, "Conversar con alguien")
    assert tab.url == f"{line.url}/"
    assert tab.evaluate("document.referrer") == ""
    assert tab.evaluate("window.opener") is None


def test_where_the_line_does_not_answer_the_button_names_a_number(open_page: Any, partner: Any) -> None:
    page = open_page("about:blank")
    page.route("**/estado.json", lambda route: route.abort())
    page.goto(partner(WITH_SCRIPT))
    expect(page.get_by_role("status")).to_contain_text("113")


def test_without_scripts_the_picture_says_it(open_page: Any, partner: Any, line: RunningLine) -> None:
    page = open_page(partner(WITHOUT), java_script_enabled=False)
    shown = page.request.get(f"{line.url}/boton/boton.svg")
    assert "Ahora" in shown.text()
    page.get_by_role("link", name="Conversar").wait_for()


@pytest.fixture
def to_copy(open_page: Any) -> str:
    """Return the line that the page for partners gives them to copy."""
    page = open_page("/boton/")
    return str(page.locator("pre code").first.inner_text())


def test_the_line_to_copy_becomes_the_button_and_leaves_no_second_link(
    open_page: Any, partner: Any, to_copy: str
) -> None:
    page = open_page(partner(f"<p>{to_copy}</p>"))

    expect(page.get_by_role("status")).to_contain_text("Ahora")
    expect(page.get_by_role("link", name="Conversar")).to_have_count(1)


@pytest.mark.parametrize("why", ["policy", "away", "no script"])
def test_where_the_script_does_not_run_a_link_and_a_number_stay(
    open_page: Any, partner: Any, line: RunningLine, to_copy: str, why: str
) -> None:
    page = open_page("about:blank", **({"java_script_enabled": False} if why == "no script" else {}))
    if why == "away":
        page.route("**/boton.js", lambda route: route.abort())
    page.goto(partner(to_copy, "default-src 'none'" if why == "policy" else ""))
    link = page.get_by_role("link", name="Conversar")

    expect(link).to_contain_text("113, opción 5")
    assert link.get_attribute("href") == f"{line.url}/"


def test_a_site_that_moves_scripts_into_its_head_still_shows_the_button(open_page: Any, partner: Any) -> None:
    make = "{{const s = document.createElement('script'); s.src = '{url}/boton/boton.js'; document.head.append(s);}}"
    body = f"<script>{make}</script>"
    page = open_page(partner(body))

    expect(page.get_by_role("link", name="Conversar con alguien")).to_be_visible()


def test_the_page_for_partners_is_sound(open_page: Any) -> None:
    page = open_page("/boton/")
    page.wait_for_function("document.querySelector('main img').naturalWidth > 0")
    is_sound(page, 360, 1280)
