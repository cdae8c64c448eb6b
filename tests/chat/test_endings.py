"""Ending, leaving by the quick exit, withdrawing: what each side hears, and what nobody can do afterwards."""

import asyncio

import pytest

from tests.running_line import Pair, RunningLine
from tests.visitors import Visitor
from tests.voices import Voice


@pytest.mark.parametrize("by", ["caller", "volunteer"])
async def test_either_side_ends_and_everybody_hears_ended_and_stays(
    line: RunningLine, pair: Pair, caller: Voice, volunteer: Voice, by: str
) -> None:
    async with Voice(line, pair.caller) as other_tab:
        await other_tab.hear("state", state="talking")
        spoken = await caller.say("gracias")
        await caller.hear("said", id=spoken)
        await (caller.send("leave") if by == "caller" else volunteer.send("leave", contact=pair.contact))
        for voice in (caller, other_tab):
            await voice.hear("state", state="ended")
        await volunteer.hear("state", state="ended", contact=pair.contact)
        for voice, about in ((caller, {}), (other_tab, {}), (volunteer, {"contact": pair.contact})):
            answer = await voice.look(0, **about)
            assert answer[-1]["state"] == "ended"
            assert spoken in [frame.get("id") for frame in answer]
            assert answer[-2]["by"] == "line"
            late = await voice.say("¿sigues?", **about)
            assert (await voice.refusal(id=late))["code"] == "not_open"


async def test_ending_twice_typing_and_seen_after_the_end_are_not_open(
    caller: Voice, volunteer: Voice, pair: Pair
) -> None:
    await caller.send("leave")
    await caller.hear("state", state="ended")
    await volunteer.hear("state", state="ended")
    for op, fields in (("leave", {}), ("typing", {}), ("seen", {"seq": 1})):
        await caller.send(op, **fields)
        assert (await caller.refusal(to=op))["code"] == "not_open"
        await volunteer.send(op, contact=pair.contact, **fields)
        assert (await volunteer.refusal(to=op))["code"] == "not_open"


async def test_a_message_that_was_stored_before_the_end_is_answered_again_after_it(caller: Voice) -> None:
    spoken = await caller.say("guárdalo")
    first = await caller.hear("said", id=spoken)
    await caller.send("leave")
    await caller.hear("state", state="ended")
    await caller.say("guárdalo", id=spoken)
    assert await caller.hear("said", id=spoken) == first


async def test_an_ended_contact_is_still_readable_after_coming_back(line: RunningLine, pair: Pair) -> None:
    async with Voice(line, pair.caller) as caller:
        await caller.say("adiós")
        await caller.send("leave")
        await caller.hear("state", state="ended")
    async with Voice(line, pair.caller) as caller:
        assert (await caller.hear("state"))["state"] == "ended"
        assert "adiós" in [frame.get("text") for frame in await caller.look(0)]
    async with Voice(line, pair.volunteer, desk=True) as volunteer:
        await volunteer.hear("presence")
        assert await volunteer.quiet(0.2) == []
        assert "adiós" in [frame.get("text") for frame in await volunteer.look(0, contact=pair.contact)]


async def test_the_quick_exit_shuts_the_caller_out_and_tells_the_volunteer_in_words(
    line: RunningLine, pair: Pair, caller: Voice, volunteer: Voice
) -> None:
    async with Voice(line, pair.caller) as other_tab:
        await other_tab.hear("state")
        answer = await asyncio.to_thread(Visitor.who_has(line, pair.caller).post, "/hablar/salir/")
        assert answer.status == 302
        assert await caller.closed() == 4401
        assert await other_tab.closed() == 4401
    await volunteer.hear("state", state="left", contact=pair.contact)
    told = (await volunteer.look(0, contact=pair.contact))[-2]
    assert (told["by"], told["text"]) == ("line", "La persona salió de golpe. Puede volver; no es culpa tuya.")
    late = await volunteer.say("¿sigues ahí?", contact=pair.contact)
    assert (await volunteer.refusal(id=late))["code"] == "not_open"
    async with Voice(line, pair.caller) as back:
        assert await back.closed() == 4401


async def test_withdrawing_shuts_the_caller_out_and_no_word_can_be_opened_any_more(
    line: RunningLine, pair: Pair, caller: Voice, volunteer: Voice
) -> None:
    await caller.say("lo que dije")
    await volunteer.hear("said", text="lo que dije")
    visitor = Visitor.who_has(line, pair.caller)
    await asyncio.to_thread(visitor.get, "/hablar/")
    await asyncio.to_thread(visitor.step, "withdraw")
    assert await caller.closed() == 4401
    state = await volunteer.hear("state", state="withdrawn")
    assert state["contact"] == pair.contact
    for op, fields in (("look", {"after": 0}), ("say", {"id": pair.contact, "text": "¿hola?"}), ("leave", {})):
        await volunteer.send(op, contact=pair.contact, **fields)
        assert (await volunteer.refusal(to=op))["code"] == "not_yours"
    async with Voice(line, pair.caller) as back:
        assert await back.closed() == 4401
    async with Voice(line, pair.volunteer, desk=True) as fresh:
        await fresh.hear("presence")
        assert await fresh.quiet(0.3) == []
