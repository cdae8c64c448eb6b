"""Share A sealed to those who may open it, each with a grant: who let them have it, when and why, signed."""

import datetime
import hashlib
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from django.db.models import Exists, OuterRef
from django.utils import timezone

from vault import circles, master_keys, signing, staff_keys
from vault.damage import note_damaged
from vault.errors import Damaged, KeyUnavailable
from vault.models import CircleKey, ShareWrap, StaffKey
from vault.sealing import Context, Sealer, derive, framed
from vault.statements import Insert, among, delete_among
from vault.wrapping import KeyPair, seal_to

Kind = ShareWrap.Kind
TO_PEOPLE = (Kind.PERSON.value, Kind.CIRCLE.value)
TOLD = ("sealed_share", "granter", "reason", "at", "signature", "voucher")
#: Two pages of one caller may put the same grant at once, at two nodes: the later one stands.
PUT = Insert(
    ShareWrap,
    f"ON CONFLICT (key_id, kind, holder) DO UPDATE SET {', '.join(f'{one} = excluded.{one}' for one in TOLD)}",
)
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


def _granted(row: ShareWrap, *, by: Granter, reason: str, at: datetime.datetime | None = None) -> ShareWrap:
    """Return a row that is not stored yet with its grant, signed and vouched for."""
    row.granter, row.reason, row.at = by.name, reason, at or timezone.now()
    grant = grant_of(row)
    row.signature = by.sign(framed(grant))
    row.voucher = master_keys.vouch(*grant)
    return row


def put(rows: Sequence[ShareWrap]) -> None:
    """Store grants, each in place of the one to the same holder, if there is one."""
    if rows:
        PUT.store([[getattr(row, field.attname) for field in PUT.fields] for row in rows])


def to_caller(key_id: uuid.UUID, share: bytes, secret: str, *, by: Granter) -> None:
    """Let the caller whose session holds ``secret`` open a key."""
    put([for_secret(key_id, share, secret, by=by)])


def for_secret(key_id: uuid.UUID, share: bytes, secret: str, *, by: Granter) -> ShareWrap:
    """Return what ``to_caller`` stores."""
    sealer = _caller_sealer(key_id, secret)
    holder = sealer.key_id.hex()
    sealed = sealer.seal(_context(key_id, Kind.CALLER, holder), share)
    return _granted(_sealed(key_id, Kind.CALLER, holder, sealed), by=by, reason="own")


def to_code(key_id: uuid.UUID, share: bytes, key: bytes, *, by: Granter) -> None:
    """Let whoever has a return code open a key, in place of the code before; ``key`` (32 bytes) is made of it."""
    sealed = Sealer(key).seal(_context(key_id, Kind.CODE, ""), share)
    put([_granted(_sealed(key_id, Kind.CODE, "", sealed), by=by, reason="own")])


def for_keys(
    key_id: uuid.UUID,
    share: bytes,
    to: StaffKey | CircleKey,
    *,
    by: Granter,
    reason: str,
    at: datetime.datetime | None = None,
) -> ShareWrap:
    """Return a grant, not stored yet, that lets a member or the people of a circle open a key; dated ``at``, or now."""
    kind = Kind.PERSON if isinstance(to, StaffKey) else Kind.CIRCLE
    sealed = seal_to(bytes(to.public), _context(key_id, kind, str(to.pk)), share)
    return _granted(_sealed(key_id, kind, str(to.pk), sealed), by=by, reason=reason, at=at)


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
    if row is not None:
        put([for_keys(key_id, share, row, by=by, reason=reason, at=at)])
    return row is not None


def to_circles(key_id: uuid.UUID, share: bytes, named: Sequence[str], *, by: Granter, reason: str) -> bool:
    """Let all people of some circles open a key; False while none of them has any."""
    found = circles.read(*named)
    rows = [row for row in map(circles.newest, found.values()) if row is not None]
    put([for_keys(key_id, share, row, by=by, reason=reason) for row in rows])
    return bool(rows)


