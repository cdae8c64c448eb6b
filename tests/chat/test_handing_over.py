"""Passing a conversation on over real sockets: the offer, two in the room, the goodbye, there and back."""

import asyncio
import contextlib
import json
from typing import Any

import pytest

from tests.chat.crew import Crew
from tests.line_database import ago, change, read
from tests.visitors import Answer, Visitor
from tests.voices import Voice

ADDRESS = "/escritorio/pasar/"


async def press(crew: Crew, desk: Voice, contact: str, do: str, **fields: str) -> dict[str, Any]:
    """Send one form of the desk, as its page does."""
    return await asyncio.to_thread(_press, Visitor.who_has(crew.line, desk.headers["Cookie"]), contact, do, fields)


def _press(browser: Visitor, contact: str, do: str, fields: dict[str, str]) -> dict[str, Any]:
    browser.get(f"{ADDRESS}?contact={contact}", **{"X-Fragment": "1"})
    if "csrfmiddlewaretoken" not in browser.page:
        browser.get(f"{ADDRESS}?contact={contact}&elegir=1", **{"X-Fragment": "1"})
    answer = browser.post(ADDRESS, {"contact": contact, "do": do, **fields}, Accept="application/json")
    told: dict[str, Any] = json.loads(answer.text)
    return told


async def page(crew: Crew, desk: Voice, contact: str, more: str = "") -> Answer:
    browser = Visitor.who_has(crew.line, desk.headers["Cookie"])
    return await asyncio.to_thread(browser.get, f"{ADDRESS}?contact={contact}{more}", **{"X-Fragment": "1"})


async def talking(crew: Crew) -> tuple[Voice, Voice, Voice, str]:
    """Return Rosa's desk, Luis's desk, a caller who talks with Rosa, and their contact."""
    rosa = await crew.desk(0)
    [caller] = await crew.callers()
    offer = await rosa.hear("offer")
    await rosa.send("accept", offer=offer["offer"])
    await rosa.hear("state", contact=offer["contact"], state="talking")
    await caller.hear("said", by="line")
    return rosa, await crew.desk(1), caller, offer["contact"]


async def taken_over(crew: Crew, giver: Voice, taker: Voice, contact: str) -> None:
    """Ask whoever can, and let them accept."""
    assert (await press(crew, giver, contact, "ask", to="anybody"))["kept"]
    offer = await taker.hear("offer", contact=contact)
    await taker.send("accept", offer=offer["offer"])
    await taker.hear("state", contact=contact, state="talking")


async def lose(crew: Crew, alias: str, caller: Voice, told: str) -> None:
    """Let a lease run out until the line tells so: the last sign of life may be written after the first time."""
    lost = "UPDATE roster_presence SET lease_until = ? WHERE member_id = (SELECT id FROM roster_member WHERE alias = ?)"
    for _turn in range(10):
        change(crew.line, lost, ago(1), alias)
        with contextlib.suppress(TimeoutError):
            await caller.hear("said", within=1.5, by="line", text=told)
            return
    pytest.fail(f"nobody said: {told}")


async def test_a_colleague_is_asked_accepts_and_both_are_heard_until_the_first_goes(crew: Crew) -> None:
    rosa, luis, caller, contact = await talking(crew)
    await rosa.say("Te leo.", contact=contact)
    await caller.hear("said", by="volunteer")
    assert (await press(crew, rosa, contact, "ask", to="anybody", words="Perdió a su mamá."))["kept"]
    assert (await rosa.hear("state", contact=contact, handover="asked"))["name"] == "Rosa"
    offer = await luis.hear("offer")
    assert (offer["from"], offer["contact"], offer["until"] in range(50, 61)) == ("Rosa", contact, True)
    assert await caller.quiet(0.3) == []  # nothing has changed for them

    await luis.send("accept", offer=offer["offer"])
    mine = await luis.hear("state", contact=contact)
    assert (mine["name"], mine["companion"], "part" in mine) == ("Luis", "Rosa", False)
    assert (await rosa.hear("state", contact=contact, part="companion"))["name"] == "Luis"
    joined = await caller.hear("said", by="line")
    assert joined["text"] == "Se une Luis, que va a seguir contigo. Rosa se queda un momento."
    if not [frame for frame in caller.heard if frame["op"] == "state" and frame.get("name") == "Luis"]:
        await caller.hear("state", name="Luis")
    words = (await page(crew, luis, contact)).text
    assert "Lo que te dejó dicho Rosa" in words
    assert "Perdió a su mamá." in words
    assert "mamá" not in (await page(crew, rosa, contact)).text

    await luis.say("Hola, soy Luis.", contact=contact)
    assert (await caller.hear("said", by="volunteer"))["name"] == "Luis"
    assert (await rosa.hear("said", text="Hola, soy Luis."))["other"] is True
    await rosa.say("Te dejo con él.", contact=contact)
    assert (await caller.hear("said", by="volunteer"))["name"] == "Rosa"
    assert "other" not in await rosa.hear("said", text="Te dejo con él.")
    await caller.say("gracias")
    for desk in (rosa, luis):
        assert (await desk.hear("said", by="caller"))["text"] == "gracias"
    await rosa.send("leave", contact=contact)  # a companion ends nothing
    assert (await rosa.refusal(to="leave"))["code"] == "not_yours"

    assert (await press(crew, rosa, contact, "leave"))["kept"]
    assert (await rosa.hear("state", contact=contact, part="gone"))["name"] == "Luis"
    assert (await caller.hear("said", by="line"))["text"] == "Rosa se despide; sigues con Luis."
    await rosa.say("¿sigues?", contact=contact)
    assert (await rosa.refusal(to="say"))["code"] == "not_yours"
    numbers = [frame["seq"] for frame in await caller.look(0) if frame["op"] == "said"]
    assert numbers == list(range(1, len(numbers) + 1))
    lines = [frame["text"] for frame in caller.said() if frame["by"] == "line" and frame["text"].startswith("Se une")]
    assert len(set(lines)) == 1


