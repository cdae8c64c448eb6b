"""Holds histories to the promises: nothing lost, doubled, reordered or changed, whatever died; pure."""

import dataclasses
import enum
import math
from collections.abc import Iterable, Iterator

from tests.faults.history import TRY_AGAIN, Entry, History, Message, Saying, by_socket, sayings


class Kind(enum.StrEnum):
    """What can be wrong."""

    LOST = "lost"  # its author had the receipt, and it is not there
    VANISHED = "vanished"  # somebody heard it, and it is not there
    UNHEARD = "unheard"  # it is there, and one side that stayed to the end never heard it
    DOUBLED = "doubled"  # one id at two numbers, or one number heard twice without asking
    REORDERED = "reordered"  # said after the other's receipt, numbered before it; or heard late
    GAPPED = "gapped"  # a number is missing
    DIFFERING = "differing"  # the two sides read different conversations
    CHANGED = "changed"  # another text or another author than was said
    UNEXPECTED = "unexpected"  # nobody said it, or its author was told that it was not stored
    STALE = "stale"  # a look was answered without what somebody had heard before
    REFUSED = "refused"  # refused for good, although the conversation was open
    SHUT_OUT = "shut out"  # a socket of the conversation was told that it may not be there


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """One broken promise, in words that name the message."""

    kind: Kind
    contact: str
    words: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.words} (contact {self.contact})"


def check(history: History) -> list[Fault]:
    """Return every broken promise of one conversation. Raises ValueError when nobody read it at the end."""
    if not history.finals:
        raise ValueError("nobody read this conversation at the end")
    said = sayings(history)
    found = [*_at_sockets(history), *_stale(history), *_refused(history, said), *_differing(history)]
    for final in _distinct(history.finals.values()):
        found += _numbers(final)
        found += _against_sayings(final, said)
        found += _order(final, said)
        found += _against_heard(final, history)
    return [Fault(kind, history.contact, words) for kind, words in dict.fromkeys(found)]


def check_all(histories: Iterable[History]) -> list[Fault]:
    """Return every broken promise of several conversations."""
    return [fault for history in histories for fault in check(history)]


Found = Iterator[tuple[Kind, str]]


def _distinct(finals: Iterable[list[Message]]) -> list[list[Message]]:
    different: list[list[Message]] = []
    for final in finals:
        if final not in different:
            different.append(final)
    return different


# What stands there at the end ---------------------------------------------------------------------------------------


def _numbers(final: list[Message]) -> Found:
    """Numbers run 1, 2, 3 …, and an id stands at one of them."""
    for place, message in enumerate(final, 1):
        if message.seq != place:
            yield Kind.GAPPED, f"number {message.seq} stands where {place} should"
            break
    places: dict[str, int] = {}
    for message in final:
        if places.setdefault(message.id, message.seq) != message.seq:
            yield Kind.DOUBLED, f"{message.id} stands at {places[message.id]} and at {message.seq}"


def _against_sayings(final: list[Message], said: dict[str, Saying]) -> Found:
    """What was acknowledged is there, what is there was said, in these words, by this side."""
    there = {message.id: message for message in final}
    for saying in said.values():
        if saying.outcome == "ok" and saying.id not in there:
            yield Kind.LOST, f"{saying.id} «{saying.text[:40]}» of the {saying.side}"
        if saying.outcome == "refused" and saying.id in there:
            yield Kind.UNEXPECTED, f"{saying.id} was refused ({saying.code}) and stands at {there[saying.id].seq}"
    for message in final:
        own = said.get(message.id)
        if own is None and message.by != "line":
            yield Kind.UNEXPECTED, f"{message.id} at {message.seq} was never said"
        elif own is not None and (own.side, own.text) != (message.by, message.text):
            yield Kind.CHANGED, f"{message.id} was «{own.text}» of the {own.side}, is «{message.text}» of {message.by}"


def _order(final: list[Message], said: dict[str, Saying]) -> Found:
    """What was first said after another's receipt has the higher number, whoever said it."""
    earliest, after = math.inf, ""
    for message in reversed(final):
        own = said.get(message.id)
        if own is None:
            continue
        if earliest < own.invoked:
            yield Kind.REORDERED, f"{message.id} was said after the receipt of {after} and stands before it"
        if own.acknowledged is not None and own.acknowledged < earliest:
            earliest, after = own.acknowledged, message.id


def _against_heard(final: list[Message], history: History) -> Found:
    """What anybody heard is what stands there, and both sides heard all of it."""
    at, of = {message.seq: message for message in final}, {message.id: message for message in final}
    heard: dict[str, set[str]] = {side: set() for side in history.sides.values()}
    for entry in history.entries:
        if entry.kind == "said":
            heard[history.sides[entry.socket]].add(entry.id)
            yield from _compare(entry, at.get(entry.seq), of.get(entry.id))
    for side, ids in heard.items():
        for message in final:
            if message.id not in ids:
                yield Kind.UNHEARD, f"{message.id} at {message.seq} by the {side}"


