"""Members for the tests of the roster, and how they sign in."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from roster.models import Member, Role
from tests import cast
from wire import pool

PASSWORD = "una frase larga de ensayo"  # noqa: S105  of tests only
MakeMember = Callable[..., Member]
SignIn = Callable[[Member], HttpResponse]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is left for later be done now: another thread would not see the rows of a test's transaction."""
    monkeypatch.setattr(pool, "later", lambda work, *args, **kwargs: work(*args, **kwargs))


@pytest.fixture
def make_member() -> MakeMember:
    """Return a maker of members: a role first, fields by name."""

    def make(role: str = Role.VOLUNTEER, **fields: Any) -> Member:
        name = f"{role}{Member.objects.count()}"
        return Member.objects.create_user(
            f"{name}@ensayo.pe", PASSWORD, **{"alias": name, "full_name": name, "role": role} | fields
        )

    return make


@pytest.fixture
def volunteer(make_member: MakeMember) -> Member:
    """Return an active volunteer with a checked licence."""
    return make_member(licence_number="18983", licence_checked_on=timezone.localdate(), trained_on=timezone.localdate())


@pytest.fixture
def rosa() -> Member:
    """Return a volunteer."""
    return cast.make_member(alias="Rosa")


@pytest.fixture
def luis() -> Member:
    """Return another volunteer."""
    return cast.make_member(alias="Luis")


@pytest.fixture
def coordinator(make_member: MakeMember) -> Member:
    """Return an active coordinator."""
    return make_member(Role.COORDINATOR)


@pytest.fixture
def sign_in(client: Client) -> SignIn:
    """Return how a member signs in through the page."""

    def enter(member: Member) -> Any:
        return client.post("/equipo/entrar/", {"login": member.email, "password": PASSWORD})

    return enter


@pytest.fixture
def secret(volunteer: Member) -> str:
    """Give the volunteer an authenticator; return its seed."""
    seed = str(auth.generate_totp_secret())
    auth.TOTP.activate(volunteer, seed)
    return seed
