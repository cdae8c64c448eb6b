"""Callers and volunteers who talk at real sockets, come back whenever they are cut off, and note everything."""

import asyncio
import collections
import contextlib
import dataclasses
import json
import random
import time
import uuid
from collections.abc import Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from tests.faults.history import TRY_AGAIN, History, Message, Side

LOOK_EVERY = 20.0  # seconds, as the protocol asks
PATIENCE, MOST_PATIENCE = 5.0, 40.0  # seconds without an answer after which somebody hangs up and comes back
FIRST_WAIT, LONGEST_WAIT = 0.1, 1.0  # seconds before somebody comes back
AGAIN_AFTER = 0.3  # seconds after «not saved»
ENDINGS = (" ", " ñandú", " ¿sí?", " 😀", "\nuna línea más", " " + "x" * 300)

Frame = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Door:
    """An address that leads to the line, and the Origin that a browser sends there."""

    url: str
    origin: str


@dataclasses.dataclass(frozen=True, slots=True)
class Manner:
    """How somebody talks: so many messages, so fast, so many at once without a receipt."""

    messages: int
    pause: Callable[[], float] = lambda: 0.05  # mean seconds between two messages, as things are now
    at_once: int = 4
    stays: float = 30.0  # mean seconds after which they hang up by themselves and come back


class Person:
    """One side of a conversation at one socket after another; ``doors`` are the addresses that lead to the line."""

    def __init__(
        self, side: Side, cookie: str, history: History, doors: list[Door], rng: random.Random, manner: Manner
    ) -> None:
        self.side = side
        self.history = history
        self._cookie, self._doors, self._rng, self._manner = cookie, doors, rng, manner
        self.unsaid = collections.deque(self._words(number) for number in range(1, manner.messages + 1))
        self.pending: dict[str, str] = {}
        self.seen = 0  # every message up to here was heard
        self.acknowledged = 0
        self._leaving = asyncio.Event()
        self._moved = asyncio.Event()
        self._wait = FIRST_WAIT
        self.patience = PATIENCE

    def _words(self, number: int) -> tuple[str, str]:
        name = str(uuid.UUID(int=self._rng.getrandbits(128), version=4))
        return name, f"{self.side} {number}{self._rng.choice(ENDINGS)}".strip()

    @property
    def finished(self) -> bool:
        """Say whether all is said and every receipt is here."""
        return not self.unsaid and not self.pending

    def leave(self) -> None:
        """Hang up for good, soon."""
        self._leaving.set()

    async def stay(self) -> None:
        """Talk until ``leave``; whatever ends a socket, come back."""
        while not self._leaving.is_set():
            with contextlib.suppress(OSError, WebSocketException):
                try:
                    async with _knock(self._rng.choice(self._doors), self._cookie, self.side, self.patience) as socket:
                        await _Sitting(self, socket).last()
                except TimeoutError:
                    self.in_vain()
            await asyncio.sleep(self._wait * self._rng.uniform(0.5, 1.5))
            self._wait = min(LONGEST_WAIT, self._wait * 2)

    # What happens at a socket

    async def come_and_go(self, socket: ClientConnection) -> None:
        """Return when it is time to hang up."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._leaving.wait(), self._rng.expovariate(1 / self._manner.stays))
        if self._rng.random() < 0.5:
            socket.transport.abort()  # as a phone does that loses its network

    def shuffle(self, parts: list[Any]) -> None:
        """Put the parts of a sitting in an order of this person's own."""
        self._rng.shuffle(parts)

    async def next_words(self) -> tuple[str, str]:
        """Return the next message to say, once it is time for it."""
        await asyncio.sleep(self._rng.expovariate(1 / self._manner.pause()))
        while not self.unsaid or len(self.pending) >= self._manner.at_once:
            self._moved.clear()
            await self._moved.wait()
        name, text = self.unsaid.popleft()
        self.pending[name] = text
        return name, text

    def hear(self, seq: int, name: str) -> None:
        """Take a message; one's own is the receipt."""
        if self.pending.pop(name, None) is not None:
            self.acknowledged += 1
            self._moved.set()
        if seq == self.seen + 1:
            self.seen = seq

    def give_up(self, name: str) -> None:
        """A message was refused for good."""
        self.pending.pop(name, None)
        self._moved.set()

    def at_ease(self) -> None:
        """A look was answered: this door works."""
        self._wait = FIRST_WAIT
        self.patience = max(PATIENCE, self.patience / 2)

    def in_vain(self) -> None:
        """An answer was overdue: the next may take longer, else nobody gets on where the machine is merely busy."""
        self.patience = min(MOST_PATIENCE, self.patience * 2)


def _knock(door: Door, cookie: str, side: Side, patience: float = MOST_PATIENCE) -> connect:
    path = "/ws/hablar/" if side == "caller" else "/ws/escritorio/"
    return connect(
        door.url.replace("http", "ws", 1) + path,
        subprotocols=[Subprotocol("hotline.v1")],
        additional_headers={"Cookie": cookie, "Origin": door.origin},
        compression=None,
        ping_interval=None,
        user_agent_header=None,
        proxy=None,
        open_timeout=patience,
        close_timeout=1,
    )


