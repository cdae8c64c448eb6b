"""The ends of conversations as sockets: each says numbered words and tells which it has heard."""

import asyncio
import dataclasses
from collections.abc import Callable, Iterable, Sequence

from picows import WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from bench.errors import CannotMeasure
from bench.words import number_in, numbered

AT_ONCE = 50  # handshakes under way
WITHIN = 30.0  # seconds for one handshake


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Where and as whom one connects: ``say`` makes a frame of a text, ``own`` marks copies of what one said oneself.

    ``greeted``: the server speaks first, and only then does the socket count as set up.
    """

    url: str
    say: Callable[[str], bytes]
    own: bytes
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
        if self.seat.own in data:
            return
        number = number_in(data)
        if number is not None:
            self.heard(number)

    def on_ws_disconnected(self, _transport: WSTransport) -> None:
        """Let nobody wait for a greeting that will not come."""
        self._fail("The server hung up on a socket.")

    def _fail(self, sentence: str) -> None:
        if not self.greeting.done() and not self.leaving:
            self.greeting.set_exception(CannotMeasure(sentence))

    def say(self, number: int) -> None:
        """Say the words of a number."""
        assert self.transport is not None  # noqa: S101  whoever has an end has connected it
        self.transport.send(WSMsgType.TEXT, self.seat.say(numbered(number)))

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


async def open_all(seats: Sequence[Seat]) -> list[End]:
    """Connect all, some at a time; each counts once the server let it in. Raises CannotMeasure if one cannot."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(seat: Seat) -> End:
        async with gate:
            return await asyncio.wait_for(_open(seat), WITHIN)

    try:
        return await asyncio.gather(*map(one, seats))
    except (OSError, TimeoutError, WSError) as error:
        message = f"A socket could not be set up ({type(error).__name__}: {error})."
        raise CannotMeasure(message) from None


async def open_pairs(seats: Sequence[SeatPair]) -> list[Pair]:
    """Connect both sides of each pair. Raises CannotMeasure if one cannot be."""
    ends = await open_all([seat for pair in seats for seat in pair])
    return list(zip(ends[::2], ends[1::2], strict=True))


def leave_all(pairs: Iterable[Pair], others: Iterable[End] = ()) -> None:
    """Hang up everywhere."""
    for end in [*(end for pair in pairs for end in pair), *others]:
        end.leave()
