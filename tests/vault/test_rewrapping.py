"""Seals made anew while the line runs: under a new master key, under the key of a new day, killed and begun again."""

import datetime
import json

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone
from pytest_django import Settings

from tests.cast import make_member
from tests.vault.keys import HERE, WORDS, elsewhere, fresh, sealed_by
from vault import actions, rewrapping
from vault.errors import Damaged
from vault.key_sources import KeyFile
from vault.keystore.models import EpochKey, KeyShare
from vault.models import DataKey

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def key() -> DataKey:
    return actions.issue_key()


# Epochs -------------------------------------------------------------------------------------------------------------


def days_later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    moment = timezone.now() + datetime.timedelta(days=days)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)


def test_each_day_has_an_epoch_key_and_living_shares_move_to_it(key: DataKey, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = sealed_by(key)
    before = bytes(KeyShare.objects.get().sealed_share)
    days_later(monkeypatch, 1)

    assert rewrapping.turn_epoch() == 1
    assert rewrapping.turn_epoch() == 0
    assert EpochKey.objects.count() == 2
    assert bytes(KeyShare.objects.get().sealed_share) != before
    elsewhere()
    assert actions.open_key(key.pk).unseal(HERE, sealed) == WORDS


def test_the_epoch_turns_in_small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    for _number in range(3):
        actions.issue_key()
    days_later(monkeypatch, 1)

    assert [rewrapping.turn_epoch(most=2) for _round in range(3)] == [2, 1, 0]


def test_what_was_destroyed_stays_closed_in_an_old_backup_once_its_epoch_key_is_gone(
    key: DataKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    share_a, share_b, epoch = key.sealed_share, KeyShare.objects.get(), KeyShare.objects.get().epoch
    actions.destroy_key(key.pk)
    days_later(monkeypatch, rewrapping.EPOCHS_KEPT)
    rewrapping.turn_epoch()
    assert EpochKey.objects.filter(pk=epoch.pk).exists()
    days_later(monkeypatch, 1)
    rewrapping.turn_epoch()

    # Both databases' backups are restored beside today's epoch keys and master key.
    assert not EpochKey.objects.filter(pk=epoch.pk).exists()
    DataKey.objects.filter(pk=key.pk).update(state="active", sealed_share=share_a)
    KeyShare.objects.create(pk=key.pk, epoch=EpochKey.objects.latest("day"), sealed_share=share_b.sealed_share)
    elsewhere()
    with pytest.raises(Damaged):
        actions.open_key(key.pk)


@pytest.mark.parametrize("where", ["share", "epoch"])
def test_a_damaged_share_keeps_no_other_from_the_key_of_the_day_and_leaves_its_trace(
    monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    keys = [actions.issue_key() for _number in range(3)]
    harmed = KeyShare.objects.order_by("pk")[0]
    if where == "share":
        KeyShare.objects.filter(pk=harmed.pk).update(sealed_share=bytes(80))
    else:
        broken = EpochKey.objects.create(day=datetime.date(2020, 4, 1), sealed_key=bytes(80))
        KeyShare.objects.filter(pk=harmed.pk).update(epoch=broken)
    days_later(monkeypatch, 1)
    noted: list[str] = []
    monkeypatch.setattr(rewrapping, "note_damaged", lambda kind, _subject: noted.append(kind))

    assert [rewrapping.turn_epoch(most=1) for _round in range(3)] == [1, 1, 0]
    assert set(noted) == {"key" if where == "share" else "epoch"}
    elsewhere()
    opened = [key for key in keys if key.pk != harmed.pk]
    assert all(actions.open_key(key.pk) for key in opened)
    with pytest.raises(Damaged):
        actions.open_key(harmed.pk)


# The master key -----------------------------------------------------------------------------------------------------


def test_after_a_rotation_everything_goes_on_opening(key: DataKey, settings: Settings) -> None:
    sealed, secret = sealed_by(key), actions.seal_site_secret("mfa", "a seed")
    KeyFile(settings.KEY_FILE).rotate()
    elsewhere()

    assert actions.open_key(key.pk).unseal(HERE, sealed) == WORDS
    assert actions.open_site_secret("mfa", secret) == "a seed"


def test_rewrapping_moves_every_seal_to_the_key_in_force_and_can_be_run_again(settings: Settings) -> None:
    keys = [actions.issue_key() for _number in range(3)]
    sealed = [sealed_by(key) for key in keys]
    KeyFile(settings.KEY_FILE).rotate()

    looked_at: list[int] = []
    assert rewrapping.under_primary(looked_at.append) == (4, 0)  # three shares A and the epoch key
    assert sum(looked_at) == rewrapping.count_under_master_keys() == 4
    assert rewrapping.under_primary() == (0, 0)

    ring = KeyFile(settings.KEY_FILE).load()
    assert all(ring.is_primary(bytes(row.sealed_share or b"")) for row in DataKey.objects.all())
    assert all(ring.is_primary(bytes(row.sealed_key)) for row in EpochKey.objects.all())
    elsewhere()
    assert [actions.open_key(key.pk).unseal(HERE, one) for key, one in zip(keys, sealed, strict=True)] == [WORDS] * 3


def test_rewrapping_that_is_stopped_goes_on_where_it_was(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [actions.issue_key() for _number in range(5)]
    sealed = [sealed_by(key) for key in keys]
    KeyFile(settings.KEY_FILE).rotate()
    monkeypatch.setattr(rewrapping, "BATCH", 2)
    looked_at: list[int] = []

    def stop(count: int) -> None:
        looked_at.append(count)
        if len(looked_at) == 3:  # the epoch key, two batches
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rewrapping.under_primary(stop)
    elsewhere()
    assert [actions.open_key(key.pk).unseal(HERE, one) for key, one in zip(keys, sealed, strict=True)] == [WORDS] * 5
    assert rewrapping.under_primary() == (1, 0)


def test_a_seal_that_another_has_replaced_meanwhile_is_left_alone(
    key: DataKey, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two who rewrap at once, or somebody who destroys: what was read is no longer what stands."""
    KeyFile(settings.KEY_FILE).rotate()
    as_read = list(DataKey.objects.all())
    rewrapping.under_primary()
    stands = bytes(fresh(key).sealed_share or b"")
    monkeypatch.setattr(rewrapping, "_batches", lambda: iter([as_read]))

    assert rewrapping.under_primary() == (0, 0)
    assert bytes(fresh(key).sealed_share or b"") == stands


def test_rewrapping_leaves_destroyed_keys_destroyed(key: DataKey, settings: Settings) -> None:
    actions.destroy_key(key.pk)
    KeyFile(settings.KEY_FILE).rotate()
    rewrapping.under_primary()

    assert fresh(key).sealed_share is None


def test_the_seeds_of_second_factors_are_sealed_anew_and_a_damaged_one_harms_no_other(settings: Settings) -> None:
    members = [make_member() for _number in range(3)]
    seeds = [f"JBSWY3DPEHPK3PX{number}" for number in range(3)]
    for member, seed in zip(members, seeds, strict=True):
        data = {"secret": actions.seal_site_secret("mfa", seed)}
        Authenticator.objects.create(user=member, type=Authenticator.Type.TOTP, data=data)
    Authenticator.objects.create(user=members[0], type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x"})
    harmed = Authenticator.objects.filter(user=members[1])
    harmed.update(data={"secret": "00" + harmed.get().data["secret"][2:]})
    KeyFile(settings.KEY_FILE).rotate()
    seen: list[int] = []
    assert rewrapping.under_primary(seen.append) == (2, 1)
    assert sum(seen) == rewrapping.count_under_master_keys()
    assert rewrapping.under_primary() == (0, 1)
    kept = json.loads(settings.KEY_FILE.read_text())
    settings.KEY_FILE.write_text(json.dumps(kept | {"keys": kept["keys"][:1]}))
    for member, seed in ((members[0], seeds[0]), (members[2], seeds[2])):
        row = Authenticator.objects.get(user=member, type="totp")
        assert actions.open_site_secret("mfa", row.data["secret"]) == seed
