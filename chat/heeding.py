"""Reads what callers say once it is stored and delivered, beside everything else, and lets it raise attention."""

import asyncio
import logging
import uuid

from django.db import DatabaseError

from chat.models import Speaker
from chat.saying import Saying
from chat.transcript import messages_after
from triage import actions as triage
from triage import attention
from triage.models import Contact
from triage.phrases import Match
from wire import pool

logger = logging.getLogger(__name__)

READ_BACK = 200  # messages, when the marks of a conversation are shown
SHOWN = 12  # of the places in a conversation that mean something, the newest
#: One thread reads for all conversations of this process: reading never holds up a message.
_READER = pool.Lane("heeding")
_tasks: set[asyncio.Task[None]] = set()


def heed(contact_id: uuid.UUID, text: str) -> None:
    """Read one message of a caller and let it raise attention; a failure costs the conversation nothing."""
    reading = attention.read(text)
    if reading.level is None and not reading.codes:
        return
    try:
        triage.heed_words(contact_id, reading.level, reading.codes)
    except DatabaseError as error:
        logger.warning("a message was read and its mark not kept (%s)", type(error).__name__)


async def _heed_later(contact_id: uuid.UUID, text: str) -> None:
    await _READER.run(heed, contact_id, text)


def heed_soon(saying: Saying) -> None:
    """Have a stored message read, if a caller said it; called on the loop."""
    if saying.by == Speaker.CALLER:
        task = asyncio.get_running_loop().create_task(_heed_later(saying.contact_id, saying.text))
        _tasks.add(task)
        task.add_done_callback(_tasks.discard)


def marks_of(contact: Contact) -> list[Match]:
    """Return what in a caller's words means something, as written, the newest last; read anew, as it is kept nowhere.

    Raises vault.errors.CannotOpen.
    """
    if not contact.marked:
        return []
    newest = messages_after(contact, max(0, contact.last_seq - READ_BACK), most=READ_BACK)
    said = (message for message in newest if message.by == Speaker.CALLER)
    return [match for message in said for match in attention.read(message.text).matches][-SHOWN:]
