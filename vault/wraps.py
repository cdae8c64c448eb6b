"""Share A sealed to those who may open it, each with a grant: who let them have it, when and why, signed."""

import datetime
import hashlib
import uuid
from collections.abc import Iterator
from typing import Protocol

from django.db.models import Exists, OuterRef
from django.utils import timezone

from vault import circles, master_keys, signing, staff_keys
from vault.damage import note_damaged
from vault.errors import Damaged, KeyUnavailable
from vault.models import ShareWrap, StaffKey
from vault.sealing import Context, Sealer, derive, framed
from vault.wrapping import KeyPair, seal_to

Kind = ShareWrap.Kind
UNSIGNED = frozenset({"caller", "line"})  # granters who have no signing key; the line vouches for what they grant


class Granter(Protocol):
    """Whoever lets somebody open a key."""

    name: str  # the id of their staff key, «caller» or «line»

    def sign(self, told: bytes) -> bytes:
        """Return a signature over some bytes; nothing, if they have no signing key."""


def _context(key_id: uuid.UUID, kind: str, holder: str) -> Context:
    return Context("share", "vault_sharewrap", "sealed_share", str(key_id), extra=(kind, holder))


def _caller_sealer(key_id: uuid.UUID, secret: str) -> Sealer:
    return Sealer(derive(secret.encode(), f"pmpt/v1/caller|{key_id}"))


def grant_of(row: ShareWrap) -> tuple[str, ...]:
    """Return what a grant says, as it is vouched for and signed (docs/CRYPTOGRAPHY.md)."""
    at = row.at.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    sealed = hashlib.sha256(bytes(row.sealed_share)).hexdigest()
    return ("grant", str(row.key_id), row.kind, row.holder, row.granter, row.reason, at, sealed)


def _sealed(key_id: uuid.UUID, kind: str, holder: str, sealed: bytes) -> ShareWrap:
    return ShareWrap(key_id=key_id, kind=kind, holder=holder, sealed_share=sealed)


def _put(row: ShareWrap, *, by: Granter, reason: str, at: datetime.datetime | None = None) -> None:
    row.granter, row.reason, row.at = by.name, reason, at or timezone.now()
    row.signature = by.sign(framed(grant_of(row)))
    row.voucher = master_keys.vouch(*grant_of(row))
    columns = ("sealed_share", "granter", "reason", "at", "signature", "voucher")
    values = {name: getattr(row, name) for name in columns}
    # Two pages of one caller may do so at once, at two nodes: the later one stands.
    ShareWrap.objects.update_or_create(key_id=row.key_id, kind=row.kind, holder=row.holder, defaults=values)


def to_caller(key_id: uuid.UUID, share: bytes, secret: str, *, by: Granter) -> None:
    """Let the caller whose session holds ``secret`` open a key."""
    sealer = _caller_sealer(key_id, secret)
    holder = sealer.key_id.hex()
    sealed = sealer.seal(_context(key_id, Kind.CALLER, holder), share)
    _put(_sealed(key_id, Kind.CALLER, holder, sealed), by=by, reason="own")


def to_code(key_id: uuid.UUID, share: bytes, key: bytes, *, by: Granter) -> None:
    """Let whoever has a return code open a key, in place of the code before; ``key`` (32 bytes) is made of it."""
    sealed = Sealer(key).seal(_context(key_id, Kind.CODE, ""), share)
    _put(_sealed(key_id, Kind.CODE, "", sealed), by=by, reason="own")


def to_member(
    key_id: uuid.UUID,
    share: bytes,
    member: uuid.UUID,
    *,
    by: Granter,
    reason: str,
    at: datetime.datetime | None = None,
) -> bool:
    """Let a member open a key; False when they have no keys that the line vouches for. ``at``: dated then, not now."""
    row = staff_keys.of_members([member]).get(member)
    if row is None:
        return False
    sealed = seal_to(bytes(row.public), _context(key_id, Kind.PERSON, str(row.pk)), share)
    _put(_sealed(key_id, Kind.PERSON, str(row.pk), sealed), by=by, reason=reason, at=at)
    return True


def to_circle(key_id: uuid.UUID, share: bytes, circle: str, *, by: Granter, reason: str) -> bool:
    """Let all people of a circle open a key; False while it has none."""
    row = circles.in_force(circle)
    if row is None:
        return False
    sealed = seal_to(bytes(row.public), _context(key_id, Kind.CIRCLE, str(row.pk)), share)
    _put(_sealed(key_id, Kind.CIRCLE, str(row.pk), sealed), by=by, reason=reason)
    return True


