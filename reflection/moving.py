"""In stage B, what stage A sealed for circles and for notes to oneself moves to those who may open it."""

import uuid
from collections.abc import Collection

from django.db import transaction

from reflection import turns
from reflection.models import Circle, OwnNote, Turn
from vault import actions as vault

AT_ONCE = 50  # keys of one round


def move_old_keys(most: int = AT_ONCE) -> int:
    """Seal to people the keys of circles and notes of stage A; return how many the line opens no more.

    Those of a member's own space stay as they are: what they seal is sealed to its member within, in both stages.
    What was rehearsed stays too. Each key is moved in a transaction of its own, and may be moved again.
    """
    if not vault.only_people_open():
        return 0
    of_stage_a = {"key__sealed_share__isnull": False, "circle__rehearsal": False}
    notes = dict(OwnNote.objects.filter(**of_stage_a).values_list("key", "member"))
    kept = turns.who_opens(Turn.objects.filter(**of_stage_a))
    due = vault.due_to_move({**kept, **{key: [member] for key, member in notes.items()}})
    nobodys = [key for key, members in kept.items() if not members]
    done = sum(_destroy_if_nobodys(key) for key in nobodys[:most])
    return done + sum(
        vault.move_shared(key, [notes[key]]) if key in notes else _move_turn(key) for key in due[: most - done]
    )


def _locked(key_id: uuid.UUID) -> tuple[Turn | None, Collection[uuid.UUID]]:
    """Lock the circle of a turn's key, so that nobody comes or goes; return the turn and who may open it."""
    turn = Turn.objects.filter(key=key_id).first()
    if turn is not None:
        Circle.objects.select_for_update(no_key=True).filter(pk=turn.circle_id).first()
    return turn, turns.who_opens(Turn.objects.filter(key=key_id)).get(key_id, [])


@transaction.atomic
def _move_turn(key_id: uuid.UUID) -> bool:
    turn, members = _locked(key_id)
    return turn is not None and vault.move_shared(key_id, members)


@transaction.atomic
def _destroy_if_nobodys(key_id: uuid.UUID) -> int:
    """Destroy the key of a day that nobody may open any more, as all who belonged then have left; return how many."""
    turn, members = _locked(key_id)
    return turns.destroy([turn]) if turn is not None and not members else 0
