"""A browser without scripts over a real connection: pages, forms, cookies, redirects."""

import re
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode

from roster.management.commands.demo_people import PASSWORD
from tests.running_line import RunningLine

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Answer:
    """What came back: where it ended, its status, headers and text."""

    def __init__(self, answer: Any) -> None:
        self.url: str = answer.geturl()
        self.status: int = answer.status
        self.headers = answer.headers
        self.text: str = answer.read().decode()


class _AtHome(urllib.request.HTTPRedirectHandler):
    """Follows redirects within the line; whatever leads away is an answer of its own."""

    def __init__(self, home: str) -> None:
        self.home = home

    def redirect_request(self, *args: Any) -> urllib.request.Request | None:
        """Follow, or not."""
        return super().redirect_request(*args) if args[-1].startswith(self.home) else None


class PlainBrowser:
    """One visitor of a line; ``headers`` are sent with every request."""

    def __init__(self, line: RunningLine, **headers: str) -> None:
        self.line = line
        self.headers = headers
        self.token = ""
        self._jar = CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self._jar), _AtHome(f"{line.url}/")
        )

    @property
    def cookie(self) -> str:
        """The whole value of a Cookie header, for a socket of the same visitor."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)

    def _open(self, path: str, data: bytes | None, headers: dict[str, str], method: str | None = None) -> Answer:
        request = urllib.request.Request(  # noqa: S310  the line's own address
            self.line.url + path, data=data, headers={**self.headers, **headers}, method=method
        )
        try:
            with self._opener.open(request, timeout=20) as answer:
                return Answer(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return Answer(refusal)

    def get(self, path: str, *, method: str | None = None, **headers: str) -> Answer:
        """Open a page; the token of its forms is kept for the next post."""
        answer = self._open(path, None, headers, method)
        found = TOKEN.search(answer.text)
        if found:
            self.token = found.group(1)
        return answer

    def post(self, path: str, *, accept: str = "text/html", **fields: str) -> Answer:
        """Send a form as its page would."""
        data = urlencode({"csrfmiddlewaretoken": self.token, **fields}).encode()
        answer = self._open(path, data, {"Accept": accept, "Origin": self.line.url})
        found = TOKEN.search(answer.text)
        if found:
            self.token = found.group(1)
        return answer

    # The usual ways in

    def step(self, do: str, **fields: str) -> Answer:
        """Take one step of a caller's journey."""
        if not self.token:
            self.get("/hablar/")
        return self.post("/hablar/", do=do, **fields)

    def wait_in_line(self) -> "PlainBrowser":
        """Agree, answer nothing, and wait."""
        self.step("agree")
        self.step("skip")
        return self

    def sign_in(self, email: str) -> "PlainBrowser":
        """Sign in as one of the people of the demonstration."""
        self.get("/equipo/entrar/")
        self.post("/equipo/entrar/", login=email, password=PASSWORD)
        return self
