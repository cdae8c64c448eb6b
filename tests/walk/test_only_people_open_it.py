"""A line of stage B, as people use it: heard by socket, kept through a killed server, passed on, written down, read."""

import asyncio
import re
from collections.abc import Iterator

import pytest

from tests.running_line import RunningLine, own_databases
from tests.visitors import Visitor
from tests.voices import Voice

ROSA, LUIS, CARMEN = (f"{name}@demo.pe" for name in ("rosa", "luis", "supervisora"))


@pytest.fixture
def closed_line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """Serve a line of stage B, with the people of the demonstration."""
    with RunningLine(tmp_path_factory.mktemp("closed"), HOTLINE_STAGE="B", **own_databases()) as running:
        yield running


async def accepted(desk: Voice) -> str:
    """Be ready, take the next offer, and return its contact."""
    await desk.send("ready")
    offer = await desk.hear("offer", within=10)
    await desk.send("accept", offer=offer["offer"])
    state = await desk.hear("state", contact=offer["contact"], state="talking")
    return str(state["contact"])


async def test_a_conversation_that_the_server_alone_cannot_open(closed_line: RunningLine) -> None:
    line = closed_line
    phone = await asyncio.to_thread(Visitor(line).wait_in_line)
    rosa, luis, carmen = [await asyncio.to_thread(Visitor(line).sign_in, one) for one in (ROSA, LUIS, CARMEN)]

    async with Voice(line, phone.cookie) as caller, Voice(line, rosa.cookie, desk=True) as desk:
        contact = await accepted(desk)
        await caller.say("no puedo dormir")
        assert (await desk.hear("said", by="caller"))["text"] == "no puedo dormir"
        await desk.say("Te leo.", contact=contact)
        assert (await caller.hear("said", by="volunteer"))["text"] == "Te leo."
        line.kill()
    await asyncio.to_thread(line.start)

    async with Voice(line, phone.cookie) as caller:
        async with Voice(line, rosa.cookie, desk=True) as desk:
            await desk.hear("state", contact=contact, state="talking")
            words = [frame["text"] for frame in await desk.look(0, contact=contact) if frame["op"] == "said"]
            assert words[-2:] == ["no puedo dormir", "Te leo."]
            await asyncio.to_thread(rosa.get, f"/casos/nota/{contact}/")
            note = {"talked": "Duerme poco.", "do": "save"}
            assert (await asyncio.to_thread(rosa.post, f"/casos/nota/{contact}/", note)).status == 302
        async with Voice(line, luis.cookie, desk=True) as desk:
            await asyncio.to_thread(lose_rosa, line)
            assert await accepted(desk) == contact
            words = [frame["text"] for frame in await desk.look(0, contact=contact) if frame["op"] == "said"]
            assert {"no puedo dormir", "Te leo."} <= set(words)
            await caller.say("sigo aquí")
            assert (await desk.hear("said", by="caller"))["text"] == "sigo aquí"
            await desk.send("leave", contact=contact)
            await caller.hear("state", state="ended")
    await asyncio.to_thread(on_shift, line)
    listed = await asyncio.to_thread(carmen.get, "/casos/")
    address = re.findall(r'href="(/casos/[0-9a-f-]{36}/)"', listed.text)[0]
    await asyncio.to_thread(carmen.get, address)
    page = await asyncio.to_thread(carmen.post, address, {"reason": "quality"})
    for words_there in ("Duerme poco.", "no puedo dormir", "sigo aquí"):
        assert words_there in page.text
    assert "Traceback" not in line.output


def lose_rosa(line: RunningLine) -> None:
    """Let the lease of every volunteer run out, as a minute of silence does."""
    done = line.command("shell", "-c", LOST)
    assert done.returncode == 0, done.stderr


def on_shift(line: RunningLine) -> None:
    """Put the supervisor on call: else another one's yes is asked for."""
    done = line.command("shell", "-c", SHIFT)
    assert done.returncode == 0, done.stderr


SHIFT = (
    "import datetime; from django.utils import timezone; from roster.models import Member, Shift; "
    "now, hour = timezone.now(), datetime.timedelta(hours=1); "
    "Shift.objects.create(member=Member.objects.get(role='supervisor'), starts_at=now - hour, ends_at=now + hour)"
)
LOST = (
    "import datetime; from django.utils import timezone; from roster.models import Presence; "
    "Presence.objects.update(lease_until=timezone.now() - datetime.timedelta(seconds=1))"
)
