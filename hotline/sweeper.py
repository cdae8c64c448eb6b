"""The periodic duties of all rooms, each a call to an action; one node at a time does them."""

import asyncio
import dataclasses
import logging
import time
from collections.abc import Callable

from django.utils import timezone

from cases import actions as cases
from chat import actions as chat
from hotline.health import STATE
from hotline.sessions import SessionStore
from triage import actions as triage
from vault import actions as vault
from wire import leases, pool

logger = logging.getLogger(__name__)

EVERY = 1.0  # seconds between rounds
LEASE = 5.0  # seconds for which the node that did the last round keeps the duty


@dataclasses.dataclass
class Duty:
    """One thing to be done again and again: at most once in ``every`` seconds (0: each round)."""

    act: Callable[[], object]
    every: float = 0.0
    done_at: float = -float("inf")

    def is_due(self, now: float) -> bool:
        """Say whether it is time again."""
        return now - self.done_at >= self.every


DUTIES = (
    Duty(lambda: triage.expire_offers(timezone.now())),
    Duty(lambda: chat.release_lost_volunteers(timezone.now())),
    Duty(lambda: triage.expire_gone_callers(timezone.now())),
    Duty(lambda: chat.tend_silences(timezone.now())),
    Duty(lambda: chat.ask_silent_pages(timezone.now())),
    Duty(triage.route),
    Duty(cases.erase_withdrawn),
    Duty(lambda: triage.erase_old_words(timezone.now()), every=600),
    Duty(vault.finish_destroying, every=5),
    Duty(vault.turn_epoch, every=5),
    Duty(SessionStore.clear_expired, every=600),
)


def _do(duty: Duty, now: float) -> None:
    """Do one duty; its failure must not keep the others from being done."""
    duty.done_at = now
    try:
        duty.act()
    except Exception:
        logger.exception("a duty failed and will be tried again")


def sweep(holder: str) -> bool:
    """Do one round if this node holds the duty; say whether it did."""
    vault.forget_idle_keys()  # of this process, whoever holds the duty
    if not leases.hold("sweeper", holder, LEASE):
        return False
    now = time.monotonic()
    for duty in DUTIES:
        if duty.is_due(now):
            _do(duty, now)
    return True


async def keep_sweeping(holder: str) -> None:
    """Do a round each second, for ever; a database that is away is tried again, and pages know of it meanwhile."""
    while True:
        try:
            await pool.run(sweep, holder)
            STATE.database_away = False
        except Exception:
            if not STATE.database_away:
                logger.exception("the sweeper waits for the database")
            STATE.database_away = True
        await asyncio.sleep(EVERY)
