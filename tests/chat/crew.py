"""Volunteers at their desks and callers at their sockets, for tests of offers and of passing on."""

import asyncio
import contextlib
from contextlib import AsyncExitStack

from websockets.exceptions import ConnectionClosed

from tests.running_line import RunningLine
from tests.visitors import Visitor
from tests.voices import Voice


class Crew:
    """Volunteers at their desks and callers at their sockets, for one test."""

    def __init__(self, line: RunningLine, volunteers: list[str], sockets: AsyncExitStack) -> None:
        self.line = line
        self._volunteers = volunteers
        self._sockets = sockets
        self._desks: list[Voice] = []
        self._callers: list[Voice] = []

    async def desks(self, count: int = 1) -> list[Voice]:
        """Sit so many volunteers down; they are ready."""
        for number in range(count):
            await self.desk(number)
        return self._desks

    async def desk(self, number: int) -> Voice:
        """Sit one volunteer down, by their number; they are ready."""
        desk = await self._sockets.enter_async_context(Voice(self.line, self._volunteers[number], desk=True))
        await desk.send("ready")
        await desk.hear("presence", state="ready")
        self._desks.append(desk)
        return desk

    async def hang_up(self, desk: Voice) -> None:
        """Let a desk vanish, as when a browser dies."""
        self._desks.remove(desk)
        await desk.socket.close()

    async def callers(self, count: int = 1, *, danger: bool = False) -> list[Voice]:
        """Let so many callers wait."""
        for _ in range(count):
            visitor = Visitor(self.line)
            await asyncio.to_thread(visitor.step, "danger") if danger else await asyncio.to_thread(visitor.wait_in_line)
            caller = await self._sockets.enter_async_context(Voice(self.line, visitor.cookie))
            await caller.hear("state")
            self._callers.append(caller)
        return self._callers

    async def go(self) -> None:
        """Let everybody go, so that the next test finds nobody."""
        for desk in self._desks:
            await desk.send("away")
        for caller in self._callers:
            with contextlib.suppress(ConnectionClosed):
                await caller.send("leave")
                await caller.quiet(0.1)
