"""Two people in a conversation, each at a socket."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest

from tests.chat.crew import Crew
from tests.line_database import RESTED, ago, change
from tests.running_line import LightLine, Pair, RunningLine, own_databases
from tests.visitors import Visitor
from tests.voices import Voice

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
