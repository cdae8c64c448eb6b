"""The periodic duties: each is done, one that fails harms no other, and one node at a time does them."""

import datetime
from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from hotline import sweeper
from hotline.sessions import SessionStore
from vault import actions as vault
from vault import case_keys
from vault.keystore.models import EpochKey, KeyShare
from vault.models import DataKey

pytestmark = pytest.mark.django_db(databases="__all__")

NEVER = -float("inf")


@pytest.fixture(autouse=True)
def _all_due() -> Iterator[None]:
    for duty in sweeper.DUTIES:
        duty.done_at = NEVER
    yield
    for duty in sweeper.DUTIES:
        duty.done_at = NEVER


def test_a_key_that_a_crash_left_blocked_is_destroyed() -> None:
    key = vault.issue_key()
    vault.block_key(key.pk)
    assert sweeper.sweep("this node")

    assert DataKey.objects.get().state == "destroyed"
    assert not KeyShare.objects.exists()


def test_shares_of_yesterday_move_to_the_key_of_today() -> None:
    vault.issue_key()
    yesterday = timezone.now().date() - datetime.timedelta(days=1)
    EpochKey.objects.update(day=yesterday)
    old = EpochKey.objects.get()
    old.sealed_key = vault._ring().seal(vault._epoch_context(old), bytes(32))
    share = KeyShare.objects.get()
    old.save()
    KeyShare.objects.update(epoch=old, sealed_share=vault._seal_share_b(old, share.pk, bytes(32)))
    sweeper.sweep("this node")

    assert KeyShare.objects.get().epoch.day == timezone.now().date()


def test_ended_sessions_go() -> None:
    session = SessionStore()
    session["contact"] = "a contact"
    session.create()
    Session.objects.update(expire_date=timezone.now() - datetime.timedelta(seconds=1))
    sweeper.sweep("this node")

    assert not Session.objects.exists()


def test_keys_that_nobody_uses_leave_memory_on_every_node() -> None:
    key = vault.issue_key()
    held = case_keys.held(key.pk)
    assert held is not None
    assert sweeper.sweep("this node")
    held.used_at -= case_keys.IDLE_AFTER + 1

    assert not sweeper.sweep("another node")  # which does none of the shared duties
    assert case_keys.held(key.pk) is None


def test_a_duty_that_fails_keeps_no_other_from_being_done(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    def fail() -> None:
        raise ConnectionError

    duties = (sweeper.Duty(fail), sweeper.Duty(lambda: done.append("second")))
    monkeypatch.setattr(sweeper, "DUTIES", duties)
    sweeper.sweep("this node")

    assert done == ["second"]
    assert "a duty failed and will be tried again" in caplog.text


def test_a_rare_duty_is_done_once_in_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    duties = (sweeper.Duty(lambda: done.append("often")), sweeper.Duty(lambda: done.append("rarely"), every=60))
    monkeypatch.setattr(sweeper, "DUTIES", duties)
    for _round in range(3):
        sweeper.sweep("this node")

    assert done == ["often", "rarely", "often", "often"]


def test_one_node_at_a_time_does_the_duties() -> None:
    assert [sweeper.sweep(node) for node in ("one", "two", "one")] == [True, False, True]
