"""Reads what was said at other nodes, once for all rooms of this process, and delivers it as if it were said here."""

import asyncio
import logging
import uuid
from typing import NamedTuple, Protocol

from django.db import DatabaseError

from chat import actions
from chat.foreseen import FORESEEN
from chat.rows import PostgreSQL
from chat.transcript import Spoken, spoken
from vault import actions as vault
from vault.actions import CaseKey, Holder
from vault.errors import CannotOpen, KeyUnavailable
from wire import hub, pool

logger = logging.getLogger(__name__)

MOST = 500  # messages of one reading; whoever lies further back catches up alone
LANE = pool.Lane("elsewhere")


class Heard(NamedTuple):
    """Up to which number a contact is known here, and those who sit in it, of whom one can open what comes after."""

    number: int
    holders: tuple[Holder, ...]


def _key_for(heard: Heard, key_id: uuid.UUID, key_state: str) -> CaseKey:
    *others, last = heard.holders
    for holder in others:
        try:
            return vault.key_in_state(key_id, key_state, holder)
        except KeyUnavailable:
            continue  # a desk to which it is not sealed yet
    return vault.key_in_state(key_id, key_state, last)


def said_since(heard: dict[uuid.UUID, Heard]) -> list[Spoken]:
    """Return what was said in these contacts above these numbers, opened; a blocked contact shows nothing."""
    opened = []
    numbers = {contact_id: known.number for contact_id, known in heard.items()}
    for message, key_id, key_state in PostgreSQL().said_since(numbers, MOST):
        try:
            key = _key_for(heard[message.contact_id], key_id, key_state)
            opened.append(spoken(message, key))
        except CannotOpen:
            continue
    return opened


class Listener(Protocol):
    """Whoever sits in the room of a contact."""

    @property
    def holder(self) -> Holder:
        """Whoever sits there, as one who opens keys."""

    def knows_up_to(self, contact_id: uuid.UUID) -> int | None:
        """Return the highest number of a message of this contact that this socket knows of, if it reads it."""


class Courier:
    """Fetches what other nodes rang for; while one reading runs, the next rooms gather."""

    def __init__(self) -> None:
        self._rooms: dict[str, None] = {}
        self._task: asyncio.Task[None] | None = None

    def fetch(self, rooms: list[str]) -> None:
        """Read these rooms soon; each has somebody of this process in it."""
        self._rooms.update(dict.fromkeys(rooms))
        loop = asyncio.get_running_loop()
        if self._task is None or self._task.done() or self._task.get_loop() is not loop:
            self._task = loop.create_task(self._work())

    async def _work(self) -> None:
        while self._rooms:
            rooms, self._rooms = list(self._rooms), {}
            found = {actions.contact_in(room): _known_to_all(room) for room in rooms}
            heard = {contact_id: known for contact_id, known in found.items() if known is not None}
            try:
                await self._deliver(heard)
            except DatabaseError as error:
                logger.warning("what was said elsewhere could not be read (%s)", type(error).__name__)
                for room in rooms:
                    hub.ring(room)

    @staticmethod
    async def _deliver(heard: dict[uuid.UUID, Heard]) -> None:
        found = await LANE.run(said_since, heard)
        for one in found:
            FORESEEN.heard(one.contact_id, one.seq)
            hub.deliver(actions.room_of(one.contact_id), one)
        if len(found) >= MOST:
            for contact_id in heard:
                hub.ring(actions.room_of(contact_id))


def _known_to_all(room: str) -> Heard | None:
    """Return the number up to which everybody in a room knows of messages, and one of them; None where nobody reads.

    What they know of and were not sent yet, their readers fetch themselves.
    """
    contact_id = actions.contact_in(room)
    seats: list[Listener] = hub.seats(room)
    numbers = [(number, seat) for seat in seats if (number := seat.knows_up_to(contact_id)) is not None]
    if not numbers:
        return None
    return Heard(min(number for number, _seat in numbers), tuple(seat.holder for _number, seat in numbers))


COURIER = Courier()
