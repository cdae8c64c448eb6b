"""Keys of a few members who share what they say: sealed to each of them, dated to the day and no finer."""

import datetime
import os
import uuid
from collections.abc import Collection, Iterable, Mapping

from django.db import transaction
from django.utils import timezone

from vault import shares, staff_keys, wraps
from vault.case_keys import CaseKey
from vault.damage import note_damaged
from vault.errors import CannotOpen, KeyUnavailable
from vault.granting import take_from_line
from vault.holders import LINE, Holder
from vault.models import DataKey, ShareWrap, StaffKey
from vault.sealing import KEY
from vault.stage import only_people_open

Kind = wraps.Kind
REASON = "shared"
#: After a key of stage A was sealed to the first of its members, for those who have no keys yet; then it moves anyway.
WAITS = datetime.timedelta(days=7)


def _today() -> datetime.datetime:
    """Return midnight UTC: a grant of these keys does not say at what hour somebody was here."""
    return timezone.now().astimezone(datetime.UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def issue_shared(members: Collection[uuid.UUID], *, by: Holder) -> DataKey:
    """Make a key that opens for these members, of whom ``by`` is one; part of the caller's transaction.

    In stage B a member without keys of their own is passed over. Raises KeyUnavailable when ``by`` is.
    """
    key_id, share_a = uuid.uuid4(), os.urandom(KEY)
    secret = shares.secret_of(key_id, share_a, shares.put_b(key_id))
    people = only_people_open()
    row = DataKey.objects.create(
        pk=key_id,
        sealed_share=None if people else shares.seal_a(key_id, share_a),
        commitment=shares.commitment_to(secret),
        created_on=timezone.now().date(),
    )
    if people:
        _seal_to(key_id, share_a, members, by=by)
        if by.share_of(key_id) != share_a:
            raise KeyUnavailable
    (by if people else LINE).kept.hold(CaseKey(key_id, secret))
    return row


def _seal_to(key_id: uuid.UUID, share: bytes, members: Iterable[uuid.UUID], *, by: Holder) -> int:
    at = _today()
    return sum(wraps.to_member(key_id, share, member, by=by, reason=REASON, at=at) for member in members)


def share_with(wanted: Mapping[uuid.UUID, Collection[uuid.UUID]], *, by: Holder) -> int:
    """Let members open keys that are not sealed to them yet (key → members); return how many times that was done.

    What ``by`` cannot open themselves stays as it is; so does everything in stage A.
    """
    lacking = _lacking(wanted)
    living = DataKey.objects.filter(pk__in=lacking, state=DataKey.State.ACTIVE, sealed_share=None)
    done = 0
    for key_id in living.values_list("pk", flat=True):
        try:
            done += _seal_to(key_id, by.share_of(key_id), lacking[key_id], by=by)
        except CannotOpen:
            continue
    return done


def _lacking(wanted: Mapping[uuid.UUID, Collection[uuid.UUID]]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Return the keys that are not sealed to all who should open them, and to whom they are not."""
    people = staff_keys.of_members({member for members in wanted.values() for member in members})
    wraps_of = ShareWrap.objects.filter(key__in=list(wanted), kind=Kind.PERSON)
    held = set(wraps_of.values_list("key", "holder"))
    lacking = {
        key: [one for one in members if one in people and (key, str(people[one].pk)) not in held]
        for key, members in wanted.items()
    }
    return {key: members for key, members in lacking.items() if members}


# Moving what stage A sealed ------------------------------------------------------------------------------------------


def due_to_move(wanted: Mapping[uuid.UUID, Collection[uuid.UUID]]) -> list[uuid.UUID]:
    """Return which of these keys (key → members who may open it) ``move_shared`` would do something about now."""
    sealed = DataKey.objects.filter(pk__in=list(wanted), state=DataKey.State.ACTIVE, sealed_share__isnull=False)
    left = {key: wanted[key] for key in sealed.order_by("pk").values_list("pk", flat=True)}
    if not left:
        return []
    people, lacking = staff_keys.of_members({one for members in left.values() for one in members}), _lacking(left)
    waited = _waited(left)
    return [
        key
        for key, members in left.items()
        if key in lacking or key in waited or (members and all(one in people for one in members))
    ]


def _waited(keys: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Return the keys that were sealed to the first of their members WAITS ago."""
    first = ShareWrap.objects.filter(key__in=list(keys), kind=Kind.PERSON, at__lte=_today() - WAITS)
    return set(first.values_list("key", flat=True))


@transaction.atomic
def move_shared(key_id: uuid.UUID, members: Collection[uuid.UUID]) -> bool:
    """Seal to these members what stage A sealed under the master key; say whether that opens it no more.

    It goes on opening it while some have no keys yet and the first had theirs for less than WAITS, and for as long as
    nobody has any. All in one transaction, in which nobody may come or go: what belongs to a group is locked by it.
    """
    active = DataKey.objects.select_for_update(no_key=True).filter(pk=key_id, state=DataKey.State.ACTIVE)
    before = bytes(active.values_list("sealed_share", flat=True).first() or b"")
    people = staff_keys.of_members(members)
    if not before or not people:
        return False
    try:
        share = shares.open_a(key_id, before)
    except CannotOpen:
        note_damaged("key", str(key_id))
        return False
    _seal_to(key_id, share, _lacking({key_id: members}).get(key_id, []), by=LINE)
    if len(people) < len(set(members)) and not _waited([key_id]):
        return False
    return take_from_line(key_id, before)


def take_back(key_ids: Iterable[uuid.UUID], member: uuid.UUID) -> None:
    """Let a member open these keys no more."""
    theirs = [str(one) for one in StaffKey.objects.filter(member=member).values_list("pk", flat=True)]
    ShareWrap.objects.filter(key__in=list(key_ids), kind=Kind.PERSON, holder__in=theirs).delete()
