"""A real line in a process of its own, for tests that knock at its doors as anybody would."""

import atexit
import dataclasses
import functools
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import uuid
from pathlib import Path
from typing import Any, Self, TextIO

from ops.proxy import free_port
from tests import first_start, preloaded

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN = 100.0  # seconds
LEAVES_WITHIN = 20.0  # seconds


class DidNotStart(AssertionError):
    """The line ended, or said nothing, instead of getting ready; the text is what it printed."""


def own_databases(*, people: bool = True) -> dict[str, str]:
    """Return the addresses of fresh databases where a server is at hand; nothing when the line keeps files.

    ``people``: with those of the demonstration.
    """
    if "DATABASE_URL" not in os.environ:
        return {}
    server = os.environ["DATABASE_URL"]
    made = {
        one: first_start.make_database(server, one, f"line_{uuid.uuid4().hex[:12]}", people=people)
        for one in first_start.MIGRATED
    }
    return {**made, "REDIS_URL": os.environ["REDIS_URL"]}


@dataclasses.dataclass(frozen=True, slots=True)
class Pair:
    """A conversation under way: its contact, and what each side sends as Cookie header."""

    contact: str
    caller: str
    volunteer: str


class RunningLine:
    """One node; ``variables`` are added to its environment, ``folder`` holds what it keeps."""

    module = "hotline"  # what ``python -m`` runs

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder = folder
        self.port = int(variables.get("HOTLINE_PORT", free_port()))
        self.url = f"http://127.0.0.1:{self.port}"
        self.printed: list[str] = []
        self.process: subprocess.Popen[str] | preloaded.Forked | None = None
        self._reader = threading.Thread()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("HOTLINE_")}
        for name in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"):
            inherited.pop(name, None)
        self.environment = {
            **inherited,
            "HOTLINE_DEMO": "1",
            "HOTLINE_REHEARSAL": "1",
            "HOTLINE_DATA": str(folder),
            "HOTLINE_PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
            **variables,
        }

    # The process

    def start(self) -> "RunningLine":
        """Start it and return once it is ready. Raises DidNotStart."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if first_start.is_on():
            first_start.bring_static_files(self.folder)
        if first_start.is_on() and "DATABASE_URL" not in self.environment:
            first_start.bring_databases(self.folder, people=self.environment["HOTLINE_DEMO"] == "1")
        self.process = self._launch()
        lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, args=(self.process.stdout, lines), daemon=True)
        self._reader.start()
        while True:
            try:
                line = lines.get(timeout=READY_WITHIN)
            except queue.Empty:
                line = None
            if line is None:
                raise DidNotStart("".join(self.printed))
            if line.startswith("ready http://"):
                return self

    def _launch(self) -> "subprocess.Popen[str] | preloaded.Forked":
        return subprocess.Popen(
            [sys.executable, "-m", self.module],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _read(self, stdout: TextIO, lines: "queue.SimpleQueue[str | None]") -> None:
        with stdout as printed:
            for line in printed:
                self.printed.append(line)
                lines.put(line)
        lines.put(None)

    @property
    def output(self) -> str:
        """Everything it printed, to either stream, since it was made."""
        return "".join(self.printed)

    @property
    def pid(self) -> int:
        """The process id."""
        assert self.process is not None
        return self.process.pid

    def stop(self) -> int:
        """Ask it to leave (SIGTERM); return its exit code."""
        assert self.process is not None
        self.process.terminate()
        try:
            code = self.process.wait(LEAVES_WITHIN)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        self._reader.join()
        return code

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self._reader.join()

    def __enter__(self) -> Self:
        """Start it. Raises DidNotStart."""
        try:
            self.start()
        except DidNotStart:
            self.close()
            raise
        return self

    def __exit__(self, *_raised: object) -> None:
        """End it whatever state it is in."""
        self.close()

    def close(self) -> None:
        """End it whatever state it is in."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        elif self.process is not None:
            self._reader.join()

    # Commands

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run ``python -m hotline …`` in the line's environment, and changed as the line is."""
        return subprocess.run(
            [sys.executable, "-m", self.module, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def rehearse(self, kind: str, count: int) -> list[dict[str, Any]]:
        """Make rehearsal people (kind: pairs, waiting, ready, supervisors); return what the command printed."""
        done = self.command("rehearse", "--skip-checks", f"--{kind}", str(count))  # the line has made them itself
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def pairs(self, count: int = 1) -> list[Pair]:
        """Make conversations under way."""
        made = self.rehearse("pairs", count)
        return [Pair(one["contact"], one["caller"]["cookie"], one["volunteer"]["cookie"]) for one in made]


class LightLine(RunningLine):
    """One node for tests that ask neither how dear a password is nor how often a duty is done."""

    module = "tests.light_line"

    def _launch(self) -> "subprocess.Popen[str] | preloaded.Forked":
        if not preloaded.fits(self.environment):
            return super()._launch()
        return _forking().start([self.module], self.environment)

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command as the line is run."""
        if not preloaded.fits(self.environment):
            return super().command(*arguments)
        return _forking().run([self.module, *arguments], self.environment)


@functools.cache
def _forking() -> preloaded.Preloaded:
    forking = preloaded.Preloaded()
    atexit.register(forking.close)
    return forking
