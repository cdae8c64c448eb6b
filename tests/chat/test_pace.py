"""How fast one socket may send, and what happens to whoever sends faster (docs/PROTOCOL.md, pace)."""

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from tests.running_line import RunningLine
from tests.visitors import Visitor
from tests.voices import Voice


@pytest.fixture
async def hurried(line: RunningLine) -> AsyncIterator[Voice]:
    """Sit where a caller sits who is no rehearsal."""
    async with Voice(line, Visitor(line).wait_in_line().cookie) as voice:
        await voice.hear("state", state="waiting")
        yield voice


@pytest.fixture
async def hurried_desk(line: RunningLine) -> AsyncIterator[Voice]:
    """Sit at the desk of a volunteer who is no rehearsal."""
    async with Voice(line, Visitor(line).sign_in("luis@demo.pe").cookie, desk=True) as voice:
        await voice.hear("presence")
        yield voice


async def codes(voice: Voice, frames: int, **fields: str) -> Counter[str]:
    """Send so many frames at once; return how often each refusal came."""
    for _ in range(frames):
        await voice.send("typing", **fields)
    return Counter(frame["code"] for frame in await voice.quiet(0.5))


async def test_a_caller_may_send_20_frames_at_once_and_5_a_second(hurried: Voice) -> None:
    assert (await codes(hurried, 40))["too_fast"] in {19, 20}  # one may have come back meanwhile
    await asyncio.sleep(1.5)  # 2 s since then, with the half second of listening
    assert (await codes(hurried, 20))["too_fast"] in {8, 9, 10}


async def test_a_desk_may_send_60_frames_at_once_and_20_a_second(hurried_desk: Voice) -> None:
    nobody = str(uuid.uuid4())
    first = await codes(hurried_desk, 100, contact=nobody)
    assert first["not_yours"] in range(60, 64)
    assert first["too_fast"] + first["not_yours"] == 100
    await asyncio.sleep(0.5)
    assert (await codes(hurried_desk, 40, contact=nobody))["not_yours"] in range(18, 26)


async def test_a_refusal_of_the_pace_names_its_frame_and_the_same_id_may_come_again(hurried: Voice) -> None:
    for _ in range(20):
        await hurried.send("typing")
    spoken = await hurried.say("demasiado pronto")
    refusal = await hurried.refusal()
    assert refusal == {"op": "refused", "code": "too_fast", "to": "say", "id": spoken}
    await asyncio.sleep(0.5)
    await hurried.say("demasiado pronto", id=spoken)
    assert (await hurried.hear("said"))["id"] == spoken


async def test_pings_count_as_frames(hurried: Voice) -> None:
    for _ in range(20):
        await hurried.socket.ping()
    assert (await codes(hurried, 5))["too_fast"] in {3, 4, 5}


async def test_200_refused_in_10_s_close_with_4429(hurried: Voice) -> None:
    for _ in range(300):
        await hurried.socket.send('{"op":"typing"}')
    assert await hurried.closed() == 4429
    assert Counter(frame.get("code") for frame in hurried.heard)["too_fast"] == 200


@pytest.mark.parametrize("bad", ["{", b'{"op":"typing"}', "[1]"])
async def test_a_third_bad_frame_closes_with_4400(caller: Voice, bad: str | bytes) -> None:
    for _ in range(3):
        await caller.socket.send(bad)
    assert await caller.closed() == 4400
    assert [frame["code"] for frame in caller.heard if frame["op"] == "refused"] == ["bad_frame"] * 3


async def test_other_mistakes_leave_the_socket_open(caller: Voice) -> None:
    for raw in ('{"op":"shout"}', '{"op":"look"}', '{"op":"typing","x":1}', "{}"):
        await caller.socket.send(raw)
        await caller.refusal()
    assert (await caller.look(0))[-1]["op"] == "idle"


async def test_a_rehearsal_is_free_of_the_pace(caller: Voice, volunteer: Voice) -> None:
    for number in range(60):
        await caller.say(str(number))
        await caller.hear("said", text=str(number))
    await volunteer.hear("said", text="59")
