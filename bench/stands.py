"""The systems that are measured, each with its servers started anew in a folder of its own: line and yardsticks."""

import contextlib
import dataclasses
import functools
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

from bench import cores
from bench.ends import Seat, SeatPair
from bench.errors import CannotMeasure
from bench.words import for_the_line, for_the_yardstick, look
from ops.proxy import free_port
from ops.stores import Redis, Store
from tests.running_line import DidNotStart, RunningLine

ROOT = Path(__file__).resolve().parent.parent
STARTS_WITHIN = 30.0  # seconds
ADDRESSES = {"caller": "/ws/hablar/", "volunteer": "/ws/escritorio/"}
REHEARSING = 4  # commands at once; on SQLite they would only wait for each other
SEVERAL = 200  # people from which on that is worth while
IDLE_ROOMS = 1_000_000  # rooms of a yardstick from this number on have one seat, and nobody speaks there


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """What stands there: ``line`` or else a yardstick, how many ``nodes``, and whether on a ``database``."""

    line: bool
    nodes: int
    database: bool


KINDS = {
    "relay": Kind(line=False, nodes=1, database=False),
    "naive": Kind(line=False, nodes=1, database=True),
    "sqlite": Kind(line=True, nodes=1, database=False),
    "postgresql": Kind(line=True, nodes=1, database=True),
    "two-nodes": Kind(line=True, nodes=2, database=True),
    "two-nodes-naive": Kind(line=False, nodes=2, database=True),
}


class Stand:
    """One system under test, used as ``with stand_of(name, folder) as stand``.

    ``core`` is the one it keeps to; ``roots`` are the processes whose trees are all of it, with PostgreSQL and Redis.
    """

    def __init__(self, kind: Kind, folder: Path, core: int) -> None:
        self.kind = kind
        self.core = core
        self.folder = folder
        self.roots: list[int] = []
        self._opened = contextlib.ExitStack()

    def __enter__(self) -> Self:
        """Start all of it. Raises CannotMeasure, DidNotStart."""
        with contextlib.ExitStack() as opened:
            self._opened = opened
            self._start(self._servers())
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop all of it."""
        self._opened.close()

    # The servers

    def _servers(self) -> dict[str, str]:
        """Start what is needed beside the nodes; return the variables that lead there."""
        found = {}
        if self.kind.database:
            found["DATABASE_URL"] = self._store("line")
            if self.kind.line:
                found["HOTLINE_KEYSTORE_URL"] = self._store("keystore")
        if self.kind.nodes > 1:
            redis = Redis(self.folder / "redis")
            self._opened.callback(redis.stop)
            redis.start()
            self.roots.append(_pid(redis.process))
            found["REDIS_URL"] = redis.url
        return found

    def _store(self, name: str) -> str:
        store = Store(self.folder / f"postgresql-{name}", name)
        self._opened.callback(_stop, store)
        store.start()
        store.furnish()
        self.roots.append(int((store.folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0]))
        return store.url

    # What each kind does in its own way

    def _start(self, variables: dict[str, str]) -> None:
        raise NotImplementedError

    def pairs(self, count: int) -> list[SeatPair]:
        """Make conversations and return the seats of both sides, callers on the first node, volunteers on the last."""
        raise NotImplementedError

    def idle(self, count: int) -> list[Seat]:
        """Make people who only hold a socket open on the first node."""
        raise NotImplementedError


def _pid(process: "subprocess.Popen[Any] | None") -> int:
    if process is None:
        message = "A server did not start."
        raise CannotMeasure(message)
    return process.pid


def _stop(store: Store) -> None:
    with contextlib.suppress(Exception):  # it may never have started
        store.stop("immediate")


# The line -----------------------------------------------------------------------------------------------------------


TIDY = "from django.db import connection; connection.cursor().execute('VACUUM (ANALYZE)')"


class LineStand(Stand):
    """The line itself, as anybody starts it, with rehearsal people."""

    nodes: list[RunningLine]

    def _start(self, variables: dict[str, str]) -> None:
        if self.kind.nodes > 1:
            variables = {**variables, "HOTLINE_KEY_FILE": str(self.folder / "master.key")}
        self.nodes = [
            RunningLine(self.folder / f"node-{number}", HOTLINE_LOG_LEVEL="WARNING", **variables)
            for number in range(self.kind.nodes)
        ]
        for node in self.nodes:
            self._opened.callback(_leave, node)
            node.start()
            self.roots.append(node.pid)

    def _seat(self, side: str, made: dict[str, Any], node: RunningLine) -> Seat:
        contact = made["contact"] if side == "volunteer" else None
        return Seat(
            url=f"ws://127.0.0.1:{node.port}{ADDRESSES[side]}",
            say=functools.partial(for_the_line, contact=contact),
            look=functools.partial(look, contact=contact),
            own=b'"by":"' + side.encode() + b'"',
            headers={"Cookie": made[side]["cookie"], "Origin": node.url, "Sec-WebSocket-Protocol": "hotline.v1"},
            greeted=True,
        )

    def pairs(self, count: int) -> list[SeatPair]:
        """Rehearse conversations under way."""
        first, last = self.nodes[0], self.nodes[-1]
        made = self._rehearse("pairs", count)
        return [(self._seat("caller", one, first), self._seat("volunteer", one, last)) for one in made]

    def idle(self, count: int) -> list[Seat]:
        """Rehearse callers who wait; their session and their consent are checked when they connect."""
        made = self._rehearse("waiting", count)
        self._tidy()
        return [self._seat("caller", one, self.nodes[0]) for one in made]

    def rest(self) -> None:
        """Have the nodes leave, so that a command has the databases for itself."""
        for node in self.nodes:
            if node.process is not None and node.process.poll() is None:
                node.stop()

    def _tidy(self) -> None:
        """Have PostgreSQL do at once what thousands of new rows ask for, and not while something is measured."""
        if self.kind.database:
            done = self.nodes[0].command("shell", "-v", "0", "-c", TIDY)
            if done.returncode:
                message = f"The database could not be tidied: {last_line(done.stderr)}"
                raise CannotMeasure(message)

    def _rehearse(self, kind: str, count: int) -> list[dict[str, Any]]:
        """Make people, of whom each costs a few transactions: many by several commands at once, where that helps."""
        hands = REHEARSING if self.kind.database and count > SEVERAL else 1
        shares = [count // hands + (number < count % hands) for number in range(hands)]
        with ThreadPoolExecutor(hands) as threads:
            made = threads.map(functools.partial(self._rehearse_once, kind), shares)
            return [one for some in made for one in some]

    def _rehearse_once(self, kind: str, count: int) -> list[dict[str, Any]]:
        done = self.nodes[0].command("rehearse", f"--{kind}", str(count))
        if done.returncode:
            message = f"The line could not rehearse {count} {kind}: {last_line(done.stderr)}"
            raise CannotMeasure(message)
        return [json.loads(line) for line in done.stdout.splitlines()]


def _leave(node: RunningLine) -> None:
    if node.process is not None and node.process.poll() is None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            node.stop()
    node.close()


def last_line(text: str) -> str:
    """Return the last line of what a program said, for one sentence on why it failed."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing."


