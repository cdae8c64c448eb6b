"""The verbs of the vault: issue, open, block, destroy keys; seal small secrets of the line; record in the trail."""

import collections
import functools
import os
import threading
import uuid

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from vault import keyring, trail
from vault.errors import KeyBlocked, KeyDestroyed, KeyFileProblem, KeyUnavailable, VaultError
from vault.keystore.models import EpochKey, KeyShare
from vault.models import DataKey
from vault.sealing import KEY, Context, Sealer, derive

__all__ = ["CaseKey", "Context", "case_key_for", "issue_key", "open_key", "record"]

KEPT_OPEN = 2_000  # derived keys that this process holds at once


# The line's own keys ------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=1)
def _ring() -> keyring.Keyring:
    return keyring.load(settings.KEY_FILE)


def make_key_file_if_new() -> None:
    """Make the master key file on the very first start. Raises KeyFileProblem when it should be there and is not."""
    _ring.cache_clear()
    if not settings.KEY_FILE.exists():
        keyring.make(settings.KEY_FILE)
    _ring()


def check_keys() -> None:
    """Open one epoch key to see that this key file belongs to this keystore. Raises VaultError with one sentence."""
    row = EpochKey.objects.order_by("-day").first()
    if row is None:
        return
    try:
        _epoch_key(row)
    except VaultError:
        message = f"The key file {settings.KEY_FILE} is not the one that sealed this keystore; restore the right one."
        raise KeyFileProblem(message) from None


def site_secrets(purpose: str) -> list[str]:
    """Return the line's secret for ``purpose`` in hexadecimal, the one in force first, then the retired ones."""
    return [secret.hex() for secret in _ring().secrets_for(purpose)]


def _site_context(purpose: str) -> Context:
    return Context(purpose="site", table="", column=purpose, record="")


def seal_site_secret(purpose: str, text: str) -> str:
    """Seal a small secret of the line itself (such as a member's TOTP seed); return hexadecimal."""
    return _ring().seal(_site_context(purpose), text.encode()).hex()


def open_site_secret(purpose: str, sealed: str) -> str:
    """Open what ``seal_site_secret`` sealed. Raises Damaged."""
    return _ring().unseal(_site_context(purpose), bytes.fromhex(sealed)).decode()


# Keys of contacts and cases -----------------------------------------------------------------------------------------


class CaseKey:
    """The key of one contact or case, derived and ready; record keys are derived from it by purpose."""

    def __init__(self, key_id: uuid.UUID, secret: bytes) -> None:
        self.key_id = key_id
        self._secret = secret
        self._sealers: dict[str, Sealer] = {}

    def _sealer(self, context: Context) -> Sealer:
        name = f"{context.purpose}|{context.record}"
        found = self._sealers.get(name)
        if found is None:
            found = self._sealers[name] = Sealer(derive(self._secret, f"pmpt/v1/record|{name}"))
        return found

    def seal(self, context: Context, plaintext: bytes, *, pad_to: int) -> bytes:
        """Seal ``plaintext``, padded to a multiple of ``pad_to`` bytes, bound to ``context``."""
        return self._sealer(context).seal(context, plaintext, pad_to=pad_to)

    def unseal(self, context: Context, sealed: bytes) -> bytes:
        """Open it. Raises vault.errors.Damaged."""
        return self._sealer(context).unseal(context, sealed)


_open: "collections.OrderedDict[uuid.UUID, CaseKey]" = collections.OrderedDict()
_open_lock = threading.Lock()


def forget_open_keys(key_id: uuid.UUID | None = None) -> None:
    """Drop derived keys from this process's memory: one, or all."""
    with _open_lock:
        if key_id is None:
            _open.clear()
        else:
            _open.pop(key_id, None)


def _share_context(place: str, key_id: uuid.UUID) -> Context:
    return Context(purpose="share", table=place, column="sealed_share", record=str(key_id))


def _epoch_context(row: EpochKey) -> Context:
    return Context(purpose="epoch", table="keystore_epochkey", column="sealed_key", record=row.day.isoformat())


def _epoch_key(row: EpochKey) -> Sealer:
    return Sealer(_ring().unseal(_epoch_context(row), bytes(row.sealed_key)))


def _epoch_of_today() -> EpochKey:
    today = timezone.now().date()
    row = EpochKey.objects.filter(day=today).first()
    if row is None:
        row = EpochKey(day=today)
        row.sealed_key = _ring().seal(_epoch_context(row), os.urandom(KEY))
        row, _new = EpochKey.objects.get_or_create(day=today, defaults={"sealed_key": row.sealed_key})
    return row


def _derive_case_secret(key_id: uuid.UUID, share_a: bytes, share_b: bytes) -> bytes:
    return derive(share_a + share_b, f"pmpt/v1/case-dek|{key_id}")


def _commitment(secret: bytes) -> bytes:
    return derive(secret, "pmpt/v1/commit")


