"""The people of these tests: who supervises and two who listen."""

import pytest

from roster.models import Member, Role
from tests.cast import make_member


@pytest.fixture
def carmen() -> Member:
    """Return a supervisor."""
    return make_member(Role.SUPERVISOR, alias="Carmen")


@pytest.fixture
def rosa() -> Member:
    """Return a volunteer."""
    return make_member(alias="Rosa")


@pytest.fixture
def luis() -> Member:
    """Return another one."""
    return make_member(alias="Luis")