def to_circle(key_id: uuid.UUID, share: bytes, circle: str, *, by: Granter, reason: str) -> bool:
    """Let all people of a circle open a key; False while it has none."""
    return to_circles(key_id, share, [circle], by=by, reason=reason)


def take_from_all_but(stay: Mapping[uuid.UUID, Collection[uuid.UUID]], read: "Read | None" = None) -> None:
    """Let no other member open these keys any more: key → the members who keep it."""
    rows = [row for row in (read or Read(stay, ())).people() if row.key_id in stay]
    owners = staff_keys.owners_of({uuid.UUID(row.holder) for row in rows}) if rows else {}
    others = [row.pk for row in rows if owners.get(uuid.UUID(row.holder)) not in stay[row.key_id]]
    if others:
        ShareWrap.objects.filter(pk__in=others).delete()


def take_from_leaver(member: uuid.UUID) -> int:
    """Let a member who leaves open nothing any more that a circle opens too; return how many keys.

    What nobody else could open stays sealed to them: deleting it would destroy it.
    """
    theirs = [str(one) for one in StaffKey.objects.filter(member=member).values_list("pk", flat=True)]
    still = [str(one) for one in circles.ids_opened_without(member)]
    others = ShareWrap.objects.filter(key=OuterRef("key"), kind=Kind.CIRCLE, holder__in=still)
    done, _each = ShareWrap.objects.filter(Exists(others), kind=Kind.PERSON, holder__in=theirs).delete()
    return done


def take_from_circle(keys: Iterable[uuid.UUID], earlier: Iterable[CircleKey]) -> None:
    """Let the people of a circle, of which these are all keys, no longer open these keys as such."""
    delete_among(ShareWrap, key=list(keys), kind=[Kind.CIRCLE.value], holder=[str(one.pk) for one in earlier])


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


def _good(rows: Iterable[ShareWrap]) -> Iterator[ShareWrap]:
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


class Read:
    """To which people some keys are sealed, and what these members (ids of staff keys) need to open them.

    Read by two questions.
    """

    def __init__(self, keys: Iterable[uuid.UUID], staff: Sequence[uuid.UUID]) -> None:
        self._rows: dict[uuid.UUID, list[ShareWrap]] = {}
        for row in among(ShareWrap, key=list(keys), kind=TO_PEOPLE):
            self._rows.setdefault(row.key_id, []).append(row)
        of_circles = {row.holder for rows in self._rows.values() for row in rows if row.kind == Kind.CIRCLE}
        self._seeds = circles.seeds_of(staff, [uuid.UUID(one) for one in of_circles]) if staff else {}

    def people(self) -> list[ShareWrap]:
        """Return what is sealed to members."""
        return [row for rows in self._rows.values() for row in rows if row.kind == Kind.PERSON]

    def lacks(self, key_id: uuid.UUID, circle: CircleKey) -> bool:
        """Say whether a key has no good grant to the people of a circle under this key of theirs."""
        mine = (Kind.CIRCLE, str(circle.pk))
        return not any(_stands(row) for row in self._rows.get(key_id, ()) if (row.kind, row.holder) == mine)

    def share(self, key_id: uuid.UUID, staff_key: uuid.UUID, ring: circles.Ring) -> bytes:
        """Open share A with a member's keys: as theirs, or as that of a circle of theirs. Raises KeyUnavailable."""
        rows = self._rows.get(key_id, [])
        for row in _good(row for row in rows if (row.kind, row.holder) == (Kind.PERSON, str(staff_key))):
            return _unsealed(row, ring.own)
        for row in rows:
            seed = self._seeds.get((str(staff_key), row.holder)) if row.kind == Kind.CIRCLE else None
            opened = ring.of_circle(seed) if seed else None
            for good in _good([row] if opened else []):
                return _unsealed(good, opened or ring.own)
        raise KeyUnavailable


def _unsealed(row: ShareWrap, pair: KeyPair) -> bytes:
    try:
        return pair.unseal(_context(row.key_id, row.kind, row.holder), bytes(row.sealed_share))
    except Damaged:
        note_damaged("grant", str(row.pk))
        raise KeyUnavailable from None
