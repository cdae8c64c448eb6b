"""What the tests of a caller's pages share: sitting down at a conversation, and watching what a page does."""

import re
from typing import Any

from playwright.sync_api import APIRequestContext, BrowserContext, ConsoleMessage, Page, Playwright, Request

from roster.management.commands.demo_people import PASSWORD
from tests.running_line import Pair, RunningLine

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def sit_down(context: BrowserContext, line: RunningLine, cookies: str) -> None:
    """Give a browser the cookies of somebody (the whole value of a Cookie header)."""
    for one in cookies.split("; "):
        name, value = one.split("=", 1)
        context.add_cookies([{"name": name, "value": value, "url": line.url}])


def talking(open_page: Any, line: RunningLine, pair: Pair, **options: Any) -> Page:
    """Open the caller's page of a conversation under way; return it once the line has answered its socket."""
    page: Page = open_page("/campana/hablar-ayuda/", **options)
    sit_down(page.context, line, pair.caller)
    answers: list[str] = []

    def hear(frame: str | bytes) -> None:
        answers.extend(op for op in ('"idle"', '"more"') if op in str(frame))

    page.on("websocket", lambda socket: socket.on("framereceived", hear))
    page.goto("/hablar/")
    while not answers:  # the words of the state come with the page itself, before its socket
        page.wait_for_timeout(20)
    page.locator("#state", has_text="Conversas con").wait_for()
    return page


def write(page: Page, text: str) -> None:
    """Write into the box and send."""
    page.get_by_label("Tu mensaje").fill(text)
    page.get_by_role("button", name="Enviar").click()


def said(page: Page) -> list[str]:
    """Return the texts of the conversation as they stand on the page."""
    return page.locator("#log .message__text").all_inner_texts()


def delivered(page: Page, text: str) -> None:
    """Wait until a text stands in the conversation with its receipt."""
    page.locator("#log li[data-seq]", has_text=text).wait_for()


def staff(playwright: Playwright, line: RunningLine, email: str) -> tuple[APIRequestContext, str]:
    """Sign somebody of the demonstration in without a page; return what sends requests, and the Cookie header."""
    requests = playwright.request.new_context(base_url=line.url)
    token = token_of(requests, "/equipo/entrar/")
    form: dict[str, str | float | bool] = {"login": email, "password": PASSWORD, "csrfmiddlewaretoken": token}
    answer = requests.post("/equipo/entrar/", form=form, headers={"Origin": line.url})
    assert answer.ok, answer.status
    kept = requests.storage_state()["cookies"]
    return requests, "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in kept)


def token_of(requests: APIRequestContext, path: str) -> str:
    """Return the token of the first form of a page."""
    found = TOKEN.search(requests.get(path).text())
    assert found is not None
    return found[1]


class Watch:
    """Everything of a page that should not be: errors, refused policies, requests to anybody else."""

    def __init__(self, page: Page, line: RunningLine) -> None:
        self.problems: list[str] = []
        self._line = line
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.problems.append(f"{message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self._line.url, "data:")):
            self.problems.append(f"request to {request.url}")


def kept(page: Page) -> dict[str, Any]:
    """Return what the page's site keeps in the browser beside its cookies."""
    found: dict[str, Any] = page.evaluate(
        """async () => ({
          local: Object.entries(localStorage),
          session: Object.entries(sessionStorage),
          databases: indexedDB.databases ? (await indexedDB.databases()).map((one) => one.name) : [],
          caches: window.caches ? await caches.keys() : [],
          workers: navigator.serviceWorker ? (await navigator.serviceWorker.getRegistrations()).length : 0,
          name: window.name,
        })"""
    )
    return found


#: What ``kept`` returns on every page of a caller.
NOTHING_KEPT = {"local": [], "session": [], "databases": [], "caches": [], "workers": 0, "name": ""}
