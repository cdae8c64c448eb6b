"""Who may open a key from now on: given to one member at the claim, passed on, and kept within reach by the caller."""

import functools
import uuid
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS, models, transaction

from vault import circles, leftovers, shares, staff_keys, trail, wraps
from vault.damage import note_damaged
from vault.errors import CannotOpen
from vault.holders import LINE, Holder, Person
from vault.models import CircleKey, DataKey, ShareWrap, StaffKey

Kind = wraps.Kind


class About(NamedTuple):
    """What a grant is about, in the trail's words, and why it is made (a code)."""

    subject_kind: str
    subject: uuid.UUID
    reason: str


class Grant(NamedTuple):
    """A key that ``by`` lets a member open from now on."""

    key: DataKey
    member: uuid.UUID
    by: Holder
    about: About


def _is_sealed_to_people(row: DataKey) -> bool:
    return row.sealed_share is None and row.state == DataKey.State.ACTIVE


def _share(row: DataKey, by: Holder, read: wraps.Read | None = None) -> bytes | None:
    """Return share A, if whoever grants can open it; None in stage A, where nothing is granted."""
    if not _is_sealed_to_people(row):
        return None
    try:
        return by.share_of(row.pk, read)
    except CannotOpen:
        return None


def give(row: DataKey, member: uuid.UUID, *, by: Holder, about: About, circle: str) -> bool:
    """Let a member, and no other, open a key; part of the caller's transaction. Say whether ``by`` could.

    The people of ``circle`` (supervision) have it too. Where ``by`` cannot open it themselves nothing changes: the
    caller's page makes it good (``keep``).
    """
    told = give_all([Grant(row, member, by, about)], circle=circle)
    trail.append_all(told)
    return bool(told)


def _lacking_circles(row: DataKey, watching: CircleKey | None, read: wraps.Read) -> list[CircleKey]:
    """Return the circle, if there is one to which the key is not sealed yet: a caller seals to it as they come in."""
    return [watching] if watching and read.lacks(row.pk, watching) else []


def give_all(grants: Sequence[Grant], *, circle: str, leaving: str = "") -> list[trail.Act]:
    """Make several grants at once, each of another key, as ``give``; part of the caller's transaction.

    The people of ``leaving`` (the queue's, once somebody has claimed) lose those keys. Return what the trail must be
    told of those that could be made: whoever calls appends it, with what else they have to tell.
    """
    living = [grant for grant in grants if _is_sealed_to_people(grant.key)]
    if not living:
        return []
    people, of_circles = staff_keys.of_members({grant.member for grant in living}), circles.read(circle, leaving)
    granters = [grant.by.staff_key for grant in living if isinstance(grant.by, Person)]
    read, watching = wraps.Read([grant.key.pk for grant in living], granters), circles.newest(of_circles[circle])
    given: dict[uuid.UUID, uuid.UUID] = {}
    rows: list[ShareWrap] = []
    told = []
    for key, member, by, about in living:
        share = _share(key, by, read) if member in people else None
        if share is None:
            continue
        sealed_to: list[StaffKey | CircleKey] = [people[member], *_lacking_circles(key, watching, read)]
        rows += [wraps.for_keys(key.pk, share, one, by=by, reason=about.reason) for one in sealed_to]
        given[key.pk] = member
        told.append(trail.Act(by.actor, "key.grant", about.subject_kind, str(about.subject), reason=about.reason))
    if given:
        wraps.put(rows)
        wraps.take_from_all_but({key_id: [member] for key_id, member in given.items()}, read)
        wraps.take_from_circle(given, of_circles[leaving])
    return told


def let_in(row: DataKey, member: uuid.UUID | None, *, by: Holder, about: About, circle: str) -> bool:
    """Let a member, or without one the people of ``circle``, open a key beside those who do; say whether ``by`` could.

    Part of the caller's transaction; ``shut_out`` takes it back.
    """
    share = _share(row, by)
    if share is None:
        return False
    if member is None:
        done = wraps.to_circle(row.pk, share, circle, by=by, reason=about.reason)
    else:
        done = wraps.to_member(row.pk, share, member, by=by, reason=about.reason)
    if done:
        kind, subject = about.subject_kind, str(about.subject)
        trail.append(
            actor=by.actor, act="key.grant", subject_kind=kind, subject=subject, result="done", reason=about.reason
        )
    return done


def shut_out(key_id: uuid.UUID, leader: uuid.UUID, *, beside: uuid.UUID | None = None, leaving: str = "") -> None:
    """Let no member but ``leader`` (and whoever stays ``beside`` them) open a key, nor the people of ``leaving``.

    As long as it is not sealed to the leader nobody loses it: the caller's page does that with the rest (``keep``).
    """
    mine = staff_keys.of_members([leader]).get(leader)
    if mine is None or (Kind.PERSON, str(mine.pk)) not in wraps.holders_of(key_id):
        return
    wraps.take_from_all_but({key_id: [leader, *([beside] if beside else [])]})
    if leaving:
        wraps.take_from_circle([key_id], circles.read(leaving)[leaving])


