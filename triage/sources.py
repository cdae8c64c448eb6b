"""Knows, in this process's memory alone, which waiting contacts came from the same place, and stands the later behind.

What arrives here is a token that says nothing of an address outside this process (wire/daphne_server.py). Behind a
proxy there is none: its own limits do this. Many people share one address on a mobile network, so nobody is refused:
within a class a place's second contact stands behind everybody's first, and takes the first's turn once it is served.
"""

import threading
import uuid
from collections.abc import Iterable

from triage.models import Contact, ContactState
from triage.queue import STRICT
from wire import doorbell


def _class_of(urgency: str) -> str:
    return urgency if urgency in STRICT else "others"


class Sources:
    """The contacts of each place, the earliest first; safe to use from several threads."""

    def __init__(self) -> None:
        self._contacts: dict[bytes, list[uuid.UUID]] = {}
        self._lock = threading.Lock()

    def note(self, source: bytes, contact_id: uuid.UUID) -> bool:
        """Remember a contact; say whether another from the same place is known."""
        with self._lock:
            known = self._contacts.setdefault(source, [])
            if contact_id not in known:
                known.append(contact_id)
            return len(known) > 1

    def shared(self) -> list[list[uuid.UUID]]:
        """Return the contacts of each place that has several."""
        with self._lock:
            return [list(known) for known in self._contacts.values() if len(known) > 1]

    def keep(self, waiting: Iterable[uuid.UUID]) -> None:
        """Forget whoever does not wait any more."""
        still = set(waiting)
        with self._lock:
            for source, known in list(self._contacts.items()):
                left = [one for one in known if one in still]
                if left:
                    self._contacts[source] = left
                else:
                    del self._contacts[source]

    def everybody(self) -> list[uuid.UUID]:
        """Return all contacts that are remembered."""
        with self._lock:
            return [one for known in self._contacts.values() for one in known]


SOURCES = Sources()


def stand_in_line(source: bytes | None, contact: Contact) -> None:
    """Note where a contact that waits now came from; behind the first of the same place, if there is one."""
    if source and contact.state == ContactState.WAITING and SOURCES.note(source, contact.pk):
        _place(SOURCES.shared())


def _behind(rows: list[tuple[uuid.UUID, str]]) -> set[uuid.UUID]:
    """Return which of one place's waiting contacts, the earliest first, are not the first of their class."""
    seen: set[str] = set()
    later = set()
    for contact_id, urgency in rows:
        kind = _class_of(urgency)
        if kind in seen:
            later.add(contact_id)
        seen.add(kind)
    return later


def _place(shared: list[list[uuid.UUID]]) -> None:
    ids = [one for known in shared for one in known]
    waiting = Contact.objects.filter(pk__in=ids, state=ContactState.WAITING).order_by("queued_at", "pk")
    rows = {
        contact_id: (urgency, behind) for contact_id, urgency, behind in waiting.values_list("pk", "urgency", "behind")
    }
    later: set[uuid.UUID] = set()
    for known in shared:
        mine = set(known)
        later |= _behind([(one, rows[one][0]) for one in rows if one in mine])
    changed = {one for one, (_urgency, behind) in rows.items() if behind != (one in later)}
    if not changed:
        return
    Contact.objects.filter(pk__in=changed & later, state=ContactState.WAITING).update(behind=True)
    Contact.objects.filter(pk__in=changed - later, state=ContactState.WAITING).update(behind=False)
    doorbell.ring("board")


def keep_sources() -> None:
    """Let the next of each place take the first's turn, and forget whoever does not wait any more; in each process."""
    known = SOURCES.everybody()
    if not known:
        return
    SOURCES.keep(Contact.objects.filter(pk__in=known, state=ContactState.WAITING).values_list("pk", flat=True))
    shared = SOURCES.shared()
    alone = set(SOURCES.everybody()) - {one for contacts in shared for one in contacts}
    if Contact.objects.filter(pk__in=alone, behind=True).update(behind=False):
        doorbell.ring("board")
    if shared:
        _place(shared)
