"""Tells systemd how this node stands: ready, alive, leaving; nothing is told where systemd did not start it."""

import asyncio
import contextlib
import os
import socket

READY, ALIVE, LEAVING = "READY=1", "WATCHDOG=1", "STOPPING=1"
SECOND = 1_000_000  # microseconds


def tell(word: str) -> None:
    """Send one word to the socket that systemd named; one that cannot be sent is missed by nobody but systemd."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    name = f"\0{address[1:]}" if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out, contextlib.suppress(OSError):
        out.setblocking(False)  # noqa: FBT003  the library's own way to say it
        out.sendto(word.encode(), name)


def patience() -> float:
    """Return the seconds without a word after which systemd ends this process; 0 when it does not watch it."""
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return 0.0
    return int(os.environ.get("WATCHDOG_USEC", "0")) / SECOND


async def keep_alive() -> None:
    """Say for ever that this loop turns, three times in the time that systemd waits; who hangs says nothing."""
    every = patience() / 3
    while every:
        tell(ALIVE)
        await asyncio.sleep(every)
