"""One-time codes that work once, and seeds that nobody reads in the table."""

import re
import time
from http import HTTPStatus
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from django.core.cache import cache
from django.test import Client

from roster import totp
from roster.models import Member
from tests.roster.conftest import PASSWORD, SignIn

pytestmark = pytest.mark.django_db(databases="__all__")

PERIOD = 30
ENROLMENT = "/equipo/segundo-factor/totp/activate/"


def code_now(secret: str) -> str:
    """Return the code that an authenticator shows now."""
    return str(auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // PERIOD)))


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock of the codes stand, so that no test begins in one step and ends in the next."""
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now)


def answer(client: Client, code: str) -> int:
    """Send a code to the second page of the door; return the status (302 when it opens)."""
    status: int = client.post("/equipo/entrar/segundo-factor/", {"code": code}).status_code
    return status


def enrol(client: Client) -> tuple[str, Any]:
    """Go through the enrolment page; return the seed and the answer to the first code."""
    client.post("/equipo/confirmar/", {"password": PASSWORD})
    seed = client.get(ENROLMENT).context["form"].secret
    return seed, client.post(ENROLMENT, {"code": code_now(seed)})


@pytest.mark.usefixtures("still")
def test_the_right_code_signs_in(client: Client, volunteer: Member, sign_in: SignIn, secret: str) -> None:
    assert sign_in(volunteer)["Location"] == "/equipo/entrar/segundo-factor/"
    assert "_auth_user_id" not in client.session

    assert answer(client, code_now(secret)) == 302
    assert client.session["_auth_user_id"] == str(volunteer.pk)


@pytest.mark.usefixtures("still")
def test_a_used_code_is_refused_on_a_node_with_another_cache(
    client: Client, volunteer: Member, sign_in: SignIn, secret: str
) -> None:
    sign_in(volunteer)
    answer(client, code_now(secret))
    client.post("/equipo/salir/")
    cache.clear()
    sign_in(volunteer)

    assert answer(client, code_now(secret)) == 200
    assert "_auth_user_id" not in client.session


def test_a_step_is_claimed_once_and_never_after_a_later_one(volunteer: Member) -> None:
    assert [totp.claim(volunteer, step) for step in (7, 7, 6, 8)] == [True, False, False, True]


def test_a_seed_is_sealed_in_the_table(secret: str) -> None:
    assert secret not in str(Authenticator.objects.get().data)


@pytest.mark.usefixtures("still")
def test_enrolling_takes_a_code_and_shows_recovery_codes_once(
    client: Client, volunteer: Member, sign_in: SignIn
) -> None:
    sign_in(volunteer)
    _seed, response = enrol(client)

    assert response["Location"] == "/equipo/segundo-factor/recovery-codes/"
    assert len(client.get(response["Location"]).context["unused_codes"]) == 10
    assert set(client.get(response["Location"]).context["unused_codes"]) == {"****"}


@pytest.mark.usefixtures("still")
def test_asking_for_a_new_password_does_not_stand_in_the_way_of_enrolling(
    client: Client, volunteer: Member, sign_in: SignIn
) -> None:
    client.post("/equipo/contrasena/olvidada/", {"email": volunteer.email})
    sign_in(volunteer)
    enrol(client)

    assert Authenticator.objects.filter(user=volunteer, type="totp").exists()


@pytest.mark.usefixtures("still")
def test_the_code_of_the_enrolment_does_not_sign_in_afterwards(
    client: Client, volunteer: Member, sign_in: SignIn
) -> None:
    sign_in(volunteer)
    seed, _response = enrol(client)
    client.post("/equipo/salir/")
    sign_in(volunteer)

    assert answer(client, code_now(seed)) == 200


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize("page", ["totp/deactivate/", "recovery-codes/generate/", "reauthenticate/"])
def test_each_page_of_the_second_factor_opens_without_inline_code(
    client: Client, volunteer: Member, sign_in: SignIn, page: str
) -> None:
    sign_in(volunteer)
    enrol(client)
    response = client.get(f"/equipo/segundo-factor/{page}")

    assert response.status_code == HTTPStatus.OK
    assert not re.search(r"<script(?![^>]*src=)|<style|style=| on\w+=", response.content.decode())


def test_a_recovery_code_signs_in_once(client: Client, volunteer: Member, sign_in: SignIn, secret: str) -> None:
    assert secret
    sign_in(volunteer)
    from_paper = _recovery_code(volunteer)
    assert answer(client, from_paper) == 302

    client.post("/equipo/salir/")
    sign_in(volunteer)
    assert answer(client, from_paper) == 200


def _recovery_code(member: Member) -> str:
    return str(RecoveryCodes.activate(member).get_unused_codes()[0])
