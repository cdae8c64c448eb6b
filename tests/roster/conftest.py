"""Members for the tests of the roster, and how they sign in."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from roster.models import Member, Role
from vault import actions as vault

PASSWORD = "una frase larga de ensayo"  # noqa: S105  of tests only
MakeMember = Callable[..., Member]
SignIn = Callable[[Member], HttpResponse]


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _plain_static_names(settings: Settings) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}  # nothing is collected for these tests


@pytest.fixture(autouse=True)
def _own_master_key(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.KEY_FILE = tmp_path / "master.key"
    vault.make_key_file_if_new()
    yield
    vault._ring.cache_clear()  # noqa: SLF001  the next test has its own file


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
    return make_member(licence_number="18983", licence_checked_on=timezone.localdate())


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
