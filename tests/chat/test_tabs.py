"""Several sockets of one side: everybody sees everything, and nobody opens more than eight."""

import asyncio
from contextlib import AsyncExitStack

from tests.running_line import Pair, RunningLine
from tests.voices import Voice


async def test_two_tabs_of_the_caller_and_two_of_the_volunteer_hear_the_same(line: RunningLine, pair: Pair) -> None:
    async with AsyncExitStack() as open_tabs:
        callers = [await open_tabs.enter_async_context(Voice(line, pair.caller)) for _ in range(2)]
        desks = [await open_tabs.enter_async_context(Voice(line, pair.volunteer, desk=True)) for _ in range(2)]
        for tab in (*callers, *desks):
            await tab.hear("state", state="talking")
        await asyncio.gather(*(tab.say(f"pestaña {number}") for number, tab in enumerate(callers)))
        await asyncio.gather(*(desk.say("mesa", contact=pair.contact) for desk in desks))
        for tab in (*callers, *desks):
            while len(tab.said()) < 4:
                await tab.hear("said")
        heard = [[(frame["seq"], frame["id"], frame["text"]) for frame in tab.said()] for tab in (*callers, *desks)]
    assert all(one == heard[0] for one in heard)
    assert [seq for seq, _id, _text in heard[0]] == sorted(seq for seq, _id, _text in heard[0])


async def test_a_ninth_socket_of_a_caller_closes_the_oldest_and_a_tenth_the_next(line: RunningLine, pair: Pair) -> None:
    async with AsyncExitStack() as open_tabs:
        tabs = []
        for _ in range(10):
            tabs.append(await open_tabs.enter_async_context(Voice(line, pair.caller)))
            await tabs[-1].hear("state")
        assert [await tab.closed() for tab in tabs[:2]] == [4429, 4429]
        await tabs[9].say("¿me leen todas?")
        for tab in tabs[2:]:
            await tab.hear("said", text="¿me leen todas?")


async def test_a_tab_that_went_leaves_its_place_to_another(line: RunningLine, pair: Pair) -> None:
    async with Voice(line, pair.caller) as first:
        await first.hear("state")
        for _ in range(12):
            async with Voice(line, pair.caller) as tab:
                await tab.hear("state")
        await first.say("sigo aquí")
        await first.hear("said", text="sigo aquí")