# The yardsticks -----------------------------------------------------------------------------------------------------


class YardstickStand(Stand):
    """The smallest Channels chat under Daphne."""

    ports: list[int]

    def _start(self, variables: dict[str, str]) -> None:
        inherited = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        environment = {
            **inherited,
            **variables,
            "DJANGO_SETTINGS_MODULE": "bench.yardstick.settings",
            "BENCH_LAYER": "redis" if self.kind.nodes > 1 else "memory",
        }
        if self.kind.database:
            self._run(environment, "django", "migrate", "--run-syncdb", "--verbosity", "0")
        self.ports = [free_port() for _node in range(self.kind.nodes)]
        for port in self.ports:
            self._serve(environment, port)

    def _run(self, environment: dict[str, str], *command: str) -> None:
        done = subprocess.run(  # noqa: S603  ours
            [sys.executable, "-m", *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            message = f"The yardstick's table could not be made: {last_line(done.stderr)}"
            raise CannotMeasure(message)

    def _serve(self, environment: dict[str, str], port: int) -> None:
        command = [
            sys.executable,
            "-m",
            "daphne",
            "-b",
            "127.0.0.1",
            "-p",
            str(port),
            "bench.yardstick.asgi:application",
        ]
        printed = self.folder / f"yardstick-{port}"
        with printed.open("wb") as output:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)  # noqa: S603
        self._opened.callback(_end, process)
        self.roots.append(process.pid)
        deadline = time.monotonic() + STARTS_WITHIN
        while b"Listening on TCP" not in printed.read_bytes():
            if process.poll() is not None or time.monotonic() > deadline:
                message = f"The yardstick did not start: {last_line(printed.read_text(encoding='utf-8'))}"
                raise CannotMeasure(message)
            time.sleep(0.05)

    def _seat(self, side: str, room: int, port: int) -> Seat:
        return Seat(
            url=f"ws://127.0.0.1:{port}/ws/{room}/{side}/",
            say=for_the_yardstick,
            own=b'"seat": "' + side.encode() + b'"',
        )

    def pairs(self, count: int) -> list[SeatPair]:
        """Name rooms with two seats."""
        first, last = self.ports[0], self.ports[-1]
        return [(self._seat("caller", room, first), self._seat("volunteer", room, last)) for room in range(count)]

    def idle(self, count: int) -> list[Seat]:
        """Name rooms with one."""
        return [self._seat("caller", IDLE_ROOMS + number, self.ports[0]) for number in range(count)]


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _made(name: str, folder: Path, core: int) -> Stand:
    kind = KINDS[name]
    return LineStand(kind, folder, core) if kind.line else YardstickStand(kind, folder, core)


@contextlib.contextmanager
def standing(name: str, folder: Path, core: int) -> Iterator[Stand]:
    """Serve a system on one core for as long as it is measured. Raises CannotMeasure where it does not start."""
    folder.mkdir()
    folder.chmod(0o711)  # as root PostgreSQL runs as a user of its own
    with contextlib.ExitStack() as opened:
        opened.callback(shutil.rmtree, folder, ignore_errors=True)
        try:
            with cores.on(core):
                stand = opened.enter_context(_made(name, folder, core))
        except DidNotStart as error:
            message = f"The line did not start: {last_line(str(error))}"
            raise CannotMeasure(message) from None
        except ImportError as error:
            message = f"A server is missing ({error.name}); `python3 dev.py bench` installs it."
            raise CannotMeasure(message) from None
        except (OSError, subprocess.CalledProcessError) as error:
            message = f"A server of «{name}» did not start: {last_line(str(error))}"
            raise CannotMeasure(message) from None
        yield stand
