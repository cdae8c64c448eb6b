"""Keeps a node's place on its PostgreSQL: the only one there without Redis, one among others with it."""

import contextlib
import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections

from hotline.preparation import REACHED_WITHIN, CannotStart

logger = logging.getLogger(__name__)

PLACE_LOCK = 7_205_759_404  # any fixed number but that of hotline.preparation
WAITS = 2.0  # seconds for the place of a node that died just now
LOOKS_EVERY = 1.0  # seconds between two looks at whether the place is still ours
#: The server lets the place of a machine that vanished go after 20 s.
VANISHED = "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
REMEDY = "set the same REDIS_URL for every node"


class Place:
    """A lock of a session of its own, outside the pool, so that it goes with the node however that ends.

    A server that was restarted has forgotten it; then it is taken anew, and the node goes on meanwhile.
    """

    def __init__(self, parameters: dict[str, Any], *, shared: bool) -> None:
        self.contested = False
        self._parameters = parameters | {"autocommit": True, "options": VANISHED}
        self._ask = f"SELECT pg_try_advisory_lock{'_shared' if shared else ''}({PLACE_LOCK})"
        self._connection: psycopg.Connection[Any] | None = None
        self._thread = threading.Thread(target=self._keep, name="place", daemon=True)
        self._over = threading.Event()

    def take(self) -> bool:
        """Take the place and keep it until ``leave``; say whether it was free. Raises psycopg.Error."""
        until = time.monotonic() + WAITS
        while not self._try():
            if time.monotonic() > until:
                self._forget()
                return False
            time.sleep(0.1)
        self._thread.start()
        return True

    def leave(self) -> None:
        """Let the place go; with a server that does not answer, the end of the process does."""
        self._over.set()
        self._thread.join(LOOKS_EVERY)
        if not self._thread.is_alive():
            self._give_back()
            self._forget()

    def _give_back(self) -> None:
        """Unlock in so many words: after a connection has closed the server takes a moment to do it."""
        if self._connection is not None:
            with contextlib.suppress(psycopg.Error):
                self._connection.execute("SELECT pg_advisory_unlock_all()")

    def _try(self) -> bool:
        if self._connection is None:
            self._connection = psycopg.connect(**self._parameters)
        row = self._connection.execute(self._ask).fetchone()
        return bool(row and row[0])

    def _forget(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _keep(self) -> None:
        while not self._over.wait(LOOKS_EVERY):
            try:
                self._look()
            except psycopg.Error:
                self._forget()

    def _look(self) -> None:
        """See that the place is still ours; if others took it while the server was away, ask for it until they go."""
        if self._connection is not None and not self.contested:
            self._connection.execute("SELECT 1")
            return
        contested = not self._try()
        if contested and not self.contested:
            logger.error("another node serves from the same database, and the two do not hear each other: %s", REMEDY)
        self.contested = contested


_held: list[Place] = []


def is_contested() -> bool:
    """Say whether a node that this one does not hear took the place while the database was away."""
    return any(place.contested for place in _held)


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Hold this node's place. Raises CannotStart when a node is there and the two would not hear each other."""
    parameters = connections["default"].get_connection_params() | {"connect_timeout": REACHED_WITHIN}
    place = Place(parameters, shared=bool(settings.REDIS_URL))
    if not place.take():
        whose = "without REDIS_URL serves" if settings.REDIS_URL else "serves"
        message = f"Another node {whose} from this DATABASE_URL, and the two would not hear each other; {REMEDY}."
        raise CannotStart(message)
    _held.append(place)
    try:
        yield
    finally:
        _held.remove(place)
        place.leave()
