"""Stands between a node and a server it needs, and can cut, silence or delay what passes."""

import asyncio
import contextlib
import enum
from typing import Self


class Way(enum.Enum):
    """One direction of a connection."""

    OUT = "out"  # from the node to the server
    BACK = "back"  # from the server to the node


BOTH = frozenset(Way)


class Wire:
    """Listens on a loopback port of its own and passes everything on to ``port``.

    What is silenced waits, as it does on a network that comes back; what is cut is gone, both ends are told.
    """

    def __init__(self, port: int) -> None:
        self.port = 0
        self._target = port
        self._server: asyncio.Server | None = None
        self._closed = False
        self._delay = 0.0  # seconds
        self._open = {way: asyncio.Event() for way in Way}
        self._passing: set[asyncio.StreamWriter] = set()
        self.connections = 0

    async def __aenter__(self) -> Self:
        """Listen."""
        for way in Way:
            self._open[way].set()
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Cut everything and listen no more."""
        assert self._server is not None
        self._server.close()
        self.cut()
        self.heal()  # whoever still waits comes to an end

    def cut(self) -> None:
        """End every connection at once, and every new one until ``heal``."""
        self._closed = True
        for writer in list(self._passing):
            writer.transport.abort()

    def silence(self, ways: frozenset[Way] = BOTH) -> None:
        """Let nothing through these ways; connections stay open and learn nothing."""
        for way in ways:
            self._open[way].clear()

    def delay(self, seconds: float) -> None:
        """Let everything wait for so long."""
        self._delay = seconds

    def heal(self) -> None:
        """Let everything through again."""
        self._closed, self._delay = False, 0.0
        for way in Way:
            self._open[way].set()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._passing.add(writer)
        try:
            if not self._closed:
                await self._join(reader, writer)
        except OSError:
            pass  # the server is not there: the node is told as it would be without us
        finally:
            self._passing.discard(writer)
            writer.transport.abort()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, out = await asyncio.open_connection("127.0.0.1", self._target)
        self._passing.add(out)
        passing = [
            asyncio.ensure_future(self._pass(reader, out, Way.OUT)),
            asyncio.ensure_future(self._pass(back, writer, Way.BACK)),
        ]
        try:
            await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in passing:
                task.cancel()
            self._passing.discard(out)
            out.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                if self._delay:
                    await asyncio.sleep(self._delay)
                await self._open[way].wait()
                writer.write(data)
                await writer.drain()
