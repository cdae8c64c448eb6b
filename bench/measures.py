"""What is measured of one system: how it talks, how it carries a crowd, and how its cost grows."""

import asyncio
import contextlib
import dataclasses
import json
import os
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

import uvloop

from bench import cores, process_tree
from bench.ends import End, Pair, Seat, SeatPair, connected, open_all, sit_down
from bench.errors import CannotMeasure
from bench.figures import Figures, Load
from bench.load import Cpu, Watch, exchange, light, saturate
from bench.plan import Size
from bench.stands import KINDS, LineStand, Stand, last_line

KIB = 1_024
PROBE = 100  # messages of each conversation from which the cost at one length is read
CURVE_PAIRS = 10
DISTURBED = 0.05  # share of the core from which on it is told that others used it
TALKING = 20  # pairs that talk while others only wait, or are only connected
Say = Callable[[str], None]
Point = tuple[int, Load]
T = TypeVar("T")


def _run(work: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def _told(load: Load) -> str:
    lost = f", {load.lost} LOST" if load.lost else ""
    others = f", others had {load.others:.0%} of the core" if load.others > DISTURBED else ""
    return (
        f"{load.rate:7,.0f} messages/s  {load.cpu_each:6,.0f} µs CPU each  generator {load.generator:.0%}{others}{lost}"
    )


def _cpu(stand: Stand) -> Cpu:
    return lambda: (process_tree.cpu(stand.roots), process_tree.core(stand.core))


# talk ---------------------------------------------------------------------------------------------------------------


async def _talk(stand: Stand, seats: Sequence[SeatPair], size: Size, say: Say) -> Figures:
    cpu = _cpu(stand)
    async with connected() as ends:
        pairs = await sit_down(seats[: size.few], ends)
        await light(pairs, size.light_rate, 1.0, cpu)  # nobody is measured on their first message
        calm = await light(pairs, size.light_rate, size.light_seconds, cpu)
        p50, p95, p99 = (calm.percentile(share) for share in (0.5, 0.95, 0.99))
        say(f"{size.light_rate:g} messages/s   p50 {p50:.1f}  p95 {p95:.1f}  p99 {p99:.1f} ms")
        few = await saturate(pairs, size.seconds, cpu)
        say(f"{size.few} pairs   {_told(few)}")
        pairs += await sit_down(seats[size.few :], ends)
        many = await saturate(pairs, size.seconds, cpu)
        say(f"{size.many} pairs  {_told(many)}")
    return {
        "rate_few": few.rate,
        "rate_many": many.rate,
        "p50": p50,
        "p95": p95,
        "p99": p99,
        "cpu_few": few.cpu_each,
        "cpu_many": many.cpu_each,
        "others": max(few.others, many.others),
        "lost": float(calm.lost + few.lost + many.lost),
    }


def talk(stand: Stand, size: Size, say: Say) -> Figures:
    """Measure latency at light load (ms), then messages a second and CPU (µs) of few pairs and of many."""
    return _run(_talk(stand, stand.pairs(size.many), size, say))


# crowd --------------------------------------------------------------------------------------------------------------


async def _gather(idle: Sequence[Seat], ends: list[End], patience: float) -> int:
    """Connect a crowd, or as much of it as the system lets in within so many seconds; return how many those are."""
    before = len(ends)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(patience):
            await open_all(idle, ends)
    if len(ends) == before:
        message = f"No further socket could be set up in {patience:g} s."
        raise CannotMeasure(message)
    return len(ends) - before


async def _crowd(stand: Stand, seats: Sequence[SeatPair], idle: Sequence[Seat], size: Size, say: Say) -> Figures:
    cpu = _cpu(stand)
    async with connected() as ends:
        pairs = await sit_down(seats, ends)
        alone = await saturate(pairs, size.seconds, cpu)
        say(f"{len(ends)} sockets   {_told(alone)}")
        before, began = process_tree.memory(stand.roots), time.perf_counter()
        opened = await _gather(idle, ends, size.patience)
        set_up = opened / (time.perf_counter() - began)
        watch = Watch(cpu)
        await asyncio.sleep(size.settle)
        resting = watch.stop([])
        each = (process_tree.memory(stand.roots) - before) / opened / KIB
        share = resting.cpu / resting.seconds
        say(f"{opened} more   {set_up:,.0f} set up/s  {each:.1f} KiB each  {share:.0%} of the core at rest")
        beside = await saturate(pairs, size.seconds, cpu)
        say(f"{len(ends)} sockets   {_told(beside)}")
    return {
        "crowd": float(opened),
        "kib": each,
        "set_up": set_up,
        "resting": share,
        "rate_alone": alone.rate,
        "rate_crowd": beside.rate,
        "crowd_share": beside.rate / alone.rate,
        "crowd_lost": float(alone.lost + beside.lost),
    }


def crowd(stand: Stand, size: Size, say: Say) -> Figures:
    """Measure memory of an idle socket (KiB), sockets set up a second, and messages a second with and without them."""
    say(f"making {size.crowd} people …")
    seats, idle = stand.pairs(size.few), stand.idle(size.crowd)
    return _run(_crowd(stand, seats, idle, size, say))


# vault --------------------------------------------------------------------------------------------------------------

VAULT = "from bench.vault_work import main; main({keys})"


def vault(stand: Stand, size: Size, say: Say) -> Figures:
    """Measure what sealing, opening, rewrapping and the trail cost, in a command of the line beside its node.

    Raises CannotMeasure for a yardstick, which seals nothing.
    """
    if not isinstance(stand, LineStand):
        message = "Only the line itself has a vault to measure."
        raise CannotMeasure(message)
    say(f"sealing, opening, {size.keys:,} keys anew, the trail …")
    stand.pairs(1)
    done = stand.nodes[0].command("shell", "-v", "0", "-c", VAULT.format(keys=size.keys))
    if done.returncode:
        message = f"The vault could not be measured: {last_line(done.stderr)}"
        raise CannotMeasure(message)
    found: Figures = json.loads(done.stdout)
    return found


# claims -------------------------------------------------------------------------------------------------------------

CLAIMS = "from bench.claims_work import claims; claims({count}, {processes})"
WAITING = "from bench.claims_work import waiting; waiting({count})"
PLANS = "from bench.claims_work import plans; plans()"
#: The stage and how many processes claim, as so many nodes; several share both cores with PostgreSQL.
CLAIMING = {"A": ("A", 1), "B": ("B", 1), "B, two nodes": ("B", 2)}


def _asked(stand: Stand, code: str) -> dict[str, Any]:
    """Run code of ours in a command of the line, whose node rests; return what it found. Raises CannotMeasure."""
    if not isinstance(stand, LineStand):
        message = "Only the line itself knows claims."
        raise CannotMeasure(message)
    stand.rest()
    done = stand.nodes[0].command("shell", "-v", "0", "-c", code)
    if done.returncode:
        message = f"Claims could not be measured: {last_line(done.stderr)}"
        raise CannotMeasure(message)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def ways_to_claim(system: str) -> list[str]:
    """Return the ways of CLAIMING that a system has: several nodes share PostgreSQL alone."""
    return [way for way, (_stage, processes) in CLAIMING.items() if processes == 1 or KINDS[system].database]


def claims(stand: Stand, size: Size, say: Say, way: str) -> Figures:
    """Measure volunteers who claim at once in a way of CLAIMING: claims a second, doubles, milliseconds of a claim.

    A process alone has the generator's core, and the database that of the system.
    """
    stage, processes = CLAIMING[way]
    say(f"stage {way}: {size.claims:,} claims by 16 at once, then {size.claims // 3:,} by three rivals each …")
    if isinstance(stand, LineStand):
        stand.nodes[0].environment["HOTLINE_STAGE"] = stage
    shared = [stand.core] if processes > 1 else []
    with cores.on(*os.sched_getaffinity(0), *shared):
        found: Figures = _asked(stand, CLAIMS.format(count=size.claims, processes=processes))
    return found


def by_queue(stand: Stand, size: Size, say: Say) -> list[Figures]:
    """Measure a claim and each look at the queue while more and more wait; say how the database finds the first."""
    found = []
    for count in size.queue:
        say(f"{count:7,} wait …")
        found.append(_asked(stand, WAITING.format(count=count)))
    say(f"the first of a level are found so:\n{_asked(stand, PLANS)['first']}")
    return found


# curve --------------------------------------------------------------------------------------------------------------


async def _lengths(stand: Stand, seats: Sequence[SeatPair], size: Size, say: Say) -> list[Point]:
    cpu, found, said = _cpu(stand), [], 0
    async with connected() as ends:
        pairs = await sit_down(seats, ends)
        for length in size.lengths:
            if length > said:
                said += (await exchange(pairs, (length - said) * len(pairs), cpu)).messages // len(pairs)
            load = await exchange(pairs, PROBE * len(pairs), cpu)
            said += load.messages // len(pairs)
            say(f"{length:6,} messages long  {_told(load)}")
            found.append((length, load))
    return found


async def _probe(pairs: Sequence[Pair], size: Size, cpu: Cpu) -> Load:
    await asyncio.sleep(size.settle)
    watch = Watch(cpu)
    await asyncio.sleep(size.seconds)
    resting = watch.stop([])
    load = await saturate(pairs, size.seconds, cpu)
    return dataclasses.replace(load, resting=resting.cpu / resting.seconds)


async def _sockets(stand: Stand, seats: Sequence[SeatPair], idle: Sequence[Seat], size: Size, say: Say) -> list[Point]:
    cpu, found, opened = _cpu(stand), [], 0
    async with connected() as ends:
        pairs = await sit_down(seats, ends)
        for count in size.sockets:
            opened += await _gather(idle[opened:count], ends, size.patience)
            load = await _probe(pairs, size, cpu)
            say(f"{opened:6,} idle sockets  {_told(load)}")
            found.append((opened, load))
    return found


async def _talk_once(stand: Stand, seats: Sequence[SeatPair], size: Size) -> Load:
    async with connected() as ends:
        return await _probe(await sit_down(seats, ends), size, _cpu(stand))


def by_length(stand: Stand, size: Size, say: Say) -> list[Point]:
    """Measure messages of conversations that grow."""
    return _run(_lengths(stand, stand.pairs(CURVE_PAIRS), size, say))


def by_waiting(stand: Stand, size: Size, say: Say) -> list[Point]:
    """Measure messages while more and more callers wait (in the rows; their sockets are the next curve's matter)."""
    found, waiting = [], 0
    for count in size.waiting:
        stand.idle(count - waiting)
        waiting = count
        load = _run(_talk_once(stand, stand.pairs(TALKING), size))
        say(f"{count:6,} callers wait  {_told(load)}")
        found.append((count, load))
    return found


def by_sockets(stand: Stand, size: Size, say: Say) -> list[Point]:
    """Measure messages while more and more sockets are open and silent."""
    seats, idle = stand.pairs(TALKING), stand.idle(size.sockets[-1])
    return _run(_sockets(stand, seats, idle, size, say))
