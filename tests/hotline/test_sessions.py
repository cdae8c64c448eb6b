"""Sessions: known by a cookie that stands nowhere, sealed, ended by silence and, for staff, by the clock."""

import datetime
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as line
from django.contrib.sessions.models import Session
from django.middleware.csrf import CSRF_SESSION_KEY
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from hotline.sessions import SessionStore, row_key
from roster.models import Member
from tests.cast import browser_of, make_member
from triage.access import OWN
from vault import actions as vault
from vault.errors import Damaged
from vault.key_sources import KeyFile

pytestmark = pytest.mark.django_db(databases="__all__")

DAY = datetime.timedelta(days=1)
DESK = "/escritorio/"


@pytest.fixture
def member() -> Member:
    return make_member()


@pytest.fixture
def browser(member: Member) -> Client:
    """Return a browser that signed in through the door just now."""
    member.set_password("una frase larga")
    member.save()
    client = Client()
    assert client.post("/equipo/entrar/", {"login": member.email, "password": "una frase larga"}).status_code == 302
    return client


def row_of(browser: Client) -> Session:
    return Session.objects.get(session_key=row_key(browser.cookies[line.SESSION_COOKIE_NAME].value))


def is_signed_in(browser: Client) -> bool:
    return browser.get(DESK).status_code == 200


