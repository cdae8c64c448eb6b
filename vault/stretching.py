"""Makes a key of a password at a known price: Argon2id, 64 MiB each, two at once at most for the whole process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from django.db import connections

from vault.sealing import KEY

PASSES = 3
MEMORY = 64 * 1024  # KiB for one password; OWASP asks for 19 MiB or more
SALT = 16  # bytes
AT_ONCE = 2

_turns = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def turn() -> Iterator[None]:
    """Wait for a turn without a database connection in hand: whoever knocks must not take them from callers."""
    for connection in connections.all(initialized_only=True):
        if connection.vendor == "postgresql" and not connection.in_atomic_block:
            connection.close()
    with _turns:
        yield


def stretched(password: str, salt: bytes) -> bytes:
    """Return 32 bytes made of a password and a salt of SALT bytes (RFC 9106; about 0.2 s)."""
    with turn():
        kdf = Argon2id(salt=salt, length=KEY, iterations=PASSES, lanes=1, memory_cost=MEMORY)
        return kdf.derive(password.encode())
