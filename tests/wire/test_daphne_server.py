"""Our bounds on Daphne's sockets, without a network; tests/chat/test_floods.py tries them with one."""

import asyncio
import time
from typing import Any

import pytest

from wire.daphne_server import HARD, GuardedProtocol, OrderlyServer, cleaned, source_of


class Socket(GuardedProtocol):
    """An open socket that only notes how it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.state = self.STATE_OPEN
        self.closed_with: list[int] = []

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802  daphne's name
        self.closed_with.append(code or 0)


@pytest.mark.parametrize(("silent_for", "closes"), [(0, []), (89, []), (91, [4408])])
def test_a_socket_without_any_frame_for_90_s_is_closed(silent_for: float, closes: list[int]) -> None:
    socket = Socket()
    socket.heard_at = time.monotonic() - silent_for
    socket.check_timeouts()
    assert socket.closed_with == closes


def test_who_floods_sends_rubbish_or_does_not_read_is_not_waited_for() -> None:
    assert set(HARD) == {4400, 4408, 4429}


def test_a_socket_says_nothing_about_its_client() -> None:
    assert repr(Socket()) == "<socket>"


@pytest.mark.parametrize(
    "name",
    ["x-forwarded-for", "X-Real-IP", "Forwarded", "via", "User-Agent", "Daphne-Root-Path", "CF-Connecting-IP"],
)
def test_nothing_that_says_where_a_request_comes_from_goes_further(name: str) -> None:
    scope: dict[str, Any] = {
        "type": "http",
        "client": ["203.0.113.7", 5],
        "root_path": "//evil.example",
        "headers": [(name.encode(), b"203.0.113.7"), (b"cookie", b"sid=x")],
    }
    clean = cleaned(scope)
    assert b"203.0.113.7" not in repr(clean).encode()
    assert len(clean.pop("source")) == 8
    assert clean == {"type": "http", "client": None, "root_path": "", "headers": [(b"cookie", b"sid=x")]}


def test_a_source_is_the_same_for_the_same_place_and_says_nothing_of_it() -> None:
    assert source_of(["203.0.113.7", 5]) == source_of(["203.0.113.7", 6]) != source_of(["203.0.113.8", 5])
    assert source_of(["2001:db8:1:2:aaaa::1", 5]) == source_of(["2001:db8:1:2:bbbb::9", 6])
    assert source_of(["2001:db8:1:2::1", 5]) != source_of(["2001:db8:1:3::1", 5])


@pytest.mark.parametrize("client", [None, ["127.0.0.1", 5], ["::1", 5], ["", None], ["/run/line.sock", None]])
def test_behind_a_proxy_there_is_no_source(client: list[Any] | None) -> None:
    assert source_of(client) is None


class Asked:
    """A connection of Daphne's; ``failure`` is what it was told of its application's error."""

    failure: BaseException | None = None

    def handle_exception(self, failure: BaseException) -> None:
        self.failure = failure


async def nobody_leaves() -> None:
    """Stop nothing."""


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Go on until the client has gone, or fail at once."""
    del send
    if scope.get("fails"):
        raise RuntimeError
    await receive()


async def looked_after(server: OrderlyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the server look once after what has ended."""
    monkeypatch.setattr("daphne.server.reactor.callLater", lambda *_later: None)
    for _turn in range(3):
        await asyncio.sleep(0)
    server.application_checker()


async def test_only_what_ended_is_looked_after_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    server = OrderlyServer(application, endpoints=["tcp:0"], on_stop=nobody_leaves)
    server.connections = {}  # as when it runs
    stays, goes, fails = Asked(), Asked(), Asked()
    queues = {}
    for one in (stays, goes, fails):
        server.protocol_connected(one)
        queues[one] = server.create_application(one, {"type": "http", "headers": [], "fails": one is fails})
    await looked_after(server, monkeypatch)
    assert isinstance(fails.failure, RuntimeError)
    queues[goes].put_nowait({"type": "http.disconnect"})
    server.protocol_disconnected(goes)
    server.protocol_disconnected(fails)
    await looked_after(server, monkeypatch)
    assert list(server.connections) == [stays]
    assert not server.ending
    queues[stays].put_nowait({"type": "http.disconnect"})
