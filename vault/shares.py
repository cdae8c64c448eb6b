"""The two halves of every key: A in the main database, B in the keystore under the key of a day."""

import datetime
import os
import uuid

from django.utils import timezone

from vault import master_keys
from vault.keystore.models import EpochKey, KeyShare
from vault.sealing import KEY, Context, Sealer, derive


def context_of(place: str, key_id: uuid.UUID) -> Context:
    """Return what a share is bound to; ``place`` is the table that keeps it."""
    return Context(purpose="share", table=place, column="sealed_share", record=str(key_id))


def seal_a(key_id: uuid.UUID, share: bytes) -> bytes:
    """Seal share A under the primary master key."""
    return master_keys.ring().seal(context_of("vault_datakey", key_id), share)


def open_a(key_id: uuid.UUID, sealed: bytes) -> bytes:
    """Open share A. Raises Damaged."""
    return master_keys.unseal(context_of("vault_datakey", key_id), sealed)


def seal_b(epoch: EpochKey, key_id: uuid.UUID, share: bytes) -> bytes:
    """Seal share B under the key of an epoch."""
    return epoch_key(epoch).seal(context_of("keystore_keyshare", key_id), share)


def put_b(key_id: uuid.UUID) -> bytes:
    """Make a fresh share B, put it into the keystore under today's key, and return it."""
    share, epoch = os.urandom(KEY), epoch_of()
    KeyShare.objects.create(pk=key_id, epoch=epoch, sealed_share=seal_b(epoch, key_id, share))
    return share


def open_b(share: KeyShare) -> bytes:
    """Open share B. Raises Damaged."""
    return epoch_key(share.epoch).unseal(context_of("keystore_keyshare", share.pk), bytes(share.sealed_share))


def secret_of(key_id: uuid.UUID, share_a: bytes, share_b: bytes) -> bytes:
    """Return the secret that both halves make together (docs/CRYPTOGRAPHY.md)."""
    return derive(share_a + share_b, f"pmpt/v1/case-dek|{key_id}")


def commitment_to(secret: bytes) -> bytes:
    """Return what is kept in the clear to see that a secret is the right one: AES-GCM does not commit to its key."""
    return derive(secret, "pmpt/v1/commit")


# The key of a day ---------------------------------------------------------------------------------------------------


def epoch_context(epoch: EpochKey) -> Context:
    """Return what the key of a day is bound to."""
    return Context(purpose="epoch", table="keystore_epochkey", column="sealed_key", record=epoch.day.isoformat())


def epoch_key(epoch: EpochKey) -> Sealer:
    """Open the key of a day. Raises Damaged."""
    return Sealer(master_keys.unseal(epoch_context(epoch), bytes(epoch.sealed_key)))


def epoch_of(today: datetime.date | None = None) -> EpochKey:
    """Return the epoch of this day (UTC), made if it is the first time that somebody asks."""
    today = today or timezone.now().date()
    row = EpochKey.objects.filter(day=today).first()
    if row is None:
        row = EpochKey(day=today)
        sealed = master_keys.ring().seal(epoch_context(row), os.urandom(KEY))
        row, _new = EpochKey.objects.get_or_create(day=today, defaults={"sealed_key": sealed})
    return row
