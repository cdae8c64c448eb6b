"""A WebSocket client that does what good ones refuse: floods, fragments, pings at will, and does not read."""

import asyncio
import base64
import os
import socket
import struct
import time
from pathlib import Path
from typing import Self

from tests.running_line import RunningLine

TEXT, BINARY, CLOSE, PING = 0x1, 0x2, 0x8, 0x9
MASK = b"\x00\x00\x00\x00"  # a mask of noughts leaves the payload as it is


def frame(payload: bytes, kind: int = TEXT, *, last: bool = True) -> bytes:
    """Return one frame as a client sends it."""
    first = bytes([(0x80 if last else 0) | kind])
    if len(payload) < 126:
        return first + bytes([0x80 | len(payload)]) + MASK + payload
    if len(payload) < 65_536:
        return first + b"\xfe" + struct.pack("!H", len(payload)) + MASK + payload
    return first + b"\xff" + struct.pack("!Q", len(payload)) + MASK + payload


class RawSocket:
    """One connection, used as ``async with RawSocket(line, cookie) as raw``; ``window`` bounds what it takes unread."""

    def __init__(self, line: RunningLine, cookie: str, *, window: int | None = None) -> None:
        self.line = line
        self.cookie = cookie
        self.socket = socket.socket()
        if window:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        self.socket.setblocking(False)

    async def __aenter__(self) -> Self:
        """Connect and shake hands."""
        try:
            await self._shake_hands()
        except BaseException:
            self.socket.close()
            raise
        return self

    async def _shake_hands(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.sock_connect(self.socket, ("127.0.0.1", self.line.port))
        key = base64.b64encode(os.urandom(16)).decode()
        head = (
            f"GET /ws/hablar/ HTTP/1.1\r\nHost: 127.0.0.1:{self.line.port}\r\nOrigin: {self.line.url}\r\n"
            f"Cookie: {self.cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: hotline.v1\r\n\r\n"
        )
        await loop.sock_sendall(self.socket, head.encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += await loop.sock_recv(self.socket, 1)
        assert b" 101 " in answer, answer

    async def __aexit__(self, *_error: object) -> None:
        """Hang up without a word."""
        self.socket.close()

    async def send(self, data: bytes) -> bool:
        """Send bytes; say whether the other side took them all."""
        try:
            await asyncio.wait_for(asyncio.get_running_loop().sock_sendall(self.socket, data), 10)
        except OSError:
            return False
        return True

    async def rest(self, within: float = 10) -> bytes:
        """Read until the other side has hung up; return what came."""
        loop, came = asyncio.get_running_loop(), b""
        try:
            async with asyncio.timeout(within):
                while piece := await loop.sock_recv(self.socket, 65_536):
                    came += piece
        except ConnectionError:
            pass
        return came


def close_code(came: bytes) -> int | None:
    """Return the code of the close frame with which a server's bytes end, or None after a plain cut."""
    at = came.rfind(b"\x88")
    return int.from_bytes(came[at + 2 : at + 4], "big") if at >= 0 and len(came) >= at + 4 else None


class Memory:
    """How much a process held at most since this was made, in bytes beyond what it held then."""

    def __init__(self, pid: int) -> None:
        self._folder = Path(f"/proc/{pid}")
        (self._folder / "clear_refs").write_text("5")  # the high-water mark begins anew
        self._before = self._read("VmRSS")
        self.began = time.monotonic()

    def _read(self, name: str) -> int:
        for line in (self._folder / "status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1_024
        raise LookupError(name)

    def grown(self) -> int:
        """Return the growth at its highest."""
        return self._read("VmHWM") - self._before