async def test_there_and_back_and_there_again(crew: Crew) -> None:
    rosa, luis, caller, contact = await talking(crew)
    await rosa.say("Estoy aquí.", contact=contact)
    for giver, taker, name in ((rosa, luis, "Luis"), (luis, rosa, "Rosa"), (rosa, luis, "Luis")):
        await taken_over(crew, giver, taker, contact)
        await taker.say("Sigo yo.", contact=contact)
        assert (await caller.hear("said", by="volunteer", text="Sigo yo."))["name"] == name
        await giver.say("Yo también estoy.", contact=contact)
        await caller.hear("said", by="volunteer", text="Yo también estoy.")
    told = [frame["text"] for frame in await caller.look(0) if frame["op"] == "said" and frame["by"] == "line"]
    assert [text.split(",")[0] for text in told] == [
        "Rosa está aquí y te lee. Puedes escribir cuando quieras.",
        "Se une Luis",
        "Vuelve Rosa",
        "Vuelve Luis",
    ]
    await luis.send("leave", contact=contact)
    await caller.hear("state", state="ended")
    assert (await rosa.hear("state", contact=contact, part="gone"))["state"] == "ended"


async def test_a_colleague_who_passes_changes_nothing_and_the_first_is_told(crew: Crew) -> None:
    rosa, luis, caller, contact = await talking(crew)
    listed = (await page(crew, rosa, contact, "&elegir=1")).text
    assert "Luis" in listed
    chosen = read(crew.line, "SELECT id FROM roster_member WHERE alias = 'Luis'")[0]
    assert (await press(crew, rosa, contact, "ask", to=str(chosen)))["kept"]
    assert (await rosa.hear("state", contact=contact, handover="asked"))["asked"] == "Luis"
    offer = await luis.hear("offer")
    await luis.send("decline", offer=offer["offer"])
    await luis.hear("offer_gone", offer=offer["offer"], reason="declined")
    await rosa.hear("state", contact=contact, handover="declined")
    await caller.say("¿sigues?")
    assert (await rosa.hear("said", by="caller"))["text"] == "¿sigues?"
    assert await luis.quiet(0.2) == []
    assert not [one for one in caller.said() if one["text"].startswith("Se une")]


async def test_an_asking_that_is_taken_back_is_gone_at_the_colleagues_desk(crew: Crew) -> None:
    rosa, luis, _caller, contact = await talking(crew)
    assert (await press(crew, rosa, contact, "ask", to="anybody"))["kept"]
    offer = await luis.hear("offer")
    assert (await press(crew, rosa, contact, "keep"))["kept"]
    assert (await luis.hear("offer_gone", offer=offer["offer"]))["reason"] == "kept"
    await luis.send("accept", offer=offer["offer"])
    assert (await luis.refusal(to="accept"))["code"] == "offer_gone"
    assert not (await press(crew, rosa, contact, "keep"))["kept"]


async def test_a_caller_who_ends_it_takes_the_asking_along(crew: Crew) -> None:
    rosa, luis, caller, contact = await talking(crew)
    await press(crew, rosa, contact, "ask", to="anybody")
    offer = await luis.hear("offer")
    await caller.send("leave")
    assert (await luis.hear("offer_gone", offer=offer["offer"]))["reason"] == "left"
    await rosa.hear("state", contact=contact, state="ended")


async def test_the_colleagues_loss_gives_the_conversation_back_to_the_companion(crew: Crew) -> None:
    rosa, luis, caller, contact = await talking(crew)
    await taken_over(crew, rosa, luis, contact)
    await rosa.hear("state", contact=contact, part="companion")
    await crew.hang_up(luis)
    await lose(crew, "Luis", caller, "Se cortó la conexión con Luis. Rosa sigue contigo.")
    mine = await rosa.hear("state", contact=contact, name="Rosa")
    assert (mine["state"], "part" in mine, "companion" in mine) == ("talking", False, False)
    await rosa.say("Sigo aquí.", contact=contact)
    await caller.hear("said", by="volunteer", name="Rosa")


async def test_the_companions_loss_ends_their_company_and_nothing_else(crew: Crew) -> None:
    rosa, luis, caller, contact = await talking(crew)
    await taken_over(crew, rosa, luis, contact)
    change(crew.line, "UPDATE triage_warmhandover SET until = ? WHERE state = 'together'", ago(1))
    await caller.hear("said", by="line", text="Rosa se despide; sigues con Luis.")
    await rosa.hear("state", contact=contact, part="gone")
    assert (await caller.look(0))[-1]["state"] == "talking"
    await luis.say("Sigo.", contact=contact)
    await caller.hear("said", by="volunteer", text="Sigo.")


@pytest.mark.parametrize("do", ["ask", "keep", "leave"])
async def test_nobody_else_reaches_it(crew: Crew, do: str) -> None:
    _rosa, luis, _caller, contact = await talking(crew)
    assert (await page(crew, luis, contact)).status == 404
    browser = Visitor.who_has(crew.line, luis.headers["Cookie"])
    await asyncio.to_thread(browser.get, "/escritorio/")
    refused = await asyncio.to_thread(browser.post, ADDRESS, {"contact": contact, "do": do, "to": "anybody"})
    assert refused.status == 404
