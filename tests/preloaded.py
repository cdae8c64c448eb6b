"""A process that has loaded the packages of a line, and forks lines and commands of it: they start in half the time."""

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from triage import phrases, resemblance

ROOT = Path(__file__).resolve().parent.parent
MOST = 1 << 17  # bytes of what is asked for: arguments and an environment
#: What takes time to load and reads no setting and no variable while it is loaded. Nothing of ours that may read both.
PACKAGES = (
    "PIL.ImageFont",
    "autobahn.websocket.protocol",
    "babel.dates",
    "babel.numbers",
    "channels.layers",
    "cryptography.hazmat.primitives.asymmetric.ed25519",
    "cryptography.hazmat.primitives.ciphers.aead",
    "cryptography.hazmat.primitives.kdf.argon2",
    "django.contrib.admin.decorators",
    "django.contrib.messages.storage.base",
    "django.contrib.sessions.backends.base",
    "django.core.checks",
    "django.core.mail",
    "django.core.management",
    "django.core.serializers.json",
    "django.core.validators",
    "django.db.backends.base.base",
    "django.db.backends.sqlite3.base",
    "django.db.migrations.executor",
    "django.db.models",
    "django.forms",
    "django.http",
    "django.middleware.csrf",
    "django.template.defaulttags",
    "django.template.loader_tags",
    "django.test.client",
    "django.urls",
    "django.utils.translation",
    "email.mime.text",
    "fido2.server",
    "html.parser",
    "icalendar",
    "markdown_it",
    "msgspec.json",
    "msgspec.toml",
    "nh3",
    "prometheus_client",
    "psycopg",
    "psycopg_pool",
    "redis.asyncio",
    "service_identity",
    "sqlite3",
    "sqlparse",
    "twisted.internet.endpoints",
    "twisted.internet.protocol",
    "twisted.web.http",
    "zoneinfo",
)
#: Variables that a process reads before it can be told anything: with others than here it must start by itself.
READ_FIRST = ("PYTHON", "LD_", "MALLOC_")


class Forked:
    """A line or a command in a process of its own, used as subprocess.Popen is."""

    def __init__(self, told: int, stdout: TextIO | None = None) -> None:
        self.stdout = stdout
        self._told = told
        self.returncode: int | None = None
        self.pid = int(os.read(told, 16))

    def poll(self) -> int | None:
        """Return its exit code, or None while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def wait(self, timeout: float | None = None) -> int:
        """Return its exit code once it has ended. Raises subprocess.TimeoutExpired after so many seconds."""
        if self.returncode is None:
            if not select.select([self._told], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            self.returncode = int(os.read(self._told, 16))
            os.close(self._told)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it ends at this moment
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to leave."""
        self.send_signal(signal.SIGTERM)


class Preloaded:
    """The process that forks for this one; it ends with it."""

    def __init__(self) -> None:
        self._ask, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, "-u", "-m", "tests.preloaded", str(theirs.fileno())]
            self._process = subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)

    def start(self, arguments: Sequence[str], environment: dict[str, str]) -> Forked:
        """Begin ``python -m …``; its ``stdout`` is what it prints to either stream."""
        printed, prints = os.pipe()
        told = self._begin(arguments, environment, prints, prints)
        os.close(prints)
        return Forked(told, os.fdopen(printed, encoding="utf-8"))

    def run(self, arguments: Sequence[str], environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
        """Do ``python -m …`` to its end."""
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            code = Forked(self._begin(arguments, environment, out.fileno(), err.fileno())).wait()
            for written in (out, err):
                written.seek(0)
            return subprocess.CompletedProcess(arguments, code, out.read(), err.read())

    def close(self) -> None:
        """End it; what it has forked goes on."""
        self._ask.close()
        self._process.wait()

    def _begin(self, arguments: Sequence[str], environment: dict[str, str], out: int, err: int) -> int:
        told, tells = os.pipe()
        asked = json.dumps({"arguments": arguments, "environment": environment}).encode()
        socket.send_fds(self._ask, [asked], [out, err, tells])
        os.close(tells)
        return told


def fits(environment: dict[str, str]) -> bool:
    """Return whether a process with this environment may be forked from one with ours."""
    names = {name for name in {*environment, *os.environ} if name.startswith(READ_FIRST)}
    return all(environment.get(name) == os.environ.get(name) for name in names - {"PYTHONUNBUFFERED"})


# The process itself ---------------------------------------------------------------------------------------------------


def _asked(door: socket.socket) -> Iterator[tuple[dict[str, Any], list[int]]]:
    while True:
        asked, files, _flags, _address = socket.recv_fds(door, MOST, 3)
        if not asked:
            return
        yield json.loads(asked), files
        for file in files:
            os.close(file)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass


def _watch(out: int, err: int, tells: int) -> bool:
    """Fork once more; return True in the new process, and tell here what its id is and how it ended."""
    pid = os.fork()
    if pid == 0:
        return True
    os.close(out)
    os.close(err)
    os.write(tells, b"%-16d" % pid)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.write(tells, b"%-16d" % status)
    return False


def _become(asked: dict[str, Any], *files: int) -> None:
    os.dup2(files[0], 1)
    os.dup2(files[1], 2)
    for file in files:
        os.close(file)
    os.environ.clear()
    os.environ.update(asked["environment"])
    module, *arguments = asked["arguments"]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def main() -> None:
    """Load what a line loads, then fork whatever is asked for."""
    for name in PACKAGES:
        importlib.import_module(name)
    phrases.in_force()  # rules without settings: half of what a start still took
    resemblance.in_force()
    gc.freeze()
    door = socket.socket(fileno=int(sys.argv[1]))
    for asked, files in _asked(door):
        if os.fork():
            continue
        door.close()
        if not _watch(*files):
            os._exit(0)
        _become(asked, *files)
        return


if __name__ == "__main__":
    main()
