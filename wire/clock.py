"""The one clock by which the line judges who is there: the database's, carried on steadily by each process."""

import datetime
import logging
import time

from django.db import connection
from django.utils import timezone

logger = logging.getLogger(__name__)

PRECISE = 1.0  # seconds that a reading may take; of a slower one nobody knows when it was true
JUMP = 3.0  # seconds by which a reading may be off before it counts as a jump
LENIENT = 120.0  # seconds after a jump forward in which everybody's sign of life is written anew
NONE = datetime.timedelta(0)


class Clock:
    """Read once a second, it goes on steadily in between, whatever happens to the clock of this machine.

    Nodes whose own clocks differ thus agree on PostgreSQL; a node on files reads its machine's clock.
    """

    def __init__(self) -> None:
        self._read: tuple[datetime.datetime, float] | None = None
        self._leeway = NONE
        self._lenient_until = 0.0

    def now(self) -> datetime.datetime:
        """Return the line's time; where it was never read (in a command), this machine's."""
        if self._read is None:
            return timezone.now()
        at, steady = self._read
        return at + datetime.timedelta(seconds=time.monotonic() - steady)

    def read(self) -> None:
        """Read the database's clock and go on from there. Raises django.db.DatabaseError."""
        began = time.monotonic()
        at = _of_the_database()
        if time.monotonic() - began > PRECISE:
            return
        if self._read is not None:
            self._note_jump(at - self.now())
        self._read = at, time.monotonic()

    def _note_jump(self, jump: datetime.timedelta) -> None:
        if abs(jump.total_seconds()) <= JUMP:
            return
        logger.warning("the clock jumped by %+.0f s: for a while nobody is judged by the old one", jump.total_seconds())
        self._leeway = max(jump, NONE)
        self._lenient_until = time.monotonic() + LENIENT

    def leeway(self) -> datetime.timedelta:
        """Return by how much what was to last until now may be over only because the clock jumped forward."""
        return self._leeway if time.monotonic() < self._lenient_until else NONE


def _of_the_database() -> datetime.datetime:
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        at: datetime.datetime = cursor.fetchone()[0]
    return at


LINE = Clock()


def now() -> datetime.datetime:
    """Return the line's time, the same on every node."""
    return LINE.now()
