"""Stores what is said at sockets, hands it to everybody in the conversation, and relays typing and seen."""

import uuid

import msgspec
from django.db import DatabaseError

from chat import actions
from chat.heeding import heed_soon
from chat.protocol import HasSeen, SaysTyping
from chat.saying import Outcome, Saying, commit
from vault.errors import KeyUnavailable
from wire import doorbell, hub, pool
from wire.frames import Refused
from wire.hub import Signal
from wire.writer import NotSaved, Writer


def _deliver(outcomes: list[Outcome]) -> None:
    """Hand what was just committed to the sockets here; ring the other nodes once for all of it."""
    fresh = [outcome.spoken for outcome in outcomes if outcome.spoken and outcome.new]
    for said in fresh:
        hub.deliver(actions.room_of(said.contact_id), said)
    if fresh:
        doorbell.said_here({actions.room_of(said.contact_id) for said in fresh})


WRITER: Writer[Saying, Outcome] = Writer(commit, _deliver, lane=pool.Lane("sayings"))


async def _commit_waiting(saying: Saying) -> Outcome:
    """Store a message whose contact is locked elsewhere, on a thread of its own: only this one waits."""
    outcomes = await pool.run_slow(commit, [saying], wait=True)
    _deliver(outcomes)
    return outcomes[0]


async def speak(saying: Saying) -> Outcome:
    """Store one message durably and deliver it to everybody in the conversation.

    Raises wire.frames.Refused with the code of the refusal (``not_saved`` when storage failed).
    """
    try:
        outcome = await WRITER.put(saying)
        if outcome.busy:
            outcome = await _commit_waiting(saying)
    except (NotSaved, DatabaseError, KeyUnavailable):
        raise Refused("not_saved", to="say", id=saying.client_id) from None
    if outcome.code:
        raise Refused(outcome.code, to="say", id=saying.client_id, field=outcome.field or None)
    if outcome.new:
        heed_soon(saying)
    return outcome


def tell(contact_id: uuid.UUID, by: str, seq: int | None = None) -> None:
    """Let the other side of a contact know that this one is writing, or has read up to ``seq``."""
    doorbell.signal(Signal(actions.room_of(contact_id), by, seq))


def signal_frame(signal: Signal, *, for_desk: bool) -> msgspec.Struct:
    """Return a signal as the frame that the desk (which names the contact) or the caller's page hears."""
    contact = actions.contact_in(signal.room) if for_desk else None
    name = str(contact) if contact else None
    if signal.seq is None:
        return SaysTyping(contact=name, by=signal.by)
    return HasSeen(contact=name, by=signal.by, seq=signal.seq)
