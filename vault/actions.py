"""The verbs of the vault: issue, open, block, destroy keys; seal small secrets of the line; record in the trail."""

import contextlib
import datetime
import functools
import os
import uuid

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction
from django.utils import timezone

from vault import case_keys, keyring, trail
from vault.case_keys import CaseKey
from vault.errors import (
    CannotOpen,
    Damaged,
    KeyBlocked,
    KeyDestroyed,
    KeyFileProblem,
    KeystoreProblem,
    KeyUnavailable,
)
from vault.keystore.database_router import KEYSTORE
from vault.keystore.models import EpochKey, KeyShare
from vault.models import DataKey
from vault.sealing import KEY, Context, Sealer, derive

__all__ = ["CaseKey", "Context", "case_key_for", "issue_key", "open_key", "record"]

#: Days for which a past epoch key is kept: as long as backups of the keystore are. Then they all close.
EPOCHS_KEPT = 35
SAMPLE = 20  # keys that are tried to see whether this keystore belongs to this database

State = DataKey.State


# The line's own keys ------------------------------------------------------------------------------------------------


def _ring() -> keyring.Keyring:
    return keyring.current(settings.KEY_FILE)


def make_key_file_if_new() -> None:
    """Make the master key file on the very first start. Raises KeyFileProblem when it should be there and is not."""
    if settings.KEY_FILE.exists():
        _ring()
        return
    if _something_is_sealed():
        keyring.load(settings.KEY_FILE)  # says that it is missing: a new one would open nothing
    try:
        keyring.make(settings.KEY_FILE)
    except KeyFileProblem:
        if not settings.KEY_FILE.exists():  # else another node that starts at once was first
            raise
    _ring()


def _something_is_sealed() -> bool:
    """Say whether either database holds a key; before the first start neither has its tables."""
    return any(
        model._meta.db_table in connections[alias].introspection.table_names() and model.objects.exists()
        for alias, model in ((KEYSTORE, EpochKey), (DEFAULT_DB_ALIAS, DataKey))
    )


def check_key_file() -> None:
    """Open the newest epoch key: does this key file belong to this keystore? Raises KeyFileProblem."""
    row = EpochKey.objects.order_by("-day").first()
    if row is None:
        return
    try:
        _epoch_key(row)
    except CannotOpen:
        message = f"The key file {settings.KEY_FILE} is not the one that sealed this keystore; restore the right one."
        raise KeyFileProblem(message) from None


def check_keys() -> None:
    """See that key file, keystore and database belong together. Raises KeyFileProblem or KeystoreProblem."""
    check_key_file()
    newest = DataKey.objects.filter(state=State.ACTIVE).order_by("-created_on")[:SAMPLE]
    if newest and not any(_opens(row) for row in newest):
        message = "The keystore of HOTLINE_KEYSTORE_URL is not the one of this database: no key of it opens."
        raise KeystoreProblem(message)


def _opens(row: DataKey) -> bool:
    try:
        _derived(row)
    except CannotOpen:
        return False
    return True


def site_secrets(purpose: str) -> list[str]:
    """Return the line's secret for ``purpose`` in hexadecimal, the one in force first, then the retired ones."""
    return [secret.hex() for secret in _ring().secrets_for(purpose)]


def _site_context(purpose: str) -> Context:
    return Context(purpose="site", table="", column=purpose, record="")


def seal_site_secret(purpose: str, text: str, *, passing: bool = False) -> str:
    """Seal a small secret of the line itself (such as a member's TOTP seed); return hexadecimal.

    ``passing`` is for what each request writes anew, a session: it is sealed under the oldest master key, so that a
    node which has not been given a rotated key file yet opens it too.
    """
    return _ring().seal(_site_context(purpose), text.encode(), oldest=passing).hex()


def open_site_secret(purpose: str, sealed: str) -> str:
    """Open what ``seal_site_secret`` sealed. Raises Damaged."""
    try:
        raw = bytes.fromhex(sealed)
    except ValueError:
        raise Damaged from None
    return _ring().unseal(_site_context(purpose), raw).decode()


