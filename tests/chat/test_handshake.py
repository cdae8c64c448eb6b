"""Who is let in at the sockets, and how everybody else is turned away."""

from collections.abc import Callable

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from tests.running_line import Pair, RunningLine
from tests.visitors import Visitor
from tests.voices import Voice

PATHS = ["/ws/hablar/", "/ws/escritorio/"]


async def status(line: RunningLine, path: str, *, protocols: tuple[str, ...] = ("hotline.v1",), **headers: str) -> int:
    """Return the HTTP status with which a handshake is refused."""
    with pytest.raises(InvalidStatus) as refusal:
        async with connect(
            f"ws://127.0.0.1:{line.port}{path}",
            subprotocols=[Subprotocol(one) for one in protocols],
            additional_headers=headers,
        ):
            pass
    return refusal.value.response.status_code


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "origin",
    [
        lambda _line: "null",
        lambda _line: "",
        lambda line: f"http://127.0.0.1:{line.port + 1}",
        lambda _line: "http://127.0.0.1",
        lambda line: f"https://127.0.0.1:{line.port}",
        lambda line: f"http://www.localhost:{line.port}",
        lambda line: f"http://localhost.evil.example:{line.port}",
        lambda line: f"http://evil@127.0.0.1:{line.port}",
        lambda line: f"http://127.0.0.1:{line.port}/",
        lambda line: f"HTTP://127.0.0.1:{line.port}",
    ],
)
async def test_any_origin_that_is_not_ours_letter_by_letter_is_refused(
    line: RunningLine, path: str, origin: Callable[[RunningLine], str]
) -> None:
    assert await status(line, path, Origin=origin(line)) == 403


@pytest.mark.parametrize("path", PATHS)
async def test_a_handshake_without_an_origin_is_refused(line: RunningLine, path: str) -> None:
    assert await status(line, path) == 403


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("protocols", [("hotline.v2",), ("hotline.v1x", "chat"), ("HOTLINE.V1",)])
async def test_a_handshake_that_does_not_offer_our_subprotocol_is_refused(
    line: RunningLine, path: str, protocols: tuple[str, ...]
) -> None:
    assert await status(line, path, protocols=protocols, Origin=line.url) == 403


async def test_both_origins_of_the_demonstration_are_ours(line: RunningLine, pair: Pair) -> None:
    for origin in (line.url, f"http://localhost:{line.port}"):
        async with Voice(line, pair.caller, origin=origin) as caller:
            await caller.hear("state", state="talking")
            assert caller.socket.subprotocol == "hotline.v1"


@pytest.mark.parametrize("path", ["/ws/otra/", "/ws/hablar/planted-path", "/planted-path"])
async def test_another_address_is_no_socket_and_no_line_in_the_log(line: RunningLine, path: str) -> None:
    assert await status(line, path, Origin=line.url) == 403
    assert path.strip("/") not in line.output


@pytest.mark.parametrize("side", ["caller", "desk"])
@pytest.mark.parametrize(
    "cookie", ["", "sid=", "sid=unknown", "sid=" + "a" * 32, "sk=x", 'sid="; sid', "otra=1; sid=a b"]
)
async def test_without_a_cookie_that_we_know_the_socket_closes_with_4401(
    line: RunningLine, cookie: str, side: str
) -> None:
    async with Voice(line, cookie, desk=side == "desk") as voice:
        assert await voice.closed() == 4401
        assert voice.heard == []


async def test_the_cookie_of_one_side_opens_nothing_of_the_other(line: RunningLine, pair: Pair) -> None:
    async with Voice(line, pair.caller, desk=True) as voice:
        assert await voice.closed() == 4401
    async with Voice(line, pair.volunteer) as voice:
        assert await voice.closed() == 4401


async def test_half_of_a_staff_sign_in_opens_nothing(line: RunningLine, pair: Pair) -> None:
    for half in pair.volunteer.split("; "):
        async with Voice(line, half, desk=True) as voice:
            assert await voice.closed() == 4401


async def test_cookies_of_other_programs_on_the_same_host_harm_nothing(line: RunningLine, pair: Pair) -> None:
    async with Voice(line, f'odd={{"a":1}}; =; ;x; {pair.caller}; other="') as caller:
        await caller.hear("state", state="talking")


async def test_a_visitor_who_has_not_begun_has_no_socket_yet(line: RunningLine) -> None:
    visitor = Visitor(line)
    visitor.get("/hablar/")
    async with Voice(line, visitor.cookie) as voice:
        assert await voice.closed() == 4401


async def test_a_session_that_was_ended_opens_nothing_any_more(line: RunningLine) -> None:
    visitor = Visitor(line).wait_in_line()
    cookie = visitor.cookie
    async with Voice(line, cookie) as caller:
        await caller.hear("state", state="waiting")
        visitor.post("/hablar/salir/")
        assert await caller.closed() == 4401
    async with Voice(line, cookie) as caller:
        assert await caller.closed() == 4401
