"""Tells the callers who wait that their place has changed: one reading of the queue for all pages of this process."""

import asyncio
import logging
import time
import uuid
from typing import Any, Protocol

from django.db import DatabaseError

from triage import queue
from wire import hub, pool

logger = logging.getLogger(__name__)

BOARD = "board"  # is rung whenever somebody begins or ceases to wait, to talk or to be ready
WAITING = "waiting"  # the room of the pages of this process that wait
EVERY = 1.0  # seconds between two readings, however much changes
SHARE = 0.02  # of the time is read at most: a long queue is read more rarely
RARELY = 5.0  # seconds between two readings at most, however long one takes
STALE_AFTER = 10.0  # seconds: shares of targets and leases run on without a ring


class Page(hub.Seat, Protocol):
    """A caller's page that waits."""

    contact_id: uuid.UUID

    def stand(self, reading: queue.Reading) -> None:
        """Take where this caller stands by a new reading of the queue."""


class Usher:
    """Sits in the board's room while anybody waits here, and tells each page its place when the board changes."""

    def __init__(self) -> None:
        self._rung = False
        self._task: asyncio.Task[None] | None = None
        self._reading: queue.Reading | None = None
        self._read_at = 0.0

    def reading(self) -> queue.Reading | None:
        """Return the last reading of the queue, if anybody waits here: who looks need not count it."""
        if self._reading and time.monotonic() - self._read_at > STALE_AFTER:
            self.look_again(BOARD)
        return self._reading

    def seat(self, page: Page) -> None:
        """Tell this page from now on."""
        if hub.is_empty(WAITING):
            hub.join(BOARD, self)
            self.look_again(BOARD)
        hub.join(WAITING, page)

    def release(self, page: Page) -> None:
        """Tell this page no more."""
        hub.part(WAITING, page)
        if hub.is_empty(WAITING):
            hub.part(BOARD, self)
            self._reading = None  # from now on nobody rings when it changes

    def hear(self, event: Any) -> None:
        """Nothing is said in the board's room."""

    def look_again(self, room: str) -> None:
        """Read the queue soon; several calls become one."""
        del room
        loop = asyncio.get_running_loop()
        self._rung = True
        if self._task is None or self._task.done() or self._task.get_loop() is not loop:
            self._task = loop.create_task(self._tell_all())

    async def _tell_all(self) -> None:
        while self._rung:
            self._rung = False
            began = time.monotonic()
            try:
                reading = await pool.run(queue.Reading)
            except DatabaseError as error:
                logger.warning("the queue could not be read (%s); each page's next look heals it", type(error).__name__)
                return
            if hub.is_empty(WAITING):
                return
            self._reading, self._read_at = reading, time.monotonic()
            for page in hub.seats(WAITING):
                page.stand(reading)
            pause = (time.monotonic() - began) / SHARE
            await asyncio.sleep(min(max(EVERY, pause), RARELY))


USHER = Usher()
