"""The keys of circles: one key pair for all people of a duty, made anew whenever who belongs to it changes."""

import os
import uuid
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.utils import timezone

from vault import master_keys, staff_keys, trail
from vault.damage import note_damaged
from vault.errors import Damaged
from vault.models import CircleKey, CircleWrap, ShareWrap, StaffKey
from vault.sealing import KEY, Context
from vault.statements import among
from vault.wrapping import KeyPair, seal_to


def _told_of_key(row: CircleKey) -> tuple[str, ...]:
    return ("circle key", str(row.pk), row.circle, bytes(row.public).hex())


def _told_of_wrap(row: CircleWrap) -> tuple[str, ...]:
    return ("circle wrap", str(row.circle_key_id), str(row.staff_key_id), bytes(row.sealed_seed).hex())


def _vouched(row: CircleKey) -> bool:
    if master_keys.vouches(row.voucher, *_told_of_key(row)):
        return True
    note_damaged("circle_key", str(row.pk))
    return False


def _context(circle_key: uuid.UUID) -> Context:
    return Context("circle", "vault_circlewrap", "sealed_seed", str(circle_key))


def in_force(circle: str) -> CircleKey | None:
    """Return the key to which something for this circle is sealed now; None while nobody of it has keys."""
    row = CircleKey.objects.filter(circle=circle, retired_at=None).first()
    return row if row is not None and _vouched(row) else None


def ids_of(circle: str) -> list[uuid.UUID]:
    """Return the ids of all keys of a circle, those of earlier times included."""
    return list(CircleKey.objects.filter(circle=circle).values_list("pk", flat=True))


def read(*named: str) -> dict[str, list[CircleKey]]:
    """Return all keys of these circles, those of earlier times included, read by one question."""
    found: dict[str, list[CircleKey]] = {name: [] for name in named}
    for row in among(CircleKey, circle=named):
        found[row.circle].append(row)
    return found


def newest(rows: Iterable[CircleKey]) -> CircleKey | None:
    """Return the key that is in force among those of one circle, as ``in_force``."""
    return next((row for row in rows if row.retired_at is None and _vouched(row)), None)


def ids_opened_without(member: uuid.UUID) -> list[uuid.UUID]:
    """Return the ids of all keys of circles that somebody else than this member opens."""
    others = CircleWrap.objects.exclude(staff_key__member=member)
    return list(others.values_list("circle_key", flat=True).distinct())


# Who belongs --------------------------------------------------------------------------------------------------------


def keep(circle: str, members: Iterable[uuid.UUID], roles: Iterable[str]) -> bool:
    """See that the circle's key is sealed to just these members, as far as they have keys; say whether it changed.

    ``roles`` are those that a member's vouched keys must name. Whoever left can open nothing that is sealed to the
    circle from now on; what was sealed to its earlier keys, those who stay go on opening.
    """
    wanted = {key.pk: key for key in staff_keys.of_members(members).values() if key.role in set(roles)}
    if _stands(circle, wanted):
        return False
    with transaction.atomic():
        # The trail's lock is the circle's too: of two nodes that see a change at once, one makes a key.
        trail.append(actor="line", act="circle.turn", subject_kind="circle", subject=circle, result="done", reason="")
        if _stands(circle, wanted):
            transaction.set_rollback(True)  # another node was first
            return False
        CircleKey.objects.filter(circle=circle, retired_at=None).update(retired_at=timezone.now())
        if wanted:  # the seeds of a circle that nobody belongs to now wait for whoever comes back
            CircleWrap.objects.filter(circle_key__circle=circle).exclude(staff_key__in=wanted).delete()
            _make(circle, wanted.values())
        _forget_unused(circle)
    return True


def _stands(circle: str, wanted: Iterable[uuid.UUID]) -> bool:
    row, people = in_force(circle), set(wanted)
    return set(row.wraps.values_list("staff_key", flat=True)) == people != set() if row else not people


