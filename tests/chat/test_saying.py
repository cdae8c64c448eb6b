"""Saying something: order, receipts, the same id again, and what a text may be (docs/PROTOCOL.md, ``say``)."""

import asyncio
import json
import re
import uuid

import pytest

from tests.running_line import Pair, RunningLine
from tests.visitors import Visitor
from tests.voices import Frame, Voice

AT = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$")


async def test_what_the_caller_says_reaches_the_volunteer_and_comes_back_as_the_receipt(
    caller: Voice, volunteer: Voice, pair: Pair
) -> None:
    spoken = await caller.say("hola, ¿hay alguien?")
    receipt = await caller.hear("said", id=spoken)
    heard = await volunteer.hear("said", id=spoken)
    assert AT.match(receipt["at"])
    assert receipt == {
        "op": "said",
        "seq": receipt["seq"],
        "id": spoken,
        "by": "caller",
        "text": "hola, ¿hay alguien?",
        "at": receipt["at"],
    }
    assert heard == receipt | {"contact": pair.contact}


async def test_what_the_volunteer_says_reaches_the_caller_under_their_alias(
    caller: Voice, volunteer: Voice, pair: Pair
) -> None:
    spoken = await volunteer.say("aquí estoy", contact=pair.contact)
    heard = await caller.hear("said", id=spoken)
    receipt = await volunteer.hear("said", id=spoken)
    assert (heard["by"], heard["name"], heard["text"]) == ("volunteer", "Ensayo", "aquí estoy")
    assert receipt == heard | {"contact": pair.contact}


async def test_everybody_hears_the_same_sequence_without_gaps(caller: Voice, volunteer: Voice, pair: Pair) -> None:
    async def talk(voice: Voice, **fields: str) -> None:
        for number in range(15):
            await voice.say(str(number), **fields)

    first = (await caller.look(0))[-1]["last"] + 1
    await asyncio.gather(talk(caller), talk(volunteer, contact=pair.contact))
    for voice in (caller, volunteer):
        await voice.hear("said", seq=first + 29)
        assert [frame["seq"] for frame in voice.said()[-30:]] == list(range(first, first + 30))
    assert [frame["id"] for frame in caller.said()[-30:]] == [frame["id"] for frame in volunteer.said()[-30:]]
    for by in ("caller", "volunteer"):
        assert [frame["text"] for frame in caller.said() if frame["by"] == by] == [str(number) for number in range(15)]


async def test_the_same_id_again_is_the_same_message_whatever_the_text(caller: Voice, volunteer: Voice) -> None:
    spoken = await caller.say("primero")
    first = await caller.hear("said", id=spoken)
    await caller.say("otra cosa", id=spoken)
    assert await caller.hear("said", id=spoken) == first
    await caller.say("fin")
    await volunteer.hear("said", text="fin")
    assert [frame["text"] for frame in volunteer.said()] == ["primero", "fin"]


async def test_the_same_id_five_times_at_once_from_two_tabs_is_stored_once(
    line: RunningLine, pair: Pair, caller: Voice, volunteer: Voice
) -> None:
    same = str(uuid.uuid4())
    async with Voice(line, pair.caller) as other_tab:
        await other_tab.hear("state")
        for number in range(5):
            await (caller, other_tab)[number % 2].say(f"intento {number}", id=same)
        answers = [await caller.hear("said", id=same) for _ in range(3)]
        answers += [await other_tab.hear("said", id=same) for _ in range(2)]
    assert all(answer == answers[0] for answer in answers)
    await caller.say("fin")
    await volunteer.hear("said", text="fin")
    assert [frame["id"] for frame in volunteer.said()].count(same) == 1


async def test_a_form_and_a_socket_at_once_make_one_sequence(
    line: RunningLine, pair: Pair, caller: Voice, volunteer: Voice
) -> None:
    page = Visitor.who_has(line, pair.caller)
    await asyncio.to_thread(page.get, "/hablar/")

    def send_forms() -> None:
        for number in range(5):
            page.step("say", text=f"por formulario {number}")

    sending = asyncio.ensure_future(asyncio.to_thread(send_forms))
    number = 0
    while not sending.done():
        await caller.say(f"por socket {number}")
        await caller.hear("said", text=f"por socket {number}")
        number += 1
    await sending
    await caller.say("fin")
    for voice in (caller, volunteer):
        await voice.hear("said", text="fin")
        seqs = [frame["seq"] for frame in voice.said()]
        assert seqs == list(range(seqs[0], seqs[0] + number + 6))
    assert [frame["text"] for frame in volunteer.said() if "formulario" in frame["text"]] == [
        f"por formulario {one}" for one in range(5)
    ]


