"""Whoever has no page open in a circle's room for a minute is gone from it; kept in memory, as no row says when.

Whoever works without script has no socket and is not watched: they stay until they step out.
"""

import asyncio
import uuid
from typing import Any

from reflection import live, rooms
from wire import hub, pool

AWAY_AFTER = 60.0  # seconds without a page of theirs at any node: a phone that loses its signal is not gone at once


class Absence:
    """Waits in a circle's room, where sockets sit, for a page of somebody who closed one (loop thread only)."""

    def __init__(self, circle_id: uuid.UUID, member_id: uuid.UUID) -> None:
        self.circle_id, self.member_id = circle_id, member_id
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Ask for other pages of theirs, at every node; one that answers, or comes in time, ends this."""
        hub.join(rooms.room_of(self.circle_id), self)
        self._timer = asyncio.get_running_loop().call_later(AWAY_AFTER, self._is_over)
        rooms.look_for(self.circle_id, self.member_id)

    def hear(self, event: Any) -> None:
        """Take word that they have a page open."""
        if rooms.found(event) == self.member_id:
            self._end()

    def look_again(self, room: str) -> None:
        """Do nothing: rows tell nothing of pages."""

    def _end(self) -> None:
        hub.part(rooms.room_of(self.circle_id), self)
        if self._timer is not None:
            self._timer.cancel()

    def _is_over(self) -> None:
        self._end()
        pool.later(live.lapse, self.member_id, self.circle_id)
