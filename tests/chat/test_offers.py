"""Offers at the desk: made, accepted, declined, expired, taken, left (docs/PROTOCOL.md, ``offer``)."""

import asyncio
from typing import Any

import pytest

from tests.chat.crew import Crew
from tests.line_database import ago, change
from tests.visitors import Visitor
from tests.voices import Voice


async def test_whoever_waits_is_offered_accepted_and_heard(crew: Crew) -> None:
    [desk] = await crew.desks()
    [caller] = await crew.callers()
    await caller.say("estoy esperando")
    await caller.hear("said")
    offer = await desk.hear("offer")
    assert set(offer) == {"op", "offer", "contact", "urgency", "waited", "until"}
    assert (offer["urgency"] in "BCDE", offer["waited"] < 10, offer["until"] in range(20, 26)) == (True, True, True)
    await desk.send("accept", offer=offer["offer"])
    state = await desk.hear("state", contact=offer["contact"])
    assert (state["state"], state["name"]) == ("talking", "Rosa")
    assert (await caller.hear("state", state="talking"))["name"] == "Rosa"
    assert (await caller.hear("said", by="line"))["text"].startswith("Rosa está aquí")
    kept = [frame["text"] for frame in await desk.look(0, contact=offer["contact"]) if frame["op"] == "said"]
    assert kept[0] == "estoy esperando"
    assert not [frame for frame in desk.heard if frame["op"] == "offer_gone"]


async def test_declined_it_goes_to_the_next_and_the_caller_keeps_waiting(crew: Crew) -> None:
    first, second = await crew.desks(2)
    [caller] = await crew.callers()
    asked, other, offer = await first_to_hear_an_offer(first, second)
    await asked.send("decline", offer=offer["offer"])
    assert await asked.hear("offer_gone") == {"op": "offer_gone", "offer": offer["offer"], "reason": "declined"}
    again = await other.hear("offer", contact=offer["contact"])
    assert again["offer"] != offer["offer"]
    for op in ("accept", "decline"):
        await asked.send(op, offer=offer["offer"])
        assert (await asked.refusal(to=op))["code"] == "offer_gone"
    await asked.send("accept", offer=again["offer"])  # another's offer is no offer
    assert (await asked.refusal(to="accept"))["code"] == "offer_gone"
    assert (await caller.look(0))[-1]["state"] == "waiting"


async def first_to_hear_an_offer(first: Voice, second: Voice) -> tuple[Voice, Voice, dict[str, Any]]:
    hearing = {asyncio.ensure_future(desk.hear("offer")): desk for desk in (first, second)}
    done, pending = await asyncio.wait(hearing, return_when=asyncio.FIRST_COMPLETED)
    for one in pending:
        one.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    winner = done.pop()
    asked = hearing[winner]
    return asked, second if asked is first else first, winner.result()


async def test_an_emergency_rings_three_desks_and_exactly_one_gets_it(crew: Crew) -> None:
    [caller] = await crew.callers(danger=True)
    desks = await crew.desks(3)
    offers = await asyncio.gather(*(desk.hear("offer", urgency="A") for desk in desks))
    assert len({offer["contact"] for offer in offers}) == 1
    assert len({offer["offer"] for offer in offers}) == 3
    await asyncio.gather(
        *(desk.send("accept", offer=offer["offer"]) for desk, offer in zip(desks, offers, strict=True))
    )
    outcomes = await asyncio.gather(*(outcome(desk, offers[0]["contact"]) for desk in desks))
    assert sorted(outcomes) == ["offer_gone", "offer_gone", "talking"]
    await caller.hear("state", state="talking")
    states = [frame["state"] for frame in caller.heard if frame["op"] == "state"]
    assert states == ["waiting"] * (len(states) - 1) + ["talking"]  # the wait is told anew as volunteers come


async def outcome(desk: Voice, contact: str) -> str:
    """Return what came of an accept: the state «talking», or the code of the refusal."""
    while True:
        frame = await desk.next()
        if frame["op"] == "state" and frame["contact"] == contact:
            return str(frame["state"])
        if frame["op"] == "refused":
            return str(frame["code"])


