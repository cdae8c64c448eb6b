"""Whoever floods is cut at once, costs next to nothing, and disturbs nobody (security.md S04, S11 to S14)."""

import asyncio
import re
import time
import uuid

import pytest

from tests.raw_socket import BINARY, PING, Memory, RawSocket, close_code, frame
from tests.running_line import Pair, RunningLine
from tests.visitors import Visitor
from tests.voices import Voice

MIB = 1_024 * 1_024
MOST = 8 * MIB


@pytest.fixture(scope="module")
def real_caller(line: RunningLine) -> str:
    """Return the cookie of a caller who is no rehearsal: the pace holds for them."""
    return Visitor(line).wait_in_line().cookie


async def flood(line: RunningLine, cookie: str, data: bytes) -> tuple[int | None, float, int]:
    """Send all of it; return the close code, the seconds until the line hung up, and the memory it took."""
    async with RawSocket(line, cookie) as raw:
        memory = Memory(line.pid)
        sending = asyncio.ensure_future(raw.send(data))
        code = close_code(await raw.rest())
        took = time.monotonic() - memory.began
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        return code, took, memory.grown()


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (frame(b"x" * 65_536) * 600, {4400, None}),
        (frame(b"x" * 65_536, BINARY) * 600, {4400, None}),
        (frame(b"x" * 65_537) * 100, {1009, None}),
        (frame(b"1") * 200_000, {4400, 4429, None}),
        (frame(b'{"op":"typing"}') * 100_000, {4429, None}),
        (frame(b"", PING) * 200_000, {4429, None}),
        (frame(b"x" * 100, last=False) + frame(b"", 0, last=False) * 200_000, {4429, None}),
        (frame(b"\xff\xfe") + frame(b"{}") * 1_000, {1007, None}),
    ],
    ids=["64 KiB", "64 KiB binary", "beyond 64 KiB", "one byte", "typing", "pings", "fragments", "not UTF-8"],
)
async def test_a_flood_is_cut_soon_and_leaves_the_memory_as_it_was(
    line: RunningLine, real_caller: str, data: bytes, codes: set[int | None]
) -> None:
    code, took, grown = await flood(line, real_caller, data)
    assert code in codes
    assert took < 3
    assert grown < MOST


async def test_a_flood_on_a_socket_that_opens_nothing_is_no_better(line: RunningLine) -> None:
    code, took, grown = await flood(line, "sid=nobody", frame(b"x" * 65_536) * 600)
    assert code in {4401, None}
    assert took < 3
    assert grown < MOST


async def test_a_rehearsal_is_free_of_the_pace_and_not_of_the_queue(line: RunningLine, pair: Pair) -> None:
    say = [f'{{"op":"say","id":"{uuid.uuid4()}","text":"x"}}'.encode() for _ in range(2_000)]
    code, _took, grown = await flood(line, pair.caller, b"".join(map(frame, say)))
    assert code in {4429, None}
    assert grown < MOST


async def test_the_others_are_answered_while_somebody_floods(
    line: RunningLine, pair: Pair, caller: Voice, volunteer: Voice, real_caller: str
) -> None:
    async def keep_flooding() -> None:
        for _ in range(20):
            await flood(line, real_caller, frame(b"", PING) * 20_000)

    flooding = asyncio.ensure_future(keep_flooding())
    waits = []
    for number in range(20):
        began = time.monotonic()
        await volunteer.say(str(number), contact=pair.contact)
        await caller.hear("said", text=str(number))
        waits.append(time.monotonic() - began)
        await asyncio.sleep(0.02)
    flooding.cancel()
    await asyncio.gather(flooding, return_exceptions=True)
    assert sorted(waits)[len(waits) // 2] < 0.5


async def test_a_caller_who_never_reads_is_cut_before_256_kib_wait(
    line: RunningLine, pair: Pair, volunteer: Voice
) -> None:
    async with RawSocket(line, pair.caller, window=4_096) as raw:
        memory = Memory(line.pid)
        for _ in range(200):
            await volunteer.say("😀" * 4_000, contact=pair.contact)
            await volunteer.hear("said")
        came = await raw.rest(within=5)  # it ends: the line has hung up
    in_kernels = 256 * 1_024  # what the buffers of the two ends may hold besides
    assert len(came) < 256 * 1_024 + in_kernels
    assert memory.grown() < MOST


async def speak_nonsense(line: RunningLine, cookie: str) -> None:
    async with Voice(line, cookie) as voice:
        for raw in ("{", '{"op":"say"}', '["planted"]', "planted"):
            await voice.socket.send(raw)
        assert await voice.closed() == 4400


async def test_100_sockets_with_bad_frames_write_no_log(line: RunningLine, pair: Pair) -> None:
    before = len(line.printed)  # in the demonstration it prints mails too: an alarm, that a caller waits
    for _ in range(20):
        await asyncio.gather(*(speak_nonsense(line, pair.caller) for _ in range(5)))
    printed = "".join(line.printed[before:])
    assert "planted" not in printed
    assert re.findall(r" (?:WARNING|ERROR|CRITICAL) .*", printed) == []
