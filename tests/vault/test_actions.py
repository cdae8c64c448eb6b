"""Keys of two shares: issued, opened, blocked, destroyed, and what a master key seals."""

import os
import uuid
from pathlib import Path

import pytest
from django.db import connections
from pytest_django import Settings

from tests.vault.keys import HERE, WORDS, elsewhere, fresh, sealed_by
from vault import actions, case_keys, holders
from vault.errors import Damaged, KeyBlocked, KeyDestroyed, KeyProblem, KeystoreProblem, KeyUnavailable
from vault.holders import LINE
from vault.key_sources import KeyFile
from vault.keystore.models import KeyShare
from vault.models import DataKey

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def key() -> DataKey:
    return actions.issue_key()


def raw(table: str, column: str, value: bytes, pk: uuid.UUID, alias: str = "default") -> None:
    """Change one column as whoever writes the database can."""
    given = pk if connections[alias].vendor == "postgresql" else pk.hex
    with connections[alias].cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [value, given])  # noqa: S608


def test_what_one_process_seals_another_opens(key: DataKey) -> None:
    sealed = sealed_by(key)
    elsewhere()

    assert actions.open_key(key.pk).unseal(HERE, sealed) == WORDS


def test_the_two_shares_lie_in_two_databases_and_neither_holds_both(key: DataKey) -> None:
    tables = {alias: set(connections[alias].introspection.table_names()) for alias in ("default", "keystore")}

    assert "vault_datakey" in tables["default"] - tables["keystore"]
    assert {"keystore_keyshare", "keystore_epochkey"} <= tables["keystore"] - tables["default"]
    assert KeyShare.objects.filter(pk=key.pk).exists()


def test_without_share_b_nothing_opens(key: DataKey) -> None:
    KeyShare.objects.all().delete()
    elsewhere()

    with pytest.raises(KeyUnavailable):
        actions.open_key(key.pk)


def test_a_share_of_another_key_opens_nothing(key: DataKey) -> None:
    other = actions.issue_key()
    raw("vault_datakey", "sealed_share", bytes(other.sealed_share or b""), key.pk)
    elsewhere()

    with pytest.raises(Damaged):
        actions.open_key(key.pk)


def test_a_key_that_its_commitment_does_not_name_is_refused(key: DataKey) -> None:
    raw("vault_datakey", "commitment", os.urandom(32), key.pk)
    elsewhere()

    with pytest.raises(KeyUnavailable):
        actions.open_key(key.pk)


@pytest.mark.parametrize(("table", "alias"), [("vault_datakey", "default"), ("keystore_keyshare", "keystore")])
def test_one_changed_bit_in_a_share_is_seen(key: DataKey, table: str, alias: str) -> None:
    row = DataKey.objects.get(pk=key.pk) if alias == "default" else KeyShare.objects.get(pk=key.pk)
    changed = bytearray(row.sealed_share or b"")
    changed[-1] ^= 1
    raw(table, "sealed_share", bytes(changed), key.pk, alias)
    elsewhere()

    with pytest.raises(Damaged):
        actions.open_key(key.pk)


def test_an_unknown_key_opens_nothing() -> None:
    with pytest.raises(KeyDestroyed):
        actions.open_key(uuid.uuid4())


# Blocked and destroyed ----------------------------------------------------------------------------------------------


def test_a_blocked_key_opens_for_nobody(key: DataKey) -> None:
    actions.block_key(key.pk)

    with pytest.raises(KeyBlocked):
        actions.open_key(key.pk)


@pytest.mark.parametrize("end", ["block_key", "destroy_key"])
def test_a_node_that_holds_a_key_open_stops_opening_once_another_node_ended_it(key: DataKey, end: str) -> None:
    held = actions.case_key_for(fresh(key))
    getattr(actions, end)(key.pk)
    LINE.kept.hold(held)  # as on a node that was told nothing

    with pytest.raises((KeyBlocked, KeyDestroyed)):
        actions.case_key_for(fresh(key))
    assert LINE.kept.held(key.pk) is None


def test_a_destroyed_key_leaves_neither_share_and_cannot_be_destroyed_twice_in_vain(key: DataKey) -> None:
    actions.destroy_key(key.pk)
    actions.destroy_key(key.pk)

    assert not KeyShare.objects.exists()
    assert (fresh(key).state, fresh(key).sealed_share) == ("destroyed", None)
    with pytest.raises(KeyDestroyed):
        actions.open_key(key.pk)


def test_a_destroyed_key_never_becomes_blocked_again(key: DataKey) -> None:
    actions.destroy_key(key.pk)
    actions.block_key(key.pk)

    assert fresh(key).state == "destroyed"


