"""The only file that speaks with the channel layer: «look again», never content; losing a ring loses nothing."""

import asyncio
import contextlib
import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction

from wire import hub
from wire.hub import Signal

logger = logging.getLogger(__name__)

GROUP = "doorbell"
NODE = secrets.token_hex(8)
PULSE_EVERY = 2.0  # seconds between two rings that every node, this one too, can count on
PULSE_LOST_AFTER = 5.0  # seconds without hearing oneself: the layer counts as away
SENDING_TAKES = 5.0  # seconds after which a ring that cannot be handed over counts as lost

_loop: asyncio.AbstractEventLoop | None = None
_thread = 0  # in which it runs
_read_said: Callable[[list[str]], None] | None = None


def attach() -> None:
    """Make the running loop the one on which this process's rooms live."""
    global _loop, _thread  # one loop serves a process, and threads must find it
    _loop, _thread = asyncio.get_running_loop(), threading.get_ident()


def when_said_elsewhere(read: Callable[[list[str]], None]) -> None:
    """Have ``read`` called with the rooms in which something was said at another node (loop thread)."""
    global _read_said  # noqa: PLW0603  the app that knows the rows is above this one
    _read_said = read


def _several_nodes() -> bool:
    return bool(settings.REDIS_URL)


# Ringing ------------------------------------------------------------------------------------------------------------


def ring(*rooms: str) -> None:
    """Ring rooms here and on other nodes; inside a transaction once it is committed. May be called from any thread."""
    transaction.on_commit(lambda: _ring_everywhere(rooms), robust=True)


def _ring_everywhere(rooms: Iterable[str]) -> None:
    if _loop is not None and not _loop.is_closed():
        with contextlib.suppress(RuntimeError):  # the loop closed in between: nobody sits here any more
            _loop.call_soon_threadsafe(_ring_here, tuple(rooms))
            ring_others(rooms)
    elif _several_nodes():
        _ring_from_command(list(rooms))


def _ring_here(rooms: Iterable[str]) -> None:
    for room in rooms:
        hub.ring(room)


def _ring_from_command(rooms: list[str]) -> None:
    """A management command has no loop of its own; it rings the nodes and goes."""
    with contextlib.suppress(Exception):
        message = {"type": "ring", "node": NODE, "number": 0, "rooms": rooms, "said": [], "signals": []}
        async_to_sync(_hand_over_and_go)(message)


def ring_others(rooms: Iterable[str]) -> None:
    """Ring rooms on other nodes only: what was committed was delivered here already. May be called from any thread."""
    if _several_nodes() and _loop is not None:
        _outgoing.put(_loop, rooms)


def said_here(rooms: Iterable[str]) -> None:
    """Tell the other nodes in which rooms something was said: there they read it, once for all. From any thread."""
    if _several_nodes() and _loop is not None:
        _outgoing.put(_loop, (), said=rooms)


def signal(passing: Signal) -> None:
    """Let everybody in a room know something in passing, here at once and on the other nodes (loop thread only)."""
    hub.deliver(passing.room, passing)
    if _several_nodes() and _loop is not None:
        _outgoing.put(_loop, (), passing)


def signal_soon(passing: Signal) -> None:
    """Let everybody in a room know something in passing, once the transaction is committed; from any thread."""
    transaction.on_commit(lambda: _signal_from_thread(passing), robust=True)


def _signal_from_thread(passing: Signal) -> None:
    if _loop is not None and not _loop.is_closed():
        with contextlib.suppress(RuntimeError):  # the loop closed in between: nobody sits here any more
            _loop.call_soon_threadsafe(signal, passing)


async def _hand_over(message: dict[str, Any]) -> None:
    layer = get_channel_layer()
    if layer is not None:
        async with asyncio.timeout(SENDING_TAKES):
            await layer.group_send(GROUP, message)


async def _hand_over_and_go(message: dict[str, Any]) -> None:
    layer: Any = get_channel_layer()
    try:
        await _hand_over(message)
    finally:
        await layer.close()


