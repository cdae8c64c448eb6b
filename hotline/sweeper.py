"""The periodic duties of all rooms, each a call to an action; one node at a time does them."""

import asyncio
import logging
from collections.abc import Callable

from django.utils import timezone

from chat import actions as chat
from triage import actions as triage
from wire import leases, pool

logger = logging.getLogger(__name__)

EVERY = 1.0  # seconds between rounds
LEASE = 5.0  # seconds for which the node that did the last round keeps the duty


def _duties() -> None:
    now = timezone.now()
    for duty in (
        lambda: triage.expire_offers(now),
        lambda: chat.release_lost_volunteers(now),
        lambda: triage.expire_gone_callers(now),
        lambda: chat.tend_silences(now),
        triage.route,
    ):
        _do(duty)


def _do(duty: Callable[[], object]) -> None:
    """Do one duty; its failure must not keep the others from being done."""
    try:
        duty()
    except Exception:
        logger.exception("a duty failed and will be tried again")


def sweep(holder: str) -> bool:
    """Do one round if this node holds the duty; say whether it did."""
    if not leases.hold("sweeper", holder, LEASE):
        return False
    _duties()
    return True


async def keep_sweeping(holder: str) -> None:
    """Do a round each second, for ever; a database that is away is tried again."""
    while True:
        try:
            await pool.run(sweep, holder)
        except Exception:
            logger.exception("the sweeper waits for the database")
        await asyncio.sleep(EVERY)