async def test_the_losers_of_a_race_hear_that_it_is_taken(crew: Crew) -> None:
    await crew.callers(danger=True)
    desks = await crew.desks(3)
    offers = await asyncio.gather(*(desk.hear("offer", urgency="A") for desk in desks))
    await desks[1].send("accept", offer=offers[1]["offer"])
    for number in (0, 2):
        gone = await desks[number].hear("offer_gone", offer=offers[number]["offer"])
        assert gone["reason"] == "taken"
    assert not [frame for frame in desks[1].heard if frame["op"] == "offer_gone"]


@pytest.mark.parametrize("way", ["leave", "exit"])
async def test_a_caller_who_leaves_takes_the_offer_along(crew: Crew, way: str) -> None:
    [desk] = await crew.desks()
    [caller] = await crew.callers()
    offer = await desk.hear("offer")
    if way == "leave":
        await caller.send("leave")
    else:
        await asyncio.to_thread(Visitor.who_has(crew.line, caller.headers["Cookie"]).post, "/hablar/salir/")
    assert (await desk.hear("offer_gone", offer=offer["offer"]))["reason"] == "left"
    await desk.send("accept", offer=offer["offer"])
    assert (await desk.refusal(to="accept"))["code"] == "offer_gone"


async def test_an_offer_that_nobody_answers_expires_and_two_in_a_row_set_the_volunteer_away(crew: Crew) -> None:
    [desk] = await crew.desks()
    await crew.callers(2)
    offer = {"offer": ""}
    for _ in range(2):
        offer = await desk.hear("offer")
        change(crew.line, "UPDATE triage_offer SET until = ? WHERE state = 'open'", ago(1))
        gone = await desk.hear("offer_gone", offer=offer["offer"])
        assert gone["reason"] == "expired"
    away = {"op": "presence", "state": "away", "reason": "missed_offers"}
    if away not in desk.heard:  # an offer whose time is over may be gone a moment before it is counted
        assert await desk.hear("presence", state="away") == away
    await desk.send("accept", offer=offer["offer"])
    assert (await desk.refusal(to="accept"))["code"] == "offer_gone"


async def test_a_caller_who_gets_into_danger_is_offered_anew_as_an_emergency(crew: Crew) -> None:
    desks = await crew.desks(2)
    [caller] = await crew.callers()
    asked, other, offer = await first_to_hear_an_offer(*desks)
    assert offer["urgency"] != "A"
    await asyncio.to_thread(Visitor.who_has(crew.line, caller.headers["Cookie"]).step, "danger")
    assert (await other.hear("offer"))["urgency"] == "A"
    assert (await asked.hear("offer", offer=offer["offer"]))["urgency"] == "A"


async def test_a_desk_that_comes_back_sees_its_open_offer(crew: Crew) -> None:
    [desk] = await crew.desks()
    await crew.callers()
    offer = await desk.hear("offer")
    async with Voice(crew.line, desk.headers["Cookie"], desk=True) as again:
        seen = await again.hear("offer")
    assert (seen["offer"], seen["contact"], seen["until"] <= 25) == (offer["offer"], offer["contact"], True)


async def test_two_tabs_of_a_desk_hear_the_same_offer_and_its_end(crew: Crew) -> None:
    [desk] = await crew.desks()
    async with Voice(crew.line, desk.headers["Cookie"], desk=True) as other_tab:
        await other_tab.hear("presence")
        await crew.callers()
        offer = await desk.hear("offer")
        assert (await other_tab.hear("offer"))["offer"] == offer["offer"]
        await other_tab.send("accept", offer=offer["offer"])
        for tab in (desk, other_tab):
            await tab.hear("state", contact=offer["contact"], state="talking")


async def test_the_place_in_line_is_told(crew: Crew) -> None:
    first, second = await crew.callers(2)
    assert [first.heard[0]["ahead"], second.heard[0]["ahead"]] == [0, 1]
    await first.send("leave")
    await first.hear("state", state="ended")
    await second.hear("state", ahead=0)
