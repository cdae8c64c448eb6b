"""The ends of conversations as sockets: each says numbered words and tells which it has heard."""

import asyncio
import contextlib
import dataclasses
import itertools
from collections.abc import AsyncIterator, Callable, Sequence

from picows import WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from bench.errors import CannotMeasure
from bench.words import number_in, numbered, sequence_in

AT_ONCE = 50  # handshakes under way
WITHIN = 60.0  # seconds for one handshake
LOOK_EVERY = 20.0  # seconds (docs/PROTOCOL.md)
TURNS = 200  # parts of that time
SAID = b'"said"'


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Where and as whom one connects: ``say`` makes a frame of a text, ``own`` marks copies of what one said oneself.

    ``greeted``: the server speaks first, and only then does the socket count as set up. ``look`` makes the frame that
    every page sends every 20 s, of the last number that it knows.
    """

    url: str
    say: Callable[[str], bytes]
    own: bytes
    look: Callable[[int], bytes] | None = None
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    greeted: bool = False


SeatPair = tuple[Seat, Seat]  # a caller and a volunteer


def _unheard(_number: int) -> None:
    """Hear nothing; nobody has asked yet."""


class End(WSListener):
    """One socket; ``heard`` is called with the number of each message of the other side."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        self.heard: Callable[[int], object] = _unheard
        self.transport: WSTransport | None = None
        self.greeting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.leaving = False
        self._latest = b""

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Keep the connection."""
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Tell what the other side said; answer pings."""
        if frame.msg_type == WSMsgType.PING:
            transport.send_pong(frame.get_payload_as_bytes())
        elif frame.msg_type == WSMsgType.CLOSE:
            self._fail(f"The server closed a socket with code {int(frame.get_close_code())}.")
            transport.disconnect()
        else:
            self._hear(frame.get_payload_as_bytes())

    def _hear(self, data: bytes) -> None:
        if not self.greeting.done():
            self.greeting.set_result(None)
        if SAID in data:
            self._latest = data
        if self.seat.own in data:
            return
        number = number_in(data)
        if number is not None:
            self.heard(number)

    def on_ws_disconnected(self, _transport: WSTransport) -> None:
        """Let nobody wait for a greeting that will not come; what is said from now on is lost."""
        self.transport = None
        self._fail("The server hung up on a socket.")

    def _fail(self, sentence: str) -> None:
        if not self.greeting.done() and not self.leaving:
            self.greeting.set_exception(CannotMeasure(sentence))

    def say(self, number: int) -> None:
        """Say the words of a number."""
        self._send(self.seat.say(numbered(number)))

    def _send(self, frame: bytes) -> None:
        if self.transport is not None:
            self.transport.send(WSMsgType.TEXT, frame)

    def look(self) -> None:
        """Ask for what is missing, as a page does from time to time; the yardsticks know no such thing."""
        if self.seat.look is not None:
            self._send(self.seat.look(sequence_in(self._latest)))

    def leave(self) -> None:
        """Hang up."""
        self.leaving = True
        if self.transport is not None:
            self.transport.disconnect()


Pair = tuple[End, End]


async def _open(seat: Seat) -> End:
    end = End(seat)
    await ws_connect(lambda: end, seat.url, extra_headers=seat.headers, websocket_handshake_timeout=WITHIN)
    if seat.greeted:
        await end.greeting
    return end


async def open_all(seats: Sequence[Seat], ends: list[End]) -> list[End]:
    """Connect all, some at a time, and put each among the ends once the server let it in.

    Raises CannotMeasure if one cannot be connected.
    """
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(seat: Seat) -> End:
        async with gate:
            end = await asyncio.wait_for(_open(seat), WITHIN)
            ends.append(end)
            return end

    try:
        return await asyncio.gather(*map(one, seats))
    except (OSError, TimeoutError, WSError) as error:
        message = f"A socket could not be set up ({type(error).__name__}: {error})."
        raise CannotMeasure(message) from None


async def keep_looking(ends: Sequence[End]) -> None:
    """Let all look once in 20 s, evenly spread, for ever; ``ends`` may grow meanwhile."""
    for turn in itertools.cycle(range(TURNS)):
        for end in ends[turn::TURNS]:
            end.look()
        await asyncio.sleep(LOOK_EVERY / TURNS)


@contextlib.asynccontextmanager
async def connected() -> AsyncIterator[list[End]]:
    """Keep whatever ends are put into the list alive, and hang up everywhere in the end."""
    ends: list[End] = []
    looking = asyncio.create_task(keep_looking(ends))
    try:
        yield ends
    finally:
        looking.cancel()
        for end in ends:
            end.leave()


async def sit_down(seats: Sequence[SeatPair], ends: list[End]) -> list[Pair]:
    """Connect both sides of each pair, and put them among the ends. Raises CannotMeasure if one cannot be."""
    opened = await open_all([seat for pair in seats for seat in pair], ends)
    return list(zip(opened[::2], opened[1::2], strict=True))