def _compare(heard: Entry, there: Message | None, same: Message | None) -> Found:
    if there is not None and there.id == heard.id:
        if (there.by, there.text) != (heard.by, heard.text):
            yield Kind.CHANGED, f"{heard.id} was heard as «{heard.text}» of {heard.by}, is «{there.text}» of {there.by}"
    elif same is None:
        yield Kind.VANISHED, f"{heard.id} was heard at {heard.seq} and is not there"
    else:
        yield Kind.DOUBLED, f"{heard.id} was heard at {heard.seq} and stands at {same.seq}"


def _differing(history: History) -> Found:
    (first, expected), *others = history.finals.items()
    for reader, final in others:
        if final != expected:
            pairs = zip([*final, None], [*expected, None], strict=False)
            place = next((i for i, (one, other) in enumerate(pairs, 1) if one != other), len(final))
            yield Kind.DIFFERING, f"{reader} and {first} read different conversations from message {place} on"


# What the sockets heard meanwhile -----------------------------------------------------------------------------------


class _Ear:
    """One socket's place: what it heard, where it stands, which looks are still to be answered.

    Until its first look is answered nobody can say what comes next: what is new may come before what was missed.
    """

    def __init__(self) -> None:
        self.stands: int | None = None
        self.heard: set[int] = set()
        self.own: set[str] = set()
        self.looks: list[int] = []  # where those begin that are under way; only the first is being answered
        self.told = 0  # how far its answer has come

    def take(self, entry: Entry) -> Found:
        """Move on by one entry; yield what is wrong with it."""
        if entry.kind == "say":
            self.own.add(entry.id)
        elif entry.kind == "look":
            self.looks.append(entry.seq)
            self.told = self.looks[0] if len(self.looks) == 1 else self.told
        elif entry.kind == "said":
            yield from self._said(entry)
            self.heard.add(entry.seq)
        elif entry.kind in {"idle", "more"}:
            yield from self._answered(entry)
        elif entry.kind == "refused" and entry.by == "look":
            self._next_look()

    def _said(self, entry: Entry) -> Found:
        asked = bool(self.looks) and entry.seq in {self.looks[0] + 1, self.told + 1}  # it begins, or goes on
        if asked:
            self.told = entry.seq
        if self.stands is None:
            return
        if entry.seq == self.stands + 1:
            self.stands = entry.seq
        elif not asked and entry.id not in self.own:  # what is said again is answered, wherever it stands
            yield self._out_of_place(entry)
            self.stands = max(self.stands, entry.seq)

    def _out_of_place(self, entry: Entry) -> tuple[Kind, str]:
        words = f"socket {entry.socket} heard {entry.seq} after {self.stands} without asking"
        if self.stands is not None and entry.seq > self.stands:
            return Kind.GAPPED, words
        return (Kind.DOUBLED if entry.seq in self.heard else Kind.REORDERED), words

    def _answered(self, entry: Entry) -> Found:
        missing = [seq for seq in range(self.looks[0] + 1, entry.seq + 1) if seq not in self.heard]
        if missing:
            yield Kind.GAPPED, f"socket {entry.socket} looked after {self.looks[0]} and was not told {missing}"
        self.stands = entry.seq
        self._next_look()

    def _next_look(self) -> None:
        self.looks.pop(0)
        self.told = self.looks[0] if self.looks else 0


def _at_sockets(history: History) -> Found:
    for _socket, entries in by_socket(history):
        ear = _Ear()
        for entry in entries:
            yield from ear.take(entry)


def _stale(history: History) -> Found:
    """A look shows at least what anybody had heard when it was sent."""
    highest = 0
    due: dict[int, list[int]] = {}
    for entry in history.entries:
        if entry.kind == "said":
            highest = max(highest, entry.seq)
        elif entry.kind == "look":
            due.setdefault(entry.socket, []).append(highest)
        elif entry.kind in {"idle", "more"} or (entry.kind == "refused" and entry.by == "look"):
            known = due[entry.socket].pop(0)
            if entry.kind == "idle" and entry.seq < known:
                yield Kind.STALE, f"socket {entry.socket} was told {entry.seq} is the last when {known} was known"


def _refused(history: History, said: dict[str, Saying]) -> Found:
    for saying in said.values():
        if saying.code and saying.code not in TRY_AGAIN:
            yield Kind.REFUSED, f"{saying.id} of the {saying.side} ({saying.code})"
    for entry in history.entries:
        if entry.kind == "refused" and not entry.id and entry.code not in TRY_AGAIN:
            yield Kind.REFUSED, f"{entry.by or 'a frame'} of socket {entry.socket} ({entry.code})"
        elif entry.kind == "closed" and entry.code == "4401":
            yield Kind.SHUT_OUT, f"socket {entry.socket} of the {history.sides[entry.socket]}"
