"""What a conversation will look like when the next message comes, as far as this process knows: rows decide."""

import collections
import dataclasses
import threading
import uuid

from chat.rows import Place
from triage.models import ContactState

MOST = 5_000  # conversations; the one that was quiet for longest is forgotten first
OPEN = frozenset({ContactState.WAITING, ContactState.TALKING})


class Foreseen:
    """Places as they were after the last message of each contact; a guess that costs nothing but time when it is wrong.

    Kept by the thread that stores, corrected by the loop that hears of what was said at other nodes.
    """

    def __init__(self) -> None:
        self._places: collections.OrderedDict[uuid.UUID, Place] = collections.OrderedDict()
        self._lock = threading.Lock()

    def place(self, contact_id: uuid.UUID) -> Place | None:
        """Return a copy of what is known of a contact."""
        with self._lock:
            place = self._places.get(contact_id)
        return dataclasses.replace(place) if place else None

    def keep(self, place: Place) -> None:
        """Keep a contact as it stands in its row now; one that is not open is forgotten."""
        if place.state not in OPEN:
            self.forget(place.contact_id)
            return
        with self._lock:
            self._places[place.contact_id] = dataclasses.replace(place, caller_said_at=None, volunteer_said_at=None)
            self._places.move_to_end(place.contact_id)
            while len(self._places) > MOST:
                self._places.popitem(last=False)

    def heard(self, contact_id: uuid.UUID, number: int) -> None:
        """Note that the message with this number was said at another node."""
        with self._lock:
            place = self._places.get(contact_id)
            if place is not None and place.last_seq == number - 1:
                self._places[contact_id] = dataclasses.replace(place, last_seq=number)

    def forget(self, contact_id: uuid.UUID) -> None:
        """Forget a contact of which something else is true than was known."""
        with self._lock:
            self._places.pop(contact_id, None)


FORESEEN = Foreseen()
