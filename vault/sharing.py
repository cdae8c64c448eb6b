"""Keys of a few members who share what they say: sealed to each of them, dated to the day and no finer."""

import datetime
import os
import uuid
from collections.abc import Collection, Iterable, Mapping

from django.utils import timezone

from vault import shares, staff_keys, wraps
from vault.case_keys import CaseKey
from vault.errors import CannotOpen, KeyUnavailable
from vault.holders import LINE, Holder
from vault.models import DataKey, ShareWrap, StaffKey
from vault.sealing import KEY
from vault.stage import only_people_open

Kind = wraps.Kind
REASON = "shared"


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


def take_back(key_ids: Iterable[uuid.UUID], member: uuid.UUID) -> None:
    """Let a member open these keys no more."""
    theirs = [str(one) for one in StaffKey.objects.filter(member=member).values_list("pk", flat=True)]
    ShareWrap.objects.filter(key__in=list(key_ids), kind=Kind.PERSON, holder__in=theirs).delete()
