"""A volunteer, another one, a supervisor, and a conversation that is over."""

import pytest

from roster.models import Member, Role
from tests.cast import make_ended, make_member
from triage.models import Contact


@pytest.fixture
def rosa() -> Member:
    """Return the volunteer who led the conversation."""
    return make_member(alias="Rosa")


@pytest.fixture
def luis() -> Member:
    """Return another volunteer."""
    return make_member(alias="Luis")


@pytest.fixture
def carmen() -> Member:
    """Return a supervisor."""
    return make_member(Role.SUPERVISOR, "Carmen")


@pytest.fixture
def contact(rosa: Member) -> Contact:
    """Return a conversation of Rosa's that is over."""
    return make_ended(rosa, "no puedo dormir desde el domingo")
