"""On a running line a program of its own reads callers' words, may be killed, and goes when the line does."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from chat.heeding import ALONE
from tests.line_database import read
from tests.running_line import RunningLine, own_databases
from tests.voices import Voice

MARKED = "SELECT COUNT(*) FROM triage_contact WHERE marked = 'B'"


def readers(line: RunningLine) -> list[int]:
    """Return the process ids of the programs that read for a line."""
    threads = Path(f"/proc/{line.pid}/task").iterdir()  # a child is that of the thread that started it
    found = [int(pid) for thread in threads for pid in (thread / "children").read_text().split()]
    return [pid for pid in found if b"triage.attention_aside" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def is_gone(pid: int) -> bool:
    """Say whether a process has ended; nobody may have fetched how."""
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] == "Z"


async def marks(line: RunningLine, wanted: int) -> int:
    """Return how many conversations are marked, once they are as many as that or long enough has passed."""
    found = 0
    for _number in range(200):
        (found,) = await asyncio.to_thread(read, line, MARKED)
        if found == wanted:
            break
        await asyncio.sleep(0.1)
    return found


async def talk(line: RunningLine, last: str) -> None:
    """Let a rehearsing caller say enough for the reader to be asked, and something last."""
    (pair,) = await asyncio.to_thread(line.pairs, 1)
    async with Voice(line, pair.caller) as caller:
        for number in range(ALONE + 5):
            await caller.say(f"te cuento de mi semana, {number}")
        await caller.say(last)
        await caller.hear("said", text=last, within=20.0)


@pytest.mark.parametrize("how", ["killed", "left"])
async def test_a_reader_that_is_killed_costs_no_mark_and_it_goes_with_its_line(tmp_path: Path, how: str) -> None:
    with RunningLine(tmp_path, **own_databases()) as line:
        assert await asyncio.to_thread(readers, line) == []  # nobody has said anything
        await talk(line, "me quiero matar")
        assert await marks(line, 1) == 1
        (first,) = readers(line)
        os.kill(first, signal.SIGKILL)
        await talk(line, "me quiero matar")
        assert await marks(line, 2) == 2
        # The next one is started ten seconds after the first at the soonest, and reads from then on.
        others = readers(line)
        if how == "killed":
            line.kill()
        else:
            assert line.stop() == 0
        assert all([await _goes(pid) for pid in [first, *others]])
        assert "Traceback" not in line.output


async def _goes(pid: int) -> bool:
    for _number in range(100):
        if is_gone(pid):
            return True
        await asyncio.sleep(0.1)
    return False
