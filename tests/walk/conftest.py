"""A line on which whole paths are walked, with nobody else on it; and a caller's browser for paths walked inside."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from tests.running_line import RunningLine, own_databases
from triage.models import Contact


@pytest.fixture
def quiet_line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """Serve a line of its own, with the people of the demonstration."""
    with RunningLine(tmp_path_factory.mktemp("walk"), **own_databases()) as running:
        yield running


@pytest.fixture
def phone() -> Client:
    """Return the browser of somebody who calls."""
    return Client()


@pytest.fixture
def contact_of() -> Callable[[Client], Contact]:
    """Return how to find the contact of a caller's browser."""
    return lambda browser: Contact.objects.get(pk=browser.session["contact"])
