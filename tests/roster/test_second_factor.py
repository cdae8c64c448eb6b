"""The two cookies of staff, the second factor, and whose session a set of cookies opens."""

import importlib

import pytest
from django.conf import settings as line
from django.contrib.sessions.backends.base import SessionBase
from django.test import Client
from pytest_django import Settings

from roster.models import Member, Role
from roster.second_factor import make_session, member_of
from tests.roster.conftest import PASSWORD, MakeMember, SignIn
from vault.models import Entry
from wire import doorbell

pytestmark = pytest.mark.django_db(databases="__all__")

BOTH = (line.SESSION_COOKIE_NAME, line.STAFF_COOKIE_NAME)
STAFF_PAGES = ("/escritorio/", "/casos/", "/supervision/", "/admin/", "/admin/roster/member/", "/equipo/contrasena/")


def opened(cookies: str) -> tuple[SessionBase, str]:
    """Return the session and the second cookie of a Cookie header."""
    values = dict(pair.split("=", 1) for pair in cookies.split("; "))
    store: type[SessionBase] = importlib.import_module(line.SESSION_ENGINE).SessionStore
    return store(values[line.SESSION_COOKIE_NAME]), values[line.STAFF_COOKIE_NAME]


def is_signed_in(client: Client) -> bool:
    """Say whether this browser's session still signs somebody in."""
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(
    ("role", "home"),
    [(Role.VOLUNTEER, "/escritorio/"), (Role.SUPERVISOR, "/supervision/"), (Role.COORDINATOR, "/admin/")],
)
def test_signing_in_leads_to_where_the_role_works(
    make_member: MakeMember, sign_in: SignIn, role: Role, home: str
) -> None:
    assert sign_in(make_member(role))["Location"] == home


def test_signing_in_sets_a_second_cookie_that_ends_with_the_browser(volunteer: Member, sign_in: SignIn) -> None:
    cookie = sign_in(volunteer).cookies[line.STAFF_COOKIE_NAME]

    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"], cookie["expires"]) == (True, "Strict", "", "")
    assert len(cookie.value) >= 43


def test_the_session_keeps_only_a_digest_of_the_second_cookie(
    client: Client, volunteer: Member, sign_in: SignIn
) -> None:
    value = sign_in(volunteer).cookies[line.STAFF_COOKIE_NAME].value

    assert value not in str(dict(client.session))


@pytest.mark.parametrize("value", ["", "another"])
def test_a_missing_or_wrong_second_cookie_signs_out(
    client: Client, volunteer: Member, sign_in: SignIn, value: str
) -> None:
    sign_in(volunteer)
    client.cookies[line.STAFF_COOKIE_NAME] = value
    client.get("/equipo/segundo-factor/")

    assert not is_signed_in(client)


def test_the_right_two_cookies_keep_somebody_signed_in(client: Client, volunteer: Member, sign_in: SignIn) -> None:
    sign_in(volunteer)

    assert client.get("/equipo/segundo-factor/").status_code == 200
    assert is_signed_in(client)


def test_sign_in_and_sign_out_leave_their_trace(client: Client, volunteer: Member, sign_in: SignIn) -> None:
    sign_in(volunteer)
    client.post("/equipo/salir/")

    assert list(Entry.objects.filter(actor=str(volunteer.pk)).values_list("act", flat=True)) == ["sign_in", "sign_out"]


@pytest.mark.parametrize("way_out", ["/equipo/salir/", "/admin/logout/"])
def test_signing_out_keeps_the_contact_of_the_same_browser(
    client: Client, coordinator: Member, sign_in: SignIn, way_out: str
) -> None:
    sign_in(coordinator)
    session = client.session
    session["contact"] = "a contact"
    session.save()
    client.post(way_out)

    assert not is_signed_in(client)
    assert client.session["contact"] == "a contact"
    assert client.cookies[line.STAFF_COOKIE_NAME].value == ""