async def test_the_same_id_after_coming_back_is_answered_from_the_rows(line: RunningLine, pair: Pair) -> None:
    async with Voice(line, pair.caller) as caller:
        spoken = await caller.say("antes del corte")
        first = await caller.hear("said", id=spoken)
    async with Voice(line, pair.caller) as caller:
        await caller.say("antes del corte", id=spoken)
        assert await caller.hear("said", id=spoken) == first


async def test_an_id_of_the_other_side_is_a_bad_field(caller: Voice, volunteer: Voice, pair: Pair) -> None:
    spoken = await caller.say("mío")
    await volunteer.hear("said", id=spoken)
    await volunteer.say("robado", id=spoken, contact=pair.contact)
    assert await volunteer.refusal() == {
        "op": "refused",
        "code": "bad_field",
        "to": "say",
        "id": spoken,
        "field": "id",
        "contact": pair.contact,
    }


async def test_the_same_id_in_two_contacts_is_two_messages(line: RunningLine, caller: Voice, another: Pair) -> None:
    same = await caller.say("aquí")
    await caller.hear("said", id=same, text="aquí")
    async with Voice(line, another.caller) as neighbour:
        await neighbour.say("allá", id=same)
        await neighbour.hear("said", id=same, text="allá")


@pytest.mark.parametrize(
    "text",
    [
        "😀" * 4_000,
        "e\u0301" * 2_000,
        "\u202eal revés\u202c \u200d\u200b",
        "línea\n\ttabulada",
        '<script>alert("x")</script> \\ " %s \u2028 {}',
    ],
    ids=["4000 emoji", "combining", "direction", "lines", "markup"],
)
async def test_a_text_comes_back_code_point_by_code_point_live_and_from_the_rows(
    caller: Voice, volunteer: Voice, pair: Pair, text: str
) -> None:
    spoken = await caller.say(f" \n{text}\u3000")
    live = await volunteer.hear("said", id=spoken)
    kept = await volunteer.look(live["seq"] - 1, contact=pair.contact)
    assert (live["text"], kept[0]["text"]) == (text, text)


async def refused(voice: Voice, text: str) -> tuple[str, str | None]:
    spoken = await voice.say(text)
    refusal = await voice.refusal(id=spoken)
    return refusal["code"], refusal.get("field")


async def test_a_text_that_cannot_be_said_is_refused_and_nothing_is_stored(caller: Voice) -> None:
    before = await caller.look(0)
    assert await refused(caller, "x" * 4_001) == ("too_long", None)
    assert await refused(caller, "😀" * 3_999 + "ñññ") == ("too_long", None)
    assert await refused(caller, " \n\u2003") == ("empty", None)
    for control in ("\x00", "\x1b[31m", "a\rb", "\x7f", "\x85x\x85y"):
        assert await refused(caller, f"a{control}b") == ("bad_field", "text")
    await caller.socket.send(f'{{"op":"say","id":"{uuid.uuid4()}","text":"\\ud800"}}')
    assert (await caller.refusal())["field"] == "text"
    assert await caller.look(0) == before


async def test_a_frame_of_16384_bytes_is_read_and_one_of_16385_ends_the_connection(caller: Voice) -> None:
    frame = json.dumps({"op": "say", "id": str(uuid.uuid4()), "text": "hola"}).encode()
    await caller.socket.send((frame[:-1] + b" " * (16_384 - len(frame)) + b"}").decode())
    assert (await caller.hear("said", text="hola"))["by"] == "caller"
    await caller.socket.send((frame[:-1] + b" " * (16_385 - len(frame)) + b"}").decode())
    assert await caller.closed() is not None
    assert not [one for one in caller.heard if one["op"] == "refused"]


async def test_words_said_while_waiting_are_kept_for_whoever_accepts(line: RunningLine, waiting: str) -> None:
    async with Voice(line, waiting) as caller:
        state: Frame = await caller.hear("state")
        assert (state["state"], state["ahead"] >= 0) == ("waiting", True)
        spoken = await caller.say("necesito hablar")
        assert (await caller.hear("said", id=spoken))["by"] == "caller"
        answer = await caller.look(0)
        assert spoken in [frame.get("id") for frame in answer]
        assert answer[-1]["state"] == "waiting"
