"""Rings over a real Redis, as shipped: heard by all, by nodes of the version before too, and after it was away."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from channels_redis.pubsub import RedisPubSubChannelLayer
from redis.exceptions import NoPermissionError, RedisError

from ops.stores import Redis
from wire import ring_layer
from wire.ring_layer import RingLayer

RING = {"type": "ring", "node": "one", "number": 7, "rooms": ["a"], "said": ["b"], "signals": [["c", "caller", None]]}


@pytest.fixture
async def nodes(redis: Redis) -> AsyncIterator[list[RingLayer]]:
    """Return the layers of two nodes that hear the same group."""
    layers = [RingLayer(host=redis.url), RingLayer(host=redis.url)]
    for layer in layers:
        await layer.group_add("doorbell", await layer.new_channel())
    yield layers
    for layer in layers:
        await layer.close()


async def heard(layer: Any, channel: str = "ring") -> dict[str, Any]:
    async with asyncio.timeout(5):
        message: dict[str, Any] = await layer.receive(channel)
        return message


async def test_what_one_sends_everybody_hears_in_order_who_sent_it_too(nodes: list[RingLayer]) -> None:
    for number in range(50):
        await nodes[0].group_send("doorbell", {**RING, "number": number})
    for node in nodes:
        assert [await heard(node) for _one in range(50)] == [{**RING, "number": number} for number in range(50)]


async def test_many_may_send_at_once(nodes: list[RingLayer]) -> None:
    await asyncio.gather(*[nodes[0].group_send("doorbell", {"number": number}) for number in range(20)])
    assert sorted([(await heard(nodes[1]))["number"] for _one in range(20)]) == list(range(20))


async def test_nodes_of_the_version_before_hear_and_are_heard(redis: Redis, nodes: list[RingLayer]) -> None:
    before = RedisPubSubChannelLayer(hosts=[redis.url])
    channel = await before.new_channel()
    await before.group_add("doorbell", channel)
    await nodes[0].group_send("doorbell", RING)
    assert await heard(before, channel) == RING
    await before.group_send("doorbell", {**RING, "number": 8})
    assert [(await heard(nodes[1]))["number"] for _one in range(2)] == [7, 8]
    await before.flush()


async def test_a_redis_that_goes_is_missed_and_heard_again_once_it_is_back(
    redis: Redis, nodes: list[RingLayer]
) -> None:
    listening = asyncio.ensure_future(heard(nodes[0]))
    await asyncio.sleep(0.05)
    await asyncio.to_thread(redis.kill)
    with pytest.raises((RedisError, OSError)):
        await listening
    with pytest.raises((RedisError, OSError)):  # noqa: PT012  whether the first or the next, nobody is told for ever
        for _one in range(3):
            await nodes[1].group_send("doorbell", RING)
    with pytest.raises((RedisError, OSError)):
        await nodes[0].group_add("doorbell", "ring")
    await asyncio.to_thread(redis.start)
    await nodes[0].group_add("doorbell", "ring")
    await nodes[1].group_send("doorbell", {**RING, "number": 9})
    assert (await heard(nodes[0]))["number"] == 9


async def test_a_connection_on_which_nothing_comes_any_more_is_given_up(
    nodes: list[RingLayer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ring_layer, "SILENCE", 0.1)
    with pytest.raises(ConnectionError):
        await nodes[0].receive("ring")
    await nodes[0].group_add("doorbell", "ring")
    await nodes[1].group_send("doorbell", RING)
    assert await heard(nodes[0]) == RING


async def test_who_gets_no_answer_says_so_and_begins_anew(
    redis: Redis, nodes: list[RingLayer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ring_layer, "ANSWER_TAKES", 0.2)
    await nodes[0].group_send("doorbell", RING)
    await heard(nodes[1])
    assert redis.process is not None
    redis.process.send_signal(signal.SIGSTOP)
    try:
        with pytest.raises((RedisError, OSError)):  # noqa: PT012  the first may still find the last one's answer
            for _one in range(2):
                await nodes[0].group_send("doorbell", RING)
    finally:
        redis.process.send_signal(signal.SIGCONT)
    await nodes[0].group_send("doorbell", {**RING, "number": 9})
    while (await heard(nodes[1]))["number"] != 9:
        pass


async def test_what_redis_refuses_is_known_by_the_next(nodes: list[RingLayer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ring_layer, "_named", lambda group: group)  # no channel that the rules allow
    await nodes[0].group_send("doorbell", RING)
    with pytest.raises(NoPermissionError):
        await nodes[0].group_send("doorbell", RING)


def _connections() -> int:
    return sum(str(one.readlink()).startswith("socket:") for one in Path("/proc/self/fd").iterdir() if one.is_symlink())


def test_a_command_that_ends_leaves_no_connection_of_its_loop(redis: Redis) -> None:
    layer, before = RingLayer(host=redis.url), _connections()

    async def ring() -> None:
        await layer.group_send("doorbell", RING)
        await layer.close()

    for _command in range(3):
        asyncio.run(ring())
    assert layer._lines == {}
    assert _connections() == before
