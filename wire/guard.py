"""ASGI middleware before every socket: size, pace and a bounded queue, drained at the loop's own speed.

Daphne reads a client into an unbounded queue (6,000 frames of 64 KiB: +372 MiB, measured); this one empties it as fast
as it fills, keeps at most a few dozen frames, and cuts who will not slow down.
"""

import asyncio
import collections
import contextlib
import dataclasses
import time
from typing import Any

from wire.frames import LONGEST_FRAME, refusal_of

REFUSED_MOST, REFUSED_WITHIN = 200, 10.0  # refusals, seconds: then 4429
BAD_MOST, BAD_WITHIN = 3, 60.0  # bad frames, seconds: then 4400
QUEUE_BEYOND_BURST = 12


@dataclasses.dataclass(frozen=True, slots=True)
class Pace:
    """How fast one socket may send: ``burst`` frames at once, then ``rate`` a second."""

    burst: int
    rate: float


CALLER_PACE = Pace(burst=20, rate=5)
DESK_PACE = Pace(burst=60, rate=20)


class Meter:
    """One socket's account: tokens, refusals, bad frames. ``free`` lifts the pace (rehearsal) and nothing else."""

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.free = False
        self._tokens = float(pace.burst)
        self._filled_at = time.monotonic()
        self._refused: collections.deque[float] = collections.deque()
        self._bad: collections.deque[float] = collections.deque()

    def take(self) -> bool:
        """Spend a token; False when there is none."""
        now = time.monotonic()
        self._tokens = min(self.pace.burst, self._tokens + (now - self._filled_at) * self.pace.rate)
        self._filled_at = now
        if self._tokens < 1 and not self.free:
            return False
        self._tokens -= 1
        return True

    def refuse(self, code: str) -> int | None:
        """Count a refusal; return the close code once it was one too many."""
        if code == "bad_frame" and _too_many(self._bad, BAD_MOST, BAD_WITHIN):
            return 4400
        return 4429 if _too_many(self._refused, REFUSED_MOST, REFUSED_WITHIN) else None


def _too_many(times: collections.deque[float], most: int, within: float) -> bool:
    now = time.monotonic()
    times.append(now)
    while times[0] < now - within:
        times.popleft()
    return len(times) >= most


class _Intake:
    """What one socket has sent and nobody has handled yet."""

    def __init__(self, meter: Meter, receive: Any, send: Any) -> None:
        self.meter = meter
        self._receive = receive
        self._send = send
        self._waiting: collections.deque[dict[str, Any]] = collections.deque()
        self._arrived = asyncio.Event()
        self._most = meter.pace.burst + QUEUE_BEYOND_BURST

    async def next(self) -> dict[str, Any]:
        """Return the next event for the consumer, in order."""
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()
        return self._waiting.popleft()

    def _put(self, event: dict[str, Any]) -> None:
        self._waiting.append(event)
        self._arrived.set()

    async def drain(self) -> None:
        """Take everything the server hands over until the socket is gone or cut; either way the consumer hears it."""
        try:
            while (event := await self._receive())["type"] != "websocket.disconnect":
                code = await self._take(event)
                if code is not None:
                    self._waiting.clear()
                    await self._send({"type": "websocket.close", "code": code})
                    return
        finally:
            self._put({"type": "websocket.disconnect", "code": 1006})

    async def _take(self, event: dict[str, Any]) -> int | None:
        """Queue one event, or refuse it; return a close code when the socket must be cut."""
        if event["type"] == "websocket.receive":
            if _is_too_long(event.get("text") or "", event.get("bytes") or b""):
                return 4400
            if not self.meter.take() or len(self._waiting) >= self._most:
                return await self._refuse(event.get("text") or "")
        self._put(event)
        return None

    async def _refuse(self, text: str) -> int | None:
        await self._send({"type": "websocket.send", "text": refusal_of(text, "too_fast").encoded()})
        return self.meter.refuse("too_fast")


def _is_too_long(text: str, binary: bytes) -> bool:
    """Say whether a frame has more bytes than it may; what is short enough anyway is not encoded to know it."""
    if max(len(text), len(binary)) > LONGEST_FRAME:
        return True
    return len(text) * 4 > LONGEST_FRAME and len(text.encode("utf-8", "surrogatepass")) > LONGEST_FRAME


class Guard:
    """Wraps one socket application. ``scope["meter"]`` lets the consumer count its own refusals."""

    def __init__(self, application: Any, *, pace: Pace) -> None:
        self.application = application
        self.pace = pace

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one socket; nothing of it remains afterwards, whatever happened."""
        intake = _Intake(Meter(self.pace), receive, send)
        pump = asyncio.ensure_future(intake.drain())
        try:
            await self.application(scope | {"meter": intake.meter}, intake.next, send)
        finally:
            pump.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await pump
