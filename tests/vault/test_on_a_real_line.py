"""Keys on a line that is under way: changed under load, ended by another process, destroyed down to the files."""

import asyncio
import signal
import sqlite3
import uuid
from collections.abc import Iterator

import pytest

from tests.running_line import Pair, RunningLine
from tests.visitors import Visitor
from tests.voices import Voice

END_IT = """
from triage.models import Contact
from vault import actions
actions.{end}(Contact.objects.get(pk="{contact}").key_id)
"""
FLIP = """
from chat.models import Message
row = Message.objects.get(contact_id="{contact}", seq={seq})
text = bytearray(row.text)
text[30] ^= 1
Message.objects.filter(pk=row.pk).update(text=bytes(text))
"""
KILLED_REWRAPPING = """
import os, signal
from vault import rewrapping
rewrapping.BATCH = 2
looked_at = []
def progress(count):
    looked_at.append(count)
    if sum(looked_at) > 4:
        os.kill(os.getpid(), signal.SIGKILL)
rewrapping.under_primary(progress)
"""
TRACES = """
from vault.models import Entry
print("traces", Entry.objects.filter(act="seal.damaged", subject__startswith="{contact}").count())
"""


def talk_over(line: RunningLine, *commands: tuple[str, ...]) -> "asyncio.Task[list[str]]":
    """Run commands one after another beside whatever else goes on; the task returns what they printed."""

    async def run() -> list[str]:
        done = [await asyncio.to_thread(line.command, *arguments) for arguments in commands]
        for arguments, one in zip(commands, done, strict=True):
            killed = KILLED_REWRAPPING in arguments
            assert one.returncode == (-signal.SIGKILL if killed else 0), one.stderr
        return [one.stdout for one in done]

    return asyncio.get_running_loop().create_task(run())


async def test_the_master_key_is_changed_under_load_without_one_failed_message(line: RunningLine, pair: Pair) -> None:
    async with Voice(line, pair.caller) as caller, Voice(line, pair.volunteer, desk=True) as volunteer:
        await caller.hear("state", state="talking")
        changing = talk_over(
            line,
            ("rehearse", "--pairs", "4"),
            ("keys", "rotate"),
            ("shell", "-v", "0", "-c", KILLED_REWRAPPING),
            ("keys", "rewrap"),
            ("rehearse", "--pairs", "1"),
        )
        count = 0
        while not changing.done() or count < 20:
            await caller.hear("said", id=await caller.say(f"mensaje {count}"), within=30)
            count += 1
            await asyncio.sleep(0.25)
        *_before, rewrapped, _made = await changing
        await volunteer.send("look", contact=pair.contact, after=0)
        await volunteer.hear("idle", contact=pair.contact)

    assert int(rewrapped.split()[0]) > 0  # the killed one left some
    assert line.command("keys", "rewrap").stdout.startswith("0 seals")
    assert {said["text"] for said in volunteer.said()} >= {f"mensaje {number}" for number in range(min(count, 100))}
    fresh = line.pairs()[0]  # made by another process under the new key
    async with Voice(line, fresh.caller) as caller:
        await caller.hear("said", id=await caller.say("y sigue"))
    assert '"ok": true' in line.command("keys", "check", "--json").stdout


@pytest.mark.parametrize("end", ["block_key", "destroy_key"])
async def test_a_key_that_another_process_ended_opens_nothing_in_this_one(
    line: RunningLine, pair: Pair, end: str
) -> None:
    async with Voice(line, pair.caller) as caller, Voice(line, pair.volunteer, desk=True) as volunteer:
        spoken = await caller.say("nadie más debe leerlo")
        for voice in (caller, volunteer):
            await voice.hear("said", id=spoken)
        ended = line.command("shell", "-v", "0", "-c", END_IT.format(end=end, contact=pair.contact))
        assert ended.returncode == 0, ended.stderr
        for voice, fields in ((caller, {}), (volunteer, {"contact": pair.contact})):
            voice.heard.clear()
            await voice.send("look", after=0, **fields)
            await voice.quiet(1)
            assert voice.said() == []
        await caller.say("¿y ahora?")
        assert (await caller.hear("refused"))["to"] == "say"
    assert "nadie más" not in Visitor(line).get("/hablar/hilo/", Cookie=pair.caller).text


async def test_a_message_with_one_changed_bit_harms_no_other_and_leaves_a_trace(line: RunningLine, pair: Pair) -> None:
    async with Voice(line, pair.caller) as caller:
        _one, two, _three = [await caller.hear("said", id=await caller.say(text)) for text in ("uno", "dos", "tres")]
        flipped = line.command("shell", "-v", "0", "-c", FLIP.format(contact=pair.contact, seq=two["seq"]))
        assert flipped.returncode == 0, flipped.stderr
        caller.heard.clear()
        await caller.send("look", after=0)
        await caller.hear("idle")
        await caller.send("look", after=0)  # told once, however often it is read
        await caller.hear("idle")

    assert [said["text"] for said in caller.said() if said["by"] == "caller"] == ["uno", "[…]", "tres"] * 2
    traces = line.command("shell", "-v", "0", "-c", TRACES.format(contact=pair.contact)).stdout
    assert traces.split() == ["traces", "1"]
    assert line.command("audit", "verify").returncode == 0


@pytest.fixture
def on_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """Serve a line of this test's own, whose files it reads."""
    with RunningLine(tmp_path_factory.mktemp("files")) as running:
        yield running


@pytest.mark.database("sqlite")
async def test_withdrawing_leaves_not_a_byte_of_share_b_in_the_files(on_files: RunningLine) -> None:
    pair = on_files.pairs()[0]
    with sqlite3.connect(on_files.folder / "line.sqlite3") as database:
        query = "SELECT key_id FROM triage_contact WHERE id = ?"
        (key,) = database.execute(query, (uuid.UUID(pair.contact).hex,)).fetchone()
    with sqlite3.connect(on_files.folder / "keystore.sqlite3") as keystore:
        (share,) = keystore.execute("SELECT sealed_share FROM keystore_keyshare WHERE id = ?", (key,)).fetchone()
    assert any(share in path.read_bytes() for path in on_files.folder.glob("keystore.sqlite3*"))

    async with Voice(on_files, pair.volunteer, desk=True) as volunteer:
        await volunteer.hear("state", contact=pair.contact)
        caller = Visitor(on_files)
        caller.cookies["sid"] = pair.caller.split("=", 1)[1]
        caller.get("/hablar/")
        assert caller.post("/hablar/", {"do": "withdraw"}).status == 302
        await volunteer.hear("state", contact=pair.contact, state="withdrawn")
        await asyncio.sleep(1)

    assert not any(share in path.read_bytes() for path in on_files.folder.glob("keystore.sqlite3*"))
    with sqlite3.connect(on_files.folder / "line.sqlite3") as database:
        row = database.execute("SELECT state, sealed_share FROM vault_datakey WHERE id = ?", (key,)).fetchone()
    assert row == ("destroyed", None)
    assert on_files.stop() == 0
