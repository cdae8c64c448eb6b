"""The keys of a circle: a fresh one each day and whenever somebody comes or goes, sealed to those who belong then."""

import datetime
import uuid
from collections.abc import Iterable

from django.db.models import Max, QuerySet

from reflection.errors import NotSealed
from reflection.models import Circle, Membership, Turn
from vault import actions as vault
from vault.actions import CaseKey, Holder, case_key_for
from vault.errors import CannotOpen


def _last(circle: Circle) -> int:
    found = Turn.objects.filter(circle=circle).aggregate(last=Max("number"))["last"]
    return int(found or 0)


def first_for_whoever_joins(circle: Circle) -> int:
    """Return from which turn on a new member may open words: what comes, or all of it where the circle agreed so."""
    return 1 if circle.shares_past else _last(circle) + 1


def close(circle: Circle) -> None:
    """End the turn in force: what is said next is sealed with another key, to whoever belongs then."""
    Turn.objects.filter(circle=circle, closed=False).update(closed=True)


def take_from(circle: Circle, member: uuid.UUID) -> None:
    """Let a member who leaves open nothing of this circle any more."""
    close(circle)
    vault.take_back(Turn.objects.filter(circle=circle).values_list("key", flat=True), member)


def in_force(circle: Circle, holder: Holder, today: datetime.date) -> tuple[Turn, CaseKey]:
    """Return the turn of today and its key; part of the caller's transaction, which has locked the circle.

    A new one begins on another day, after somebody came or went, and where ``holder`` cannot open the one there is:
    who lost their keys can speak all the same. Raises NotSealed when none can be made.
    """
    turn = Turn.objects.filter(circle=circle, closed=False).select_related("key").first()
    if turn is not None and turn.opened_on == today:
        try:
            return turn, case_key_for(turn.key, holder)
        except CannotOpen:
            pass
    close(circle)
    try:
        row = vault.issue_shared(_people(circle.memberships.filter(seated=True)), by=holder)
        key = case_key_for(row, holder)
    except CannotOpen:
        raise NotSealed from None
    return Turn.objects.create(circle=circle, number=_last(circle) + 1, key=row, opened_on=today), key


def _people(seats: QuerySet[Membership]) -> list[uuid.UUID]:
    return list(seats.values_list("member", flat=True))


def pass_on(circle: Circle, holder: Holder) -> bool:
    """Let those who may open earlier turns and do not have them (a new key, a seat that shares the past) have them.

    ``holder`` is whoever is there and has them. Says whether anything was passed on; nothing in stage A.
    """
    if not vault.only_people_open():
        return False
    return vault.share_with(who_opens(Turn.objects.filter(circle=circle)), by=holder) > 0


def who_opens(turns: QuerySet[Turn]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Return the keys of these turns, each with the members who sit there and may open it; it may be nobody."""
    seats: dict[uuid.UUID, list[tuple[uuid.UUID, int]]] = {}
    seated = Membership.objects.filter(circle__in=turns.values("circle"), seated=True)
    for circle, member, first in seated.values_list("circle", "member", "from_turn"):
        seats.setdefault(circle, []).append((member, first))
    rows = turns.values_list("key", "circle", "number")
    return {key: [one for one, first in seats.get(circle, []) if first <= number] for key, circle, number in rows}


def destroy(turns: Iterable[Turn]) -> int:
    """Destroy keys, and with them every word they sealed; return how many.

    The rows go first, in the caller's transaction; a crash in between leaves a blocked key, which the line destroys.
    """
    doomed = list(turns)
    keys = [turn.key_id for turn in doomed]
    for key in keys:
        vault.block_key(key)
    Turn.objects.filter(pk__in=[turn.pk for turn in doomed]).delete()
    return len(keys)
