"""A visitor without JavaScript: asks a running line for pages, sends its forms, and keeps cookies as browsers do."""

import dataclasses
import http.client
import re
from http.cookies import Morsel, SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

from roster.management.commands.demo_people import PASSWORD
from tests.running_line import RunningLine

HIDDEN = re.compile(r'name="(csrfmiddlewaretoken|form)" value="([^"]+)"')


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers (names in lower case), text, and the cookies that this answer set."""

    status: int
    headers: dict[str, str]
    text: str
    cookies: dict[str, "Morsel[str]"]

    @property
    def leads_to(self) -> str:
        """The path a redirect leads to, or nothing."""
        return self.headers.get("location", "")


class Visitor:
    """One browser; ``origin`` is where it believes to be (its Host and Origin), whatever port answers it."""

    def __init__(self, line: RunningLine, origin: str | None = None, **headers: str) -> None:
        self.line = line
        self.origin = origin or line.url
        self.headers = headers
        self.cookies: dict[str, str] = {}
        self.page = ""

    @classmethod
    def who_has(cls, line: RunningLine, cookie: str) -> "Visitor":
        """Return the browser that sends this Cookie header."""
        visitor = cls(line)
        visitor.cookies = dict(pair.split("=", 1) for pair in cookie.split("; "))
        return visitor

    @property
    def cookie(self) -> str:
        """The whole value of its Cookie header."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page; it is kept as ``page`` for the next form."""
        answer = self._ask("GET", path, "", headers)
        self.page = answer.text
        return answer

    def post(self, path: str, form: dict[str, str] | None = None, **headers: str) -> Answer:
        """Send a form with the hidden fields of the page looked at last."""
        fields = dict(HIDDEN.findall(self.page)) | (form or {})
        sent = {"Origin": self.origin, "Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(fields), sent | headers)

    # The usual ways in

    def step(self, do: str, **fields: str) -> Answer:
        """Take one step of a caller's journey."""
        if not HIDDEN.search(self.page):
            self.get("/hablar/")
        return self.post("/hablar/", {"do": do, **fields})

    def wait_in_line(self) -> "Visitor":
        """Agree, answer nothing, and wait."""
        self.step("agree")
        self.step("skip")
        return self

    def sign_in(self, email: str) -> "Visitor":
        """Sign in as one of the people of the demonstration."""
        self.get("/equipo/entrar/")
        self.post("/equipo/entrar/", {"login": email, "password": PASSWORD})
        return self

    def _ask(self, method: str, path: str, body: str, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.line.port, timeout=30)
        sent = {"Host": urlsplit(self.origin).netloc, **self.headers, **headers}
        if self.cookies:
            sent["Cookie"] = self.cookie
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
        finally:
            connection.close()
        set_now: SimpleCookie = SimpleCookie()
        for line in response.headers.get_all("Set-Cookie") or ():
            set_now.load(line)
        self._keep(set_now)
        told: dict[str, Any] = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, told, text, dict(set_now))

    def _keep(self, set_now: "SimpleCookie") -> None:
        for name, morsel in set_now.items():
            if morsel["max-age"] == "0" or not morsel.value:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value
