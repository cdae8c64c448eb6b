"""The line under test: one node on files, or two behind nginx on PostgreSQL and Redis, each node with its own wires."""

import asyncio
import contextlib
import dataclasses
import os
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Literal, ParamSpec, TypeVar
from urllib.parse import urlsplit, urlunsplit

from ops.cluster import Cluster, scratch
from tests.faults.people import Door
from tests.faults.wires import Wire
from tests.running_line import DidNotStart, RunningLine

P = ParamSpec("P")
R = TypeVar("R")
Kind = Literal["sqlite", "cluster"]
START_TRIES = 6
#: Lets a process believe in another time (Debian: libfaketime); where it is not there, no clock jumps.
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


async def aside(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run blocking work beside the loop on which people and wires live."""
    return await asyncio.to_thread(work, *args, **kwargs)


class Node:
    """One node of the line, with its wires to the servers it needs and a clock that can be set."""

    def __init__(self, line: RunningLine, wires: dict[str, Wire], clock: Path | None) -> None:
        self.line = line
        self.wires = wires
        self._clock = clock
        self.failed_starts: list[str] = []  # the last line of each
        self.bad_ends: list[str] = []

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

    async def leave(self) -> None:
        """Ask it to leave (SIGTERM); another exit code than 0, or none at all, is noted as a bad end."""
        try:
            code = await aside(self.line.stop)
        except subprocess.TimeoutExpired:
            self.bad_ends.append("a node that was asked to leave stayed, and was killed")
        else:
            if code != 0:
                words = self.line.output[-1500:]
                self.bad_ends.append(f"a node that was asked to leave ended with code {code}; its last words: {words}")

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
    """All of it; ``database`` is where other programs find the line's rows, past the wires."""

    kind: Kind
    nodes: list[Node]
    database: str
    cluster: Cluster | None = None

    @property
    def inner_doors(self) -> list[Door]:
        """The nodes' own doors, one after the other."""
        return [Door(node.line.url, self.doors[0].origin) for node in self.nodes]

    @property
    def doors(self) -> list[Door]:
        """Where people knock: at nginx, where there is one."""
        url = self.cluster.url if self.cluster else self.nodes[0].line.url
        return [Door(url, url)]

    @property
    def behind(self) -> Cluster:
        """What stands behind two nodes."""
        assert self.cluster is not None
        return self.cluster

    @property
    def printed(self) -> str:
        """Everything the nodes printed."""
        return "".join(node.line.output for node in self.nodes)


def _set_clock_aside(line: RunningLine, *, jumps: bool) -> Path | None:
    """Have a node that will be started read its clock through a file; return the file."""
    if FAKETIME is None or not jumps:
        return None
    line.folder.mkdir(parents=True, exist_ok=True)
    clock = line.folder / "clock"
    clock.write_text("+0\n")
    line.environment |= {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    return clock


@contextlib.asynccontextmanager
async def one_node(*, module: str = "hotline", jumps: bool = False) -> AsyncIterator[Stage]:
    """Serve one node that keeps its rows in files; ``module`` starts it, ``jumps`` prepares its clock for that."""
    folder = Path(tempfile.mkdtemp(prefix="line-faults-"))
    line = RunningLine(folder, HOTLINE_LOG_LEVEL="WARNING", PYTHONFAULTHANDLER="1")
    line.module = module
    node = Node(line, {}, _set_clock_aside(line, jumps=jumps))
    try:
        await node.start()
        yield Stage("sqlite", [node], str(folder / "line.sqlite3"))
    finally:
        await aside(line.close)
        await aside(shutil.rmtree, folder, ignore_errors=True)


def _through(address: str, wire: Wire) -> str:
    parts = urlsplit(address)
    user = f"{parts.username}@" if parts.username else ""
    return urlunsplit(parts._replace(netloc=f"{user}127.0.0.1:{wire.port}"))


async def _wired(line: RunningLine, opened: contextlib.AsyncExitStack) -> dict[str, Wire]:
    """Put a wire between a node that will be started and each of its servers."""
    wires: dict[str, Wire] = {}
    for variable in ("DATABASE_URL", "HOTLINE_KEYSTORE_URL", "REDIS_URL"):
        address = line.environment[variable]
        wires[variable] = await opened.enter_async_context(Wire(urlsplit(address).port or 0))
        line.environment[variable] = _through(address, wires[variable])
    return wires


@contextlib.asynccontextmanager
async def two_nodes(*, jumps: bool = False) -> AsyncIterator[Stage]:
    """Serve two nodes behind nginx on servers of their own, from the files of ``ops/``."""
    async with contextlib.AsyncExitStack() as opened:
        folder = opened.enter_context(scratch())
        cluster = Cluster(folder, HOTLINE_LOG_LEVEL="WARNING", PYTHONFAULTHANDLER="1")
        database = cluster.line_store.url
        nodes = [Node(line, await _wired(line, opened), _set_clock_aside(line, jumps=jumps)) for line in cluster.nodes]
        await aside(cluster.start)
        opened.push_async_callback(aside, cluster.close)
        yield Stage("cluster", nodes, database, cluster)
