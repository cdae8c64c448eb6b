"""Keeps what one socket hears of one contact in order and without gaps, live and when catching up."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable

import msgspec

from chat.protocol import Idle, More
from chat.snapshot import Page
from chat.transcript import AT_ONCE, Spoken

#: Seconds that live messages wait for a client's next ``look`` after it connected or was told ``more``:
#: without the wait, a new message could overtake older ones that the client is about to ask for.
HOLD = 1.0

Fetch = Callable[[uuid.UUID, int], Awaitable[Page | None]]


class Reader:
    """One socket's place in one contact.

    ``cursor`` is the number of the last message this socket was sent. A live message goes out at once if it is the
    next one; anything else makes the reader catch up from the rows. One task at a time reads for it.
    """

    def __init__(
        self,
        contact_id: uuid.UUID,
        *,
        cursor: int,
        for_desk: bool,
        fetch: Fetch,
        send: Callable[[msgspec.Struct], None],
    ) -> None:
        self.contact_id = contact_id
        self.cursor = cursor
        self.for_desk = for_desk
        self._fetch = fetch
        self._send = send
        self._lock = asyncio.Lock()
        self._behind = False
        self._held: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def hold(self) -> None:
        """Let live messages wait up to HOLD seconds for the client's next look."""
        self.release()
        self._held = asyncio.get_running_loop().call_later(HOLD, self._let_go)

    def release(self) -> None:
        """Stop waiting for a look."""
        if self._held:
            self._held.cancel()
            self._held = None

    def _let_go(self) -> None:
        self._held = None
        if self._behind:
            self.catch_up()

    def hear(self, message: Spoken) -> None:
        """Take a message that was just committed in this process."""
        if message.seq <= self.cursor:
            return
        if self._held or self._lock.locked() or message.seq != self.cursor + 1:
            self.catch_up()
        else:
            self.cursor = message.seq
            self._send(message.frame(for_desk=self.for_desk))

    def catch_up(self) -> None:
        """Send, from the rows, whatever this socket misses (soon; several calls become one)."""
        self._behind = True
        if not self._held and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._catch_up())

    async def _catch_up(self) -> None:
        async with self._lock:
            while self._behind and not self._held:
                self._behind = False
                page = await self._fetch(self.contact_id, self.cursor)
                if page is None:
                    return
                self._deliver(page.messages)
                self._behind = self._behind or self.cursor < page.last

    def _deliver(self, messages: list[Spoken]) -> None:
        for message in messages:
            self.cursor = message.seq
            self._send(message.frame(for_desk=self.for_desk))

    async def look(self, after: int) -> bool:
        """Answer a client's look; return False when ``after`` lies beyond the last message."""
        self.release()
        async with self._lock:
            page = await self._fetch(self.contact_id, after)
            if page is None:
                return True
            if after > page.last:
                return False
            self.cursor = after
            self._behind = False
            self._deliver(page.messages)
            self._answer(page)
        if self._behind:
            self.catch_up()
        return True

    def _answer(self, page: Page) -> None:
        contact = str(self.contact_id) if self.for_desk else None
        if len(page.messages) >= AT_ONCE and self.cursor < page.last:
            self._behind = True
            self.hold()
            self._send(More(contact=contact, after=self.cursor))
        else:
            self._behind = self._behind or self.cursor < page.last
            self._send(Idle(contact=contact, last=self.cursor, state=page.state))

    def close(self) -> None:
        """Forget timers and tasks when the socket goes."""
        self.release()
        if self._task:
            self._task.cancel()
