"""Argon2id at a known price: 64 MiB for each password, two at once at most, whoever knocks how often."""

from django.contrib.auth.hashers import Argon2PasswordHasher

from vault.stretching import MEMORY, PASSES, turn


class PasswordHasher(Argon2PasswordHasher):
    """Django's hasher, of which no flood of sign-ins makes the line run out of memory."""

    time_cost = PASSES
    memory_cost = MEMORY
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Return what is stored of a password."""
        with turn():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Say whether this is the password."""
        with turn():
            return super().verify(password, encoded)
