"""Removes what was rehearsed in these rooms: circles with all that was said, and what rehearsing members kept."""

from django.db import transaction

from reflection import actions, spaces, turns
from reflection.models import Circle, OwnNote, OwnSpace, Turn
from vault import actions as vault


def clear() -> int:
    """Remove it, and destroy its keys; return the number of circles. Before the members go: their keys hang on them."""
    done = _clear()
    vault.finish_destroying()
    return done


@transaction.atomic
def _clear() -> int:
    rehearsed = Circle.objects.filter(rehearsal=True)
    turns.destroy(Turn.objects.filter(circle__in=rehearsed))
    actions.destroy_notes(OwnNote.objects.filter(circle__in=rehearsed))
    for space in OwnSpace.objects.filter(member__rehearsal=True):
        spaces.erase(space)
    count = rehearsed.count()
    rehearsed.delete()
    return count
