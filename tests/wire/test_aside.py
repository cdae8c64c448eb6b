"""A program aside answers line by line, knows nothing of our environment, and its death is told at once."""

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from wire import aside, comes_last
from wire.aside import Aside, NoAnswer

PATIENCE = 20.0


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the program stands that is run: it answers with what it is told to."""
    monkeypatch.setattr(aside, "ROOT", tmp_path)
    monkeypatch.setattr(aside, "STARTED_AGAIN_AFTER", 0.0)
    file = tmp_path / "answering.py"
    file.write_text(
        "import os, sys, time\n"
        "for line in sys.stdin.buffer:\n"
        "    told = line.strip().decode()\n"
        "    if told == 'die': os._exit(1)\n"
        "    if told == 'sleep': time.sleep(60)\n"
        "    known = {'who': os.getpid(), 'knows': sorted(os.environ), 'where': sys.path[0]}\n"
        "    said = str(known.get(told, told))\n"
        "    sys.stdout.write(said + '\\n'); sys.stdout.flush()\n"
    )
    return file


async def answer(program: Aside, word: str) -> str:
    return (await program.ask(word.encode())).strip().decode()


async def test_each_line_is_answered_by_the_same_program_without_our_environment(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_KEYS", "a secret")
    one = Aside(program.stem, patience=PATIENCE)
    assert [await answer(one, word) for word in ("uno", "dos")] == ["uno", "dos"]
    assert await answer(one, "who") == await answer(one, "who")
    assert "HOTLINE_KEYS" not in await answer(one, "knows")
    pid = int(await answer(one, "who"))
    await one.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def slice_of(pid: int) -> int:
    """Return how long a process may have the core at a time, in nanoseconds; 0 where Linux cannot tell."""
    read = {"x86_64": 315, "aarch64": 275}[os.uname().machine]  # sched_getattr(2)
    told = ctypes.create_string_buffer(comes_last.ATTRIBUTES.size)
    assert ctypes.CDLL(None).syscall(read, pid, told, len(told), 0) == 0
    return int(comes_last.ATTRIBUTES.unpack(told.raw)[5])


@pytest.mark.parametrize("apart", [False, True])
async def test_it_has_the_core_only_while_nobody_else_wants_it(program: Path, *, apart: bool) -> None:
    one = Aside(program.stem, patience=PATIENCE, apart=apart)
    pid = int(await answer(one, "who"))
    assert os.sched_getscheduler(pid) == os.SCHED_IDLE
    knows_slices = tuple(map(int, os.uname().release.split(".")[:2])) >= (6, 12)
    assert slice_of(pid) == (comes_last.LONGEST_SLICE if knows_slices else 0)
    assert os.getsid(pid) == (pid if apart else os.getsid(0))
    assert os.getpgid(pid) == pid  # a Ctrl-C in the node's terminal is not for it
    assert await answer(one, "where") == str(program.parent)
    await one.stop()


def test_where_it_may_not_ask_to_come_last_it_goes_on_all_the_same() -> None:
    refused = (
        "import os\n"
        "def refuse(*_asked): raise PermissionError\n"
        "os.sched_setscheduler = refuse\n"
        "from wire import comes_last\n"
        "comes_last.come_last(apart=True)\n"
        "print('goes on')"
    )
    ran = subprocess.run([sys.executable, "-c", refused], capture_output=True, check=False)
    assert (ran.stdout, ran.stderr) == (b"goes on\n", b"")


@pytest.mark.parametrize("how", ["it dies", "it is killed before", "it takes too long"])
async def test_whoever_gets_no_answer_is_told_and_the_next_question_has_a_new_program(program: Path, how: str) -> None:
    one = Aside(program.stem, patience=PATIENCE)
    before = int(await answer(one, "who"))
    if how == "it is killed before":
        os.kill(before, signal.SIGKILL)
    one._patience = 0.2 if how == "it takes too long" else PATIENCE
    with pytest.raises(NoAnswer):
        await answer(one, "sleep" if how == "it takes too long" else "die")
    one._patience = PATIENCE
    assert int(await answer(one, "who")) != before
    await one.stop()


async def test_a_program_that_dies_at_once_is_not_started_all_the_time(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aside, "STARTED_AGAIN_AFTER", 60.0)
    one = Aside(program.stem, patience=PATIENCE)
    with pytest.raises(NoAnswer):
        await answer(one, "die")
    for _number in range(3):
        with pytest.raises(NoAnswer):
            await answer(one, "uno")
    assert one._running is None


async def test_a_program_that_cannot_be_started_is_no_answer(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", str(program.parent / "nothing"))
    with pytest.raises(NoAnswer):
        await answer(Aside(program.stem, patience=PATIENCE), "uno")


async def test_it_ends_as_its_input_does(program: Path) -> None:
    one = Aside(program.stem, patience=PATIENCE)
    await answer(one, "uno")
    running = one._running
    assert running is not None
    running.writer.close()  # as the end of our process does
    assert await asyncio.to_thread(running.process.wait, PATIENCE) == 0
