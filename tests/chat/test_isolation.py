"""One conversation's trouble is nobody else's, and nothing of a caller reaches the process's output."""

import asyncio
import time
from typing import Any

import pytest

from tests.line_database import locked
from tests.running_line import Pair, RunningLine
from tests.visitors import Visitor
from tests.voices import Voice


async def test_while_a_row_is_locked_heartbeats_are_answered_and_what_was_said_comes_afterwards(
    line: RunningLine, pair: Pair, caller: Voice, volunteer: Voice, another: Pair
) -> None:
    async with Voice(line, another.caller) as neighbour:
        await neighbour.hear("state")
        with locked(line, pair.contact):
            spoken = await caller.say("espera")
            waits = []
            for _ in range(10):
                began = time.monotonic()
                await neighbour.look(0)
                await volunteer.look(0, contact=pair.contact)
                waits.append(time.monotonic() - began)
                await asyncio.sleep(0.1)
            assert spoken not in [frame["id"] for frame in volunteer.said()]
        assert sorted(waits)[5] < 0.3
    await caller.hear("said", id=spoken)
    await volunteer.hear("said", id=spoken)


@pytest.mark.database("postgresql")  # SQLite has one writer: it knows no locked row
async def test_a_locked_conversation_delays_no_other(line: RunningLine, pair: Pair, another: Pair) -> None:
    async with Voice(line, pair.caller) as stuck, Voice(line, another.caller) as free:
        await stuck.hear("state")
        await free.hear("state")
        with locked(line, pair.contact):
            await stuck.say("espera")
            waits = []
            for number in range(20):
                began = time.monotonic()
                await free.say(str(number))
                await free.hear("said", text=str(number))
                waits.append(time.monotonic() - began)
        assert max(waits) < 0.5
        await stuck.hear("said", text="espera")


PLANTED: dict[str, Any] = {
    "X-Forwarded-For": "203.0.113.77",
    "X-Real-IP": "203.0.113.77",
    "Forwarded": "for=203.0.113.77",
    "User-Agent": "Planted-Agent/1.0",
    "Daphne-Root-Path": "//planted.example/x",
}


async def test_nothing_of_a_caller_is_printed_whatever_they_do(line: RunningLine, pair: Pair) -> None:
    async with Voice(line, pair.caller, **PLANTED) as caller:
        await caller.hear("state")
        for raw in ('{"op":"say","text":"planted words"', '{"op":"planted-op"}', '{"op":"look","planted-field":1}'):
            await caller.socket.send(raw)
            await caller.refusal()
        await caller.say("planted words", id="planted-id")
        await caller.refusal()
        await caller.say("planted words\x00")
        await caller.refusal()
        await caller.socket.send("planted words " * 2_000)
        await caller.closed()
    visitor = Visitor.who_has(line, pair.caller)
    visitor.headers = PLANTED
    for path in ("/planted-path/", "/hablar/hilo/?after=planted-query", "/hablar/constancia/planted-path"):
        await asyncio.to_thread(visitor.get, path)
    await asyncio.to_thread(visitor.post, "/hablar/", {"do": "planted-step", "text": "planted words"})
    visitor.page = ""
    await asyncio.to_thread(visitor.post, "/hablar/", {"do": "say", "text": "planted words without a token"})
    await asyncio.to_thread(visitor.get, "/", Host="planted.example")
    for secret in ("planted", "203.0.113.77", pair.caller.split("=")[1], pair.contact, "Planted"):
        assert secret not in line.output, secret
    assert "127.0.0.1:" not in line.output.replace(line.url, "")
