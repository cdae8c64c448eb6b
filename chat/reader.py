"""Keeps what one socket hears of one contact in order and without gaps, live and when catching up."""

import asyncio
import logging
import uuid
from typing import Protocol

import msgspec
from django.conf import settings
from django.db import DatabaseError
from django.utils import translation

from chat.protocol import Idle, More
from chat.snapshot import Page
from chat.transcript import AT_ONCE, Spoken

logger = logging.getLogger(__name__)

#: Seconds that live messages wait for a client's next ``look`` after it connected or was told ``more``:
#: without the wait, a new message could overtake older ones that the client is about to ask for.
HOLD = 1.0


class Outlet(Protocol):
    """The socket for which a reader reads."""

    async def fetch(self, contact_id: uuid.UUID, after: int) -> Page | None:
        """Return what comes after a number."""

    def send(self, frame: msgspec.Struct) -> None:
        """Send a frame, after those before it."""

    async def room(self) -> None:
        """Wait until the other end has read enough for more."""

    def hold_back(self, size: int) -> None:
        """Note that so many bytes wait for the other end to read."""


class Reader:
    """One socket's place in one contact.

    ``cursor`` is the number of the last message this socket was sent. A live message goes out at once if it is the
    next one; anything else makes the reader catch up from the rows. One task at a time reads for it.
    """

    def __init__(
        self, contact_id: uuid.UUID, outlet: Outlet, *, cursor: int, for_desk: bool, me: uuid.UUID | None = None
    ) -> None:
        self.contact_id = contact_id
        self.cursor = self.highest = cursor  # ``highest``: of the messages that exist, as far as this socket knows
        self.for_desk = for_desk
        self.me = me  # the member at that desk
        self.language = settings.LANGUAGE_CODE  # of the page: a caller's may be another
        self._outlet = outlet
        self._lock = asyncio.Lock()
        self._behind = False  # something was said or rung that has to be read
        self._owed: list[Spoken] = []
        self._held_back = 0  # bytes said while an answer waits for the other end to read
        self._held: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def hold(self) -> None:
        """Let live messages wait up to HOLD seconds for the client's next look; without one, they come then."""
        self._stop_holding()
        self._held = asyncio.get_running_loop().call_later(HOLD, self.release)

    def release(self) -> None:
        """Stop waiting for a look; what came meanwhile goes out."""
        self._stop_holding()
        if self._behind:
            self.catch_up()

    def _stop_holding(self) -> None:
        if self._held:
            self._held.cancel()
            self._held = None

    def hear(self, message: Spoken) -> None:
        """Take a message that was just committed in this process."""
        self.highest = max(self.highest, message.seq)
        if message.seq <= self.cursor:
            return
        if self._held or self._lock.locked():
            self._held_back += len(message.text.encode())
            self._outlet.hold_back(self._held_back)
            self.catch_up()
        elif message.seq != self.cursor + 1:
            self.catch_up()
        else:
            self._pass_on(message)

    def answer_again(self, message: Spoken) -> None:
        """Answer a message that was said before under the same id: in its order if this socket never heard it."""
        if message.seq > self.cursor:
            self._owed.append(message)
            self.catch_up()
        else:
            self._send(message)

    def _pay(self, sent: set[int]) -> None:
        """Answer whoever said something again before its turn had come; each of ``sent`` is an answer already."""
        owed, self._owed = self._owed, []
        for message in owed:
            if message.seq in sent:
                sent.remove(message.seq)
            else:
                self.answer_again(message)

    async def reaches(self, seq: int) -> bool:
        """Say whether a message with this number exists."""
        if seq > self.highest:
            page = await self._outlet.fetch(self.contact_id, seq)
            self.highest = max(self.highest, page.last if page else 0)
        return seq <= self.highest

    def reach(self, last: int) -> None:
        """Have this socket sent whatever it misses of the messages up to ``last``, which was just read."""
        self.highest = max(self.highest, last)
        if self._behind or last > self.cursor:
            self.catch_up()

    def catch_up(self) -> None:
        """Send, from the rows, whatever this socket misses (soon; several calls become one)."""
        self._behind = True
        if not self._held and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._catch_up())

    async def _catch_up(self) -> None:
        async with self._lock:
            while self._behind and not self._held:
                self._behind = False  # before they are read: what is heard meanwhile may not be there
                try:
                    page = await self._outlet.fetch(self.contact_id, self.cursor)
                except DatabaseError as error:
                    self._behind = True  # until the next message or look
                    logger.warning("a conversation could not be read (%s)", type(error).__name__)
                    return
                if page is None:
                    return
                await self._deliver(page)
                self._behind = self._behind or self.cursor < page.last

    def _pass_on(self, message: Spoken) -> None:
        self.cursor = message.seq
        self._send(message)

    def _send(self, message: Spoken) -> None:
        if not message.line_key:
            self._outlet.send(message.frame(for_desk=self.for_desk, me=self.me))
            return
        with translation.override(self.language):
            self._outlet.send(message.frame(for_desk=self.for_desk, me=self.me))

    async def _deliver(self, page: Page) -> None:
        self.highest = max(self.highest, page.last)
        for message in page.messages:
            await self._outlet.room()
            self._pass_on(message)
        self._held_back = 0
        self._pay({message.seq for message in page.messages})

    def settle(self, after: int, last: int, state: str) -> bool:
        """Answer a look that misses nothing without reading messages; say whether it could be answered so.

        ``last`` and ``state`` were just read. Most looks are such: they are the heartbeat of whoever waits.
        """
        if not after == last == self.cursor or self._behind or self._lock.locked():
            return False
        self._stop_holding()
        self._outlet.send(Idle(contact=str(self.contact_id) if self.for_desk else None, last=last, state=state))
        return True

    async def look(self, after: int) -> bool:
        """Answer a client's look; return False when ``after`` lies beyond the last message."""
        self._stop_holding()
        async with self._lock:
            behind, self._behind = self._behind, False
            page = await self._outlet.fetch(self.contact_id, after)
            taken = page is None or after <= page.last
            if page is not None and taken:
                self.cursor = after
                await self._deliver(page)
                self._answer(page)
            else:
                self._behind = self._behind or behind
        if self._behind:
            self.catch_up()
        return taken

    def _answer(self, page: Page) -> None:
        contact = str(self.contact_id) if self.for_desk else None
        if len(page.messages) >= AT_ONCE and self.cursor < page.last:
            self._behind = True
            self.hold()
            self._outlet.send(More(contact=contact, after=self.cursor))
        else:
            self._behind = self._behind or self.cursor < page.last
            self._outlet.send(Idle(contact=contact, last=self.cursor, state=page.state))

    def close(self) -> None:
        """Forget timers and tasks when the socket goes."""
        self._stop_holding()
        if self._task:
            self._task.cancel()
