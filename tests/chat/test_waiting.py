"""What a caller hears while waiting: how many are ahead and how long it may take, anew at each change."""

import asyncio
from contextlib import AsyncExitStack

from tests.running_line import RunningLine
from tests.visitors import Visitor
from tests.voices import Voice

AT_ONCE = 10.0  # seconds; a page's own next look would come after 20


async def waits(line: RunningLine, sockets: AsyncExitStack) -> Voice:
    """Let one caller wait."""
    visitor = Visitor(line)
    await asyncio.to_thread(visitor.wait_in_line)
    return await sockets.enter_async_context(Voice(line, visitor.cookie))


async def test_every_state_says_how_many_wait_ahead_and_how_long_it_may_take(calm_line: RunningLine) -> None:
    async with AsyncExitStack() as sockets:
        callers = [await waits(calm_line, sockets) for _ in range(3)]
        states = [await caller.hear("state", state="waiting") for caller in callers]
        for caller in callers:
            await caller.send("leave")
            await caller.hear("state", state="ended")
    assert [state["ahead"] for state in states] == [0, 1, 2]
    assert all(type(state["wait"]) is int and state["wait"] > 0 for state in states)


async def test_the_place_is_told_anew_as_soon_as_somebody_ahead_goes(calm_line: RunningLine) -> None:
    async with AsyncExitStack() as sockets:
        first, second, third = [await waits(calm_line, sockets) for _ in range(3)]
        await third.hear("state", ahead=2)
        await first.send("leave")
        async with asyncio.timeout(AT_ONCE):
            await third.hear("state", ahead=1)
            await second.hear("state", ahead=0)
        await second.send("leave")
        async with asyncio.timeout(AT_ONCE):
            await third.hear("state", state="waiting", ahead=0)
        await third.send("leave")
        await third.hear("state", state="ended")


async def test_whoever_is_in_danger_comes_first_and_the_others_are_told(calm_line: RunningLine) -> None:
    async with AsyncExitStack() as sockets:
        calm = await waits(calm_line, sockets)
        await calm.hear("state", ahead=0)
        visitor = Visitor(calm_line)
        await asyncio.to_thread(visitor.step, "danger")
        danger = await sockets.enter_async_context(Voice(calm_line, visitor.cookie))
        assert (await danger.hear("state"))["ahead"] == 0
        async with asyncio.timeout(AT_ONCE):
            await calm.hear("state", ahead=1)
        for caller in (danger, calm):
            await caller.send("leave")
            await caller.hear("state", state="ended")
