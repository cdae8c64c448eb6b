"""Breaks things by a schedule that a seed decides: the same seed is the same schedule."""

import asyncio
import contextlib
import dataclasses
import random
import resource
import sqlite3
import subprocess
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator
from pathlib import Path

import psycopg

from tests.faults.stage import FAKETIME, Node, Stage, aside
from tests.faults.wires import Way

SQLITE, CLUSTER = frozenset({"sqlite"}), frozenset({"cluster"})
EVERYWHERE = SQLITE | CLUSTER
SLIGHTLY, HOUR = 30, 3600  # seconds by which a clock is off: within a volunteer's minute, and far beyond


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """One fault: it begins once so many messages are acknowledged, and strikes one node (where it strikes a node)."""

    at: int
    fault: str
    node: int = 0
    choice: float = 0.0  # 0 to 1: which way, which wire

    def __str__(self) -> str:
        where = f" (node {'ab'[self.node]})" if FAULTS[self.fault].on_node else ""
        return f"at {self.at:>6} messages: {FAULTS[self.fault].words}{where}"


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """A way to break things: its words, where it can happen, how often it is drawn (0: only by name), and the deed."""

    words: str
    stages: frozenset[str]
    weight: int
    strike: Callable[[Stage, Step], Awaitable[None]]
    on_node: bool = True
    jumps: bool = False

    def possible(self, kind: str) -> bool:
        """Say whether it can happen on such a stage on this machine."""
        return kind in self.stages and (FAKETIME is not None or not self.jumps)


def _of(stage: Stage, step: Step) -> Node:
    return stage.nodes[step.node % len(stage.nodes)]


# Nodes --------------------------------------------------------------------------------------------------------------


async def _kill(stage: Stage, step: Step) -> None:
    await _of(stage, step).kill()
    await _of(stage, step).start()


async def _leave(stage: Stage, step: Step) -> None:
    await _of(stage, step).leave()
    await _of(stage, step).start()


async def _freeze(stage: Stage, step: Step) -> None:
    _of(stage, step).freeze()
    try:
        await asyncio.sleep(20)
    finally:
        _of(stage, step).thaw()


async def _sleep(stage: Stage, step: Step) -> None:
    """Everything stands still for longer than any sign of life counts."""
    del step
    for node in stage.nodes:
        node.freeze()
    try:
        await asyncio.sleep(70)
    finally:
        for node in stage.nodes:
            node.thaw()


async def _kill_all(stage: Stage, step: Step) -> None:
    del step
    await asyncio.gather(*(node.kill() for node in stage.nodes))
    await asyncio.gather(*(node.start() for node in stage.nodes))


def _jump(seconds: int) -> Callable[[Stage, Step], Awaitable[None]]:
    async def strike(stage: Stage, step: Step) -> None:
        _of(stage, step).set_clock(seconds if step.choice < 0.5 else -seconds)
        try:
            await asyncio.sleep(8)
        finally:
            _of(stage, step).set_clock(0)

    return strike


# What a process may use ---------------------------------------------------------------------------------------------


async def _fill_disk(stage: Stage, step: Step) -> None:
    """No file grows any more: SQLite's writes fail as they do on a full disk (and no right is needed to do so)."""
    with _of(stage, step).limited(resource.RLIMIT_FSIZE, 4096):
        await asyncio.sleep(5)


async def _starve_of_files(stage: Stage, step: Step) -> None:
    node = _of(stage, step)
    with node.limited(resource.RLIMIT_NOFILE, node.open_files()):
        await asyncio.sleep(5)


# The database -------------------------------------------------------------------------------------------------------


def _restart_store(name: str, mode: str) -> Callable[[Stage, Step], Awaitable[None]]:
    async def strike(stage: Stage, step: Step) -> None:
        store = getattr(stage.behind, name)
        await aside(store.stop, mode)
        await asyncio.sleep(3 * step.choice)
        await aside(store.start)

    return strike


def _processes_of(server: int) -> Iterator[int]:
    """Yield a server and the processes that it began (Linux)."""
    yield server
    for place in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has just ended
            if int(place.read_text().rsplit(") ", 1)[1].split()[1]) == server:
                yield int(place.parent.name)


def _limit_files(server: int, most: int) -> None:
    """Let no file of a server and the processes that it began grow beyond so many bytes."""
    for process in _processes_of(server):
        with contextlib.suppress(FileNotFoundError):  # it has just ended
            owner = Path(f"/proc/{process}").stat().st_uid  # nobody else may limit it
            subprocess.run(
                ["prlimit", f"--pid={process}", f"--fsize={most}:"], user=owner, check=False, capture_output=True
            )


async def _fill_disk_of_store(stage: Stage, step: Step) -> None:
    """No file of PostgreSQL grows any more; it gives up in the middle of commits, and is started once there is room."""
    del step
    store = stage.behind.line_store
    await aside(_limit_files, store.pid, 4096)
    await asyncio.sleep(5)
    if store.is_running:  # else it gave up by itself
        await aside(store.stop, "immediate")
    await aside(store.start)


async def _lock_a_row(stage: Stage, step: Step) -> None:
    await aside(_hold_rows, stage.database, step.choice, 10.0)


def _hold_rows(database: str, choice: float, seconds: float) -> None:
    with psycopg.connect(database) as connection:
        rows = connection.execute("SELECT id FROM triage_contact WHERE state = 'talking' ORDER BY id").fetchall()
        chosen = rows[int(choice * len(rows)) % len(rows)]
        connection.execute("SELECT 1 FROM triage_contact WHERE id = %s FOR UPDATE", chosen)
        time.sleep(seconds)
        connection.rollback()


async def _lock_file(stage: Stage, step: Step) -> None:
    del step
    await aside(_hold_file, stage.database, 5.0)


