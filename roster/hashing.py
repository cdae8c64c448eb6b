"""Argon2id at a known price: 64 MiB for each password, two at once at most, whoever knocks how often."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connections

PASSES = 3
MEMORY = 64 * 1024  # KiB for one password; OWASP asks for 19 MiB or more
AT_ONCE = 2

_turns = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for a turn without a database connection in hand: whoever knocks must not take them from callers."""
    for connection in connections.all(initialized_only=True):
        if connection.vendor == "postgresql" and not connection.in_atomic_block:
            connection.close()
    with _turns:
        yield


class PasswordHasher(Argon2PasswordHasher):
    """Django's hasher, of which no flood of sign-ins makes the line run out of memory."""

    time_cost = PASSES
    memory_cost = MEMORY
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Return what is stored of a password."""
        with _turn():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Say whether this is the password."""
        with _turn():
            return super().verify(password, encoded)
