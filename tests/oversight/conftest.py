"""A volunteer, a supervisor and their browsers."""

import pytest
from django.test import Client

from roster.models import Member, Role
from tests.cast import browser_of, make_member


@pytest.fixture
def rosa() -> Member:
    """Return a ready volunteer."""
    return make_member(alias="Rosa", ready=True)


@pytest.fixture
def luis() -> Member:
    """Return another volunteer."""
    return make_member(alias="Luis")


@pytest.fixture
def carmen() -> Member:
    """Return a supervisor."""
    return make_member(Role.SUPERVISOR, "Carmen")


@pytest.fixture
def window(carmen: Member) -> Client:
    """Return the supervisor's browser."""
    return browser_of(carmen)