def _hold_file(database: str, seconds: float) -> None:
    with contextlib.closing(sqlite3.connect(database, timeout=20, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        connection.execute("ROLLBACK")


# Redis, and the wires -----------------------------------------------------------------------------------------------


async def _restart_redis(stage: Stage, step: Step) -> None:
    await aside(stage.behind.redis.kill)
    await asyncio.sleep(4 * step.choice)
    await aside(stage.behind.redis.start)


@contextlib.contextmanager
def _broken(stage: Stage, step: Step, wire: str) -> Iterator[None]:
    """Cut a wire, silence it, silence one direction, or make it slow; by the step's choice."""
    there = _of(stage, step).wires[wire]
    ways = (
        there.cut,
        there.silence,
        lambda: there.silence(frozenset({Way.OUT})),
        lambda: there.silence(frozenset({Way.BACK})),
        lambda: there.delay(3.0),
    )
    ways[int(step.choice * len(ways)) % len(ways)]()
    try:
        yield
    finally:
        there.heal()


def _break_wire(variable: str, seconds: float) -> Callable[[Stage, Step], Awaitable[None]]:
    async def strike(stage: Stage, step: Step) -> None:
        with _broken(stage, step, variable):
            await asyncio.sleep(seconds)

    return strike


async def _kill_without_redis(stage: Stage, step: Step) -> None:
    await aside(stage.behind.redis.kill)
    await _kill(stage, step)
    await aside(stage.behind.redis.start)


async def _restart_nginx(stage: Stage, step: Step) -> None:
    await aside(stage.behind.proxy.close)
    await asyncio.sleep(step.choice)
    await aside(stage.behind.proxy.start)


NO_NODE = False  # it strikes what all nodes share
FAULTS = {
    "kill": Fault("a node is killed (SIGKILL) and started again", EVERYWHERE, 6, _kill),
    "leave": Fault("a node is asked to leave (SIGTERM) and started again", EVERYWHERE, 2, _leave),
    "freeze": Fault("a node stands still for 20 s (SIGSTOP)", EVERYWHERE, 1, _freeze),
    "kill-all": Fault("both nodes are killed at once", CLUSTER, 1, _kill_all, NO_NODE),
    "sleep": Fault("all nodes stand still for 70 s (SIGSTOP)", EVERYWHERE, 0, _sleep, NO_NODE),
    "clock": Fault("a node's clock jumps by 30 s for 8 s, and back", EVERYWHERE, 1, _jump(SLIGHTLY), jumps=True),
    "clock-hour": Fault("a node's clock jumps by an hour for 8 s, and back", EVERYWHERE, 1, _jump(HOUR), jumps=True),
    "disk": Fault("the disk is full for 5 s", SQLITE, 2, _fill_disk),
    "files": Fault("a node may open no more files for 5 s", EVERYWHERE, 1, _starve_of_files),
    "file-lock": Fault("another program holds the database for 5 s", SQLITE, 1, _lock_file, NO_NODE),
    "row-lock": Fault("another program holds a conversation's row for 10 s", CLUSTER, 2, _lock_a_row, NO_NODE),
    "postgresql": Fault(
        "PostgreSQL stops (fast) and starts", CLUSTER, 2, _restart_store("line_store", "fast"), NO_NODE
    ),
    "postgresql-crash": Fault(
        "PostgreSQL crashes and starts", CLUSTER, 2, _restart_store("line_store", "immediate"), NO_NODE
    ),
    "postgresql-disk": Fault("the disk of PostgreSQL is full for 5 s", CLUSTER, 1, _fill_disk_of_store, NO_NODE),
    "keystore": Fault("the keystore crashes and starts", CLUSTER, 1, _restart_store("keystore", "immediate"), NO_NODE),
    "redis": Fault("Redis is killed and starts empty", CLUSTER, 3, _restart_redis, NO_NODE),
    "nginx": Fault("nginx stops and starts", CLUSTER, 1, _restart_nginx, NO_NODE),
    "redis-wire": Fault("the network to Redis breaks for 12 s", CLUSTER, 2, _break_wire("REDIS_URL", 12)),
    "postgresql-wire": Fault("the network to PostgreSQL breaks for 8 s", CLUSTER, 2, _break_wire("DATABASE_URL", 8)),
    "keystore-wire": Fault(
        "the network to the keystore breaks for 8 s", CLUSTER, 1, _break_wire("HOTLINE_KEYSTORE_URL", 8)
    ),
    "kill-without-redis": Fault("a node is killed and comes back while Redis is away", CLUSTER, 1, _kill_without_redis),
}


def possible(kind: str) -> list[str]:
    """Return the faults that can happen on such a stage on this machine, without those that want to be named."""
    return [name for name, fault in FAULTS.items() if fault.weight and fault.possible(kind)]


def jumping(names: Iterable[str]) -> bool:
    """Say whether any of these faults sets a clock."""
    return any(FAULTS[name].jumps for name in names)


def schedule(seed: int, names: Collection[str], *, count: int, messages: int, nodes: int = 1) -> list[Step]:
    """Return ``count`` faults among ``names``, spread over the first nine tenths of so many messages."""
    rng = random.Random(seed)  # noqa: S311  a schedule is no secret
    ordered = sorted(names)
    chosen = [*ordered] if len(ordered) <= count else []  # each at least once, where there is room
    rng.shuffle(chosen)
    chosen += rng.choices(ordered, [FAULTS[name].weight or 1 for name in ordered], k=count - len(chosen))
    rng.shuffle(chosen)
    places = sorted(rng.sample(range(messages // 20, messages * 9 // 10), count))
    return [Step(at, name, rng.randrange(nodes), rng.random()) for at, name in zip(places, chosen, strict=True)]
