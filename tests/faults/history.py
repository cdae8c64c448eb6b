"""What the sockets of one conversation sent and heard, in the order in which it happened."""

import dataclasses
import itertools
import operator
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec

Side = Literal["caller", "volunteer"]
Kind = Literal["say", "look", "said", "idle", "more", "refused", "closed"]

#: Refusals to be tried again; after the first nobody knows whether it was stored (a commit can fail on its way back).
UNKNOWN, TRY_AGAIN = "not_saved", frozenset({"not_saved", "too_fast"})


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One frame at one socket, or its end.

    ``seq`` is the message's number (``said``), where a look begins (``look``), or where its answer ends (``idle``,
    ``more``); ``code`` is that of a refusal or a close; ``by`` is the author (``said``) or the refused frame's kind.
    """

    at: float
    socket: int
    kind: Kind
    id: str = ""
    seq: int = 0
    by: str = ""
    text: str = ""
    code: str = ""


class Message(msgspec.Struct, frozen=True):
    """One message as somebody heard it."""

    seq: int
    id: str
    by: str
    text: str


class History(msgspec.Struct):
    """One conversation: its sockets and their sides, their entries, and what fresh sockets read at the end."""

    contact: str
    sides: dict[int, Side] = msgspec.field(default_factory=dict)
    entries: list[Entry] = msgspec.field(default_factory=list)
    finals: dict[str, list[Message]] = msgspec.field(default_factory=dict)

    def open(self, side: Side) -> int:
        """Note a new socket of one side; return its number."""
        number = len(self.sides) + 1
        self.sides[number] = side
        return number

    def note(self, socket: int, kind: Kind, **facts: Any) -> None:
        """Add an entry with these fields, at this moment of a clock that never jumps."""
        self.entries.append(Entry(at=time.monotonic(), socket=socket, kind=kind, **facts))


@dataclasses.dataclass(slots=True)
class Saying:
    """One message as its author knows it: said at ``invoked``, and then ok, refused, or unknown."""

    id: str
    side: Side
    text: str
    invoked: float
    acknowledged: float | None = None
    tried: int = 0
    denied: int = 0
    code: str = ""

    @property
    def outcome(self) -> Literal["ok", "refused", "unknown"]:
        """Say what the author may rely on; unknown is not failed."""
        if self.acknowledged is not None:
            return "ok"
        return "refused" if self.denied == self.tried else "unknown"


def sayings(history: History) -> dict[str, Saying]:
    """Return what was said, by id, in the order in which it was said first."""
    found: dict[str, Saying] = {}
    for entry in history.entries:
        if entry.kind == "say":
            new = Saying(entry.id, history.sides[entry.socket], entry.text, entry.at)
            found.setdefault(entry.id, new).tried += 1
        elif entry.id in found and history.sides[entry.socket] == found[entry.id].side:
            _answer(found[entry.id], entry)
    return found


def _answer(saying: Saying, entry: Entry) -> None:
    if entry.kind == "said" and saying.acknowledged is None:
        saying.acknowledged = entry.at
    elif entry.kind == "refused" and entry.code != UNKNOWN:
        saying.denied += 1
        saying.code = entry.code


def waits_of_the_other_side(history: History) -> list[float]:
    """Return the seconds from each receipt until the other side first heard the message (negative: it was first)."""
    said = sayings(history)
    heard: dict[str, float] = {}
    for entry in history.entries:
        if entry.kind == "said" and entry.id in said and history.sides[entry.socket] != said[entry.id].side:
            heard.setdefault(entry.id, entry.at)
    return [at - (said[name].acknowledged or at) for name, at in heard.items()]


def by_socket(history: History) -> Iterator[tuple[int, list[Entry]]]:
    """Return each socket with its own entries."""
    of_socket = operator.attrgetter("socket")
    for socket, entries in itertools.groupby(sorted(history.entries, key=of_socket), of_socket):
        yield socket, list(entries)


def save(histories: list[History], path: Path) -> None:
    """Write histories to a file, so that what was found can be looked at again."""
    path.write_bytes(msgspec.json.encode(histories))


def load(path: Path) -> list[History]:
    """Read them back. Raises OSError or msgspec.DecodeError."""
    return msgspec.json.decode(path.read_bytes(), type=list[History])