def out_of_reach(circle: str) -> "models.QuerySet[DataKey]":
    """Return the keys in force that the people of a circle cannot open now; none while it has no people."""
    people, living = circles.in_force(circle), DataKey.objects.filter(state=DataKey.State.ACTIVE, sealed_share=None)
    if people is None:
        return living.none()
    sealed = ShareWrap.objects.filter(key=models.OuterRef("pk"), kind=Kind.CIRCLE, holder=str(people.pk))
    return living.filter(~models.Exists(sealed))


@transaction.atomic
def move(row: DataKey, member: uuid.UUID | None, circle: str) -> bool:
    """Seal to people what stage A sealed under the master key, which opens it no more; say whether it could be done.

    It goes to the people of ``circle``, and to ``member`` if they have keys; without people of that circle nothing
    moves. There is no way back: only they could seal it to the line again.
    """
    before = bytes(row.sealed_share or b"")
    if not before or circles.in_force(circle) is None:
        return False
    try:
        share = shares.open_a(row.pk, before)
    except CannotOpen:
        note_damaged("key", str(row.pk))
        return False
    wraps.to_circle(row.pk, share, circle, by=LINE, reason="kept")
    if member is not None:
        wraps.to_member(row.pk, share, member, by=LINE, reason="kept")
    return take_from_line(row.pk, before)


def take_from_line(key_id: uuid.UUID, sealed_share: bytes) -> bool:
    """Let the line open a key no more that is sealed to people by now; part of the caller's transaction.

    ``sealed_share`` is what was opened under the master key; False when the row holds another meanwhile.
    """
    LINE.kept.forget(key_id)
    transaction.on_commit(functools.partial(leftovers.empty_log, DEFAULT_DB_ALIAS), robust=True)
    return bool(DataKey.objects.filter(pk=key_id, sealed_share=sealed_share).update(sealed_share=None))


def pass_to(row: DataKey, other: Holder, *, by: Holder) -> None:
    """Let another holder of the same person open a key: their new session, their return code.

    Raises vault.errors.CannotOpen when ``by`` cannot; in stage A there is nothing to do.
    """
    if row.sealed_share is None:
        other.receive(row.pk, by.share_of(row.pk))


def shut_to(leaders: Mapping[uuid.UUID, uuid.UUID]) -> set[uuid.UUID]:
    """Return which of these keys are sealed to people and do not open for whoever leads there: key → member."""
    keys = {member: str(row.pk) for member, row in staff_keys.of_members(set(leaders.values())).items()}
    living = DataKey.objects.filter(pk__in=list(leaders), state=DataKey.State.ACTIVE, sealed_share=None)
    held = set(ShareWrap.objects.filter(key__in=list(leaders), kind=Kind.PERSON).values_list("key", "holder"))
    found = living.values_list("pk", flat=True)
    return {key for key in found if (mine := keys.get(leaders[key])) is not None and (key, mine) not in held}


def _lacking(key_id: uuid.UUID, member: uuid.UUID | None, circle: str) -> list[str]:
    """Return for which kinds of those who should open a key it is not sealed; whoever has no keys is passed over."""
    person = staff_keys.of_members([member]).get(member) if member else None
    wanted = {Kind.PERSON: person, Kind.CIRCLE: circles.in_force(circle)}
    have = wraps.holders_of(key_id)
    return [kind for kind, one in wanted.items() if one is not None and (kind, str(one.pk)) not in have]


def keep(
    key_id: uuid.UUID,
    *,
    by: Holder,
    member: uuid.UUID | None,
    circle: str,
    leaving: str = "",
    beside: uuid.UUID | None = None,
) -> bool:
    """See that a key opens for this member and the people of this circle; say whether anything was missing.

    For the caller, whose page holds the key while they are there: whoever lost a conversation could not pass it on.
    Once the member has it, others (but whoever stays ``beside`` them) and the people of ``leaving`` lose it.
    """
    lacking = _lacking(key_id, member, circle)
    row = DataKey.objects.filter(pk=key_id).first() if lacking else None
    share = _share(row, by) if row is not None else None
    if share is None:
        return False
    with transaction.atomic():  # in the order of ``give``, so that nobody waits in a ring
        given = member if Kind.PERSON in lacking else None
        if given:
            wraps.to_member(key_id, share, given, by=by, reason="kept")
        if Kind.CIRCLE in lacking:
            wraps.to_circle(key_id, share, circle, by=by, reason="kept")
        if given:
            stay = [given, *([beside] if beside else [])]
            wraps.take_from_all_but({key_id: stay})
            wraps.take_from_circle([key_id], circles.read(leaving)[leaving])
    return True