class _Outgoing:
    """What the other nodes are yet to be told: while one message is on its way, the next one gathers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rooms: dict[str, None] = {}
        self._said: dict[str, None] = {}
        self._signals: dict[tuple[str, str, bool], Signal] = {}
        self._number = 0
        self._task: asyncio.Task[None] | None = None

    def put(
        self,
        loop: asyncio.AbstractEventLoop,
        rooms: Iterable[str],
        passing: Signal | None = None,
        said: Iterable[str] = (),
    ) -> None:
        """Add rooms and a signal to the next message; of several signals of one kind the last counts."""
        with self._lock:
            first = not self._something()
            self._rooms.update(dict.fromkeys(rooms))
            self._said.update(dict.fromkeys(said))
            if passing is not None:
                self._signals[passing.room, passing.by, passing.seq is None] = passing
        if first and threading.get_ident() == _thread:
            loop.call_soon(self._start)  # nobody need wake it
        elif first:
            loop.call_soon_threadsafe(self._start)

    def _something(self) -> bool:
        return bool(self._rooms or self._said or self._signals)

    def _start(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._send_all())

    async def _send_all(self) -> None:
        while self._something():
            await self.send()

    async def send(self) -> None:
        """Send what has gathered, be it nothing. Each message has the next number, so that a lost one is missed."""
        with self._lock:
            rooms, signals = list(self._rooms), [list(passing) for passing in self._signals.values()]
            said = list(self._said)
            self._rooms, self._said, self._signals = {}, {}, {}
            self._number += 1
            number = self._number
        message = {"type": "ring", "node": NODE, "number": number, "rooms": rooms, "said": said, "signals": signals}
        try:
            await _hand_over(message)
        except Exception as error:  # noqa: BLE001  whatever the layer throws, nobody's receipt may suffer
            _pulse.lose(type(error).__name__)


# Hearing ------------------------------------------------------------------------------------------------------------


class Pulse:
    """Whether this node hears everything that is rung over the layer; where it may not have, every room looks."""

    def __init__(self) -> None:
        self.lost = False
        self._heard_at = time.monotonic()
        self._nodes: dict[str, tuple[int, float]] = {}  # the number of the last message of each, and when it came

    def begin(self) -> None:
        """Count silence from now on: the start of a node may take longer than the layer may be silent."""
        self._heard_at = time.monotonic()

    def hear(self, node: str, number: int) -> None:
        """Note the next message of a node; a number that was skipped is a message that got lost.

        Number 0 is a command's, which rings once and goes: nobody waits for more of it.
        """
        if number == 0:
            return
        now = time.monotonic()
        known, _at = self._nodes.get(node, (0, now))
        missed = number > known + 1
        self._nodes[node] = max(known, number), now
        if node == NODE:
            self._heard_at = now
            missed = missed or self.lost
            self._find()
        if missed:
            hub.ring_all()

    def lose(self, why: str) -> None:
        """Note that the layer is away: rooms look by themselves until it is back."""
        if not self.lost:
            logger.warning("the channel layer is away (%s): rooms look by themselves", why)
        self.lost = True

    def _find(self) -> None:
        if self.lost:
            logger.warning("the channel layer is back")
        self.lost = False

    def check(self) -> None:
        """While the layer is away, every room looks at the rows at each pulse: slower, and nothing is lost.

        So it does once when another node has fallen silent: its last ring may have died with it.
        """
        now = time.monotonic()
        if now - self._heard_at > PULSE_LOST_AFTER:
            self.lose("silence")
        silent = [node for node, (_number, at) in self._nodes.items() if now - at > PULSE_LOST_AFTER]
        for node in silent:
            del self._nodes[node]
        if self.lost or silent:
            hub.ring_all()


_outgoing = _Outgoing()
_pulse = Pulse()


def is_away() -> bool:
    """Say whether the other nodes cannot be rung now (never, where there are none)."""
    return _several_nodes() and _pulse.lost


async def _beat() -> None:
    while True:
        await _outgoing.send()
        await asyncio.sleep(PULSE_EVERY)
        _pulse.check()


def _said_elsewhere(rooms: list[str]) -> None:
    here = [room for room in rooms if not hub.is_empty(room)]
    if here and _read_said is not None:
        _read_said(here)


async def _hear() -> None:
    layer: Any = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(GROUP, channel)
    while True:
        message = await layer.receive(channel)
        _pulse.hear(message["node"], message["number"])
        if message["node"] != NODE:
            _ring_here(message["rooms"])
            _said_elsewhere(message["said"])
            for passing in message["signals"]:
                hub.deliver(passing[0], Signal(*passing))


async def listen() -> None:
    """Hear other nodes' rings for ever; a layer that is away is joined again."""
    attach()
    if not _several_nodes():
        return
    _pulse.begin()
    beating = asyncio.get_running_loop().create_task(_beat())
    try:
        while True:
            try:
                await _hear()
            except Exception as error:  # noqa: BLE001  the layer's errors are of many kinds
                _pulse.lose(type(error).__name__)
                await asyncio.sleep(1)
    finally:
        beating.cancel()
