"""Hashing is dear on purpose; tests pay a thousandth of it, and those that ask how dear it is find the price here."""

from roster.hashing import PasswordHasher
from vault import stretching

PASSES, MEMORY = stretching.PASSES, stretching.MEMORY


def make_cheap() -> None:
    """Let passwords cost next to nothing in this process."""
    PasswordHasher.time_cost, PasswordHasher.memory_cost = 1, 8
    stretching.PASSES, stretching.MEMORY = 1, 8
