"""A real Chromium, and people who use the line with it."""

import contextlib
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from roster.management.commands.demo_people import PASSWORD
from tests.line_database import RESTED, change
from tests.running_line import RunningLine

#: The quick one where it is there (dev.py): the same Chromium without the parts that draw a window of its own.
CHROMIUM = next(path for path in ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium") if Path(path).exists())
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
PAGES: list[Page] = []  # those that the test at work has opened


expect.set_options(timeout=15_000)  # milliseconds; on two cores other tests may have them for some seconds


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Say with a failed test what its pages showed: it may never fail again."""
    report = yield
    if call.when == "call" and report.failed:
        for page in PAGES:
            with contextlib.suppress(Error):
                report.sections.append((page.url, page.locator("body").aria_snapshot(timeout=5_000)))
    return report


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use Debian's Chromium; as root it needs to run without its sandbox. No other site is ever asked for.

    A process of its own for drawing took a fifth of the browser's time.
    """
    arguments = [
        "--no-sandbox",
        "--disable-gpu",
        "--in-process-gpu",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    ]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": arguments}


@pytest.fixture
def open_page(browser: Browser, line: RunningLine) -> Iterator[Any]:
    """Return a maker of pages, each in a browser context (cookies) of its own; ``phone`` or 1280 px wide."""
    change(line, RESTED)
    contexts: list[BrowserContext] = []

    def opened(path: str = "/", *, phone: bool = True, **options: Any) -> Page:
        size = {"viewport": PHONE if phone else DESKTOP, "locale": "es-PE", "base_url": line.url}
        context = browser.new_context(**{**size, **options})
        contexts.append(context)
        page = context.new_page()
        PAGES.append(page)
        page.goto(path)
        return page

    yield opened
    PAGES.clear()
    for context in contexts:
        for page in context.pages:
            _come_to_rest(page)
        context.close()


def _come_to_rest(page: Page) -> None:
    """Leave what the page is about to load: Chromium 156 waits for ever when it closes one that begins to reload."""
    for _attempt in range(3):
        with contextlib.suppress(Error):  # the other navigation came in between, or the page went by itself
            page.goto("about:blank")
            return


@pytest.fixture
def sign_in(open_page: Any) -> Any:
    """Return how somebody of the demonstration signs in; the page afterwards is where their role works."""

    def enter(email: str, **options: Any) -> Page:
        page: Page = open_page("/equipo/entrar/", **{"phone": False, **options})
        page.get_by_label("Correo").fill(email)
        page.get_by_label("Contraseña").fill(PASSWORD)
        page.get_by_role("button", name="Entrar").click()
        page.wait_for_url("**/*/")
        return page

    return enter
