"""Two people in a conversation, each at a socket."""

from collections.abc import AsyncIterator

import pytest

from tests.running_line import Pair, RunningLine
from tests.voices import Voice


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
