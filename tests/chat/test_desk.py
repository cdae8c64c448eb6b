"""The desk's one socket: every frame names its contact, and nobody reaches another's (docs/PROTOCOL.md)."""

import uuid
from typing import Any

import pytest

from tests.running_line import Pair, RunningLine
from tests.visitors import Visitor
from tests.voices import Voice

NEW = "0b9f8a52-6a3f-4c7e-9d55-1f2e3d4c5b6a"


async def test_the_desk_begins_with_presence_and_its_contacts(line: RunningLine, pair: Pair) -> None:
    async with Voice(line, pair.volunteer, desk=True) as volunteer:
        presence, state = await volunteer.next(), await volunteer.next()
    assert (presence["op"], presence["state"]) == ("presence", "away")
    assert state == {
        "op": "state",
        "contact": pair.contact,
        "state": "talking",
        "name": "Ensayo",
        "urgency": state["urgency"],
        "last": state["last"],
    }
    assert state["urgency"] in "ABCDE"


async def test_no_frame_of_a_caller_holds_the_urgency_or_names_the_contact(
    line: RunningLine, pair: Pair, caller: Voice, volunteer: Voice
) -> None:
    await volunteer.say("hola", contact=pair.contact)
    await volunteer.send("typing", contact=pair.contact)
    await caller.look(0)
    await caller.send("look", after=99)
    await volunteer.send("leave", contact=pair.contact)
    await caller.hear("state", state="ended")
    async with Voice(line, pair.caller) as again:
        await again.look(0)
        heard = caller.heard + again.heard
    assert not any({"urgency", "contact"} & set(frame) for frame in heard)


def about(op: str, contact: str) -> dict[str, Any]:
    more: dict[str, dict[str, Any]] = {"say": {"id": NEW, "text": "hola"}, "look": {"after": 0}, "seen": {"seq": 1}}
    return {"contact": contact, **more.get(op, {})}


@pytest.mark.parametrize("op", ["say", "look", "typing", "seen", "leave"])
async def test_another_members_contact_and_an_unknown_one_are_both_not_yours(
    volunteer: Voice, another: Pair, op: str
) -> None:
    answers = []
    for contact in (another.contact, str(uuid.uuid4())):
        await volunteer.send(op, **about(op, contact))
        answer = await volunteer.refusal()
        assert (answer["to"], answer["contact"]) == (op, contact)
        answers.append(answer | {"contact": ""})
    assert answers[0] == answers[1]
    assert answers[0]["code"] == "not_yours"


@pytest.mark.parametrize("op", ["say", "typing", "seen", "leave"])
async def test_a_frame_about_a_contact_must_name_it(volunteer: Voice, op: str) -> None:
    fields = about(op, "")
    del fields["contact"]
    await volunteer.send(op, **fields)
    refusal = await volunteer.refusal()
    assert (refusal["code"], refusal["field"], refusal["to"]) == ("bad_field", "contact", op)


@pytest.mark.parametrize("contact", [5, None, "x", NEW.upper(), NEW + "\n", [NEW]])
async def test_a_contact_that_is_no_id_is_a_bad_field(volunteer: Voice, contact: Any) -> None:
    await volunteer.send("typing", contact=contact)
    refusal = await volunteer.refusal()
    assert (refusal["code"], refusal["field"]) == ("bad_field", "contact")


@pytest.mark.parametrize("op", ["accept", "decline"])
async def test_an_unknown_offer_is_gone(volunteer: Voice, op: str) -> None:
    await volunteer.send(op, offer=str(uuid.uuid4()))
    assert await volunteer.refusal() == {"op": "refused", "code": "offer_gone", "to": op}


async def test_a_supervisor_has_no_desk(line: RunningLine) -> None:
    made = line.rehearse("supervisors", 1)[0]
    async with Voice(line, made["supervisor"]["cookie"], desk=True) as supervisor:
        assert await supervisor.closed() == 4401


async def test_a_volunteer_whose_licence_nobody_checked_cannot_be_ready(line: RunningLine) -> None:
    unchecked = Visitor(line).sign_in("nuevo@demo.pe")
    async with Voice(line, unchecked.cookie, desk=True) as volunteer:
        await volunteer.hear("presence", state="away")
        await volunteer.send("ready")
        assert (await volunteer.refusal())["to"] == "ready"


async def test_ready_and_away_are_answered_with_what_the_line_takes_the_member_for(line: RunningLine) -> None:
    rosa = Visitor(line).sign_in("rosa@demo.pe")
    async with Voice(line, rosa.cookie, desk=True) as desk, Voice(line, rosa.cookie, desk=True) as other_tab:
        await desk.hear("presence", state="away")
        await other_tab.hear("presence", state="away")
        for _ in range(2):
            await desk.send("ready")
            assert await desk.hear("presence", state="ready") == {"op": "presence", "state": "ready"}
        await other_tab.hear("presence", state="ready")
        await desk.send("away")
        assert (await desk.hear("presence", state="away"))["reason"] == "own"
        await other_tab.hear("presence", state="away")


async def test_signing_out_closes_the_sockets_within_a_second_and_the_caller_is_in_line_again(
    line: RunningLine, pair: Pair, caller: Voice
) -> None:
    browser = Visitor.who_has(line, pair.volunteer)
    async with Voice(line, pair.volunteer, desk=True) as volunteer:
        await volunteer.hear("state", state="talking")
        browser.get("/escritorio/")
        browser.post("/equipo/salir/")
        assert await volunteer.closed(within=1.5) == 4401
    await caller.hear("state", state="waiting")  # at the front: tests/triage; others wait on this line too
    line_says = (await caller.look(0))[-2]
    assert line_says["by"] == "line"
    assert line_says["text"].startswith("Se cortó la conexión con la persona que te acompañaba.")
