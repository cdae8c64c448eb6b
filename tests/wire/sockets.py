"""A server's end of one socket, for applications that are tried without a server."""

import asyncio
import json
from typing import Any

from wire.guard import Intake

Event = dict[str, Any]


class ServerSide:
    """Feeds an ASGI application and keeps what it sends."""

    def __init__(self) -> None:
        self.sent: list[Event] = []
        self._coming: asyncio.Queue[Event] = asyncio.Queue()
        self._intake: Intake | None = None
        self._something = asyncio.Event()
        self.come({"type": "websocket.connect"})

    def come(self, *events: Event) -> None:
        """Let events come from the client."""
        for event in events:
            (self._intake or self._coming).put_nowait(event)

    def write(self, *texts: str) -> None:
        """Let text frames come from the client."""
        self.come(*({"type": "websocket.receive", "text": text} for text in texts))

    def hang_up(self) -> None:
        """Let the client go."""
        self.come({"type": "websocket.disconnect", "code": 1005})

    def hand_over(self, intake: Intake) -> None:
        """Put what comes into the guard's intake from now on, as our server does."""
        self._intake = intake
        while not self._coming.empty():
            intake.put_nowait(self._coming.get_nowait())

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802  daphne's name
        """Note that the socket was closed from under the application."""
        self.sent.append({"type": "websocket.close", "code": code})
        self._something.set()

    async def receive(self) -> Event:
        """Return the next event, as a server does."""
        return await self._coming.get()

    async def send(self, event: Event) -> None:
        """Take what the application sends."""
        self.sent.append(event)
        self._something.set()

    def transmit(self, text: str) -> None:
        """Take a frame, as an outlet does; this reader is never behind."""
        self.sent.append({"type": "websocket.send", "text": text})
        self._something.set()

    def is_clear(self) -> bool:
        """Be ready for more."""
        return True

    async def clear(self) -> None:
        """Be ready at once."""

    async def until(self, kind: str, count: int = 1, within: float = 5) -> None:
        """Wait until the application has sent so many events of a kind."""
        async with asyncio.timeout(within):
            while sum(event["type"] == kind for event in self.sent) < count:
                self._something.clear()
                await self._something.wait()

    def frames(self) -> list[Event]:
        """Return the frames sent so far."""
        return [json.loads(event["text"]) for event in self.sent if event["type"] == "websocket.send"]

    def code(self) -> int | None:
        """Return the code with which the application closed."""
        return next((event.get("code") for event in self.sent if event["type"] == "websocket.close"), None)
