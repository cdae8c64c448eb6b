"""A program of ours that works aside for this process: it is asked by lines, has a core of its own, and may die."""

import asyncio
import contextlib
import logging
import os
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


class Aside:
    """A module that is run as a program and answers each line with one, in order, one at a time; it comes last.

    It sees nothing of our environment (there may be keys in it), what it writes as an error is shown nowhere (a
    caller's words may be in it), and it ends with us, as its input does. ``apart``: other programs serve beside this
    process, and it comes last among them as well (``wire.comes_last``).
    """

    def __init__(self, module: str, *, patience: float, apart: bool = False) -> None:
        self._module, self._patience = module, patience  # seconds that an answer may take
        self._apart = [comes_last.APART] if apart else []
        self._process: asyncio.subprocess.Process | None = None
        self._started_at = float("-inf")

    async def ask(self, line: bytes) -> bytes:
        """Send a line (without its end) and return the answer's; starts the program if it is not there.

        Raises NoAnswer.
        """
        process = self._process or await self._start()
        try:
            async with asyncio.timeout(self._patience):
                return await self._answer(process, line)
        except (TimeoutError, OSError, ValueError, EOFError, RuntimeError) as error:  # uvloop: of a pipe that is gone
            logger.warning("%s gave no answer (%s)", self._module, type(error).__name__)
            await self.stop()
            raise NoAnswer from None

    @staticmethod
    async def _answer(process: asyncio.subprocess.Process, line: bytes) -> bytes:
        if process.stdin is None or process.stdout is None:
            raise EOFError
        process.stdin.write(line + b"\n")
        await process.stdin.drain()
        answer = await process.stdout.readline()
        if not answer.endswith(b"\n"):
            raise EOFError
        return answer

    async def _start(self) -> asyncio.subprocess.Process:
        now = time.monotonic()
        if now - self._started_at < STARTED_AGAIN_AFTER:
            raise NoAnswer
        self._started_at = now
        try:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                comes_last.__file__,
                self._module,
                *self._apart,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                cwd=ROOT,
                env={"PATH": os.defpath},
                limit=LONGEST_LINE,
            )
        except OSError as error:
            logger.warning("%s cannot be started (%s)", self._module, type(error).__name__)
            raise NoAnswer from None
        return self._process

    async def stop(self) -> None:
        """End the program, if it is there."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
