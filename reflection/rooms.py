"""The names of the rooms of circles, and the bell in them: «look again», never content."""

import uuid

from wire import doorbell
from wire.hub import Signal

PREFIX = "circle."
KEYS_WANTED = "keys"
SOUGHT, HERE = "sought.", "here."  # each with the id of a member, in passing


def room_of(circle_id: uuid.UUID) -> str:
    """Return the name of a circle's room."""
    return f"{PREFIX}{circle_id}"


def ask_for_keys(circle_id: uuid.UUID) -> None:
    """Tell those in a circle's room that somebody there lacks keys that they may hold (loop thread only)."""
    doorbell.signal(Signal(room_of(circle_id), KEYS_WANTED))


def look_for(circle_id: uuid.UUID, member_id: uuid.UUID) -> None:
    """Ask those in a circle's room whether this member has another page open there (loop thread only)."""
    doorbell.signal(Signal(room_of(circle_id), f"{SOUGHT}{member_id}"))


def tell_here(circle_id: uuid.UUID, member_id: uuid.UUID) -> None:
    """Tell a circle's room that this member has a page open there (loop thread only)."""
    doorbell.signal(Signal(room_of(circle_id), f"{HERE}{member_id}"))


def sought(event: object) -> uuid.UUID | None:
    """Return whose other pages a signal asks for, if it does."""
    return _named(event, SOUGHT)


def found(event: object) -> uuid.UUID | None:
    """Return who has a page open, as a signal says, if it does."""
    return _named(event, HERE)


def _named(event: object, kind: str) -> uuid.UUID | None:
    by = event.by if isinstance(event, Signal) else ""
    return uuid.UUID(by.removeprefix(kind)) if by.startswith(kind) else None


def ring(circle_id: uuid.UUID) -> None:
    """Have everybody in a circle's room look again, once the transaction is committed."""
    doorbell.ring(room_of(circle_id))
