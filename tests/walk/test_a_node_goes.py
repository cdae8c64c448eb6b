"""A node leaves in order: everybody is told, what was taken is kept, and the next one goes on where it stopped."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest

from tests.raw_socket import RawSocket, close_code
from tests.running_line import Pair, RunningLine, own_databases
from tests.voices import Frame, Voice


@pytest.fixture
def own_line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """Serve a line that this test may end."""
    with RunningLine(tmp_path_factory.mktemp("goes"), **own_databases()) as running:
        yield running


async def talk_until_it_closes(caller: Voice) -> int | None:
    """Say one thing after another without waiting for receipts; return the close code."""

    async def listen() -> int | None:
        return await caller.closed(within=30)

    listening = asyncio.ensure_future(listen())
    while not listening.done():
        await asyncio.gather(caller.say("una cosa más"), return_exceptions=True)
        await asyncio.sleep(0.005)
    return await listening


async def whole(line: RunningLine, cookie: str) -> list[Frame]:
    """Return the whole conversation as its rows have it."""
    async with Voice(line, cookie) as voice:
        frames: list[Frame] = []
        answer = await voice.look(0)
        while answer[-1]["op"] == "more":
            frames += answer
            answer = await voice.look(answer[-1]["after"])
        return [frame for frame in frames + answer if frame["op"] == "said"]


async def test_on_sigterm_sockets_close_with_4503_the_code_is_0_and_every_receipt_is_kept(
    own_line: RunningLine,
) -> None:
    pairs = await asyncio.to_thread(own_line.pairs, 4)
    async with AsyncExitStack() as sockets:
        callers = [await sockets.enter_async_context(Voice(own_line, pair.caller)) for pair in pairs]
        desk = await sockets.enter_async_context(Voice(own_line, pairs[0].volunteer, desk=True))
        talking = [asyncio.ensure_future(talk_until_it_closes(caller)) for caller in callers]
        await asyncio.sleep(1)
        began = time.monotonic()
        assert await asyncio.to_thread(own_line.stop) == 0
        assert time.monotonic() - began < 10
        assert await asyncio.gather(*talking) == [4503] * 4
        assert await desk.closed() == 4503
    assert "Traceback" not in own_line.output
    await asyncio.to_thread(own_line.start)
    for pair, caller in zip(pairs, callers, strict=True):
        kept = await whole(own_line, pair.caller)
        assert [frame["seq"] for frame in kept] == list(range(1, len(kept) + 1))
        assert len({frame["id"] for frame in kept}) == len(kept)
        known = {frame["id"]: frame for frame in kept}
        assert len(caller.said()) > 5
        assert all(known[frame["id"]] == frame for frame in caller.said())


async def test_whoever_is_silent_does_not_hold_a_node_back(own_line: RunningLine) -> None:
    pair: Pair = (await asyncio.to_thread(own_line.pairs))[0]
    async with RawSocket(own_line, pair.caller) as raw:
        assert await asyncio.to_thread(own_line.stop) == 0
        assert close_code(await raw.rest()) == 4503


@pytest.mark.long
@pytest.mark.timeout(240)
async def test_a_socket_without_any_frame_is_cut_after_90_s_and_a_heartbeat_keeps_one_open(line: RunningLine) -> None:
    silent, alive = line.pairs(2)
    async with RawSocket(line, silent.caller) as raw, Voice(line, alive.caller) as caller:
        began = time.monotonic()
        cut = asyncio.ensure_future(raw.rest(within=120))
        while not cut.done():
            await caller.look(0)
            await asyncio.wait([cut], timeout=20)
        assert close_code(await cut) in {4408, None}
        assert 89 < time.monotonic() - began < 100
        assert (await caller.look(0))[-1]["op"] == "idle"


@pytest.mark.long
@pytest.mark.timeout(240)
async def test_a_volunteer_is_lost_60_s_after_their_last_frame_and_not_before(line: RunningLine) -> None:
    pair = line.pairs()[0]
    async with Voice(line, pair.caller) as caller:
        async with Voice(line, pair.volunteer, desk=True) as volunteer:
            await volunteer.hear("state")
            await volunteer.say("ya vuelvo", contact=pair.contact)
            await asyncio.sleep(9)
            await volunteer.say("un momento", contact=pair.contact)
            await volunteer.hear("said", text="un momento")
            last = time.monotonic()
        while time.monotonic() - last < 75:
            answer = await caller.look(0)
            if answer[-1]["state"] == "waiting":
                break
            assert time.monotonic() - last < 66
            await asyncio.sleep(1)
        assert 59.5 < time.monotonic() - last < 64
        assert (await caller.look(0))[-2]["text"].startswith("Se cortó la conexión")