def take_from_all_but(key_id: uuid.UUID, *members: uuid.UUID) -> None:
    """Let no other member open a key any more."""
    mine = StaffKey.objects.filter(member__in=members).values_list("pk", flat=True)
    others = ShareWrap.objects.filter(key=key_id, kind=Kind.PERSON)
    others.exclude(holder__in=[str(one) for one in mine]).delete()


def take_from_leaver(member: uuid.UUID) -> int:
    """Let a member who leaves open nothing any more that a circle opens too; return how many keys.

    What nobody else could open stays sealed to them: deleting it would destroy it.
    """
    theirs = [str(one) for one in StaffKey.objects.filter(member=member).values_list("pk", flat=True)]
    still = [str(one) for one in circles.ids_opened_without(member)]
    others = ShareWrap.objects.filter(key=OuterRef("key"), kind=Kind.CIRCLE, holder__in=still)
    done, _each = ShareWrap.objects.filter(Exists(others), kind=Kind.PERSON, holder__in=theirs).delete()
    return done


def take_from_circle(key_id: uuid.UUID, circle: str) -> None:
    """Let the people of a circle no longer open a key as such."""
    keys = [str(one) for one in circles.ids_of(circle)]
    ShareWrap.objects.filter(key=key_id, kind=Kind.CIRCLE, holder__in=keys).delete()


def holders_of(key_id: uuid.UUID) -> set[tuple[str, str]]:
    """Return to whom a key is sealed: kind and holder, the latter as in the rows."""
    return set(ShareWrap.objects.filter(key=key_id).values_list("kind", "holder"))


# Opening ------------------------------------------------------------------------------------------------------------


def _stands(row: ShareWrap) -> bool:
    """Say whether a grant is good: the line vouches for it, and a granter of the staff signed it."""
    grant = grant_of(row)
    if not master_keys.vouches(row.voucher, *grant):
        return False
    return row.granter in UNSIGNED or _is_signed(row, grant)


def _is_signed(row: ShareWrap, grant: tuple[str, ...]) -> bool:
    granter = staff_keys.active(uuid.UUID(row.granter))
    try:
        if granter is None:
            return False
        signing.verify(bytes(granter.public_of_signatures), bytes(row.signature), framed(grant))
    except Damaged:
        return False
    return True


def _good(rows: "Iterator[ShareWrap]") -> Iterator[ShareWrap]:
    """Leave out the grants that are none; each leaves its trace."""
    for row in rows:
        if _stands(row):
            yield row
        else:
            note_damaged("grant", str(row.pk))


def for_caller(key_id: uuid.UUID, secret: str) -> bytes:
    """Open share A with the secret of a caller's session. Raises KeyUnavailable."""
    sealer = _caller_sealer(key_id, secret)
    return _by_sealer(key_id, sealer, Kind.CALLER, sealer.key_id.hex())


def for_code(key_id: uuid.UUID, key: bytes) -> bytes:
    """Open share A with what is made of a return code. Raises KeyUnavailable."""
    return _by_sealer(key_id, Sealer(key), Kind.CODE, "")


def _by_sealer(key_id: uuid.UUID, sealer: Sealer, kind: str, holder: str) -> bytes:
    for row in _good(ShareWrap.objects.filter(key=key_id, kind=kind, holder=holder).iterator()):
        try:
            return sealer.unseal(_context(key_id, kind, holder), bytes(row.sealed_share))
        except Damaged:
            note_damaged("grant", str(row.pk))
    raise KeyUnavailable


def for_person(key_id: uuid.UUID, staff_key: uuid.UUID, pair: KeyPair) -> bytes:
    """Open share A with a member's keys: as theirs, or as that of a circle of theirs. Raises KeyUnavailable."""
    own = ShareWrap.objects.filter(key=key_id, kind=Kind.PERSON, holder=str(staff_key))
    for row in _good(own.iterator()):
        return _unsealed(row, pair)
    of_circles = list(ShareWrap.objects.filter(key=key_id, kind=Kind.CIRCLE))
    pairs = dict(circles.pairs_of(staff_key, pair, [uuid.UUID(row.holder) for row in of_circles]))
    for row in _good(iter(row for row in of_circles if row.holder in pairs)):
        return _unsealed(row, pairs[row.holder])
    raise KeyUnavailable


def _unsealed(row: ShareWrap, pair: KeyPair) -> bytes:
    try:
        return pair.unseal(_context(row.key_id, row.kind, row.holder), bytes(row.sealed_share))
    except Damaged:
        note_damaged("grant", str(row.pk))
        raise KeyUnavailable from None
