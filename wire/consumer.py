"""The base of one socket: enter, frames one after another, rings, and leaving that always runs."""

import asyncio
import collections
import contextlib
import functools
import logging
import time
from typing import Any, ClassVar

from wire import doorbell
from wire.frames import Parser, Refused, refusal_of
from wire.guard import Meter, Outlet, Pace
from wire.writer import NotSaved

logger = logging.getLogger(__name__)

SUBPROTOCOL = "hotline.v1"
GOING_AWAY = 4503
MOST_UNSENT = 256 * 1024  # bytes that may wait for one reader before it is dropped
ROOM = 64 * 1024  # bytes that may wait when somebody who could also wait themselves sends more
STALLED_AFTER = 60.0  # seconds without room after which nobody waits any longer
ALIVE_EVERY = 1.0  # seconds between two notes that the other end of a socket is alive


def _passed_over(noted: "asyncio.Future[None]") -> None:
    if not noted.cancelled():
        noted.exception()  # seen, so that the loop does not log it


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
        self._outlet: Outlet = scope["outlet"]
        self._outbox: collections.deque[tuple[str, int]] = collections.deque()
        self._unsent = 0
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._accepted = self.closed = False
        self._close_code = 0
        self._turn = asyncio.Lock()
        self._rung: dict[str, None] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._flushing = self._ringing = False
        self._closing: asyncio.Task[None] | None = None  # kept, so that it is not collected half-way
        self._heard_at = time.monotonic()
        self._alive_soon: asyncio.TimerHandle | None = None

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

    def alive(self, ago: float) -> "asyncio.Future[None] | None":
        """Note that the other end sent something ``ago`` seconds ago; called within a second, at most once in one.

        Return what comes once it is stored, or NotSaved; None if nothing has to be.
        """
        raise NotImplementedError

    async def leave(self) -> None:
        """Give up what ``enter`` took; runs whatever happened."""
        raise NotImplementedError

    # Serving

    async def run(self) -> None:
        """Serve the socket from handshake to end."""
        if (await self._receive())["type"] != "websocket.connect":
            return
        if SUBPROTOCOL not in self.scope.get("subprotocols", ()):
            await self._transmit({"type": "websocket.close"})
            return
        doorbell.attach()
        try:
            if await self._enter():
                await self._listen()
        finally:
            self.closed = True
            self._has_room.set()
            for task in self._tasks:
                task.cancel()
            await asyncio.shield(self._part())

    async def _part(self) -> None:
        """Leave the rooms first, then note the last sign of life if that is still owed."""
        try:
            await self.leave()
        except Exception:
            logger.exception("a socket could not be left in order")
        noted = self._tell_alive()
        if noted is not None:
            with contextlib.suppress(NotSaved):
                await noted

    async def _enter(self) -> bool:
        """Accept, and say whether to go on; a browser cannot see why a handshake is refused, so it hears a code."""
        try:
            if not await self.enter():
                self.close(4401)
        except Exception:
            logger.exception("a socket could not be opened")
            self.close(GOING_AWAY)
        await self._transmit({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        self._accepted = True
        if self.closed:
            await self._transmit({"type": "websocket.close", "code": self._close_code})
            return False
        self._flush_soon()
        return True

    async def _listen(self) -> None:
        while not self.closed:
            event = await self._receive()
            if event["type"] == "websocket.disconnect":
                return
            await self._take(event)

    async def _take(self, event: dict[str, Any]) -> None:
        self.note_alive()
        if "ping" in event:
            return
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

    # Signs of life

    def note_alive(self) -> None:
        """Have ``alive`` called within a second."""
        self._heard_at = time.monotonic()
        if self._alive_soon is None:
            loop = asyncio.get_running_loop()
            together = (loop.time() // ALIVE_EVERY + 1) * ALIVE_EVERY  # all sockets at once: one transaction for all
            self._alive_soon = loop.call_at(together, self._tell_alive)

    def _tell_alive(self) -> "asyncio.Future[None] | None":
        """Note what was heard last; nobody waits for it, and if it cannot be stored the next one is."""
        if self._alive_soon is None:
            return None
        self._alive_soon.cancel()
        self._alive_soon = None
        noted = self.alive(self.silent_for())
        if noted is not None:
            noted.add_done_callback(_passed_over)
        return noted

    def silent_for(self) -> float:
        """Return the seconds since the other end sent anything."""
        return time.monotonic() - self._heard_at

    # Rings

    def look_again(self, room: str) -> None:
        """Have ``ring`` called for a room soon; several calls for one room become one."""
        self._rung[room] = None
        if not self._ringing and not self.closed:
            self._ringing = True
            self._spawn(self._answer_rings())

    async def _answer_rings(self) -> None:
        while self._rung and not self.closed:
            room = next(iter(self._rung))
            del self._rung[room]
            try:
                async with self._turn:
                    await self.ring(room)
            except Exception:
                logger.exception("a ring could not be answered; the next look heals it")
        self._ringing = False

    # Sending

    def send_frame(self, text: str) -> None:
        """Send a frame, in order, as soon as the socket is accepted; a reader that does not read is dropped."""
        if self.closed:
            return
        if self._accepted and not self._outbox and self._outlet.is_clear():
            self._outlet.transmit(text)
            return
        size = len(text.encode())
        self._outbox.append((text, size))
        self._count(size)
        if self._unsent > MOST_UNSENT:
            self.close(4408)
        elif self._accepted:
            self._flush_soon()

    async def room(self) -> None:
        """Wait until the other end has read enough of what was sent; for whoever sends much at once."""
        try:
            await asyncio.wait_for(self._has_room.wait(), STALLED_AFTER)
        except TimeoutError:
            self.close(4408)

    def hold_back(self, size: int) -> None:
        """Count so many bytes that wait elsewhere for this reader; who lets too much wait is dropped."""
        if size > MOST_UNSENT:
            self.close(4408)

    def _count(self, size: int) -> None:
        self._unsent += size
        if self._unsent > ROOM and not self.closed:
            self._has_room.clear()
        else:
            self._has_room.set()

    def close(self, code: int) -> None:
        """Close with a code of the protocol, after what was sent before it."""
        if self.closed:
            return
        self.closed = True
        self._close_code = code
        self._has_room.set()
        if self._accepted:
            self._closing = asyncio.get_running_loop().create_task(self._close(code))

    async def _close(self, code: int) -> None:
        if code == 4408:
            self._outbox.clear()
        while self._outbox:
            self._transmit_next()
        await self._transmit({"type": "websocket.close", "code": code})

    def _flush_soon(self) -> None:
        if self._outbox and not self._flushing:
            self._flushing = True
            self._spawn(self._flush())

    async def _flush(self) -> None:
        while self._outbox:
            self._transmit_next()
            await self._outlet.clear()
        self._flushing = False

    def _transmit_next(self) -> None:
        text, size = self._outbox.popleft()
        self._count(-size)
        self._outlet.transmit(text)

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
