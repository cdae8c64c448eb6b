"""Removes everything that was rehearsed, from the rooms of those who listen down to the members who rehearsed."""

from cases import rehearsal as cases
from reflection import rehearsal as reflection


def clear() -> int:
    """Remove it; return the number of contacts removed."""
    reflection.clear()
    return cases.clear()
