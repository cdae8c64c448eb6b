"""A line that goes from stage A to B and is killed while it moves the keys of a circle loses nothing and moves all."""

import signal
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.line_database import change, read
from tests.reflection.places import CARMEN, Place, people_of
from tests.running_line import RunningLine, own_databases
from tests.visitors import Visitor

SAID = ["lunes", "martes", "miércoles", "jueves", "viernes"]
SEALED = "SELECT count(*) FROM vault_datakey WHERE sealed_share IS NOT NULL"
#: Rosa's keys are made; the third key is sealed to people when the process dies, and has not been taken from the line.
KILLED = """
import os, signal
from reflection import moving
from roster.management.commands.demo_people import PASSWORD
from roster.models import Member
from vault import actions, sharing
rosa = Member.objects.get(email="rosa@demo.pe")
assert actions.unlock(rosa.pk, rosa.role, PASSWORD)
take_from_line, taken = sharing.take_from_line, []
def take(*given):
    taken.append(given)
    if len(taken) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return take_from_line(*given)
sharing.take_from_line = take
moving.move_old_keys()
"""


@pytest.fixture
def staged(tmp_path: Path) -> Iterator[RunningLine]:
    """Serve a line that begins in stage A."""
    with RunningLine(tmp_path / "line", HOTLINE_STAGE="A", **own_databases()) as running:
        yield running


def sealed(line: RunningLine) -> int:
    """Return how many keys the line itself opens."""
    return int(read(line, SEALED)[0])


def test_the_keys_of_a_circle_move_to_its_people_though_the_line_is_killed_in_between(staged: RunningLine) -> None:
    place = Place(staged, people_of(staged))
    for day, words in enumerate(SAID, 1):
        place.rosa.get(place.path)
        assert place.rosa.post(f"{place.path}decir/", {"id": str(uuid.uuid4()), "text": words}).status == 302
        change(staged, "UPDATE reflection_turn SET opened_on = ? WHERE number = ?", f"2026-11-0{day}", str(day))
    change(staged, "UPDATE reflection_circle SET life_days = 90")
    before = sealed(staged)
    assert before >= len(SAID)
    assert staged.stop() == 0

    staged.environment["HOTLINE_STAGE"] = "B"
    staged.start()
    Visitor(staged).sign_in(CARMEN)  # who has keys now; Rosa has none yet, so that nothing is taken from the line
    staged.kill()
    killed = staged.command("shell", "-c", KILLED)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert sealed(staged) == before - 2

    staged.start()
    until = time.monotonic() + 30
    while sealed(staged) > before - len(SAID) and time.monotonic() < until:
        time.sleep(0.5)
    assert sealed(staged) == before - len(SAID)
    for visitor in people_of(staged)[:2]:
        page = visitor.get(place.path).text
        assert [words for words in SAID if f">{words}</p>" in page] == SAID
    assert "Traceback" not in staged.output