# Keys of contacts and cases -----------------------------------------------------------------------------------------


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


def _seal_share_b(epoch: EpochKey, key_id: uuid.UUID, share_b: bytes) -> bytes:
    return _epoch_key(epoch).seal(_share_context("keystore_keyshare", key_id), share_b)


def _open_share_b(share: KeyShare) -> bytes:
    return _epoch_key(share.epoch).unseal(_share_context("keystore_keyshare", share.pk), bytes(share.sealed_share))


def issue_key() -> DataKey:
    """Make a key from two fresh shares: B into the keystore (committed first), A with the caller's transaction.

    If that transaction fails, a share B without its other half remains, which opens nothing.
    """
    key_id, share_a, share_b = uuid.uuid4(), os.urandom(KEY), os.urandom(KEY)
    epoch = _epoch_of_today()
    KeyShare.objects.create(pk=key_id, epoch=epoch, sealed_share=_seal_share_b(epoch, key_id, share_b))
    secret = _derive_case_secret(key_id, share_a, share_b)
    row = DataKey.objects.create(
        pk=key_id,
        sealed_share=_ring().seal(_share_context("vault_datakey", key_id), share_a),
        commitment=_commitment(secret),
        created_on=timezone.now().date(),
    )
    case_keys.hold(CaseKey(key_id, secret))
    return row


def _refuse_unless_active(row: DataKey) -> None:
    if row.state == State.ACTIVE and row.sealed_share is not None:
        return
    case_keys.forget(row.pk)
    raise KeyBlocked if row.state == State.BLOCKED else KeyDestroyed


def case_key_for(row: DataKey) -> CaseKey:
    """Return the key of a row that was just read; without a query when this process holds it open.

    The row decides, not what is held: a key that another node blocked or destroyed opens nothing here either, as
    long as ``row`` is fresh. Raises KeyBlocked, KeyDestroyed, or KeyUnavailable when a share is missing or they do
    not fit.
    """
    _refuse_unless_active(row)
    return case_keys.held(row.pk) or case_keys.hold(_derived(row))


def key_in_state(key_id: uuid.UUID, state: str) -> CaseKey:
    """Return the key whose row was just read in this state; its row is read whole only if it is not held open.

    Raises as ``open_key``.
    """
    found = case_keys.held(key_id) if state == State.ACTIVE else None
    return found or open_key(key_id)


def _derived(row: DataKey) -> CaseKey:
    share = KeyShare.objects.select_related("epoch").filter(pk=row.pk).first()
    if share is None:
        raise KeyUnavailable
    share_a = _ring().unseal(_share_context("vault_datakey", row.pk), bytes(row.sealed_share or b""))
    secret = _derive_case_secret(row.pk, share_a, _open_share_b(share))
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
    DataKey.objects.filter(pk=key_id, state=State.ACTIVE).update(state=State.BLOCKED)
    case_keys.forget(key_id)


def destroy_key(key_id: uuid.UUID) -> None:
    """Erase for good: blocked first, then share B in the keystore, then share A; doing it again changes nothing.

    Whatever a crash leaves between the steps, ``finish_destroying`` does.
    """
    block_key(key_id)
    KeyShare.objects.filter(pk=key_id).delete()
    DataKey.objects.filter(pk=key_id).update(state=State.DESTROYED, sealed_share=None)
    for alias in (KEYSTORE, DEFAULT_DB_ALIAS):
        _empty_log(alias)


def _empty_log(alias: str) -> None:
    """Take deleted bytes out of SQLite's log too: secure_delete overwrites the table's pages only (measured)."""
    connection = connections[alias]
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def finish_destroying() -> int:
    """Destroy the keys that are still only blocked (a crash may have come between); return how many."""
    blocked = list(DataKey.objects.filter(state=State.BLOCKED).values_list("pk", flat=True))
    for key_id in blocked:
        destroy_key(key_id)
    return len(blocked)