def test_the_sockets_that_sign_out_rings_find_the_session_gone(
    client: Client, volunteer: Member, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    response = sign_in(volunteer)
    cookies = "; ".join(f"{name}={response.cookies[name].value}" for name in BOTH)
    found: list[tuple[str, Member | None]] = []
    monkeypatch.setattr(doorbell, "ring", lambda *rooms: found.append((rooms[0], member_of(*opened(cookies)))))
    client.post("/equipo/salir/")

    assert found == [(f"member:{volunteer.pk}", None)]


def test_signing_in_keeps_the_contact_of_the_same_browser(client: Client, volunteer: Member, sign_in: SignIn) -> None:
    session = client.session
    session["contact"] = "a contact"
    session.save()
    client.cookies[line.SESSION_COOKIE_NAME] = str(session.session_key)
    sign_in(volunteer)

    assert client.session["contact"] == "a contact"


@pytest.mark.parametrize("page", STAFF_PAGES)
def test_outside_the_demonstration_no_staff_page_opens_without_a_second_factor(
    client: Client, coordinator: Member, sign_in: SignIn, settings: Settings, page: str
) -> None:
    settings.DEMO = False
    sign_in(coordinator)

    assert client.get(page)["Location"] == "/equipo/segundo-factor/elegir/"


def test_outside_the_demonstration_the_enrolment_page_opens_after_the_password(
    client: Client, volunteer: Member, sign_in: SignIn, settings: Settings
) -> None:
    settings.DEMO = False
    sign_in(volunteer)
    page = "/equipo/segundo-factor/totp/activate/"
    assert client.get(page)["Location"].startswith("/equipo/confirmar/")
    client.post("/equipo/confirmar/", {"password": PASSWORD})

    assert client.get(page).status_code == 200


def test_a_made_session_opens_for_its_member_and_for_pages(client: Client, make_member: MakeMember) -> None:
    member = make_member(rehearsal=True)
    cookies = make_session(member)

    assert member_of(*opened(cookies)) == member
    assert client.get("/equipo/segundo-factor/", headers={"cookie": cookies}).status_code == 200


def test_a_session_with_another_second_cookie_opens_for_nobody(volunteer: Member) -> None:
    session, _sk = opened(make_session(volunteer))
    _session, other = opened(make_session(volunteer))

    assert member_of(session, other) is None
    assert member_of(session, "") is None


@pytest.mark.parametrize("change", ["is_active", "password", "session"])
def test_a_session_stops_opening_the_moment_its_ground_is_gone(volunteer: Member, change: str) -> None:
    cookies = make_session(volunteer)
    if change == "session":
        opened(cookies)[0].flush()
    elif change == "is_active":
        Member.objects.update(is_active=False)
    else:
        volunteer.set_password("otra frase larga")
        volunteer.save(update_fields=["password"])

    assert member_of(*opened(cookies)) is None


def test_outside_the_demonstration_only_rehearsal_members_need_no_second_factor(
    volunteer: Member, make_member: MakeMember, settings: Settings
) -> None:
    settings.DEMO = False
    rehearsing = make_member(rehearsal=True)

    assert member_of(*opened(make_session(volunteer))) is None
    assert member_of(*opened(make_session(rehearsing))) == rehearsing


def test_five_wrong_passwords_close_the_door_to_that_address_only(
    client: Client, volunteer: Member, coordinator: Member, sign_in: SignIn
) -> None:
    for _attempt in range(5):
        client.post("/equipo/entrar/", {"login": volunteer.email, "password": "wrong"})

    assert sign_in(volunteer).status_code == 200
    assert sign_in(coordinator).status_code == 302


def test_a_closed_account_does_not_sign_in(client: Client, make_member: MakeMember) -> None:
    member = make_member(is_active=False)
    client.post("/equipo/entrar/", {"login": member.email, "password": PASSWORD})

    assert not is_signed_in(client)
