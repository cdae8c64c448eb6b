"""Typing and seen: relayed to the other side only, never stored (docs/PROTOCOL.md)."""

import pytest

from tests.running_line import Pair, RunningLine
from tests.voices import Voice


async def test_typing_reaches_the_other_side_and_nobody_else(
    line: RunningLine, pair: Pair, caller: Voice, volunteer: Voice
) -> None:
    async with Voice(line, pair.caller) as other_tab:
        await other_tab.hear("state")
        await caller.send("typing")
        assert await volunteer.hear("typing") == {"op": "typing", "contact": pair.contact, "by": "caller"}
        await volunteer.send("typing", contact=pair.contact)
        for tab in (caller, other_tab):
            assert await tab.hear("typing") == {"op": "typing", "by": "volunteer"}
        assert [one for one in await volunteer.quiet(0.2) if one["op"] == "typing"] == []


async def test_typing_is_relayed_at_most_once_in_three_seconds_a_seat(caller: Voice, volunteer: Voice) -> None:
    for _ in range(5):
        await caller.send("typing")
    await caller.say("listo")
    await volunteer.hear("said", text="listo")
    assert [frame["op"] for frame in volunteer.heard].count("typing") == 1


async def test_seen_reaches_the_other_side_with_its_number(caller: Voice, volunteer: Voice, pair: Pair) -> None:
    await caller.say("hola")
    seq = (await volunteer.hear("said"))["seq"]
    await volunteer.send("seen", contact=pair.contact, seq=seq)
    assert await caller.hear("seen") == {"op": "seen", "by": "volunteer", "seq": seq}
    await caller.send("seen", seq=seq)
    assert await volunteer.hear("seen") == {"op": "seen", "contact": pair.contact, "by": "caller", "seq": seq}


async def test_nobody_has_seen_what_was_not_said(caller: Voice, volunteer: Voice, pair: Pair) -> None:
    last = (await caller.look(0))[-1]["last"]
    await caller.send("seen", seq=last + 1)
    assert (await caller.refusal())["code"] == "ahead"
    await volunteer.send("seen", contact=pair.contact, seq=last + 1)
    assert await volunteer.refusal() == {"op": "refused", "code": "ahead", "to": "seen", "contact": pair.contact}
    assert await caller.quiet(0.2) == []


async def test_what_this_tab_was_not_sent_may_have_been_seen(line: RunningLine, pair: Pair, caller: Voice) -> None:
    await caller.say("uno")
    await caller.say("dos")
    last = (await caller.hear("said", text="dos"))["seq"]
    async with Voice(line, pair.caller) as fresh_tab:
        await fresh_tab.send("seen", seq=last)
        assert await fresh_tab.quiet(0.3) == [{"op": "state", "state": "talking", "name": "Ensayo"}]


@pytest.mark.parametrize("seq", ['"1"', "-1", "1.5", "null"])
async def test_a_number_that_is_none_is_a_bad_field(caller: Voice, seq: str) -> None:
    await caller.socket.send(f'{{"op":"seen","seq":{seq}}}')
    assert (await caller.refusal())["field"] == "seq"


async def test_typing_while_waiting_is_taken_although_nobody_hears_it(line: RunningLine, waiting: str) -> None:
    async with Voice(line, waiting) as caller:
        await caller.hear("state", state="waiting")
        await caller.send("typing")
        assert await caller.quiet(0.2) == []
