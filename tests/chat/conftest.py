"""Two people in a conversation, each at a socket."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest
from django.test import Client
from pytest_django import Settings

from chat import actions as chat
from roster.models import Member
from tests.cast import make_member
from tests.chat import test_coming_back
from tests.chat.crew import Crew
from tests.line_database import RESTED, ago, change
from tests.running_line import LightLine, Pair, RunningLine, own_databases
from tests.visitors import Visitor
from tests.voices import Voice
from triage.models import Offer

VOLUNTEERS = ("rosa@demo.pe", "luis@demo.pe", "nuevo@demo.pe")


@pytest.fixture(scope="session")
def calm_line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """Serve a line where nobody waits and nobody is ready but those of one test; all three licences are checked."""
    running = LightLine(tmp_path_factory.mktemp("calm"), **own_databases())
    try:
        running.start()
        today = ago(0)[:10]
        prepared = "UPDATE roster_member SET licence_checked_on = ?, trained_on = ? WHERE role = 'volunteer'"
        change(running, prepared, today, today)
        yield running
    finally:
        running.close()


@pytest.fixture(scope="session")
def volunteers(calm_line: RunningLine) -> list[str]:
    """Return the Cookie headers of the three volunteers of the demonstration."""
    return [Visitor(calm_line).sign_in(email).cookie for email in VOLUNTEERS]


@pytest.fixture
async def caller(line: RunningLine, pair: Pair) -> AsyncIterator[Voice]:
    """Sit where the caller sits; the first state is heard already."""
    async with Voice(line, pair.caller) as voice:
        await voice.hear("state", state="talking")
        yield voice


@pytest.fixture
async def volunteer(line: RunningLine, pair: Pair) -> AsyncIterator[Voice]:
    """Sit where the volunteer sits; presence and the first state are heard already."""
    async with Voice(line, pair.volunteer, desk=True) as voice:
        await voice.hear("state", contact=pair.contact, state="talking")
        yield voice


@pytest.fixture
async def crew(calm_line: RunningLine, volunteers: list[str]) -> AsyncIterator[Crew]:
    """Gather people; they are gone after the test."""
    change(calm_line, RESTED)
    async with AsyncExitStack() as sockets:
        crew = Crew(calm_line, volunteers, sockets)
        yield crew
        await crew.go()


# Two people in their browsers, in either stage ------------------------------------------------------------------------


@pytest.fixture(params=["A", "B"])
def each_stage(request: pytest.FixtureRequest, settings: Settings) -> None:
    """Let the line be in stage A, then in B."""
    settings.STAGE = request.param


@pytest.fixture
def rosa(each_stage: None) -> Member:  # noqa: ARG001  it comes first
    """Return a volunteer who is ready."""
    return make_member(alias="Rosa", ready=True)


@pytest.fixture
def phone(rosa: Member) -> Client:
    """Return the browser of a caller who talks with Rosa."""
    browser = test_coming_back.caller()
    chat.accept_offer(rosa, Offer.objects.get().pk)
    return browser
