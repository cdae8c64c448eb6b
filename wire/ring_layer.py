"""A channel layer over Redis Pub/Sub in as few steps as a ring needs: one group, and one in each process who hears it.

The Pub/Sub layer of channels_redis took nearly half of a node's loop for rings alone, as each went through a client,
its pool, its retries, a queue and a task (docs/PERFORMANCE.md). Its names and its packing are kept, so that nodes of
both versions hear each other; addresses, TLS, signing in and the wire itself are redis-py's.
"""

import asyncio
from typing import Any

import msgspec
from redis.asyncio.connection import ConnectionPool

ANSWER_TAKES = 5.0  # seconds in which Redis connects or answers
#: Seconds without a word after which who hears connects anew: each node hears its own pulse every two seconds.
SILENCE = 10.0


class _Line:
    """The two connections of a loop: one hears, the other sends."""

    def __init__(self, address: str) -> None:
        # The older of Redis' protocols: what is heard comes as a plain list.
        pool: Any = ConnectionPool.from_url(  # redis-py's connections are typed in part only
            address, protocol=2, socket_timeout=None, socket_connect_timeout=ANSWER_TAKES, health_check_interval=0
        )
        self._hearing, self._sending = pool.make_connection(), pool.make_connection()
        self._sent = False  # what Redis has not answered yet
        self._one_sends = asyncio.Lock()

    async def listen(self, name: str) -> None:
        """Hear a channel from now on, over a new connection. Raises redis.RedisError or OSError."""
        await self._hearing.disconnect(nowait=True)
        await self._hearing.connect()
        await self._hearing.send_command("SUBSCRIBE", name)
        await self._answer(self._hearing)

    async def hear(self) -> bytes:
        """Return what was sent next. Raises redis.RedisError, or ConnectionError after SILENCE."""
        heard = await self._hearing.read_response(timeout=SILENCE)
        if heard is None:
            message = "nothing was heard"
            raise ConnectionError(message)
        return bytes(heard[2])

    async def send(self, name: str, content: bytes) -> None:
        """Send on a channel. Raises redis.RedisError or OSError when this one, or the last one, was not taken.

        Nobody waits for the answer: it has long come when the next is sent. A loop that woke up for each would do
        nothing else with it.
        """
        async with self._one_sends:
            if self._sent and self._sending.is_connected:
                self._sent = False
                await self._answer(self._sending)
            if not self._sending.is_connected:
                await self._sending.connect()
            await self._sending.send_command("PUBLISH", name, content)
            self._sent = True

    async def close(self) -> None:
        """Close both, once what was sent is answered."""
        try:
            if self._sent:
                await self._answer(self._sending)
        finally:
            await self._hearing.disconnect()
            await self._sending.disconnect()

    @staticmethod
    async def _answer(connection: Any) -> None:
        if await connection.read_response(timeout=ANSWER_TAKES) is None:
            await connection.disconnect(nowait=True)
            message = "no answer came"
            raise ConnectionError(message)


class RingLayer:
    """The layer; ``host`` is an address as redis-py writes them. A loop has one channel, which hears one group."""

    def __init__(self, host: str) -> None:
        self._address = host
        self._lines: dict[asyncio.AbstractEventLoop, _Line] = {}

    def _line(self) -> _Line:
        loop = asyncio.get_running_loop()
        if loop not in self._lines:
            self._lines[loop] = _Line(self._address)
        return self._lines[loop]

    async def new_channel(self, prefix: str = "ring") -> str:
        """Return the name of this loop's channel."""
        return prefix

    async def group_add(self, group: str, channel: str) -> None:
        """Have the channel hear a group, over a new connection. Raises redis.RedisError or OSError."""
        del channel
        await self._line().listen(_named(group))

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Send to everybody in a group. Raises redis.RedisError or OSError when this or the last was not taken."""
        await self._line().send(_named(group), msgspec.msgpack.encode(message))

    async def receive(self, channel: str) -> dict[str, Any]:
        """Return the next message. Raises redis.RedisError, or ConnectionError after too long a silence."""
        del channel
        return msgspec.msgpack.decode(await self._line().hear(), type=dict[str, Any])

    async def close(self) -> None:
        """Close the connections of the running loop, which is about to end."""
        line = self._lines.pop(asyncio.get_running_loop(), None)
        if line is not None:
            await line.close()


def _named(group: str) -> str:
    """Return a group's channel in Redis, as channels_redis names it and the rules of ops/redis allow."""
    return f"asgi__group__{group}"
