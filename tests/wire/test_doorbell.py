"""Rings between nodes over a layer that may lose them, fail, or be away."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from tests.wire.test_hub import Listener
from wire import doorbell, hub
from wire.hub import Signal


class Layer:
    """A channel layer in this process that can lose messages or be away."""

    def __init__(self) -> None:
        self.away = False
        self.losing = False
        self.sent: list[dict[str, Any]] = []
        self.door = asyncio.Event()
        self.door.set()
        self._coming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def new_channel(self) -> str:
        return "one"

    async def group_add(self, _group: str, _channel: str) -> None:
        if self.away:
            raise ConnectionError

    async def receive(self, _channel: str) -> dict[str, Any]:
        return await self._coming.get()

    async def group_send(self, _group: str, message: dict[str, Any]) -> None:
        await self.door.wait()
        if self.away:
            raise ConnectionError
        self.sent.append(message)
        if not self.losing:
            self.come(message)

    def come(self, message: dict[str, Any]) -> None:
        self._coming.put_nowait(message)

    def from_another(
        self, number: int, *rooms: str, signals: tuple[list[Any], ...] = (), said: tuple[str, ...] = ()
    ) -> None:
        heard = {"rooms": list(rooms), "said": list(said), "signals": list(signals)}
        self.come({"type": "ring", "node": "another", "number": number, **heard})

    def rooms_sent(self) -> list[list[str]]:
        return [sorted(message["rooms"]) for message in self.sent if message["rooms"]]


@pytest.fixture
async def layer(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> AsyncIterator[Layer]:
    """Serve one node that hears over a layer; its pulse is quick."""
    layer = Layer()
    settings.REDIS_URL = "redis://nowhere"
    monkeypatch.setattr(doorbell, "get_channel_layer", lambda: layer)
    monkeypatch.setattr(doorbell, "PULSE_EVERY", 0.03)
    monkeypatch.setattr(doorbell, "PULSE_LOST_AFTER", 0.1)
    monkeypatch.setattr(doorbell, "_pulse", doorbell.Pulse())
    listening = asyncio.ensure_future(doorbell.listen())
    await asyncio.sleep(0.02)
    yield layer
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


@pytest.fixture
async def seat() -> AsyncIterator[Listener]:
    seat = Listener()
    hub.join("here", seat)
    yield seat
    hub.part("here", seat)


async def soon() -> None:
    await asyncio.sleep(0.02)


async def test_a_ring_of_another_node_is_heard_here(layer: Layer, seat: Listener) -> None:
    layer.from_another(1, "here", "elsewhere")
    await soon()
    assert seat.rung == ["here"]


@pytest.mark.django_db(transaction=True)
async def test_a_ring_inside_a_transaction_is_heard_once_it_is_committed_here_and_elsewhere(
    layer: Layer, seat: Listener
) -> None:
    heard_inside: list[str] = []

    def work() -> None:
        with transaction.atomic():
            doorbell.ring("here")
            time.sleep(0.05)
            heard_inside.extend(seat.rung)
        connection.close()

    await asyncio.to_thread(work)
    await soon()
    assert heard_inside == []
    assert seat.rung == ["here"]
    assert layer.rooms_sent() == [["here"]]


@pytest.mark.django_db(transaction=True)
async def test_what_passes_may_be_told_from_any_thread_and_is_heard_here_and_elsewhere(
    layer: Layer, seat: Listener
) -> None:
    heard_inside: list[Any] = []

    def work() -> None:
        with transaction.atomic():
            doorbell.signal_soon(Signal("here", "caller"))
            time.sleep(0.05)
            heard_inside.extend(seat.heard)
        connection.close()

    await asyncio.to_thread(work)
    await soon()
    assert heard_inside == []
    assert seat.heard == [Signal("here", "caller")]
    assert [message["signals"] for message in layer.sent if message["signals"]] == [[["here", "caller", None]]]


async def test_ringing_the_others_rings_nobody_here(layer: Layer, seat: Listener) -> None:
    doorbell.ring_others(["here"])
    await soon()
    assert seat.rung == []
    assert layer.rooms_sent() == [["here"]]


async def test_what_gathers_while_a_message_is_on_its_way_becomes_one(layer: Layer) -> None:
    layer.door.clear()
    doorbell.ring_others(["a"])
    await soon()
    for room in ("b", "c", "b"):
        doorbell.ring_others([room])
    layer.door.set()
    await soon()
    assert layer.rooms_sent() == [["a"], ["b", "c"]]


async def test_what_is_said_here_is_told_and_what_is_said_elsewhere_is_read_where_somebody_sits(
    layer: Layer, seat: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[list[str]] = []
    monkeypatch.setattr(doorbell, "_read_said", read.append)
    doorbell.said_here(["here"])
    await soon()
    assert [message["said"] for message in layer.sent if message["said"]] == [["here"]]
    layer.from_another(1, said=("nobody", "here"))
    await soon()
    assert (read, seat.rung) == ([["here"]], [])


async def test_a_signal_is_delivered_here_at_once_and_on_other_nodes(layer: Layer, seat: Listener) -> None:
    doorbell.signal(Signal("here", "caller", 7))
    assert seat.heard == [Signal("here", "caller", 7)]
    await soon()
    assert [message["signals"] for message in layer.sent if message["signals"]] == [[["here", "caller", 7]]]
    layer.from_another(1, signals=(["here", "volunteer", None],))
    await soon()
    assert seat.heard[1:] == [Signal("here", "volunteer")]


async def test_a_message_that_got_lost_makes_every_room_look(layer: Layer, seat: Listener) -> None:
    layer.from_another(1)
    layer.from_another(2)
    await soon()
    assert seat.rung == []
    layer.from_another(4)
    await soon()
    assert seat.rung == ["here"]


async def test_while_the_layer_is_away_rooms_look_by_themselves_and_once_more_when_it_is_back(
    layer: Layer, seat: Listener
) -> None:
    layer.away = True
    doorbell.ring_others(["elsewhere"])
    await asyncio.sleep(0.2)
    assert len(seat.rung) >= 2
    layer.away = False
    await asyncio.sleep(0.1)
    heard = len(seat.rung)
    await asyncio.sleep(0.2)
    assert len(seat.rung) == heard


async def test_a_layer_that_takes_messages_and_delivers_none_counts_as_away(layer: Layer, seat: Listener) -> None:
    layer.losing = True
    await asyncio.sleep(0.3)
    assert seat.rung


async def test_a_node_that_falls_silent_makes_every_room_look_once(layer: Layer, seat: Listener) -> None:
    layer.from_another(1)
    await asyncio.sleep(0.05)
    assert seat.rung == []
    await asyncio.sleep(0.3)
    assert seat.rung == ["here"]


async def test_a_command_that_rings_and_goes_is_no_node_that_fell_silent(layer: Layer, seat: Listener) -> None:
    layer.from_another(0, "elsewhere")
    await asyncio.sleep(0.3)
    assert seat.rung == []
