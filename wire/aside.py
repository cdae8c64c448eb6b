"""A program of ours that works aside for this process: it is asked by lines, has a core of its own, and may die."""

import asyncio
import dataclasses
import logging
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from wire import comes_last

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent
STARTED_AGAIN_AFTER = 10.0  # seconds since it was started last: a program that dies at once is not started all the time
LONGEST_LINE = 2**20  # bytes


class NoAnswer(Exception):
    """The program is not there, has died, or took too long: whoever asked does the work themselves."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Running:
    """The program as it runs, and the one socket that is its input and its output."""

    process: "subprocess.Popen[bytes]"
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class Aside:
    """A module that is run as a program and answers each line with one, in order, one at a time; it comes last.

    It sees nothing of our environment (there may be keys in it), what it writes as an error is shown nowhere (a
    caller's words may be in it), and it ends with us, as its input does. ``apart``: other programs serve beside this
    process, and it comes last among them as well (``wire.comes_last``).
    """

    def __init__(self, module: str, *, patience: float, apart: bool = False) -> None:
        self._module, self._patience = module, patience  # seconds that an answer may take
        self._apart = [comes_last.APART] if apart else []
        self._running: _Running | None = None
        self._started_at = float("-inf")

    async def ask(self, line: bytes) -> bytes:
        """Send a line (without its end) and return the answer's; starts the program if it is not there.

        Raises NoAnswer.
        """
        running = self._running or await self._start()
        try:
            async with asyncio.timeout(self._patience):
                return await self._answer(running, line)
        except (TimeoutError, OSError, ValueError, EOFError, RuntimeError) as error:  # uvloop: of a socket that is gone
            logger.warning("%s gave no answer (%s)", self._module, type(error).__name__)
            await self.stop()
            raise NoAnswer from None

    @staticmethod
    async def _answer(running: "_Running", line: bytes) -> bytes:
        running.writer.write(line + b"\n")
        await running.writer.drain()
        answer = await running.reader.readline()
        if not answer.endswith(b"\n"):
            raise EOFError
        return answer

    async def _start(self) -> "_Running":
        now = time.monotonic()
        if now - self._started_at < STARTED_AGAIN_AFTER:
            raise NoAnswer
        self._started_at = now
        try:
            process, ours = await asyncio.to_thread(self._run)
        except OSError as error:
            logger.warning("%s cannot be started (%s)", self._module, type(error).__name__)
            raise NoAnswer from None
        self._running = _Running(process, *await asyncio.open_unix_connection(sock=ours, limit=LONGEST_LINE))
        return self._running

    def _run(self) -> "tuple[subprocess.Popen[bytes], socket.socket]":
        """Start the program; return it, and our end of its socket.

        Not by the loop: uvloop forks, and has the child go on in Python while other threads held what it waits for
        then; such a child hung with all our sockets, and the loop with it. This one does nothing before it is another
        program (vfork(2)).
        """
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                process = subprocess.Popen(  # noqa: S603  our own program, and nobody else's words in it
                    [sys.executable, comes_last.__file__, self._module, *self._apart],
                    stdin=theirs.fileno(),
                    stdout=theirs.fileno(),
                    stderr=subprocess.DEVNULL,
                    cwd=ROOT,
                    env={"PATH": os.defpath},
                )
            except OSError:
                ours.close()
                raise
        return process, ours

    async def stop(self) -> None:
        """End the program, if it is there."""
        running, self._running = self._running, None
        if running is not None:
            running.process.kill()
            running.writer.close()
            await asyncio.to_thread(running.process.wait)
