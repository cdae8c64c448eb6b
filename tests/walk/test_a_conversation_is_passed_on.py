"""At the end of a shift a conversation goes on to a colleague, through a killed server, and nobody is alone in it."""

import asyncio
import datetime
import json
from typing import Any

from tests.line_database import ago, change, read
from tests.running_line import RunningLine
from tests.visitors import Visitor
from tests.voices import Voice

ADDRESS = "/escritorio/pasar/"
SHIFT = "UPDATE roster_shift SET ends_at = ? WHERE member_id = (SELECT id FROM roster_member WHERE alias = 'Rosa')"


def press(browser: Visitor, contact: str, do: str, **fields: str) -> dict[str, Any]:
    """Send one form of passing on; return what the desk is told."""
    browser.get("/escritorio/")
    answer = browser.post(ADDRESS, {"contact": contact, "do": do, **fields}, Accept="application/json")
    told: dict[str, Any] = json.loads(answer.text)
    return told


async def sit(line: RunningLine, desk: Voice) -> None:
    await desk.send("ready")
    await desk.hear("presence", state="ready")
    change(line, "UPDATE roster_presence SET rests_until = NULL, break_until = NULL")


async def restart(line: RunningLine) -> None:
    """Kill the server, as a power cut does, and start it again."""
    line.kill()
    await asyncio.to_thread(line.start)


async def test_a_shift_ends_and_the_conversation_goes_on(quiet_line: RunningLine) -> None:
    line = quiet_line
    phone = await asyncio.to_thread(Visitor(line).wait_in_line)
    rosa, luis, carmen = [
        await asyncio.to_thread(Visitor(line).sign_in, f"{name}@demo.pe") for name in ("rosa", "luis", "supervisora")
    ]
    async with Voice(line, phone.cookie) as caller, Voice(line, rosa.cookie, desk=True) as desk:
        await sit(line, desk)
        offer = await desk.hear("offer")
        contact = offer["contact"]
        await desk.send("accept", offer=offer["offer"])
        await desk.say("Te leo.", contact=contact)
        await caller.hear("said", by="volunteer")

    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=10)
    change(line, SHIFT, soon.replace(tzinfo=None).isoformat(" "))
    async with Voice(line, rosa.cookie, desk=True) as desk, Voice(line, luis.cookie, desk=True) as other:
        assert (await desk.hear("presence"))["shift_ends"].startswith(soon.isoformat()[:16])
        await sit(line, other)
        asked = await asyncio.to_thread(press, rosa, contact, "ask", to="anybody", words="Perdió a su mamá.")
        assert asked["kept"]
        offer = await other.hear("offer", contact=contact)
    await restart(line)  # what was asked stands

    async with Voice(line, luis.cookie, desk=True) as other:
        again = await other.hear("offer")
        assert (again["offer"], again["from"]) == (offer["offer"], "Rosa")
        await other.send("accept", offer=again["offer"])
        await other.hear("state", contact=contact, name="Luis", companion="Rosa")
    change(line, SHIFT, ago(60))
    await restart(line)  # both are in the room

    async with (
        Voice(line, phone.cookie) as caller,
        Voice(line, rosa.cookie, desk=True) as desk,
        Voice(line, luis.cookie, desk=True) as other,
    ):
        await desk.hear("state", contact=contact, part="companion")
        await other.hear("state", contact=contact, name="Luis")
        for speaker, name, words in ((desk, "Rosa", "Me despido."), (other, "Luis", "Sigo contigo.")):
            await speaker.say(words, contact=contact)
            await caller.hear("said", by="volunteer", name=name)
        board = (await asyncio.to_thread(carmen.get, "/supervision/tablero/")).text
        assert "Rosa se queda un momento" in board
        assert (await asyncio.to_thread(press, rosa, contact, "leave"))["kept"]
        await caller.hear("said", by="line", text="Rosa se despide; sigues con Luis.")
        await desk.hear("state", contact=contact, part="gone")
        await caller.say("gracias")
        for seat in (other, caller):
            await seat.hear("said", by="caller", text="gracias")

        told = [frame for frame in await caller.look(0) if frame["op"] == "said"]
        assert [frame["seq"] for frame in told] == list(range(1, len(told) + 1))
        assert [frame["name"] for frame in told if frame["by"] == "volunteer"] == ["Rosa", "Rosa", "Luis"]
        assert sum(frame["text"].startswith("Se une Luis") for frame in told) == 1
        await other.send("leave", contact=contact)
        await caller.hear("state", state="ended")
    assert read(line, "SELECT COUNT(*) FROM triage_warmhandover WHERE state = 'done'") == [1]
    assert "Traceback" not in line.output
