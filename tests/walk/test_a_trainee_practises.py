"""A trainee practises on a real line, which is killed meanwhile; a supervisor answers, and the line opens to them."""

import asyncio
import re
from collections.abc import Iterator

import pytest

from tests.running_line import RunningLine, own_databases
from tests.visitors import Visitor
from tests.voices import Voice

HOLA = "Hola, soy Diego. ¿Qué te tiene despierta?"
SLOW = 40.0  # seconds within which a scripted caller has answered


#: One stage on each kind of database: it takes a minute, most of it a scripted caller's pauses.
STAGES = [
    pytest.param("A", marks=pytest.mark.database("sqlite")),
    pytest.param("B", marks=pytest.mark.database("postgresql")),
]


@pytest.fixture(params=STAGES)
def line(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """Serve a line of its own in either stage."""
    with RunningLine(tmp_path_factory.mktemp("practice"), HOTLINE_STAGE=request.param, **own_databases()) as running:
        yield running


async def test_a_trainee_practises_through_a_crash_and_a_supervisor_answers(line: RunningLine) -> None:
    diego, carmen = Visitor(line).sign_in("practica@demo.pe"), Visitor(line).sign_in("supervisora@demo.pe")
    contact = await _begin(line, diego)
    line.kill()
    line.start()
    await _go_on(line, diego, contact)
    practice = _answer(diego, carmen)
    assert "aprobada" in diego.get(f"/practica/{practice}/").text
    assert "1 de 3" in diego.get("/practica/").text
    assert contact not in carmen.get("/supervision/").text


async def _begin(line: RunningLine, diego: Visitor) -> str:
    """Begin at the desk, take what is offered, say something, and hear the first line of the answer."""
    async with Voice(line, diego.cookie, desk=True) as desk:
        await desk.send("look", after=0)
        diego.get("/practica/")
        assert diego.post("/practica/empezar/", {"scenario": "sleep"}).status == 302
        offer = await desk.hear("offer", within=SLOW)
        assert offer["practice"] is True
        await desk.send("accept", offer=offer["offer"])
        state = await desk.hear("state", state="talking")
        assert state["practice"] is True
        contact = str(state["contact"])
        await desk.send("look", contact=contact, after=0)
        await desk.hear("said", by="caller", text="Hola. No sé si esto es para acá, es que no puedo dormir")
        await desk.say(HOLA, contact=contact)
        await desk.hear("typing", within=SLOW, by="caller", contact=contact)
        await desk.hear(
            "said", within=SLOW, by="caller", text="me echo a las once y a las tres ya estoy con los ojos abiertos"
        )
    return contact


async def _heard(desk: Voice, contact: str) -> list[str]:
    said = [one for one in await desk.look(0, contact=contact) if one["op"] == "said"]
    return [one["text"] for one in said if one["by"] == "caller"]


async def _go_on(line: RunningLine, diego: Visitor, contact: str) -> None:
    """Hear the rest of what was being said when the line was killed, once, and end the conversation."""
    async with Voice(line, diego.cookie, desk=True) as desk:
        for _second in range(int(SLOW)):
            if "y empiezo a darle vueltas a todo" in await _heard(desk, contact):
                break
            await asyncio.sleep(1)
        await asyncio.sleep(3)
        texts = await _heard(desk, contact)
        assert len(texts) == len(set(texts)) == 3
        await desk.send("leave", contact=contact)
        await desk.hear("state", contact=contact, state="ended")
        await asyncio.sleep(2)


def _answer(diego: Visitor, carmen: Visitor) -> str:
    """Let the supervisor find it, read it and answer; return the practice."""
    waiting = carmen.get("/practica/").text
    found = re.search(r"/practica/([0-9a-f-]{36})/", waiting)
    assert found is not None
    practice = found[1]
    assert HOLA in carmen.get(f"/practica/{practice}/").text
    assert carmen.post(f"/practica/{practice}/", {"words": "Bien el saludo.", "passed": "yes"}).status == 302
    assert diego.get("/supervision/").status == 404
    return practice
