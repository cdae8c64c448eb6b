"""The guard in front of every socket: size, pace, a bounded queue, and an end that is always told."""

import asyncio
from typing import Any

import pytest

from tests.wire.sockets import Event, ServerSide
from wire.frames import LONGEST_FRAME
from wire.guard import CALLER_PACE, DESK_PACE, Guard, Meter, Pace


class Clock:
    """A monotonic clock that a test moves."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("wire.guard.time.monotonic", clock)
    return clock


def taken(meter: Meter, times: int) -> int:
    return sum(meter.take() for _ in range(times))


@pytest.mark.parametrize(("pace", "burst", "rate"), [(CALLER_PACE, 20, 5), (DESK_PACE, 60, 20)])
def test_a_burst_at_once_then_so_many_a_second(clock: Clock, pace: Pace, burst: int, rate: int) -> None:
    meter = Meter(pace)
    assert taken(meter, 100) == burst
    clock.now += 1
    assert taken(meter, 100) == rate
    clock.now += 3_600
    assert taken(meter, 100) == burst


def test_a_free_meter_refuses_nothing() -> None:
    meter = Meter(CALLER_PACE)
    meter.free = True
    assert taken(meter, 1_000) == 1_000


def test_the_third_bad_frame_in_60_s_closes_with_4400(clock: Clock) -> None:
    meter = Meter(CALLER_PACE)
    assert [meter.refuse("bad_frame"), meter.refuse("bad_frame")] == [None, None]
    clock.now += 61
    assert [meter.refuse("bad_frame"), meter.refuse("bad_frame"), meter.refuse("bad_frame")] == [None, None, 4400]


def test_200_refusals_in_10_s_close_with_4429(clock: Clock) -> None:
    meter = Meter(CALLER_PACE)
    codes = []
    for number in range(199):
        clock.now = 1_000 + number * 9 / 199
        codes.append(meter.refuse("too_fast"))
    assert codes == [None] * 199
    assert meter.refuse("bad_field") == 4429
    clock.now += 20
    assert meter.refuse("too_fast") is None


class Busy:
    """A consumer that handles nothing until it is told to."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.came = asyncio.Event()
        self.go_on = asyncio.Event()
        self.left = False

    async def __call__(self, _scope: Any, receive: Any, _send: Any) -> None:
        self.heard.append(await receive())
        self.came.set()
        try:
            await self.go_on.wait()
            while self.heard[-1]["type"] != "websocket.disconnect":
                self.heard.append(await receive())
        finally:
            self.left = True


async def serve(consumer: Busy, side: ServerSide) -> None:
    consumer.go_on.set()
    async with asyncio.timeout(5):
        await Guard(consumer, pace=CALLER_PACE)({"outlet": side}, side.receive, side.send)


async def test_everything_within_the_pace_arrives_in_order_even_if_the_client_goes_at_once() -> None:
    consumer, side = Busy(), ServerSide()
    side.write(*(f"{number}" for number in range(20)))
    side.hang_up()
    await serve(consumer, side)
    assert [event.get("text") for event in consumer.heard[1:-1]] == [f"{number}" for number in range(20)]
    assert consumer.left


async def test_what_comes_faster_is_refused_and_names_its_frame() -> None:
    consumer, side = Busy(), ServerSide()
    side.write(*['{"op":"typing"}'] * 21)
    side.hang_up()
    await serve(consumer, side)
    assert side.frames() == [{"op": "refused", "code": "too_fast", "to": "typing"}]


async def test_pings_count_as_frames() -> None:
    consumer, side = Busy(), ServerSide()
    side.come(*[{"type": "websocket.receive", "ping": True}] * 20)
    side.write('{"op":"typing"}')
    side.hang_up()
    await serve(consumer, side)
    assert [frame["code"] for frame in side.frames()] == ["too_fast"]


async def test_a_busy_consumer_has_a_bounded_queue_even_without_a_pace() -> None:
    consumer, side = Busy(), ServerSide()

    async def freed(scope: Any, receive: Any, send: Any) -> None:
        scope["meter"].free = True
        await consumer(scope, receive, send)

    serving = asyncio.ensure_future(Guard(freed, pace=CALLER_PACE)({"outlet": side}, side.receive, side.send))
    await consumer.came.wait()
    side.write(*["x"] * 6_000)
    await side.until("websocket.close")
    consumer.go_on.set()
    await asyncio.wait_for(serving, 5)
    assert side.code() == 4429
    assert len(side.frames()) == 200
    assert [event["type"] for event in consumer.heard] == ["websocket.connect", "websocket.disconnect"]


@pytest.mark.parametrize(
    "event",
    [
        {"text": "x" * (LONGEST_FRAME + 1)},
        {"text": "ñ" * (LONGEST_FRAME // 2 + 1)},
        {"bytes": b"x" * (LONGEST_FRAME + 1)},
    ],
)
async def test_a_frame_of_16385_bytes_ends_the_connection(event: Event) -> None:
    consumer, side = Busy(), ServerSide()
    side.come({"type": "websocket.receive", **event})
    await serve(consumer, side)
    assert side.code() == 4400


@pytest.mark.parametrize("text", ["x" * LONGEST_FRAME, "ñ" * (LONGEST_FRAME // 2), "😀" * (LONGEST_FRAME // 4)])
async def test_a_frame_of_16384_bytes_is_passed_on(text: str) -> None:
    consumer, side = Busy(), ServerSide()
    side.write(text)
    side.hang_up()
    await serve(consumer, side)
    assert consumer.heard[1]["text"] == text


async def test_after_a_cut_nothing_more_reaches_the_consumer() -> None:
    consumer, side = Busy(), ServerSide()
    side.write("x" * (LONGEST_FRAME + 1), "more", "x" * (LONGEST_FRAME + 1))
    side.hang_up()
    await serve(consumer, side)
    assert [event["type"] for event in consumer.heard] == ["websocket.disconnect"]
    assert [event["type"] for event in side.sent] == ["websocket.close"]
