"""ASGI middleware before every socket: size, pace and a bounded queue, filled as the server reads.

Daphne reads a client into an unbounded queue (6,000 frames of 64 KiB: +372 MiB, measured); this one takes its place,
keeps at most a few dozen frames, and cuts who will not slow down.
"""

import asyncio
import collections
import dataclasses
import time
from typing import Any, Protocol

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


class Outlet(Protocol):
    """Our server's side of one socket (``scope["outlet"]``): a frame needs no task to be taken or to be sent."""

    def hand_over(self, intake: "Intake") -> None:
        """Put every event into the intake from now on, as soon as it is read, and first those that came already."""

    def transmit(self, text: str) -> None:
        """Send one text frame now; one that can no longer be sent is dropped."""

    def is_clear(self) -> bool:
        """Say whether the reader has taken what was sent before."""

    async def clear(self) -> None:
        """Wait for that."""

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802  daphne's name
        """Close."""


class Intake:
    """What one socket has sent and nobody has handled yet; whatever becomes of the socket, its end is in it."""

    def __init__(self, meter: Meter, outlet: Outlet) -> None:
        self.meter = meter
        self._outlet = outlet
        self._most = meter.pace.burst + QUEUE_BEYOND_BURST
        self._waiting: collections.deque[dict[str, Any]] = collections.deque()
        self._awaited: asyncio.Future[None] | None = None
        self._over = False

    def end(self) -> None:
        """Take nothing more, and let go of the outlet: what holds each other waits for the garbage collector."""
        self._over = True
        del self._outlet

    async def next(self) -> dict[str, Any]:
        """Return the next event for the consumer, in order."""
        while not self._waiting:
            self._awaited = asyncio.get_running_loop().create_future()
            await self._awaited
        return self._waiting.popleft()

    def put_nowait(self, event: dict[str, Any]) -> None:
        """Take one event while the server reads it: keep it, refuse it, or cut the socket."""
        if self._over:
            return
        if event["type"] == "websocket.receive":
            self._judge(event, event.get("text") or "", event.get("bytes") or b"")
        else:
            self._over = event["type"] == "websocket.disconnect"
            self._put(event)

    def _judge(self, event: dict[str, Any], text: str, binary: bytes) -> None:
        if _is_too_long(text, binary):
            self._cut(4400)
        elif self.meter.take() and len(self._waiting) < self._most:
            self._put(event)
        else:
            self._refuse(text)

    def _put(self, event: dict[str, Any]) -> None:
        self._waiting.append(event)
        if self._awaited is not None and not self._awaited.done():
            self._awaited.set_result(None)

    def _refuse(self, text: str) -> None:
        self._outlet.transmit(refusal_of(text, "too_fast").encoded())
        code = self.meter.refuse("too_fast")
        if code is not None:
            self._cut(code)

    def _cut(self, code: int) -> None:
        self._over = True
        self._waiting.clear()
        self._put({"type": "websocket.disconnect", "code": 1006})
        self._outlet.serverClose(code)


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

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        """Serve one socket; nothing of it remains afterwards, whatever happened."""
        intake = Intake(Meter(self.pace), scope["outlet"])
        scope["outlet"].hand_over(intake)
        try:
            await self.application(scope | {"meter": intake.meter}, intake.next, send)
        finally:
            intake.end()
