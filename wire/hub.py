"""Rooms of this process: who is connected, and delivery straight from what was just committed (loop thread only)."""

import logging
from typing import Any, NamedTuple, Protocol

logger = logging.getLogger(__name__)


class Signal(NamedTuple):
    """What one side lets the others of a room know in passing: it writes, or has read up to ``seq``; never stored."""

    room: str
    by: str
    seq: int | None = None


class Seat(Protocol):
    """What sits in a room: one socket."""

    def hear(self, event: Any) -> None:
        """Take an event."""

    def look_again(self, room: str) -> None:
        """Look at the rows soon."""


_rooms: dict[str, dict[Any, None]] = {}


def join(room: str, seat: Seat) -> None:
    """Sit down in a room; twice is once."""
    _rooms.setdefault(room, {})[seat] = None


def part(room: str, seat: Seat) -> None:
    """Get up; an empty room is forgotten."""
    seats_here = _rooms.get(room)
    if seats_here is not None:
        seats_here.pop(seat, None)
        if not seats_here:
            del _rooms[room]


def seats(room: str) -> list[Any]:
    """Return who sits in a room, the longest there first."""
    return list(_rooms.get(room, ()))


def is_empty(room: str) -> bool:
    """Say whether nobody sits in a room."""
    return room not in _rooms


def deliver(room: str, event: Any) -> None:
    """Hand an event to everybody in a room; one that fails harms no other."""
    for seat in seats(room):
        try:
            seat.hear(event)
        except Exception:
            logger.exception("a seat could not take an event and will look again")
            seat.look_again(room)


def ring(room: str) -> None:
    """Have everybody in a room look again."""
    for seat in seats(room):
        seat.look_again(room)


def ring_all() -> None:
    """Have everybody everywhere look again: after Redis was away, nobody knows what was missed."""
    for room in list(_rooms):
        ring(room)


def rooms() -> int:
    """Return how many rooms are in use."""
    return len(_rooms)
