"""Sealing shares anew while the line runs: under a new master key, and under the key of each new day.

Every seal is replaced only where it is still the one that was read, so that each of these can be killed and run again
at any moment, beside itself too, and what was destroyed meanwhile stays destroyed.
"""

import datetime
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.utils import timezone

from vault import leftovers, master_keys, quorum, shares, staff_keys
from vault.damage import note_damaged
from vault.errors import CannotOpen
from vault.keystore.database_router import KEYSTORE
from vault.keystore.models import EpochKey, KeyShare
from vault.models import DataKey, QuorumEnvelope, SeedEnvelope
from vault.sealing import Context, Sealer

#: Days for which a past epoch key is kept: as long as backups of the keystore are. Then they all close.
EPOCHS_KEPT = 35
BATCH = 1_000  # rows in one transaction

Row = TypeVar("Row", bound=models.Model)
Progress = Callable[[int], object]  # is told how many rows were looked at since it was told last


class Change(NamedTuple):
    """One seal in place of another."""

    row: uuid.UUID | datetime.date | int
    before: bytes
    after: bytes


def _replace(model: type[models.Model], changes: Sequence[Change], alias: str, **beside: object) -> int:
    """Put the new seals, and the values of columns ``beside``, where the old seals still stand; return in how many."""
    connection, meta = connections[alias], model._meta
    key, sealed = meta.pk, next(field for field in meta.local_fields if field.attname.startswith("sealed_"))
    sets = ", ".join(f"{column} = %s" for column in (sealed.column, *beside))
    where = f"{key.column} = %s AND {sealed.column} = %s"
    statement = f"UPDATE {meta.db_table} SET {sets} WHERE {where}"  # noqa: S608 - names of ours
    of_each = [
        (
            sealed.get_db_prep_value(change.after, connection),
            *beside.values(),
            key.get_db_prep_value(change.row, connection),
            sealed.get_db_prep_value(change.before, connection),
        )
        for change in changes
    ]
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        cursor.executemany(statement, of_each)  # psycopg sends them without waiting for each answer
        return int(cursor.rowcount)


# Under the master key in force --------------------------------------------------------------------------------------


def count_under_master_keys() -> int:
    """Return how many seals there are that a master key made, whichever: what ``under_primary`` will look at."""
    one_by_one = sum(rows_of.count() for rows_of, _seal, _kind in ONE_BY_ONE)
    return one_by_one + _factors().count() + _living().count()


class Rewrapped(NamedTuple):
    """How many seals were made anew, and how many are damaged: those stay as they are, with their trace."""

    done: int
    damaged: int


def under_primary(progress: Progress = lambda _count: None) -> Rewrapped:
    """Seal anew what a retired master key sealed: epoch keys, members' seeds, second factors' seeds, shares A."""
    done = damaged = 0
    for rows_of, seal_anew, kind in ONE_BY_ONE:
        for row in rows_of.all():
            change, harmed = _attempt(seal_anew, row, kind)
            done += _replace(rows_of.model, [change], _alias_of(rows_of.model)) if change else 0
            damaged += harmed
            progress(1)
    seeds = _factor_seeds(progress)
    done, damaged = done + seeds.done, damaged + seeds.damaged
    for rows in _batches():
        tried = [_attempt(_share_under_primary, row, "key") for row in rows]
        changes = [change for change, _harmed in tried if change]
        done += _replace(DataKey, changes, DEFAULT_DB_ALIAS) if changes else 0
        damaged += sum(harmed for _change, harmed in tried)
        progress(len(rows))
    return Rewrapped(done, damaged)


def _attempt(seal_anew: Callable[[Row], Change | None], row: Row, kind: str) -> tuple[Change | None, bool]:
    """Return the new seal of a row, and whether the one that stands is damaged: that harms no other row."""
    try:
        return seal_anew(row), False
    except CannotOpen:
        note_damaged(kind, str(row.pk))
        return None, True


def _living() -> "models.QuerySet[DataKey]":
    return DataKey.objects.filter(state=DataKey.State.ACTIVE, sealed_share__isnull=False).order_by("pk")


def _batches() -> Iterator[list[DataKey]]:
    last = uuid.UUID(int=0)
    while rows := list(_living().filter(pk__gt=last)[:BATCH]):
        yield rows
        last = rows[-1].pk


