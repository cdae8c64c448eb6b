"""Runs the deployment of several nodes on one machine, from the files of ``ops/`` themselves (``make cluster``)."""

import argparse
import contextlib
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from ops.proxy import CannotServe, Proxy, free_port, program, self_made
from ops.stores import Redis, Store
from tests.running_line import DidNotStart, RunningLine

PORT = 8080
LETTERS = "abcdefgh"
EVERY = 0.5  # seconds between two looks at what the nodes print


def _silent(_sentence: str) -> None:
    """Say nothing; tests want no words."""


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """Make a folder for a cluster and remove it afterwards; PostgreSQL, run as another user, may pass through it."""
    folder = Path(tempfile.mkdtemp(prefix="line-cluster-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Cluster:
    """PostgreSQL twice, Redis, nodes and nginx; used as ``with Cluster(folder) as cluster``.

    Everything is kept under ``folder`` (``scratch`` makes one). ``tls`` serves HTTPS with a self-made certificate;
    ``variables`` are added to the environment of each node.
    """

    def __init__(
        self,
        folder: Path,
        *,
        nodes: int = 2,
        port: int = 0,
        tls: bool = False,
        say: Callable[[str], None] = _silent,
        **variables: str,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.say = say
        self.line_store = Store(folder / "postgresql-line", "line")
        self.keystore = Store(folder / "postgresql-keystore", "keystore")
        self.redis = Redis(folder / "redis")
        ports = [free_port() for _node in range(nodes)]
        certificate = self_made(folder) if tls else None
        self.proxy = Proxy(folder / "nginx", ports, port=port, certificate=certificate)
        shared = {
            "DATABASE_URL": self.line_store.url,
            "HOTLINE_KEYSTORE_URL": self.keystore.url,
            "REDIS_URL": self.redis.url,
            "HOTLINE_KEY_FILE": str(folder / "master.key"),
            "HOTLINE_ORIGINS": self.proxy.url,
            **variables,
        }
        self.nodes = [
            RunningLine(folder / f"node-{letter}", **shared, HOTLINE_PORT=str(own))
            for letter, own in zip(LETTERS, ports, strict=False)
        ]
        self._opened = contextlib.ExitStack()

    @property
    def url(self) -> str:
        """Where people come: through nginx."""
        return self.proxy.url

    def start(self) -> Self:
        """Start everything, each when what it needs answers. Raises CannotServe, DidNotStart."""
        with contextlib.ExitStack() as opened:
            for store in (self.line_store, self.keystore):
                with self._told(f"PostgreSQL for the {store.name} on port {store.port}"):
                    opened.callback(_stop_store, store)
                    store.start()
                    store.furnish()
            with self._told(f"Redis on port {self.redis.port}"):
                opened.callback(self.redis.stop)
                self.redis.start()
            with self._told(f"{len(self.nodes)} nodes on ports {', '.join(str(node.port) for node in self.nodes)}"):
                opened.callback(_each, _stop_node, self.nodes)
                _each(RunningLine.start, self.nodes)  # all at once, as after a power cut
            with self._told(f"nginx on port {self.proxy.port}"):
                opened.callback(self.proxy.close)
                self.proxy.start()
            self._opened = opened.pop_all()
        return self

    @contextlib.contextmanager
    def _told(self, what: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.say(f"  {what} ({time.monotonic() - began:.1f} s)")

    def close(self) -> None:
        """Stop everything, the nodes in order."""
        self._opened.close()
        self.say("  all of it is stopped")

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.close()


def _each(act: Callable[[RunningLine], object], nodes: list[RunningLine]) -> None:
    """Do the same to all nodes at once."""
    with ThreadPoolExecutor() as threads:
        list(threads.map(act, nodes))


def _stop_store(store: Store) -> None:
    with contextlib.suppress(Exception):  # it may never have started
        store.stop()


def _stop_node(node: RunningLine) -> None:
    if node.process is not None and node.process.poll() is None:
        with contextlib.suppress(Exception):
            node.stop()
    node.close()


# The command --------------------------------------------------------------------------------------------------------


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ops.cluster", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT, help=f"where nginx listens ({PORT})")
    parser.add_argument("--nodes", type=int, default=2, choices=range(1, len(LETTERS) + 1), help="how many (2)")
    parser.add_argument("--tls", action="store_true", help="HTTPS with a self-made certificate")
    return parser.parse_args()


def _refuse_port_in_use(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            message = f"Port {port} cannot be used; give another one: --port 8090"
            raise CannotServe(message) from None


def _welcome(cluster: Cluster) -> None:
    _say(f"\nThe line: {cluster.url}/   (one address; nginx chooses the node)")
    for letter, node in zip(LETTERS, cluster.nodes, strict=False):
        _say(f"Node {letter.upper()}: 127.0.0.1:{node.port}, process {node.pid}, kept in {node.folder}")
    _say(f"Try: kill -TERM {cluster.nodes[0].pid}, and go on writing; whoever was on that node is on another at once.")
    _say(cluster.nodes[0].output.split("ready ")[0].strip())
    _say("Ctrl-C stops everything and removes it.\n")


def _watch(cluster: Cluster) -> None:
    """Print what the nodes say, until nginx ends or somebody interrupts."""
    told = {letter: len(node.printed) for letter, node in zip(LETTERS, cluster.nodes, strict=False)}
    gone: set[str] = set()
    while cluster.proxy.process is not None and cluster.proxy.process.poll() is None:
        for letter, node in zip(LETTERS, cluster.nodes, strict=False):
            for line in node.printed[told[letter] :]:
                told[letter] += 1
                _say(f"{letter.upper()} | {line.rstrip()}")
            if letter not in gone and node.process is not None and node.process.poll() is not None:
                gone.add(letter)
                _say(f"{letter.upper()} | has ended (exit code {node.process.returncode})")
        time.sleep(EVERY)


def main() -> int:
    """Serve until Ctrl-C; what cannot be done is one sentence and exit code 1."""
    asked = _asked()
    for number in (signal.SIGINT, signal.SIGTERM):  # by name: a shell's background process would ignore the first
        signal.signal(number, signal.default_int_handler)
    try:
        _refuse_port_in_use(asked.port)
        program()
        _say("Starting, all on this machine, for trying only:")
        with (
            scratch() as folder,
            Cluster(folder, nodes=asked.nodes, port=asked.port, tls=asked.tls, say=_say) as cluster,
        ):
            _welcome(cluster)
            _watch(cluster)
    except KeyboardInterrupt:
        _say("Stopped.")
        return 0
    except (CannotServe, DidNotStart) as problem:
        sys.stderr.write(f"{problem}\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
