"""The base of one socket: in, frames one after another, rings, signs of life, and an end that always runs."""

import asyncio
import gc
import logging
import weakref
from typing import Any

import pytest

from tests.wire.sockets import Event, ServerSide
from wire import consumer, hub
from wire.consumer import MOST_UNSENT, LiveConsumer
from wire.frames import Frame, Refused
from wire.guard import CALLER_PACE, Guard
from wire.writer import NotSaved


class Shout(Frame, tag="shout"):
    """Have ``text`` sent back, or an error raised."""

    text: str
    id: str = ""


class Whisper(Frame, tag="whisper"):
    """Nothing."""


class Echo(LiveConsumer):
    """Sends back what it hears; keeps what was called."""

    kinds = Shout | Whisper
    pace = CALLER_PACE
    known = True
    made: list["Echo"]

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.calls: list[str] = []
        self.made.append(self)

    async def enter(self) -> bool:
        hub.join("echo", self)
        if self.known is None:
            raise RuntimeError
        return self.known

    async def frame(self, frame: Any) -> None:
        match getattr(frame, "text", ""):
            case "break":
                raise RuntimeError
            case "full":
                raise NotSaved
            case "no":
                raise Refused("not_open", to="shout")
            case text:
                self.send_frame(f'{{"op":"{text}"}}')

    async def ring(self, room: str) -> None:
        self.calls.append(room)
        if room == "broken":
            raise RuntimeError

    def hear(self, event: Any) -> None:
        self.send_frame(event)

    def alive(self, ago: float) -> None:
        self.calls.append(f"alive {ago:.0f}")

    async def leave(self) -> None:
        hub.part("echo", self)
        self.calls.append("left")


class Served:
    """One socket of an Echo that is being served."""

    def __init__(self, kind: type[Echo], side: ServerSide | None = None, **scope: Any) -> None:
        self.side = side or ServerSide()
        application = Guard(kind.as_application(), pace=CALLER_PACE)
        scope = {"subprotocols": ["hotline.v1"], "outlet": self.side, **scope}
        self.task = asyncio.ensure_future(application(scope, self.side.receive, self.side.send))

    async def end(self) -> None:
        self.side.hang_up()
        await asyncio.wait_for(self.task, 5)

    async def hear(self, count: int) -> list[Event]:
        await self.side.until("websocket.send", count)
        return self.side.frames()


@pytest.fixture
def echo() -> type[Echo]:
    return type("FreshEcho", (Echo,), {"made": []})


@pytest.fixture
def stranger(echo: type[Echo]) -> type[Echo]:
    echo.known = False
    return echo


async def test_a_handshake_without_our_subprotocol_is_refused(echo: type[Echo]) -> None:
    served = Served(echo, subprotocols=["other"])
    await asyncio.wait_for(served.task, 5)
    assert served.side.sent == [{"type": "websocket.close"}]


async def test_a_stranger_is_accepted_and_closed_with_4401(stranger: type[Echo]) -> None:
    served = Served(stranger)
    await asyncio.wait_for(served.task, 5)
    assert [event["type"] for event in served.side.sent] == ["websocket.accept", "websocket.close"]
    assert served.side.code() == 4401
    assert stranger.made[0].calls == ["left"]


async def test_a_socket_that_cannot_be_opened_is_sent_away_to_come_again(echo: type[Echo]) -> None:
    echo.known = None  # type: ignore[assignment]  # its enter raises
    served = Served(echo)
    await asyncio.wait_for(served.task, 5)
    assert served.side.code() == 4503
    assert hub.seats("echo") == []


async def test_frames_are_answered_in_order(echo: type[Echo]) -> None:
    served = Served(echo)
    served.side.write(*(f'{{"op":"shout","text":"{number}"}}' for number in range(10)))
    assert [frame["op"] for frame in await served.hear(10)] == [str(number) for number in range(10)]
    await served.end()


async def test_a_frame_that_fails_is_not_saved_and_the_socket_stays_open(
    echo: type[Echo], caplog: pytest.LogCaptureFixture
) -> None:
    served = Served(echo)
    served.side.write('{"op":"shout","text":"break","id":"secreto"}', '{"op":"shout","text":"full","id":"b"}')
    served.side.write('{"op":"shout","text":"hola"}')
    frames = await served.hear(3)
    await served.end()
    assert [(frame["op"], frame.get("code"), frame.get("id")) for frame in frames] == [
        ("refused", "not_saved", "secreto"),
        ("refused", "not_saved", "b"),
        ("hola", None, None),
    ]
    assert len(caplog.records) == 1
    assert "secreto" not in caplog.records[0].getMessage()


async def test_binary_frames_are_bad_frames_and_the_third_closes_with_4400(echo: type[Echo]) -> None:
    served = Served(echo)
    served.side.come(*[{"type": "websocket.receive", "bytes": b"{}"}] * 3)
    await served.side.until("websocket.close")
    await served.end()
    assert [frame["code"] for frame in served.side.frames()] == ["bad_frame"] * 3
    assert served.side.code() == 4400


