"""Proves that erasing reaches backups: an old one beside the keys of today, and what was erased stays shut."""

import contextlib
import dataclasses
import datetime
import os
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.utils import timezone

from vault import actions, holders, rewrapping, shares
from vault.backups import KeyInBackup, keys_in
from vault.errors import CannotOpen
from vault.keystore.database_router import KEYSTORE
from vault.keystore.models import EpochKey, KeyShare
from vault.models import DataKey, ShareWrap
from vault.sealing import KEY
from vault.stage import only_people_open

TABLES: dict[str, tuple[Any, ...]] = {DEFAULT_DB_ALIAS: (DataKey, ShareWrap), KEYSTORE: (EpochKey, KeyShare)}
BATCH = 1_000


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What came of putting a backup back: counts of keys, and what was found wrong, in sentences."""

    living: int  # keys in force today that were in the backup
    living_shut: int  # of them, those that did not open
    erased: int  # keys in force in the backup that were erased since
    erased_open: int  # of them, those that opened

    @property
    def problem(self) -> str | None:
        """One sentence on why nothing is proved, or None."""
        if self.erased_open:
            return f"{self.erased_open} erased keys open again from this backup."
        if self.living_shut:
            return f"{self.living_shut} living keys do not open from this backup: is it of this line, and whole?"
        if not self.living or not self.erased:
            return "This backup proves nothing: it needs a key that was erased since, and one that was not."
        return None


# A backup of the operator's -----------------------------------------------------------------------------------------


def of_backup(backup: Path) -> Outcome:
    """Put the keys of a backup beside today's keystore and see which open. Raises BackupProblem."""
    return _outcome(keys_in(backup))


def _outcome(old: Iterable[KeyInBackup]) -> Outcome:
    states = dict(DataKey.objects.values_list("pk", "state"))
    opened: dict[bool, list[bool]] = {True: [], False: []}
    for key in old:
        if key.state == DataKey.State.ACTIVE:
            living = states.get(key.key_id) == DataKey.State.ACTIVE
            opened[living].append(_opens(key))
    return Outcome(
        living=len(opened[True]),
        living_shut=opened[True].count(False),
        erased=len(opened[False]),
        erased_open=opened[False].count(True),
    )


def _opens(key: KeyInBackup) -> bool:
    """Say whether share A of a backup and share B of today make the secret that the backup committed to.

    In stage B share A is with people, who may be asked and may have it written down: whether share B opens decides.
    """
    share = KeyShare.objects.select_related("epoch").filter(pk=key.key_id).first()
    if share is None:
        return False
    try:
        if key.sealed_share is None:
            return bool(shares.open_b(share))
        secret = shares.secret_of(key.key_id, shares.open_a(key.key_id, key.sealed_share), shares.open_b(share))
    except CannotOpen:
        return False
    return shares.commitment_to(secret) == key.commitment


# A whole life of a backup, on a copy --------------------------------------------------------------------------------


def on_a_copy() -> Outcome:
    """Copy the line's keys into two databases in memory and let 36 days go by there, from backup to restoring.

    Nothing of the copy ever lies in a file: whatever is killed leaves no epoch key behind. One key of the copy is
    erased after the backup. Then the backup of the main database is put back beside the keystore of that later day,
    and after that the old rows of the keystore too.
    """
    with _instead(_copied()):
        return _through_the_days()


def _through_the_days() -> Outcome:
    if DataKey.objects.filter(state=DataKey.State.ACTIVE).count() < 2:
        for _number in range(2):
            _issue()
    backup, old_shares = _backup(), list(KeyShare.objects.all())
    erased = DataKey.objects.filter(state=DataKey.State.ACTIVE).order_by("pk").values_list("pk", flat=True)[0]
    actions.destroy_key(erased)
    later = timezone.now().date() + datetime.timedelta(days=rewrapping.EPOCHS_KEPT + 1)
    while rewrapping.turn_epoch(today=later):
        pass
    outcome = _outcome(backup)
    KeyShare.objects.all().delete()
    still = set(EpochKey.objects.values_list("pk", flat=True))
    for share in old_shares:  # as if somebody put the old keystore's rows beside the epoch keys that are left
        share.epoch_id = share.epoch_id if share.epoch_id in still else max(still)
        share.save(force_insert=True)
    again = _outcome(key for key in backup if key.key_id == erased)
    return dataclasses.replace(outcome, erased_open=outcome.erased_open + again.erased_open)


def _issue() -> None:
    """Make a key as both stages have it: with a share A here or, in stage B, with people who are none of a copy's."""
    key_id, share_a = uuid.uuid4(), os.urandom(KEY)
    secret = shares.secret_of(key_id, share_a, shares.put_b(key_id))
    sealed = None if only_people_open() else shares.seal_a(key_id, share_a)
    facts = {"sealed_share": sealed, "commitment": shares.commitment_to(secret), "created_on": timezone.now().date()}
    DataKey.objects.create(pk=key_id, **facts)


def _backup() -> list[KeyInBackup]:
    rows = DataKey.objects.all()
    return [
        KeyInBackup(row.pk, row.state, bytes(row.sealed_share) if row.sealed_share else None, bytes(row.commitment))
        for row in rows
    ]


def _copied() -> dict[str, DatabaseWrapper]:
    """Return connections to copies of the tables of keys, which live as long as these do."""
    made = {}
    for alias, tables in TABLES.items():
        described = {**connections.settings[alias], "ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
        copy = DatabaseWrapper({**described, "OPTIONS": {}, "CONN_HEALTH_CHECKS": False}, alias)
        rows = [list(model.objects.all()) for model in tables]
        with _instead({alias: copy}):
            with copy.schema_editor() as editor:
                for model in tables:
                    editor.create_model(model)
            for model, of_model in zip(tables, rows, strict=True):
                model.objects.bulk_create(of_model, batch_size=BATCH)
        made[alias] = copy
    return made


@contextlib.contextmanager
def _instead(copies: dict[str, DatabaseWrapper]) -> Iterator[None]:
    """Let this thread work on the copies; keys that it holds open belong to neither side."""
    real = {alias: connections[alias] for alias in copies}
    holders.forget_all()
    try:
        for alias, copy in copies.items():
            connections[alias] = copy
        yield
    finally:
        for alias, connection in real.items():
            copies[alias].close()
            connections[alias] = connection
        holders.forget_all()
