"""Once-per-cluster duties as rows that expire, and since when each has been done without a break."""

import datetime
from typing import NamedTuple

from wire import clock
from wire.models import Lease

#: Nobody held the duty for so long: nodes stood still, the database was away, or the clock jumped.
BREAK = datetime.timedelta(seconds=10)
AHEAD = datetime.timedelta(seconds=clock.JUMP)  # by which nodes may differ
EVER = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


class Hold(NamedTuple):
    """A duty that this node holds: since when it has been done without a break, and whether one ended just now."""

    since: datetime.datetime
    after_break: bool = False


def hold(name: str, holder: str, seconds: float) -> Hold | None:
    """Take or keep a duty for some seconds; None when another node holds it.

    The row outlives processes, so it shows what none of them saw: it ended long ago, or it ends later than it can.
    """
    now = clock.now()
    until = now + datetime.timedelta(seconds=seconds)
    row = Lease.objects.filter(name=name).first()
    if row is None:
        _row, new = Lease.objects.get_or_create(name=name, defaults={"holder": holder, "until": until, "since": EVER})
        return Hold(EVER) if new else None
    unbroken = now - BREAK < row.until < until + AHEAD
    if unbroken and row.holder != holder and row.until > now:
        return None
    since = row.since if unbroken else now
    as_read = Lease.objects.filter(name=name, holder=row.holder, until=row.until)
    taken = as_read.update(holder=holder, until=until, since=since)
    return Hold(since, not unbroken) if taken else None