@pytest.mark.parametrize("crash", ["before share B", "before share A"])
def test_what_a_crash_left_half_destroyed_opens_nothing_and_is_finished_later(
    key: DataKey, monkeypatch: pytest.MonkeyPatch, crash: str
) -> None:
    with monkeypatch.context() as broken:
        where = KeyShare.objects if crash == "before share B" else DataKey.objects
        allowed = {"before share B": 0, "before share A": 1}[crash]
        real, calls = where.filter, []

        def filtered(*args: object, **kwargs: object) -> object:
            calls.append(args)
            if len(calls) > allowed:
                raise ConnectionError
            return real(*args, **kwargs)

        broken.setattr(where, "filter", filtered)
        with pytest.raises(ConnectionError):
            actions.destroy_key(key.pk)
    with pytest.raises(KeyBlocked):
        actions.open_key(key.pk)

    assert actions.finish_destroying() == 1
    assert not KeyShare.objects.exists()
    assert actions.finish_destroying() == 0


def test_a_key_whose_contact_was_never_stored_opens_nothing() -> None:
    key = actions.issue_key()
    DataKey.objects.filter(pk=key.pk).delete()  # as a rolled back transaction does
    elsewhere()

    with pytest.raises(KeyDestroyed):
        actions.open_key(key.pk)


def test_a_key_that_nobody_uses_is_dropped_from_memory_after_a_quarter_of_an_hour(key: DataKey) -> None:
    held = actions.case_key_for(fresh(key))
    holders.forget_idle(held.used_at + case_keys.IDLE_AFTER - 1)
    assert LINE.kept.held(key.pk) is held

    holders.forget_idle(held.used_at + case_keys.IDLE_AFTER + 1)
    assert LINE.kept.held(key.pk) is None


def test_a_process_holds_a_bounded_number_of_keys_open(key: DataKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LINE, "kept", case_keys.Kept(2))
    actions.case_key_for(fresh(key))
    others = [actions.issue_key(), actions.issue_key()]

    assert LINE.kept.held(key.pk) is None
    assert all(LINE.kept.held(other.pk) for other in others)


# Secrets of the line itself ------------------------------------------------------------------------------------------


def test_a_site_secret_opens_only_for_its_purpose() -> None:
    sealed = actions.seal_site_secret("mfa", "a seed")
    changed = "01" if sealed.endswith("00") else "00"

    assert actions.open_site_secret("mfa", sealed) == "a seed"
    for purpose, given in (("session", sealed), ("mfa", sealed[:-2] + changed), ("mfa", "no hexadecimal")):
        with pytest.raises(Damaged):
            actions.open_site_secret(purpose, given)


# At the start -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("key")
def test_keys_that_belong_together_are_fine() -> None:
    actions.make_keys_if_new()
    actions.check_keys()


def test_before_anything_is_sealed_a_missing_key_file_is_made(settings: Settings, tmp_path: Path) -> None:
    settings.KEY_FILE = tmp_path / "new.key"
    actions.make_keys_if_new()
    actions.check_keys()

    assert settings.KEY_FILE.exists()


@pytest.mark.usefixtures("key")
def test_once_something_is_sealed_a_missing_key_file_is_never_replaced(settings: Settings, tmp_path: Path) -> None:
    settings.KEY_FILE = tmp_path / "lost.key"

    with pytest.raises(KeyProblem, match="is missing; restore it from the backup"):
        actions.make_keys_if_new()
    assert not settings.KEY_FILE.exists()


@pytest.mark.usefixtures("key")
def test_the_key_file_of_another_line_is_refused(settings: Settings, tmp_path: Path) -> None:
    settings.KEY_FILE = tmp_path / "other.key"
    KeyFile(settings.KEY_FILE).make()

    with pytest.raises(KeyProblem, match="does not hold what sealed this keystore"):
        actions.check_keys()


@pytest.mark.parametrize("keystore", ["empty", "of another line"])
def test_a_keystore_that_opens_none_of_this_database_is_refused(key: DataKey, keystore: str) -> None:
    KeyShare.objects.all().delete()
    if keystore == "of another line":
        actions.issue_key()
        DataKey.objects.exclude(pk=key.pk).delete()

    with pytest.raises(KeystoreProblem, match="HOTLINE_KEYSTORE_URL"):
        actions.check_keys()


def test_single_keys_that_do_not_open_stop_no_start(key: DataKey) -> None:
    actions.issue_key()
    KeyShare.objects.filter(pk=key.pk).delete()  # as after restoring an older backup of the main database

    actions.check_keys()
