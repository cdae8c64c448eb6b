"""The front page of the rooms for those who listen."""

from http import HTTPStatus

import pytest

from roster.models import Role
from tests.cast import browser_of, make_member

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.SUPERVISOR])
def test_whoever_listens_finds_it_and_the_circles_on_it(role: str) -> None:
    page = browser_of(make_member(role)).get("/reflexion/")

    assert page.status_code == HTTPStatus.OK
    assert "Círculos" in page.content.decode()
