"""The keys of members: a place held free, filled at the first sign-in, vouched for, and opened by what they know."""

import os
import uuid
from collections.abc import Iterable
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from vault import master_keys, stretching
from vault.damage import note_damaged
from vault.errors import CannotOpen
from vault.models import CircleWrap, SeedEnvelope, ShareWrap, StaffKey
from vault.sealing import KEY, Context, Sealer
from vault.statements import among
from vault.wrapping import KeyPair

State = StaffKey.State
Closure = SeedEnvelope.Closure


def told(row: StaffKey) -> tuple[str, ...]:
    """Return what the line vouches for about a member's keys."""
    publics = (bytes(row.public).hex(), bytes(row.public_of_signatures).hex())
    return ("staff key", str(row.pk), str(row.member), row.role, row.state, *publics)


def _vouched(row: StaffKey) -> bool:
    """Say whether the line vouches for a row; one that somebody changed by hand leaves its trace."""
    if master_keys.vouches(row.voucher, *told(row)):
        return True
    note_damaged("staff_key", str(row.pk))
    return False


def _vouch(row: StaffKey, *fields: str) -> None:
    row.voucher = master_keys.vouch(*told(row))
    row.save(update_fields=[*fields, "voucher"] if fields else None)


def _in_force(member: uuid.UUID) -> StaffKey | None:
    row = StaffKey.objects.filter(member=member).exclude(state=State.RETIRED).first()
    return row if row is not None and _vouched(row) else None


def expect(member: uuid.UUID, role: str) -> None:
    """Hold a place free for the keys of a member; who has one, or keys, keeps them."""
    if not StaffKey.objects.filter(member=member).exclude(state=State.RETIRED).exists():
        _vouch(StaffKey(member=member, role=role, made_at=timezone.now()))


def of_members(members: Iterable[uuid.UUID]) -> dict[uuid.UUID, StaffKey]:
    """Return the keys in force of these members, by member; who has none, or one nobody vouches for, is left out."""
    rows = among(StaffKey, member=list(members), state=[State.ACTIVE.value])
    return {row.member: row for row in rows if _vouched(row)}


