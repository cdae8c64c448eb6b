"""Reads what callers say once it is stored and delivered, beside everything else, and lets it raise attention."""

import asyncio
import collections
import logging
import uuid
from collections.abc import Sequence

import msgspec
from django.db import DatabaseError, connection

from chat.models import Speaker
from chat.saying import Saying
from chat.transcript import messages_after
from triage import actions as triage
from triage import attention, attention_aside
from triage.attention_aside import Found
from triage.models import Contact
from triage.phrases import Match
from wire import pool
from wire.aside import Aside, NoAnswer

logger = logging.getLogger(__name__)

READ_BACK = 200  # messages, when the marks of a conversation are shown
SHOWN = 12  # of the places in a conversation that mean something, the newest
GATHERED = 0.2  # seconds for which messages are gathered: each question costs the line more than a message of it
AT_ONCE = 500  # messages that are read together
ALONE = 20  # messages that a line reads by itself before it lets a program do it, which takes 80 MB
PATIENCE = 10.0  # seconds for one answer: the reader comes last, on a machine without a free moment never
LAST_WORDS = 5.0  # seconds for which a node that leaves waits for what is not read yet


def _keep(heard: Sequence[triage.Heard]) -> None:
    failed = ""
    try:
        for one in triage.worth_heeding(heard):
            failed = _failure(one) or failed
    except DatabaseError as error:
        failed = type(error).__name__
    if failed:
        logger.warning("%d messages were read and not all their marks kept (%s)", len(heard), failed)


def _failure(one: triage.Heard) -> str:
    """Let one message raise attention; return what went wrong, which takes no other with it."""
    try:
        triage.heed_words(*one)
    except DatabaseError as error:
        return type(error).__name__
    return ""


def heed(contact_id: uuid.UUID, text: str) -> None:
    """Read one message of a caller and let it raise attention; a failure costs the conversation nothing."""
    _keep([triage.Heard(contact_id, found.level, found.codes) for found in attention_aside.read_all([text])])


def _read_here(texts: Sequence[str]) -> list[Found]:
    """Read texts one by one: what cannot be read takes no other with it."""
    found: list[Found] = []
    for place, text in enumerate(texts):
        try:
            found += [msgspec.structs.replace(one, place=place) for one in attention_aside.read_all([text])]
        except Exception as error:  # noqa: BLE001  whatever it is, the others are read
            logger.warning("a message could not be read (%s)", type(error).__name__)
    return found


class Heeder:
    """Reads callers' messages in the order in which they came; reading never holds up a message.

    ``aside`` is the program that reads, once there is enough to read: what it does not answer one thread here reads.
    """

    def __init__(self) -> None:
        self.aside: Aside | None = None
        self._lane = pool.Lane("heeding")
        self._unread: collections.deque[tuple[uuid.UUID, str]] = collections.deque()
        self._task: asyncio.Task[None] | None = None
        self._in_hand = 0
        self._alone = ALONE

    @property
    def unread(self) -> int:
        """How many messages are not read yet."""
        return len(self._unread) + self._in_hand

    def soon(self, contact_id: uuid.UUID, text: str) -> None:
        """Have a message read; called on the loop."""
        self._unread.append((contact_id, text))
        self._alone -= 1
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._read_on())

    async def _read_on(self) -> None:
        while self._unread:
            await asyncio.sleep(GATHERED)
            some = [self._unread.popleft() for _number in range(min(AT_ONCE, len(self._unread)))]
            self._in_hand = len(some)
            try:
                await self._read(some)
            finally:
                self._in_hand = 0

    async def _read(self, some: list[tuple[uuid.UUID, str]]) -> None:
        found = await self._found([text for _contact, text in some])
        if found:
            heard = [triage.Heard(some[one.place][0], one.level, one.codes) for one in found]
            await self._lane.run(_keep, heard)

    async def _found(self, texts: list[str]) -> list[Found]:
        if self.aside is not None and self._alone < 0:
            try:
                return attention_aside.answered(await self.aside.ask(attention_aside.asked(texts)))
            except NoAnswer:
                pass  # said in the log by whoever asked it
            except msgspec.DecodeError:
                logger.warning("the reader of messages answered nonsense; it is started anew")
                await self.aside.stop()
        return await self._lane.run(_read_here, texts)

    async def finish(self) -> None:
        """Read what is left, as far as there is time, and let the program go."""
        if self._task is not None:
            await asyncio.wait([self._task], timeout=LAST_WORDS)
        if self.aside is not None:
            await self.aside.stop()


HEEDER = Heeder()


def read_aside() -> None:
    """Let a program of its own read from now on, with a core of its own where there is one."""
    apart = connection.vendor != "sqlite"  # a database that is a program of its own
    HEEDER.aside = Aside(attention_aside.__name__, patience=PATIENCE, apart=apart)


def heed_soon(saying: Saying) -> None:
    """Have a stored message read, if a caller said it; called on the loop."""
    if saying.by == Speaker.CALLER:
        HEEDER.soon(saying.contact_id, saying.text)


def marks_of(contact: Contact) -> list[Match]:
    """Return what in a caller's words means something, as written, the newest last; read anew, as it is kept nowhere.

    Raises vault.errors.CannotOpen.
    """
    if not contact.marked:
        return []
    newest = messages_after(contact, max(0, contact.last_seq - READ_BACK), most=READ_BACK)
    said = (message for message in newest if message.by == Speaker.CALLER)
    return [match for message in said for match in attention.read(message.text).matches][-SHOWN:]
