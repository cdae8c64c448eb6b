"""Looking: what is missing comes in order, a hundred at a time (docs/PROTOCOL.md, ``look``)."""

import pytest

from tests.running_line import Pair, RunningLine
from tests.voices import Frame, Voice


def seqs(answer: list[Frame]) -> list[int]:
    return [frame["seq"] for frame in answer if frame["op"] == "said"]


async def fill(voice: Voice, upto: int) -> None:
    """Say things until the last message has this number."""
    last = (await voice.look(0))[-1]["last"]
    for number in range(last, upto):
        await voice.say(f"mensaje {number + 1}")
        if number % 10 == 0:
            await voice.hear("said", seq=number + 1)
    if last < upto:
        await voice.hear("said", seq=upto)


async def test_looking_brings_what_comes_after_a_number_and_then_idle(caller: Voice) -> None:
    await fill(caller, 5)
    assert seqs(await caller.look(0)) == [1, 2, 3, 4, 5]
    assert seqs(await caller.look(3)) == [4, 5]
    assert await caller.look(5) == [{"op": "idle", "last": 5, "state": "talking"}]


async def test_looking_beyond_the_last_number_is_ahead_and_changes_nothing(caller: Voice) -> None:
    await fill(caller, 3)
    for after in (4, 1_003, 2**53 - 1):
        assert await caller.look(after) == [{"op": "refused", "code": "ahead", "to": "look"}]
    await caller.say("cuatro")
    assert (await caller.hear("said"))["seq"] == 4


@pytest.mark.parametrize("after", ["-1", '"a"', "1" * 1_000, "1e400", "1.5", "null"])
async def test_looking_after_what_is_no_number_is_a_bad_field(caller: Voice, after: str) -> None:
    await caller.socket.send(f'{{"op":"look","after":{after}}}')
    refusal = await caller.refusal()
    assert (refusal["code"], refusal["to"], refusal["field"]) == ("bad_field", "look", "after")


async def test_a_hundred_come_at_once_and_more_says_from_where_to_look_on(caller: Voice) -> None:
    await fill(caller, 150)
    answer = await caller.look(0)
    assert seqs(answer) == list(range(1, 101))
    assert answer[-1] == {"op": "more", "after": 100}
    rest = await caller.look(100)
    assert seqs(rest) == list(range(101, 151))
    assert rest[-1] == {"op": "idle", "last": 150, "state": "talking"}


async def test_exactly_a_hundred_end_with_idle(caller: Voice) -> None:
    await fill(caller, 100)
    answer = await caller.look(0)
    assert (len(seqs(answer)), answer[-1]["op"]) == (100, "idle")


async def test_what_is_said_while_somebody_catches_up_does_not_overtake(
    line: RunningLine, pair: Pair, caller: Voice, volunteer: Voice
) -> None:
    await fill(caller, 120)
    async with Voice(line, pair.caller) as late:
        await volunteer.say("mientras tanto", contact=pair.contact)
        await late.send("look", after=0)
        more = await late.hear("more")
        await volunteer.say("y otra", contact=pair.contact)
        await late.send("look", after=more["after"])
        await late.hear("said", seq=122)
        assert [frame["seq"] for frame in late.said()] == list(range(1, 123))


async def test_who_never_looks_hears_what_is_said_from_then_on(line: RunningLine, pair: Pair, volunteer: Voice) -> None:
    async with Voice(line, pair.caller) as silent:
        await silent.hear("state")
        await volunteer.say("uno", contact=pair.contact)
        await volunteer.say("dos", contact=pair.contact)
        await silent.hear("said", text="dos")
        assert [frame["text"] for frame in silent.said()] == ["uno", "dos"]


async def test_long_messages_reach_a_reader_who_reads_a_hundred_at_once(
    line: RunningLine, pair: Pair, caller: Voice
) -> None:
    for number in range(110):
        await caller.say("😀" * 3_900, id=f"00000000-0000-4000-8000-{number:012}")
        await caller.hear("said")
    async with Voice(line, pair.caller) as late:
        last = (await caller.look(0))[-1]["after"]
        answer = await late.look(0)
        assert (len(seqs(answer)), answer[-1]) == (100, {"op": "more", "after": last})
        assert (await late.look(last))[-1]["op"] == "idle"


async def test_the_desk_looks_into_one_contact_or_into_everything(volunteer: Voice, pair: Pair) -> None:
    await volunteer.say("hola", contact=pair.contact)
    said = await volunteer.hear("said")
    one = await volunteer.look(0, contact=pair.contact)
    assert one[-1] == {"op": "idle", "contact": pair.contact, "last": said["seq"], "state": "talking"}
    everything = await volunteer.look(0)
    assert [frame["op"] for frame in everything] == ["presence", "state", *["said"] * said["seq"], "idle"]
    assert {frame["contact"] for frame in everything if frame["op"] != "presence"} == {pair.contact}
    state = everything[1]
    assert (state["state"], state["urgency"] in "ABCDE", state["last"]) == ("talking", True, said["seq"])


async def test_the_desk_is_told_of_which_contact_it_is_ahead(volunteer: Voice, pair: Pair) -> None:
    refused = {"op": "refused", "code": "ahead", "to": "look", "contact": pair.contact}
    assert await volunteer.look(9_999, contact=pair.contact) == [refused]
    await volunteer.send("look", after=9_999)
    assert await volunteer.refusal() == refused