def at(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let the clocks of the line show a later time."""
    now, moment = time.time() + seconds, timezone.now() + datetime.timedelta(seconds=seconds)
    monkeypatch.setattr("time.time", lambda: now)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)


def test_neither_the_cookie_nor_the_contact_stands_in_the_row() -> None:
    session = SessionStore()
    session["contact"] = "planted-contact"
    session.create()
    row = Session.objects.get()

    assert str(session.session_key) not in str((row.session_key, row.session_data))
    assert "planted-contact" not in row.session_data
    assert SessionStore(session.session_key)["contact"] == "planted-contact"


def test_the_key_of_a_row_opens_nothing_as_a_cookie() -> None:
    session = SessionStore()
    session["contact"] = "a contact"
    session.create()

    assert SessionStore(row_key(str(session.session_key))).get("contact") is None


@pytest.mark.parametrize("key", ["unknown", "", "x" * 500, "ñ\n", None])
def test_an_unknown_cookie_is_an_empty_session_and_is_never_taken_up(key: str | None) -> None:
    session = SessionStore(key)
    assert session.get("contact") is None
    session["contact"] = "a contact"
    session.save()

    assert session.session_key != key


def test_a_row_that_was_changed_is_an_empty_session() -> None:
    session = SessionStore()
    session["contact"] = "a contact"
    session.create()
    kept = Session.objects.get().session_data
    for harm in ("", "no hexadecimal", kept[:-2] + ("11" if kept.endswith("00") else "00")):
        Session.objects.update(session_data=harm)
        assert SessionStore(session.session_key).get("contact") is None


def test_sessions_outlive_a_new_master_key(settings: Settings) -> None:
    session = SessionStore()
    session["contact"] = "a contact"
    session.create()
    KeyFile(settings.KEY_FILE).rotate()

    assert SessionStore(session.session_key)["contact"] == "a contact"


def test_a_node_without_the_rotated_key_file_opens_what_the_others_wrote(settings: Settings, tmp_path: Path) -> None:
    copy = tmp_path / "copy.key"
    shutil.copy(settings.KEY_FILE, copy)
    KeyFile(settings.KEY_FILE).rotate()
    session = SessionStore()
    session["contact"] = "a contact"
    session.create()
    settings.KEY_FILE = copy

    assert SessionStore(session.session_key)["contact"] == "a contact"


def test_signing_in_changes_the_cookie_and_the_one_before_signs_nobody_in(member: Member) -> None:
    browser = Client()
    browser.get("/hablar/")
    before = browser.cookies[line.SESSION_COOKIE_NAME].value
    member.set_password("una frase larga")
    member.save()
    browser.post("/equipo/entrar/", {"login": member.email, "password": "una frase larga"})

    assert browser.cookies[line.SESSION_COOKIE_NAME].value != before
    assert dict(SessionStore(before).items()).keys() <= {CSRF_SESSION_KEY, OWN}


def test_a_cookie_that_somebody_planted_is_not_the_one_a_caller_goes_on_with() -> None:
    planted = SessionStore()
    planted["seen"] = "by who planted it"
    planted.create()
    caller = Client()
    caller.cookies[line.SESSION_COOKIE_NAME] = str(planted.session_key)
    caller.post("/hablar/", {"do": "danger"})

    assert caller.cookies[line.SESSION_COOKIE_NAME].value != planted.session_key
    assert SessionStore(planted.session_key).get("contact") is None


def test_a_member_who_gives_no_sign_of_life_for_an_hour_signs_in_again(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, line.STAFF_IDLE_AFTER - 60)
    assert is_signed_in(browser)
    at(monkeypatch, line.STAFF_IDLE_AFTER - 60)
    assert is_signed_in(browser)
    at(monkeypatch, line.STAFF_IDLE_AFTER + 60)
    assert not is_signed_in(browser)


def test_a_member_signs_in_again_after_twelve_hours_however_busy(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = line.STAFF_IDLE_AFTER / 2
    for _turn in range(int(line.STAFF_SESSION_LASTS / half) - 1):
        at(monkeypatch, half)
        assert is_signed_in(browser)
    at(monkeypatch, half + 60)
    assert not is_signed_in(browser)


def test_a_sign_of_life_is_written_once_a_minute_and_rewrites_nothing(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = row_of(browser)
    assert is_signed_in(browser)
    assert row_of(browser).expire_date == before.expire_date
    at(monkeypatch, 90)
    assert is_signed_in(browser)

    assert row_of(browser).expire_date > before.expire_date
    assert row_of(browser).session_data == before.session_data


def test_a_caller_s_session_lasts_longer_than_a_member_s_idle_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    caller = Client()
    caller.post("/hablar/", {"do": "danger"})
    at(monkeypatch, line.SESSION_COOKIE_AGE - 60)

    assert caller.get("/hablar/hilo/").status_code == 200


def test_no_cookie_says_how_long_it_lasts(browser: Client, settings: Settings) -> None:
    assert settings.SESSION_EXPIRE_AT_BROWSER_CLOSE
    for cookie in browser.cookies.values():
        assert (cookie["max-age"], cookie["expires"]) == ("", "")
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")


def test_ended_sessions_are_swept_away(browser: Client) -> None:
    assert row_of(browser).pk
    Session.objects.update(expire_date=timezone.now() - DAY)
    SessionStore.clear_expired()

    assert not Session.objects.exists()


def test_a_made_session_of_a_rehearsal_lasts_a_day_without_use(monkeypatch: pytest.MonkeyPatch) -> None:
    browser = browser_of(make_member(rehearsal=True))
    at(monkeypatch, 23 * 60 * 60)

    assert is_signed_in(browser)


def test_a_key_that_was_left_proves_only_where_a_form_came_from_and_ends_soon() -> None:
    session = SessionStore()
    session[CSRF_SESSION_KEY], session["contact"] = "proof", "planted-contact"
    session.create()
    left = session.session_key
    session.cycle_key()
    session.save()
    assert dict(SessionStore(left).items()) == {CSRF_SESSION_KEY: "proof"}
    assert dict(SessionStore(session.session_key).items()) == {CSRF_SESSION_KEY: "proof", "contact": "planted-contact"}
    row = Session.objects.get(session_key=row_key(left or ""))
    assert row.expire_date <= timezone.now() + datetime.timedelta(minutes=1)


def test_many_sessions_are_read_by_one_question(django_assert_num_queries: Any) -> None:
    first, over, last = (SessionStore() for _number in range(3))
    for number, session in enumerate((first, over, last)):
        session["contact"] = f"{number}"
        session.create()
    Session.objects.filter(session_key=row_key(str(over.session_key))).update(expire_date=timezone.now() - DAY)
    with django_assert_num_queries(1):
        found = SessionStore.of_many([last.session_key, None, over.session_key, "unknown", first.session_key])
        assert [session.get("contact") for session in found] == ["2", None, None, None, "0"]
    assert [session.session_key for session in found] == [last.session_key, None, None, None, first.session_key]


def test_the_master_keys_alone_open_no_session() -> None:
    session = SessionStore()
    session["contact"] = "a contact"
    session.create()
    row = Session.objects.get()

    assert vault.open_site_secret("session", row.session_data, holder=str(session.session_key))
    for guess in ("", row.session_key):
        with pytest.raises((Damaged, UnicodeDecodeError)):
            vault.open_site_secret("session", row.session_data, holder=guess)
