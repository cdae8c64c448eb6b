"""The periodic duties of all rooms, each a call to an action; one node at a time does them."""

import asyncio
import dataclasses
import datetime
import logging
import time
from collections.abc import Callable

from cases import actions as cases
from cases.keys import move_old_cases
from chat import actions as chat
from hotline.health import STATE
from hotline.sessions import SessionStore
from oversight import alarms, publication, telling
from oversight.actions import note_needed
from reflection import actions as reflection
from reflection import follow_ups, live, shift_ends, talks, trends
from reflection.closed_accounts import erase_spaces_of_closed
from reflection.moving import move_old_keys
from roster import actions as roster
from roster import applications
from roster.circles import keep_circles
from training.forgetting import forget_old
from training.scripted_caller import play
from triage import actions as triage
from vault import actions as vault
from wire import clock, leases, pool

logger = logging.getLogger(__name__)

EVERY = 1.0  # seconds between rounds
beside = pool.later  # for what must not hold up a round
LEASE = 5.0  # seconds for which the node that did the last round keeps the duty


@dataclasses.dataclass
class Duty:
    """One thing to be done again and again, told the line's time: at most once in ``every`` seconds (0: each round).

    What judges by how old a sign of life is waits ``patience`` seconds after a break, so that everybody who is there
    has given a new one: else all would be gone at once when the clock jumps or the line stood still.
    """

    act: Callable[[datetime.datetime], object]
    every: float = 0.0
    patience: float = 0.0
    done_at: float = -float("inf")

    def is_due(self, now: float, unbroken: float) -> bool:
        """Say whether it is time again, ``unbroken`` seconds after the last break."""
        return now - self.done_at >= self.every and unbroken >= self.patience


def _gone_callers(rule: triage.Gone) -> Duty:
    unseen = rule.unseen.total_seconds()  # minutes, or hours: five seconds more or less change nothing
    return Duty(lambda now: triage.expire_gone_callers(now, [rule]), every=5, patience=unseen)


def _tell_alarms(now: datetime.datetime) -> None:
    for outlet in telling.claim(now):
        beside(telling.send, outlet)  # a mail server or a hook may take its time


DUTIES = (
    Duty(triage.expire_offers),
    Duty(chat.release_lost_volunteers, patience=roster.LEASE),
    Duty(chat.part_companions, patience=roster.LEASE),
    *map(_gone_callers, triage.GONE_AFTER),
    Duty(chat.tend_silences, patience=chat.ASLEEP_AFTER.total_seconds()),
    Duty(chat.ask_silent_pages, patience=triage.PAGE_SILENT_AFTER.total_seconds()),
    Duty(lambda _now: triage.route()),
    Duty(play),
    Duty(alarms.watch),
    Duty(alarms.watch_ready, patience=roster.LEASE),
    Duty(_tell_alarms),
    Duty(lambda _now: cases.erase_withdrawn()),
    Duty(triage.erase_old_words, every=600, patience=3600),  # a clock that went wrong must not erase at once
    Duty(forget_old, every=600, patience=3600),
    Duty(lambda _now: vault.finish_destroying(), every=5),
    Duty(lambda _now: vault.turn_epoch(), every=5),
    Duty(lambda _now: keep_circles(), every=10),
    Duty(lambda _now: chat.call_for_keys(), every=5),
    Duty(lambda _now: move_old_cases(), every=5),
    Duty(chat.move_old_words, every=5),
    Duty(lambda _now: move_old_keys(), every=5),
    Duty(shift_ends.open_rooms, every=10),
    Duty(live.close_forgotten, every=60),
    Duty(reflection.take_out_the_lapsed, every=2),  # whose account is closed is out at once
    Duty(erase_spaces_of_closed, every=600, patience=3600),
    Duty(reflection.destroy_old_words, every=600, patience=3600),
    Duty(lambda now: beside(vault.hand_out_heads, now), every=60),  # a witness's mail server may take its time
    Duty(lambda now: beside(note_needed, now), every=1800),
    Duty(
        lambda now: beside(publication.make_due, now), every=3600, patience=3600
    ),  # no clock that went wrong ends a month
    Duty(talks.forget_old, every=600, patience=3600),
    Duty(applications.note_first_shifts, every=60),
    Duty(applications.forget_old, every=600, patience=3600),
    Duty(follow_ups.forget_old, every=600, patience=3600),
    Duty(trends.forget_who_gave, every=600, patience=3600),
    Duty(lambda _now: SessionStore.clear_expired(), every=600, patience=3600),
)


def _do(duty: Duty, now: float) -> None:
    """Do one duty; its failure must not keep the others from being done."""
    duty.done_at = now
    try:
        duty.act(clock.now())
    except Exception:
        logger.exception("a duty failed and will be tried again")


def sweep(holder: str) -> bool:
    """Do one round if this node holds the duty; say whether it did."""
    clock.LINE.read()  # of this process, whoever holds the duty; so are the keys
    vault.forget_idle_keys()
    triage.keep_sources()
    held = leases.hold("sweeper", holder, LEASE)
    if held is None:
        return False
    if held.after_break:
        logger.warning("the line stood still, or the clock jumped: nobody is judged lost for a while")
        triage.begin_offers_anew(clock.now())
    now, unbroken = time.monotonic(), (clock.now() - held.since).total_seconds()
    for duty in DUTIES:
        if duty.is_due(now, unbroken):
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
