"""Clocks jump by an hour in the middle of a conversation: nobody is lost, no offer ends, no word is out of order."""

import asyncio
import json

import pytest

from tests.faults.stage import Stage, aside, one_node, two_nodes
from tests.line_database import read
from tests.running_line import Pair, RunningLine
from tests.voices import Voice

HOUR = 3600
QUESTIONS = (
    "state FROM triage_contact",
    "state FROM triage_offer",
    "kind FROM triage_contactevent",
    "line_key FROM chat_message",
)
NOTICED = 2.5  # seconds: the clock is read anew within one, and the sweeper goes round each second


async def talk(caller: Voice, volunteer: Voice, contact: str, seconds: float) -> list[str]:
    """Let both talk in turn for so long, each at their look now and then; return the ids, as they were said."""
    spoken: list[str] = []
    until = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < until:
        said = await caller.say("sigo aquí")
        await caller.hear("said", id=said)
        answered = await volunteer.say("te leo", contact=contact)
        await volunteer.hear("said", id=answered)
        await caller.send("look", after=0)
        await caller.hear("idle")
        spoken += [said, answered]
        await asyncio.sleep(0.2)
    return spoken


async def words_of(line: RunningLine, pair: Pair, origin: str) -> list[str]:
    """Return the ids of what was said, in the order in which a fresh socket reads it."""
    async with Voice(line, pair.caller, origin=origin) as fresh:
        await fresh.send("look", after=0)
        await fresh.hear("idle")
        said = [frame for frame in fresh.heard if frame["op"] == "said"]
    assert [frame["seq"] for frame in said] == list(range(1, len(said) + 1))
    return [frame["id"] for frame in said if frame["by"] != "line"]


async def gather(line: RunningLine) -> tuple[Pair, str]:
    """Make a conversation, a caller who waits, and a ready volunteer; return the pair and the cookie of who waits."""
    done = await aside(line.command, "rehearse", "--pairs", "1", "--waiting", "1", "--ready", "1")
    talking, waiting, _ready = map(json.loads, done.stdout.splitlines())
    pair = Pair(talking["contact"], talking["caller"]["cookie"], talking["volunteer"]["cookie"])
    return pair, waiting["caller"]["cookie"]


async def jump_and_look(stage: Stage) -> None:
    """Let clocks jump while two talk, one waits and one is offered somebody; nothing comes of it."""
    here, there = stage.nodes[0], stage.nodes[-1]
    pair, waiting = await gather(here.line)
    origin = stage.doors[0].origin
    async with (
        Voice(here.line, pair.caller, origin=origin) as caller,
        Voice(there.line, pair.volunteer, desk=True, origin=origin) as volunteer,
        Voice(here.line, waiting, origin=origin),
    ):
        spoken = await talk(caller, volunteer, pair.contact, NOTICED)
        for jump in (HOUR, -HOUR):
            there.set_clock(-jump)
            here.set_clock(jump)  # the same node, where there is only one
            spoken += await talk(caller, volunteer, pair.contact, NOTICED)
        assert await words_of(here.line, pair, origin) == spoken
    found = {question: await aside(read, here.line, f"SELECT {question}") for question in QUESTIONS}
    states, offers, events, lines = found.values()
    assert sorted(states) == ["talking", "waiting"]
    assert offers == ["open"]
    assert not {"back_to_queue", "left"} & set(events)
    assert not {"silence", "still_there"} & set(lines)


@pytest.mark.database("sqlite")
@pytest.mark.timeout(200)
async def test_nobody_is_lost_by_a_clock_that_jumps() -> None:
    async with one_node(jumps=True) as stage:
        await jump_and_look(stage)
        assert stage.printed.count("the clock jumped by") == 2


@pytest.mark.long
@pytest.mark.database("postgresql")
@pytest.mark.timeout(200)
async def test_nobody_is_lost_while_the_clocks_of_two_nodes_differ_by_hours() -> None:
    async with two_nodes(jumps=True) as stage:
        await jump_and_look(stage)
        assert "the clock jumped by" not in stage.printed  # the line's did not: it is the database's