class _Sitting:
    """One person at one socket, from its first look to its end."""

    def __init__(self, person: Person, socket: ClientConnection) -> None:
        self._person, self._socket, self._history = person, socket, person.history
        self._number = person.history.open(person.side)
        self._about = {"contact": person.history.contact} if person.side == "volunteer" else {}
        self._asked: collections.deque[float] = collections.deque()  # when the looks under way were sent
        self._waiting: dict[str, float] = {}  # when the messages under way were said
        self._again: set[asyncio.Task[None]] = set()

    async def last(self) -> None:
        """Take part until the socket ends, the line is silent for too long, or the person hangs up."""
        parts = [self._listen, self._talk, self._keep_looking, self._watch, self._come_and_go]
        self._person.shuffle(parts)  # a look may come before what is said again, or after it
        tasks = [asyncio.ensure_future(part()) for part in parts]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (*tasks, *self._again):
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            with contextlib.suppress(WebSocketException, OSError):
                await self._socket.close()
            code = self._socket.protocol.close_rcvd
            self._history.note(self._number, "closed", code=str(code.code) if code else "")
            _raise_what_is_ours(ended)

    async def _come_and_go(self) -> None:
        await self._person.come_and_go(self._socket)

    # Speaking

    async def _send(self, op: str, **fields: Any) -> None:
        await self._socket.send(json.dumps({"op": op, **self._about, **fields}, ensure_ascii=False))

    async def _look(self) -> None:
        self._asked.append(time.monotonic())
        self._history.note(self._number, "look", seq=self._person.seen)
        await self._send("look", after=self._person.seen)

    async def _say(self, name: str, text: str) -> None:
        self._waiting[name] = time.monotonic()
        self._history.note(self._number, "say", id=name, text=text)
        await self._send("say", id=name, text=text)

    async def _talk(self) -> None:
        for name, text in list(self._person.pending.items()):
            await self._say(name, text)  # the same message again: nobody knows whether it was stored
        while True:
            await self._say(*await self._person.next_words())

    async def _say_again(self, name: str) -> None:
        await asyncio.sleep(AGAIN_AFTER)
        if name in self._person.pending:
            with contextlib.suppress(ConnectionClosed):
                await self._say(name, self._person.pending[name])

    async def _keep_looking(self) -> None:
        while True:
            await self._look()
            await asyncio.sleep(LOOK_EVERY)

    async def _watch(self) -> None:
        """Return when an answer is overdue: a stopped node or a cut wire says nothing."""
        while True:
            await asyncio.sleep(0.5)
            oldest = min([*self._waiting.values(), *self._asked], default=None)
            if oldest is not None and time.monotonic() - oldest > self._person.patience:
                self._person.in_vain()
                self._socket.transport.abort()
                return

    # Hearing

    async def _listen(self) -> None:
        async for raw in self._socket:
            frame = json.loads(raw)
            if frame["op"] in {"said", "idle", "more", "refused"}:
                await getattr(self, f"_{frame['op']}")(frame)

    async def _said(self, frame: Frame) -> None:
        seq, name = frame["seq"], frame["id"]
        self._history.note(self._number, "said", id=name, seq=seq, by=frame["by"], text=frame["text"])
        self._waiting.pop(name, None)
        self._person.hear(seq, name)
        if seq > self._person.seen and not self._asked:
            await self._look()

    async def _idle(self, frame: Frame) -> None:
        self._history.note(self._number, "idle", seq=frame["last"])
        self._asked.popleft()
        self._person.at_ease()

    async def _more(self, frame: Frame) -> None:
        self._history.note(self._number, "more", seq=frame["after"])
        self._asked.popleft()
        await self._look()

    async def _refused(self, frame: Frame) -> None:
        name, code, to = frame.get("id", ""), frame["code"], frame.get("to", "")
        self._history.note(self._number, "refused", id=name, code=code, by=to)
        self._waiting.pop(name, None)
        if to == "look":
            self._asked.popleft()
            await asyncio.sleep(AGAIN_AFTER)
            await self._look()
        elif name and code in TRY_AGAIN:
            task = asyncio.ensure_future(self._say_again(name))
            self._again.add(task)
            task.add_done_callback(self._again.discard)
        elif name:
            self._person.give_up(name)


def _raise_what_is_ours(ended: list[Any]) -> None:
    """A socket's end is expected; a mistake in this file is not."""
    for result in ended:
        if isinstance(result, Exception) and not isinstance(result, OSError | WebSocketException):
            raise result


class Unreadable(Exception):
    """A look at the end was refused; the text is the code."""


async def read_all(door: Door, cookie: str, side: Side, contact: str) -> list[Message]:
    """Return the whole conversation as a fresh socket of one side reads it by looking from 0 on. Raises Unreadable."""
    about = {"contact": contact} if side == "volunteer" else {}
    read: list[Message] = []
    async with asyncio.timeout(60), _knock(door, cookie, side) as socket:
        after: int | None = 0
        while after is not None:
            await socket.send(json.dumps({"op": "look", "after": after, **about}))
            after = await _read_page(socket, read)
    return read


async def _read_page(socket: ClientConnection, read: list[Message]) -> int | None:
    """Add what answers one look; return where to look again, or None at the end."""
    while True:
        frame = json.loads(await socket.recv())
        if frame["op"] == "said":
            read.append(Message(frame["seq"], frame["id"], frame["by"], frame["text"]))
        elif frame["op"] in {"idle", "more"}:
            return frame["after"] if frame["op"] == "more" else None
        elif frame["op"] == "refused":
            raise Unreadable(frame["code"])