async def test_100_sockets_with_bad_frames_leave_nothing_behind(
    echo: type[Echo], caplog: pytest.LogCaptureFixture
) -> None:
    before = hub.rooms()
    caplog.set_level(logging.DEBUG)
    sockets = [Served(echo) for _ in range(100)]
    for served in sockets:
        served.side.write("{", "[]", '{"op":"shout"', '{"op":')
    for served in sockets:
        await served.side.until("websocket.close")
        await served.end()
    assert len(echo.made) == 100
    assert all("left" in one.calls for one in echo.made)
    assert (hub.seats("echo"), hub.rooms()) == ([], before)
    assert caplog.records == []


async def test_several_rings_become_one_and_one_that_fails_stops_no_other(echo: type[Echo]) -> None:
    served = Served(echo)
    await served.side.until("websocket.accept")
    one = echo.made[0]
    for room in ("broken", "here", "here", "broken", "there"):
        one.look_again(room)
    await asyncio.sleep(0.05)
    one.look_again("later")
    await asyncio.sleep(0.05)
    await served.end()
    assert one.calls == ["broken", "here", "there", "later", "left"]


async def test_signs_of_life_are_noted_soon_once_and_also_when_the_socket_ends(
    echo: type[Echo], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "ALIVE_EVERY", 0.05)
    served = Served(echo)
    served.side.write(*['{"op":"whisper"}'] * 5)
    served.side.come({"type": "websocket.receive", "ping": True})
    await asyncio.sleep(0.2)
    assert echo.made[0].calls == ["alive 0"]
    served.side.come({"type": "websocket.receive", "ping": True})
    await served.end()
    assert echo.made[0].calls == ["alive 0", "left", "alive 0"]


class SlowReader(ServerSide):
    """The other end of a connection, which takes one frame and then reads when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = asyncio.Event()

    @property
    def taken(self) -> list[Event]:
        return self.frames()

    def is_clear(self) -> bool:
        return self.reads.is_set() or not self.taken

    async def clear(self) -> None:
        await self.reads.wait()


async def test_a_reader_that_does_not_read_is_cut_with_4408_once_256_kib_wait(echo: type[Echo]) -> None:
    reader = SlowReader()
    served = Served(echo, reader)
    await served.side.until("websocket.accept")
    kilobyte, sent = f'{{"op":"{"x" * 1_013}"}}', 0
    while not echo.made[0].closed and sent < 1_000:
        hub.deliver("echo", kilobyte)
        sent += 1
        await asyncio.sleep(0)
    await served.side.until("websocket.close")
    await served.end()
    assert served.side.code() == 4408
    assert sent * 1_024 - MOST_UNSENT in range(1, 4 * 1_024)
    assert len(reader.taken) == 2  # the first, and the one after it that waited in the outlet


async def test_whoever_sends_much_waits_for_the_reader_and_nothing_gets_lost(echo: type[Echo]) -> None:
    reader = SlowReader()
    served = Served(echo, reader)
    await served.side.until("websocket.accept")
    one = echo.made[0]

    async def send_much() -> None:
        for number in range(1_000):
            await one.room()
            one.send_frame(f'{{"op":"{number:01000}"}}')

    sending = asyncio.ensure_future(send_much())
    await asyncio.sleep(0.05)
    assert not sending.done()
    reader.reads.set()
    await asyncio.wait_for(sending, 5)
    await reader.until("websocket.send", 1_000)
    assert [int(frame["op"]) for frame in reader.taken] == list(range(1_000))
    await served.end()


async def test_what_was_sent_before_the_end_goes_out_before_the_close(echo: type[Echo]) -> None:
    reader = SlowReader()
    served = Served(echo, reader)
    await served.side.until("websocket.accept")
    for number in range(3):
        echo.made[0].send_frame(f'{{"op":"{number}"}}')
    echo.made[0].close(4429)
    echo.made[0].send_frame('{"op":"late"}')
    await served.side.until("websocket.close")
    await served.end()
    assert [frame["op"] for frame in reader.taken] == ["0", "1", "2"]


async def test_a_socket_that_ended_needs_no_garbage_collector(echo: type[Echo]) -> None:
    gc.collect()
    gc.disable()
    try:
        served = Served(echo)
        await served.side.until("websocket.accept")
        served.side.write('{"op":"shout","text":"hola"}', '{"op":"nonsense"}')
        await served.hear(2)
        await served.end()
        left: list[weakref.ref[Any]] = [weakref.ref(echo.made.pop()), weakref.ref(served.side)]
        del served
        await asyncio.sleep(0)  # the loop itself holds the last step of what has just ended
        assert [one() for one in left] == [None, None]
    finally:
        gc.enable()
