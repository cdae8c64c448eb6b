"""A schedule is its seed's, and a wire breaks as it is told to."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import pytest

from ops.proxy import free_port
from tests.faults import nemesis
from tests.faults.wires import Way, Wire


def test_the_same_seed_is_the_same_schedule() -> None:
    kinds = nemesis.possible("cluster")
    one, same, other = (nemesis.schedule(seed, kinds, count=25, messages=10_000, nodes=2) for seed in (7, 7, 8))
    assert one == same
    assert one != other
    assert {step.fault for step in one} == set(kinds)
    assert {step.node for step in one} == {0, 1}


def test_faults_strike_in_order_while_people_are_talking() -> None:
    steps = nemesis.schedule(1, ["kill"], count=5, messages=400)
    assert [step.at for step in steps] == sorted({step.at for step in steps})
    assert 0 < steps[0].at < steps[-1].at < 400


def test_every_fault_can_happen_somewhere_and_says_what_it_is() -> None:
    assert all(fault.stages and fault.words for fault in nemesis.FAULTS.values())
    assert "the disk is full" in str(nemesis.Step(1, "disk"))


Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send everything back."""
    with contextlib.suppress(OSError):
        while data := await reader.read(100):
            writer.write(data)
    writer.transport.abort()


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    """Stand before a server that sends everything back."""
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, Wire(server.sockets[0].getsockname()[1]) as wire:
        yield wire
    await asyncio.sleep(0.05)  # the server's own ends are let go of in the loop's next turns


@contextlib.asynccontextmanager
async def through(wire: Wire) -> AsyncIterator[Ends]:
    """Connect through the wire."""
    reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
        await asyncio.sleep(0)


async def ask(ends: Ends, within: float = 2) -> bytes:
    """Send a word and return what comes back."""
    ends[1].write(b"word")
    return await asyncio.wait_for(ends[0].read(100), within)


async def is_cut(ends: Ends) -> bool:
    """Say whether this end learns that the connection is gone."""
    try:
        return await ask(ends) == b""
    except ConnectionError:
        return True


async def test_a_wire_that_is_not_broken_passes_everything_on(wire: Wire) -> None:
    async with through(wire) as ends:
        assert await ask(ends) == b"word"


async def test_a_wire_that_is_cut_tells_both_ends_and_takes_nobody_until_it_is_healed(wire: Wire) -> None:
    async with through(wire) as ends:
        assert await ask(ends) == b"word"
        wire.cut()
        assert await is_cut(ends)
    async with through(wire) as ends:
        assert await is_cut(ends)
    wire.heal()
    async with through(wire) as ends:
        assert await ask(ends) == b"word"


@pytest.mark.parametrize("way", list(Way))
async def test_what_a_silenced_wire_holds_back_arrives_once_it_is_healed(wire: Wire, way: Way) -> None:
    async with through(wire) as ends:
        wire.silence(frozenset({way}))
        with pytest.raises(TimeoutError):
            await ask(ends, within=0.2)
        wire.heal()
        assert await asyncio.wait_for(ends[0].read(100), 2) == b"word"


async def test_a_slow_wire_takes_its_time(wire: Wire) -> None:
    async with through(wire) as ends:
        wire.delay(0.1)
        began = time.monotonic()
        assert await ask(ends) == b"word"
        assert time.monotonic() - began >= 0.2  # there and back


async def test_a_server_that_is_away_is_away_through_the_wire() -> None:
    async with Wire(free_port()) as wire, through(wire) as ends:
        assert await is_cut(ends)
