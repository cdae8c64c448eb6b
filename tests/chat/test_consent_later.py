"""Who came through the danger door is asked for consent later: over sockets and on the caller's page."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.line_database import RESTED, change
from tests.running_line import RunningLine
from tests.visitors import Visitor
from tests.voices import Frame, Voice


class Meeting:
    """A caller from the danger door and the volunteer who accepted, each at a browser and a socket."""

    def __init__(self, line: RunningLine, volunteer: str) -> None:
        self.page, self.desk_page = Visitor(line), Visitor.who_has(line, volunteer)
        self.page.step("danger")
        self.desk_page.get("/escritorio/")
        self.caller, self.desk = Voice(line, self.page.cookie), Voice(line, volunteer, desk=True)
        self.contact = ""

    async def begin(self) -> None:
        await self.caller.hear("state", state="waiting", ahead=0)
        await self.desk.send("ready")
        offer = await self.desk.hear("offer", urgency="A")
        await self.desk.send("accept", offer=offer["offer"])
        await self.desk.hear("state", contact=offer["contact"], state="talking")
        await self.caller.hear("said", text="Rosa está aquí y te lee. Puedes escribir cuando quieras.")
        self.contact = offer["contact"]

    async def ask(self) -> int:
        """Press the desk's button; return the status of its answer."""
        return (await asyncio.to_thread(self.desk_page.post, "/escritorio/acuerdo/", {"contact": self.contact})).status

    async def asked(self) -> bool:
        """Say whether the question stands on the caller's page."""
        return 'value="accept_later"' in (await asyncio.to_thread(self.page.get, "/hablar/")).text

    async def end(self) -> None:
        await self.desk.send("away")
        await self.caller.send("leave")
        await self.caller.hear("state", state="ended")


@pytest.fixture
async def meeting(calm_line: RunningLine, volunteers: list[str]) -> AsyncIterator[Meeting]:
    """Bring the two together, and let them part."""
    change(calm_line, RESTED)
    meeting = await asyncio.to_thread(Meeting, calm_line, volunteers[0])
    async with meeting.caller, meeting.desk:
        await meeting.begin()
        yield meeting
        await meeting.end()


def lines(answer: list[Frame]) -> list[str]:
    """Return what the line said, each once: what came live before the answer comes again in it."""
    said = {frame["seq"]: frame["text"] for frame in answer if frame["op"] == "said" and frame["by"] == "line"}
    return [said[seq] for seq in sorted(said)]


@pytest.mark.parametrize(("step", "words"), [("accept_later", "Diste tu acuerdo."), ("refuse", "Dijiste que no")])
async def test_the_volunteer_asks_the_caller_answers_and_both_read_it(meeting: Meeting, step: str, words: str) -> None:
    assert not await meeting.asked()
    assert await meeting.ask() == 200
    assert (await meeting.caller.hear("said", by="line"))["text"].startswith("Antes de seguir")
    assert await meeting.asked()
    assert await meeting.ask() == 200  # a second press asks no second time
    for _ in range(2):
        await asyncio.to_thread(meeting.page.step, step)
    assert not await meeting.asked()
    heard = lines(await meeting.desk.look(0, contact=meeting.contact))
    assert [line.startswith(words) for line in heard[-2:]] == [False, True]
    assert sum(line.startswith("Antes de seguir") for line in heard) == 1
    assert lines(await meeting.caller.look(0)) == heard
    spoken = await meeting.caller.say("sigo")
    await meeting.desk.hear("said", id=spoken)


async def test_nobody_else_can_ask(meeting: Meeting, calm_line: RunningLine, volunteers: list[str]) -> None:
    other = Visitor.who_has(calm_line, volunteers[1])
    await asyncio.to_thread(other.get, "/escritorio/")
    answer = await asyncio.to_thread(other.post, "/escritorio/acuerdo/", {"contact": meeting.contact})
    assert answer.status == 404
    assert not await meeting.asked()


async def test_what_was_not_asked_cannot_be_refused(meeting: Meeting) -> None:
    await asyncio.to_thread(meeting.page.step, "refuse")
    assert not any(line.startswith("Dijiste que no") for line in lines(await meeting.caller.look(0)))
