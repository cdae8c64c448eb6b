"""A real Chromium, and people who use the line with it."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from roster.management.commands.demo_people import PASSWORD
from tests.running_line import RunningLine

CHROMIUM = "/usr/bin/chromium"
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use Debian's Chromium; as root it needs to run without its sandbox."""
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ["--no-sandbox", "--disable-gpu"]}


@pytest.fixture
def open_page(browser: Browser, line: RunningLine) -> Iterator[Any]:
    """Return a maker of pages, each in a browser context (cookies) of its own; ``phone`` or 1280 px wide."""
    contexts: list[BrowserContext] = []

    def opened(path: str = "/", *, phone: bool = True, **options: Any) -> Page:
        size = {"viewport": PHONE if phone else DESKTOP, "locale": "es-PE", "base_url": line.url}
        context = browser.new_context(**{**size, **options})
        contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


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