def issue_key() -> DataKey:
    """Make a key from two fresh shares: B into the keystore (committed first), A with the caller's transaction.

    If that transaction fails, a share B without its other half remains, which opens nothing.
    """
    key_id, share_a, share_b = uuid.uuid4(), os.urandom(KEY), os.urandom(KEY)
    epoch = _epoch_of_today()
    sealed_b = _epoch_key(epoch).seal(_share_context("keystore_keyshare", key_id), share_b)
    KeyShare.objects.create(pk=key_id, epoch=epoch, sealed_share=sealed_b)
    secret = _derive_case_secret(key_id, share_a, share_b)
    row = DataKey.objects.create(
        pk=key_id,
        sealed_share=_ring().seal(_share_context("vault_datakey", key_id), share_a),
        commitment=_commitment(secret),
        created_on=timezone.now().date(),
    )
    _keep(CaseKey(key_id, secret))
    return row


def _keep(key: CaseKey) -> CaseKey:
    with _open_lock:
        _open[key.key_id] = key
        _open.move_to_end(key.key_id)
        while len(_open) > KEPT_OPEN:
            _open.popitem(last=False)
    return key


def _refuse_unless_active(row: DataKey) -> None:
    if row.state == DataKey.State.BLOCKED:
        forget_open_keys(row.pk)
        raise KeyBlocked
    if row.state != DataKey.State.ACTIVE or row.sealed_share is None:
        forget_open_keys(row.pk)
        raise KeyDestroyed


def case_key_for(row: DataKey) -> CaseKey:
    """Return the key of a row that was just read; without a query when this process holds it open.

    Raises KeyBlocked, KeyDestroyed, or KeyUnavailable when a share is missing or they do not fit.
    """
    _refuse_unless_active(row)
    with _open_lock:
        found = _open.get(row.pk)
        if found is not None:
            _open.move_to_end(row.pk)
            return found
    return _keep(_derived(row))


def _derived(row: DataKey) -> CaseKey:
    share = KeyShare.objects.select_related("epoch").filter(pk=row.pk).first()
    if share is None:
        raise KeyUnavailable
    share_a = _ring().unseal(_share_context("vault_datakey", row.pk), bytes(row.sealed_share or b""))
    share_b = _epoch_key(share.epoch).unseal(_share_context("keystore_keyshare", row.pk), bytes(share.sealed_share))
    secret = _derive_case_secret(row.pk, share_a, share_b)
    if _commitment(secret) != bytes(row.commitment):
        raise KeyUnavailable
    return CaseKey(row.pk, secret)


def open_key(key_id: uuid.UUID) -> CaseKey:
    """Read the row and return its key; raises as ``case_key_for``, and KeyDestroyed when there is no such row."""
    row = DataKey.objects.filter(pk=key_id).first()
    if row is None:
        raise KeyDestroyed
    return case_key_for(row)


def block_key(key_id: uuid.UUID) -> None:
    """Let nobody open what this key seals; part of the caller's transaction."""
    DataKey.objects.filter(pk=key_id, state=DataKey.State.ACTIVE).update(state=DataKey.State.BLOCKED)
    forget_open_keys(key_id)


def destroy_key(key_id: uuid.UUID) -> None:
    """Erase for good: share B in the keystore first, then share A; doing it again changes nothing."""
    KeyShare.objects.filter(pk=key_id).delete()
    DataKey.objects.filter(pk=key_id).update(state=DataKey.State.DESTROYED, sealed_share=None)
    forget_open_keys(key_id)


def finish_destroying() -> int:
    """Destroy the keys that are still only blocked (a crash may have come between); return how many."""
    blocked = list(DataKey.objects.filter(state=DataKey.State.BLOCKED).values_list("pk", flat=True))
    for key_id in blocked:
        destroy_key(key_id)
    return len(blocked)


# The trail ----------------------------------------------------------------------------------------------------------


def record(*, actor: str, act: str, subject_kind: str, subject: str, result: str = "done", reason: str = "") -> None:
    """Append to the trail in the current transaction. Values are ids and codes, never content."""
    trail.append(actor=actor, act=act, subject_kind=subject_kind, subject=subject, result=result, reason=reason)


def record_separately(*, actor: str, act: str, subject_kind: str, subject: str, result: str, reason: str = "") -> None:
    """Append a refused attempt, committed on its own; call it outside the transaction that is refused."""
    with transaction.atomic(durable=False):
        record(actor=actor, act=act, subject_kind=subject_kind, subject=subject, result=result, reason=reason)


def reseal_under_primary(batch: int = 1_000) -> int:
    """Re-seal epoch keys and shares A that a retired master key sealed; resumable; return how many were left to do."""
    ring, done = _ring(), 0
    for epoch in EpochKey.objects.all():
        if not ring.is_primary(bytes(epoch.sealed_key)):
            context = _epoch_context(epoch)
            epoch.sealed_key = ring.seal(context, ring.unseal(context, bytes(epoch.sealed_key)))
            epoch.save(update_fields=["sealed_key"])
            done += 1
    for row in DataKey.objects.filter(state=DataKey.State.ACTIVE).iterator(chunk_size=batch):
        if row.sealed_share and not ring.is_primary(bytes(row.sealed_share)):
            context = _share_context("vault_datakey", row.pk)
            resealed = ring.seal(context, ring.unseal(context, bytes(row.sealed_share)))
            done += DataKey.objects.filter(pk=row.pk, state=DataKey.State.ACTIVE).update(sealed_share=resealed)
    return done


def rotate_master_key() -> None:
    """Put a new primary master key into the key file. Raises KeyFileProblem."""
    keyring.rotate(settings.KEY_FILE)
    _ring.cache_clear()
