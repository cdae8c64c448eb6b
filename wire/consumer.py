"""The base of one socket: enter, frames one after another, rings, and leaving that always runs."""

import asyncio
import collections
import contextlib
import functools
import logging
from typing import Any, ClassVar

from wire import doorbell
from wire.frames import Parser, Refused, refusal_of
from wire.guard import Meter, Pace
from wire.writer import NotSaved

logger = logging.getLogger(__name__)

SUBPROTOCOL = "hotline.v1"
GOING_AWAY = 4503
MOST_UNSENT = 256 * 1024  # bytes that may wait for one socket before it is dropped


@functools.cache
def _parser(kinds: Any) -> Parser:
    return Parser(kinds)


class LiveConsumer:
    """One socket. Subclasses set ``kinds`` and ``pace`` and fill the hooks; no hook's error outlives its socket."""

    kinds: ClassVar[Any]
    pace: ClassVar[Pace]
    names_contacts: ClassVar[bool] = False

    def __init__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope = scope
        self._receive = receive
        self._transmit = send
        self._meter: Meter = scope.get("meter") or Meter(self.pace)
        self._outbox: collections.deque[str] = collections.deque()
        self._unsent = 0
        self._accepted = self._closed = False
        self._turn = asyncio.Lock()
        self._rung: dict[str, None] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._flushing = self._ringing = False

    @classmethod
    def as_application(cls) -> Any:
        """Return the ASGI application that makes one of these for each socket."""

        async def application(scope: Any, receive: Any, send: Any) -> None:
            await cls(scope, receive, send).run()

        return application

    # Hooks

    async def enter(self) -> bool:
        """Find who this is and join rooms; False closes with 4401."""
        raise NotImplementedError

    async def frame(self, frame: Any) -> None:
        """Act on one frame of ``kinds``. Raises Refused."""
        raise NotImplementedError

    async def ring(self, room: str) -> None:
        """Look again at one room."""
        raise NotImplementedError

    def hear(self, event: Any) -> None:
        """Take an event that was just delivered in a room of this process."""
        raise NotImplementedError

    async def leave(self) -> None:
        """Give up what ``enter`` took; runs whatever happened."""
        raise NotImplementedError

    # Serving

    async def run(self) -> None:
        """Serve the socket from handshake to end."""
        await self._receive()  # websocket.connect
        if SUBPROTOCOL not in self.scope.get("subprotocols", ()):
            await self._transmit({"type": "websocket.close"})
            return
        doorbell.attach()
        try:
            if await self._enter():
                await self._listen()
        finally:
            self._closed = True
            for task in self._tasks:
                task.cancel()
            with contextlib.suppress(Exception):
                await asyncio.shield(self.leave())

    async def _enter(self) -> bool:
        code = None
        try:
            code = None if await self.enter() else 4401
        except Exception:
            logger.exception("a socket could not be opened")
            code = GOING_AWAY
        await self._transmit({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        self._accepted = True
        if code is not None:
            self._outbox.clear()
            self.close(code)
            return False
        await self._flush()
        return True

    async def _listen(self) -> None:
        while not self._closed:
            event = await self._receive()
            if event["type"] == "websocket.disconnect":
                return
            await self._take(event)

    async def _take(self, event: dict[str, Any]) -> None:
        raw = event.get("text")
        try:
            if raw is None:
                raise Refused("bad_frame")
            frame = _parser(self.kinds).parse(raw)
            async with self._turn:
                await self.frame(frame)
        except Refused as refused:
            self.refuse(refused)
        except NotSaved:
            self.refuse(refusal_of(raw or "", "not_saved"))
        except Exception:
            logger.exception("a frame failed")
            self.refuse(refusal_of(raw or "", "not_saved"))

    def refuse(self, refused: Refused) -> None:
        """Answer ``refused``; close once it was one too many."""
        if not self.names_contacts:
            refused.contact = None
        self.send_frame(refused.encoded())
        code = self._meter.refuse(refused.code)
        if code is not None:
            self.close(code)

    def lift_pace(self) -> None:
        """Free this socket of the pace (rehearsal contacts), never of size, queue or back-pressure limits."""
        self._meter.free = True

    # Rings

    def look_again(self, room: str) -> None:
        """Have ``ring`` called for a room soon; several calls for one room become one."""
        self._rung[room] = None
        if not self._ringing and not self._closed:
            self._ringing = True
            self._spawn(self._answer_rings())

    async def _answer_rings(self) -> None:
        try:
            while self._rung and not self._closed:
                room = next(iter(self._rung))
                del self._rung[room]
                async with self._turn:
                    await self.ring(room)
        except Refused:
            self.close(4401)
        except Exception:
            logger.exception("a ring could not be answered; the next look heals it")
        finally:
            self._ringing = False

    # Sending

    def send_frame(self, text: str) -> None:
        """Send a frame, in order, as soon as the socket is accepted; a reader that does not read is dropped."""
        if self._closed:
            return
        self._outbox.append(text)
        self._unsent += len(text)
        if self._unsent > MOST_UNSENT:
            self.close(4408)
        elif self._accepted and not self._flushing:
            self._flushing = True
            self._spawn(self._flush())

    def close(self, code: int) -> None:
        """Close with a code of the protocol, after what was sent before it."""
        if self._closed:
            return
        self._closed = True
        if not self._accepted:
            return
        task = asyncio.get_running_loop().create_task(self._close(code))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._closing = task  # kept, so that it is not collected half-way

    async def _close(self, code: int) -> None:
        if code == 4408:
            self._outbox.clear()
        await self._flush()
        await self._transmit({"type": "websocket.close", "code": code})

    async def _flush(self) -> None:
        try:
            while self._outbox:
                text = self._outbox.popleft()
                self._unsent -= len(text)
                await self._transmit({"type": "websocket.send", "text": text})
        finally:
            self._flushing = False

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