def _factor_seeds(progress: Progress) -> Rewrapped:
    """Seal anew the seeds of second factors, which allauth keeps in JSON of its own."""
    done = damaged = 0
    for row in _factors():
        before = str(row.data.get("secret", ""))
        try:
            after = master_keys.sealed_anew("mfa", before)
        except CannotOpen:
            note_damaged("factor", str(row.pk))
            damaged += 1
        else:
            same = _factors().filter(pk=row.pk, data__secret=before)
            done += same.update(data={**row.data, "secret": after}) if after != before else 0
        progress(1)
    return Rewrapped(done, damaged)


def _factors() -> "models.QuerySet[Any]":
    found: models.QuerySet[Any] = apps.get_model("mfa", "Authenticator").objects.filter(type="totp")
    return found


def _alias_of(model: type[models.Model]) -> str:
    return KEYSTORE if model is EpochKey else DEFAULT_DB_ALIAS


def _anew(row: uuid.UUID | datetime.date | int, context: Context, before: bytes) -> Change | None:
    ring = master_keys.ring()
    if ring.is_primary(before):
        return None
    return Change(row, before, ring.seal(context, master_keys.unseal(context, before)))


def _epoch_under_primary(epoch: EpochKey) -> Change | None:
    return _anew(epoch.pk, shares.epoch_context(epoch), bytes(epoch.sealed_key))


def _seed_under_primary(envelope: SeedEnvelope) -> Change | None:
    return _anew(envelope.pk, staff_keys.context_of(envelope), bytes(envelope.sealed_seed))


def _quorum_under_primary(envelope: QuorumEnvelope) -> Change | None:
    return _anew(envelope.pk, quorum.context_of(envelope.staff_key_id), bytes(envelope.sealed_seed))


#: What is sealed under the master key beside the shares: how one is sealed anew, and how its trace is called.
ONE_BY_ONE: tuple[tuple[models.Manager[Any], Callable[[Any], Change | None], str], ...] = (
    (EpochKey.objects, _epoch_under_primary, "epoch"),
    (SeedEnvelope.objects, _seed_under_primary, "envelope"),
    (QuorumEnvelope.objects, _quorum_under_primary, "envelope"),
)


def _share_under_primary(row: DataKey) -> Change | None:
    return _anew(row.pk, shares.context_of("vault_datakey", row.pk), bytes(row.sealed_share or b""))


# Under the key of the day -------------------------------------------------------------------------------------------


def turn_epoch(most: int = BATCH, *, today: datetime.date | None = None) -> int:
    """Seal up to ``most`` shares B under today's epoch key, and destroy epoch keys beyond EPOCHS_KEPT days.

    Return how many were sealed anew; 0 means that nothing is left to do today. Backups of the keystore are kept no
    longer than that, so what is erased is then closed in every one of them. A damaged share stays as it is.
    """
    today = today or timezone.now().date()
    fresh = shares.epoch_of(today)
    old = KeyShare.objects.select_related("epoch").filter(epoch__day__lt=today).order_by("pk")
    done, last = 0, uuid.UUID(int=0)
    while not done and (rows := list(old.filter(pk__gt=last)[:most])):
        changes, last = _shares_of_today(rows, shares.epoch_key(fresh)), rows[-1].pk
        done = _replace(KeyShare, changes, KEYSTORE, epoch_id=fresh.pk) if changes else 0
    past = EpochKey.objects.filter(day__lt=today - datetime.timedelta(days=EPOCHS_KEPT), shares=None)
    if past.delete()[0]:
        leftovers.empty_log(KEYSTORE)
    return done


def _shares_of_today(rows: Sequence[KeyShare], fresh: Sealer) -> list[Change]:
    """Return the new seals of those that open; of each epoch the key is opened once."""
    epochs = {row.epoch_id: row.epoch for row in rows}
    opened = {day: found for day, epoch in epochs.items() if (found := _opened(epoch)) is not None}

    def seal_anew(row: KeyShare) -> Change:
        context, before = shares.context_of("keystore_keyshare", row.pk), bytes(row.sealed_share)
        return Change(row.pk, before, fresh.seal(context, opened[row.epoch_id].unseal(context, before)))

    tried = [_attempt(seal_anew, row, "key")[0] for row in rows if row.epoch_id in opened]
    return [change for change in tried if change]


def _opened(epoch: EpochKey) -> Sealer | None:
    try:
        return shares.epoch_key(epoch)
    except CannotOpen:
        note_damaged("epoch", str(epoch.pk))
        return None