def owners_of(staff_keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Return to which member each of these keys belongs, whether in force or not."""
    return dict(StaffKey.objects.filter(pk__in=list(staff_keys)).values_list("pk", "member"))


def active(staff_key: uuid.UUID) -> StaffKey | None:
    """Return a key that the line vouches for, in force or retired, by its id."""
    row = StaffKey.objects.filter(pk=staff_key).exclude(state=State.EXPECTED).first()
    return row if row is not None and _vouched(row) else None


@transaction.atomic
def note_role(member: uuid.UUID, role: str) -> None:
    """Note another role of a member: their keys go on with it."""
    row = _in_force(member)
    if row is not None and row.role != role:
        row.role = role
        _vouch(row, "role")


@transaction.atomic
def retire(member: uuid.UUID) -> None:
    """Take a member's keys out of force: nothing is sealed to them any more."""
    row = _in_force(member)
    if row is not None:
        row.state = State.RETIRED
        _vouch(row, "state")


@transaction.atomic
def forget(members: Iterable[uuid.UUID]) -> None:
    """Remove the keys of members who never were (a rehearsal's), and what was sealed to them."""
    rows = StaffKey.objects.filter(member__in=list(members))
    ids = [str(pk) for pk in rows.values_list("pk", flat=True)]
    ShareWrap.objects.filter(kind=ShareWrap.Kind.PERSON, holder__in=ids).delete()
    for model in (SeedEnvelope, CircleWrap):
        model._base_manager.filter(staff_key__in=rows).delete()  # noqa: SLF001  Django's own
    rows.delete()


class Standing(NamedTuple):
    """How a member's keys stand: whether a place is held free, whether there are keys, and a recovery code."""

    expected: bool
    made: bool
    has_code: bool


def standing(member: uuid.UUID, role: str) -> Standing:
    """Return how a member's keys stand."""
    row = _in_force(member)
    if row is None or row.role != role:
        return Standing(expected=False, made=False, has_code=False)
    has_code = row.envelopes.filter(closure=Closure.RECOVERY_CODE).exists()
    return Standing(expected=row.state == State.EXPECTED, made=row.state == State.ACTIVE, has_code=has_code)


# Opening ------------------------------------------------------------------------------------------------------------


def context_of(envelope: SeedEnvelope) -> Context:
    """Return what the content of an envelope is bound to."""
    return Context("seed", "vault_seedenvelope", "sealed_seed", str(envelope.staff_key_id), extra=(envelope.closure,))


@transaction.atomic
def close_with(staff_key: uuid.UUID, closure: str, words: str, seed: bytes) -> None:
    """Put the seed into an envelope that ``words`` open, in place of the one of this kind, if there was one.

    It is sealed twice: under what is made of the words, and that under the master key, so that a copy of the database
    cannot even be guessed at.
    """
    salt, context = os.urandom(stretching.SALT), context_of(SeedEnvelope(staff_key_id=staff_key, closure=closure))
    inner = Sealer(stretching.stretched(words, salt)).seal(context, seed)
    values = {"salt": salt, "sealed_seed": master_keys.ring().seal(context, inner), "made_at": timezone.now()}
    SeedEnvelope.objects.update_or_create(staff_key_id=staff_key, closure=closure, defaults=values)


def _opened(envelope: SeedEnvelope, words: str) -> bytes:
    """Return the seed. Raises Damaged when the words are others, or the envelope was changed."""
    context = context_of(envelope)
    inner = master_keys.unseal(context, bytes(envelope.sealed_seed))
    return Sealer(stretching.stretched(words, bytes(envelope.salt))).unseal(context, inner)


def unlock(member: uuid.UUID, role: str, words: str, closure: str = Closure.PASSWORD) -> str | None:
    """Open a member's keys with their password (or ``closure``): the key's id and the seed; None when they stay shut.

    At their first sign-in it is made, if the line holds a place free for them. About 0.2 s of work.
    """
    row = _in_force(member)
    if row is None or row.role != role:
        return None
    if row.state == State.EXPECTED:
        seed = _filled(row, words) if closure == Closure.PASSWORD else None
        if seed is not None:
            return _as_text(row, seed)
        row.refresh_from_db()  # another sign-in of theirs was first
    envelope = row.envelopes.filter(closure=closure).first()
    try:
        seed = _opened(envelope, words) if envelope else None
    except CannotOpen:
        return None
    return _as_text(row, seed) if seed and _fits(row, seed) else None


def _as_text(row: StaffKey, seed: bytes) -> str:
    return f"{row.pk}:{seed.hex()}"


@transaction.atomic
def _filled(row: StaffKey, password: str) -> bytes | None:
    """Make the keys of a place that is still free; None when another sign-in of the same member was first."""
    still = StaffKey.objects.select_for_update(no_key=True).filter(pk=row.pk, state=State.EXPECTED).first()
    if still is None:
        return None
    seed = _fill(still)
    close_with(row.pk, Closure.PASSWORD, password, seed)
    return seed


def _fill(row: StaffKey) -> bytes:
    """Make the keys for a place that was held free; return their seed, which no envelope holds yet."""
    seed = os.urandom(KEY)
    pair = KeyPair(seed)
    row.state, row.public, row.public_of_signatures = State.ACTIVE, pair.public, pair.public_of_signatures
    _vouch(row, "state", "public", "public_of_signatures")
    return seed


def made_for(member: uuid.UUID, role: str) -> str:
    """Make keys for a member who has no password (a rehearsal's); return what a session keeps, and nothing else."""
    expect(member, role)
    row = StaffKey.objects.get(member=member, state=State.EXPECTED)
    return _as_text(row, _fill(row))


def _fits(row: StaffKey, seed: bytes) -> bool:
    return KeyPair(seed).public == bytes(row.public)
