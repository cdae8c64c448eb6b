"""The names of the rooms of circles, and the bell in them: «look again», never content."""

import uuid

from wire import doorbell
from wire.hub import Signal

PREFIX = "circle."
KEYS_WANTED = "keys"


def room_of(circle_id: uuid.UUID) -> str:
    """Return the name of a circle's room."""
    return f"{PREFIX}{circle_id}"


def ask_for_keys(circle_id: uuid.UUID) -> None:
    """Tell those in a circle's room that somebody there lacks keys that they may hold (loop thread only)."""
    doorbell.signal(Signal(room_of(circle_id), KEYS_WANTED))


def ring(circle_id: uuid.UUID) -> None:
    """Have everybody in a circle's room look again, once the transaction is committed."""
    doorbell.ring(room_of(circle_id))
