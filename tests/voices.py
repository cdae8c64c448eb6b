"""Speaks the protocol over a real socket as one side of a conversation (docs/PROTOCOL.md and nothing else)."""

import asyncio
import json
import uuid
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.running_line import RunningLine

SOON = 5.0  # seconds within which whatever is expected must be heard
Frame = dict[str, Any]


class Voice:
    """One socket, used as ``async with Voice(line, cookie) as caller``; frames heard are kept in order.

    ``at``: another address, as a path.
    """

    def __init__(
        self,
        line: RunningLine,
        cookie: str,
        *,
        desk: bool = False,
        at: str = "",
        origin: str | None = None,
        **headers: str,
    ) -> None:
        path = at or f"/ws/{'escritorio' if desk else 'hablar'}/"
        self.address = f"ws://127.0.0.1:{line.port}{path}"
        self.origin = origin or line.url
        self.headers = {"Cookie": cookie, **headers}
        self.heard: list[Frame] = []
        self._socket: ClientConnection | None = None
        self._read_to = 0

    async def __aenter__(self) -> Self:
        """Connect."""
        self._socket = await connect(
            self.address,
            subprotocols=[Subprotocol("hotline.v1")],
            additional_headers={**self.headers, "Origin": self.origin},
            compression=None,
            ping_interval=None,
            user_agent_header=None,
            max_queue=None,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        await self.socket.close()

    @property
    def socket(self) -> ClientConnection:
        """The connection itself, for what the protocol forbids."""
        assert self._socket is not None
        return self._socket

    async def send(self, op: str, **fields: Any) -> None:
        """Send one frame."""
        await self.socket.send(json.dumps({"op": op, **fields}, ensure_ascii=False))

    async def say(self, text: str, *, id: str | None = None, **fields: Any) -> str:  # noqa: A002  the frame's own word
        """Say something under a fresh id; return the id."""
        spoken = id or str(uuid.uuid4())
        await self.send("say", id=spoken, text=text, **fields)
        return spoken

    async def next(self, within: float = SOON) -> Frame:
        """Return the next frame, whatever it is."""
        raw = await asyncio.wait_for(self.socket.recv(), within)
        frame: Frame = json.loads(raw)
        self.heard.append(frame)
        return frame

    async def hear(self, op: str, within: float = SOON, **wanted: Any) -> Frame:
        """Return the next frame of this op whose fields are as wanted; others before it are only kept."""
        async with asyncio.timeout(within):
            while True:
                frame = await self.next(within)
                if frame["op"] == op and all(frame.get(name) == value for name, value in wanted.items()):
                    return frame

    async def look(self, after: int, **fields: Any) -> list[Frame]:
        """Ask what is missing; return the frames of the answer, up to its ``idle`` or ``more`` (or its refusal)."""
        await self.send("look", after=after, **fields)
        answer: list[Frame] = []
        while not answer or answer[-1]["op"] not in {"idle", "more", "refused"}:
            answer.append(await self.next())
        return answer

    async def refusal(self, **wanted: Any) -> Frame:
        """Return the next refusal."""
        return await self.hear("refused", **wanted)

    async def quiet(self, seconds: float = 0.4) -> list[Frame]:
        """Return whatever is heard within some seconds."""
        came: list[Frame] = []
        try:
            while True:
                came.append(await self.next(seconds))
        except TimeoutError:
            return came

    async def closed(self, within: float = SOON) -> int | None:
        """Return the close code once the other side has hung up."""
        async with asyncio.timeout(within):
            try:
                while True:
                    await self.next(within)
            except ConnectionClosed:
                return self.socket.close_code

    def said(self) -> list[Frame]:
        """Return the messages heard so far."""
        return [frame for frame in self.heard if frame["op"] == "said"]
