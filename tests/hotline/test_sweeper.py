"""The periodic duties: each is done, one that fails harms no other, and one node at a time does them."""

import datetime
from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from django.db.models import F
from django.utils import timezone

from hotline import sweeper
from hotline.sessions import SessionStore
from roster import actions as roster
from roster.models import Presence
from tests.cast import browser_of, make_member, make_talking, make_waiting
from triage import actions as triage
from triage.models import Contact, Offer
from triage.offering import OFFER_LASTS
from vault import actions as vault
from vault import case_keys, master_keys, shares
from vault.holders import LINE
from vault.keystore.models import EpochKey, KeyShare
from vault.models import DataKey
from wire import clock
from wire.models import Lease

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
    old.sealed_key = master_keys.ring().seal(shares.epoch_context(old), bytes(32))
    share = KeyShare.objects.get()
    old.save()
    KeyShare.objects.update(epoch=old, sealed_share=shares.seal_b(old, share.pk, bytes(32)))
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
    held = LINE.kept.held(key.pk)
    assert held is not None
    assert sweeper.sweep("this node")
    held.used_at -= case_keys.IDLE_AFTER + 1

    assert not sweeper.sweep("another node")  # which does none of the shared duties
    assert LINE.kept.held(key.pk) is None


def test_a_duty_that_fails_keeps_no_other_from_being_done(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    def fail(_now: datetime.datetime) -> None:
        raise ConnectionError

    duties = (sweeper.Duty(fail), sweeper.Duty(lambda _now: done.append("second")))
    monkeypatch.setattr(sweeper, "DUTIES", duties)
    sweeper.sweep("this node")

    assert done == ["second"]
    assert "a duty failed and will be tried again" in caplog.text


def test_a_rare_duty_is_done_once_in_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    duties = (
        sweeper.Duty(lambda _now: done.append("often")),
        sweeper.Duty(lambda _now: done.append("rarely"), every=60),
    )
    monkeypatch.setattr(sweeper, "DUTIES", duties)
    for _round in range(3):
        sweeper.sweep("this node")

    assert done == ["often", "rarely", "often", "often"]


def test_one_node_at_a_time_does_the_duties() -> None:
    assert [sweeper.sweep(node) for node in ("one", "two", "one")] == [True, False, True]


# Breaks -------------------------------------------------------------------------------------------------------------

LONG = datetime.timedelta(hours=1)


def judged_after(seconds: float) -> None:
    """Let a round be done that long after a break."""
    now = timezone.now()
    Lease.objects.update_or_create(
        name="sweeper", defaults={"holder": "x", "until": now, "since": now - datetime.timedelta(seconds=seconds)}
    )
    assert sweeper.sweep("this node")


def shift(by: datetime.timedelta) -> None:
    """Let everything have been written by a clock that was so much ahead."""
    Presence.objects.update(lease_until=F("lease_until") + by)
    Contact.objects.update(caller_seen_at=F("caller_seen_at") + by)
    Offer.objects.update(sent_at=F("sent_at") + by, until=F("until") + by)
    Lease.objects.update(until=F("until") + by)
    Session.objects.update(expire_date=F("expire_date") + by)


@pytest.mark.parametrize("by", [-LONG, LONG], ids=["the clock went on", "the clock went back"])
def test_nobody_is_lost_by_a_clock_that_jumps(by: datetime.timedelta) -> None:
    busy, free = make_member(), make_member(ready=True)
    talking = make_talking(busy, "hola")
    sweeper.sweep("this node")
    waiting = make_waiting()
    sweeper.sweep("this node")
    offer = Offer.objects.get()
    assert (offer.contact_id, offer.member_id) == (waiting.pk, free.pk)
    browser_of(busy)
    shift(by)
    for _round in range(3):
        sweeper.sweep("this node")

    assert Contact.objects.get(pk=talking.pk).volunteer_id == busy.pk
    assert Contact.objects.get(pk=waiting.pk).still_there_asked_at is None
    assert Session.objects.exists()
    offer.refresh_from_db()
    assert offer.state == "open"
    assert datetime.timedelta(0) < offer.until - timezone.now() <= OFFER_LASTS


@pytest.mark.parametrize("by", [-LONG, LONG], ids=["the clock went on", "the clock went back"])
def test_whoever_gave_no_sign_of_life_since_a_jump_is_lost_after_their_time(by: datetime.timedelta) -> None:
    here, gone = make_member(), make_member()
    with_somebody, alone = make_talking(here), make_talking(gone)
    shift(by)
    roster.renew_lease(here.pk)
    judged_after(roster.LEASE - 1)
    assert Contact.objects.get(pk=alone.pk).state == "talking"
    judged_after(roster.LEASE)
    assert Contact.objects.get(pk=alone.pk).state == "waiting"
    assert Contact.objects.get(pk=with_somebody.pk).state == "talking"


@pytest.mark.parametrize("by", [-LONG, LONG], ids=["the clock went on", "the clock went back"])
def test_a_sign_of_life_counts_by_the_clock_that_holds_now(by: datetime.timedelta) -> None:
    contact = make_waiting()
    shift(by)
    triage.touch_caller(contact.pk)
    seen = Contact.objects.get().caller_seen_at
    assert seen is not None
    assert abs(timezone.now() - seen) < datetime.timedelta(seconds=5)


def test_a_clock_that_jumps_forward_signs_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = browser_of(make_member())
    sweeper.sweep("this node")
    true = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: true() + LONG)
    monkeypatch.setattr(clock, "_of_the_database", timezone.now)
    Session.objects.update(expire_date=true() + datetime.timedelta(minutes=55))
    sweeper.sweep("this node")
    assert desk.get("/escritorio/").status_code == 200
    assert Session.objects.get().expire_date > timezone.now()