def turn_epoch(most: int = 200) -> int:
    """Seal up to ``most`` shares B under today's epoch key, and destroy epoch keys beyond EPOCHS_KEPT days.

    Return how many were sealed anew; 0 means that nothing is left to do today. Backups of the keystore are kept no
    longer than that, so what is erased is then closed in every one of them.
    """
    epoch, today = _epoch_of_today(), timezone.now().date()
    with transaction.atomic(using=KEYSTORE):
        old = list(KeyShare.objects.select_related("epoch").filter(epoch__day__lt=today)[:most])
        for share in old:
            resealed = _seal_share_b(epoch, share.pk, _open_share_b(share))
            still = KeyShare.objects.filter(pk=share.pk, epoch_id=share.epoch_id)  # destroyed meanwhile stays destroyed
            still.update(epoch=epoch, sealed_share=resealed)
    past = EpochKey.objects.filter(day__lt=today - datetime.timedelta(days=EPOCHS_KEPT), shares=None)
    if past.delete()[0]:
        _empty_log(KEYSTORE)
    return len(old)


def forget_idle_keys() -> None:
    """Drop derived keys that this process has not used for a quarter of an hour."""
    case_keys.forget_idle()


# The trail ----------------------------------------------------------------------------------------------------------


def record(*, actor: str, act: str, subject_kind: str, subject: str, result: str = "done", reason: str = "") -> None:
    """Append to the trail in the current transaction. Values are ids and codes, never content."""
    trail.append(actor=actor, act=act, subject_kind=subject_kind, subject=subject, result=result, reason=reason)


def record_separately(*, actor: str, act: str, subject_kind: str, subject: str, result: str, reason: str = "") -> None:
    """Append a refused attempt, committed on its own. Raises RuntimeError inside a transaction: it could be undone."""
    with transaction.atomic(durable=True):
        record(actor=actor, act=act, subject_kind=subject_kind, subject=subject, result=result, reason=reason)


_noted: set[tuple[str, str]] = set()


def note_damaged(subject_kind: str, subject: str) -> None:
    """Leave the trace of something sealed that is damaged, once from this process, after the transaction under way."""
    if (subject_kind, subject) not in _noted:
        _noted.add((subject_kind, subject))
        entry = {"act": "seal.damaged", "subject_kind": subject_kind, "subject": subject, "result": "damaged"}
        transaction.on_commit(functools.partial(record_separately, actor="line", **entry), robust=True)


# Changing the master key --------------------------------------------------------------------------------------------


def rotate_master_key() -> None:
    """Put a new primary master key into the key file; running nodes take it up by themselves. Raises KeyFileProblem."""
    keyring.rotate(settings.KEY_FILE)


def reseal_under_primary(batch: int = 1_000) -> int:
    """Re-seal the epoch keys and shares A that a retired master key sealed; return how many.

    Each is one conditional UPDATE: it can be stopped and run again at any time, while the line runs.
    """
    return _reseal_epochs() + _reseal_shares(batch)


def _reseal_epochs() -> int:
    ring, done = _ring(), 0
    for epoch in EpochKey.objects.all():
        before = bytes(epoch.sealed_key)
        if not ring.is_primary(before):
            after = ring.seal(_epoch_context(epoch), ring.unseal(_epoch_context(epoch), before))
            done += EpochKey.objects.filter(pk=epoch.pk, sealed_key=before).update(sealed_key=after)
    return done


def _reseal_shares(batch: int) -> int:
    ring, done, last = _ring(), 0, uuid.UUID(int=0)
    living = DataKey.objects.filter(state=State.ACTIVE, sealed_share__isnull=False).order_by("pk")
    while rows := list(living.filter(pk__gt=last)[:batch]):
        for row in rows:
            before, context = bytes(row.sealed_share or b""), _share_context("vault_datakey", row.pk)
            if not ring.is_primary(before):
                after = ring.seal(context, ring.unseal(context, before))
                done += living.filter(pk=row.pk, sealed_share=before).update(sealed_share=after)
        last = rows[-1].pk
    return done