def _make(circle: str, people: Iterable[StaffKey]) -> None:
    seed = os.urandom(KEY)
    row = CircleKey(circle=circle, public=KeyPair(seed).public, made_at=timezone.now())
    row.voucher = master_keys.vouch(*_told_of_key(row))
    row.save(force_insert=True)
    CircleWrap.objects.bulk_create(_wrap(row, person, seed) for person in people)


def _wrap(row: CircleKey, person: StaffKey, seed: bytes) -> CircleWrap:
    sealed = seal_to(bytes(person.public), _context(row.pk), seed)
    wrap = CircleWrap(circle_key=row, staff_key=person, sealed_seed=sealed)
    wrap.voucher = master_keys.vouch(*_told_of_wrap(wrap))
    return wrap


def _forget_unused(circle: str) -> None:
    """Remove earlier keys of the circle to which nothing is sealed any more."""
    used = ShareWrap.objects.filter(kind=ShareWrap.Kind.CIRCLE).values("holder")
    past = CircleKey.objects.filter(circle=circle).exclude(retired_at=None)
    still = {uuid.UUID(holder) for holder in used.values_list("holder", flat=True).distinct()}
    past.exclude(pk__in=still).delete()


# Opening ------------------------------------------------------------------------------------------------------------


def pairs_of(staff_key: uuid.UUID, pair: KeyPair, circle_keys: Iterable[uuid.UUID]) -> Iterator[tuple[str, KeyPair]]:
    """Open those of these circles' keys that are sealed to a person; each with its id as text."""
    for wrap in CircleWrap.objects.filter(staff_key=staff_key, circle_key__in=list(circle_keys)):
        found = opened(wrap, pair)
        if found is not None:
            yield str(wrap.circle_key_id), found


def seeds_of(people: Iterable[uuid.UUID], circle_keys: Iterable[uuid.UUID]) -> dict[tuple[str, str], CircleWrap]:
    """Return these circles' seeds as they are sealed to these staff keys, by the ids of both as text."""
    wraps = among(CircleWrap, staff_key=list(people), circle_key=list(circle_keys))
    return {(str(wrap.staff_key_id), str(wrap.circle_key_id)): wrap for wrap in wraps}


def opened(wrap: CircleWrap, pair: KeyPair) -> KeyPair | None:
    """Open a circle's keys with those of the person to whom they are sealed; None when they were changed."""
    try:
        if not master_keys.vouches(wrap.voucher, *_told_of_wrap(wrap)):
            raise Damaged
        return KeyPair(pair.unseal(_context(wrap.circle_key_id), bytes(wrap.sealed_seed)))
    except Damaged:
        note_damaged("circle_wrap", str(wrap.pk))
        return None


class Ring:
    """The keys of one person, and those of their circles that they have opened."""

    def __init__(self, own: KeyPair) -> None:
        self.own = own
        self._opened: dict[tuple[uuid.UUID, bytes, bytes], KeyPair] = {}

    def of_circle(self, wrap: CircleWrap) -> KeyPair | None:
        """Open a circle's keys by a row that was just read; the very same row is opened once."""
        name = (wrap.circle_key_id, bytes(wrap.sealed_seed), bytes(wrap.voucher))
        found = self._opened.get(name) or opened(wrap, self.own)
        if found is not None:
            self._opened[name] = found
        return found


def carry(staff_key: uuid.UUID, pair: KeyPair) -> int:
    """Let those who came to a circle later have its earlier keys, of which this person holds some; return how many."""
    mine = CircleKey.objects.filter(wraps__staff_key=staff_key).exclude(retired_at=None)
    done = 0
    for row in mine:
        people = [wrap.staff_key for wrap in _newest_wraps(row.circle)]
        lacking = [one for one in people if not row.wraps.filter(staff_key=one).exists()]
        if not lacking or not _vouched(row):
            continue
        for _id, held in pairs_of(staff_key, pair, [row.pk]):
            CircleWrap.objects.bulk_create((_wrap(row, one, held.seed) for one in lacking), ignore_conflicts=True)
            done += len(lacking)
    return done


def _newest_wraps(circle: str) -> Iterable[CircleWrap]:
    row = in_force(circle)
    return row.wraps.select_related("staff_key") if row else ()
