"""No word is lost, doubled or reordered, whatever dies: real nodes, real servers, real sockets."""

import os
import tempfile
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from tests.faults import nemesis
from tests.faults.checker import Kind
from tests.faults.history import save
from tests.faults.stage import Stage, one_node, two_nodes
from tests.faults.trial import Outcome, Trial

#: Where PostgreSQL and Redis are at hand, this suite runs on them; these trials then bring up their own to break.
SERVED = "DATABASE_URL" in os.environ
KIND = "cluster" if SERVED else "sqlite"
STAGE: Callable[..., AbstractAsyncContextManager[Stage]] = two_nodes if SERVED else one_node
MESSAGES = 10_000


async def outcome_of(
    stage: Stage, *, messages: int, steps: list[nemesis.Step], pairs: int = 4, planted: bool = False
) -> Outcome:
    """Run a trial and show what came of it (pytest shows it where something failed); keep what nobody expected."""
    trial = Trial(stage, seed=4, pairs=pairs, messages=messages, steps=steps, say=print)
    outcome = await trial.run()
    print(outcome.told())  # noqa: T201
    if outcome.faults and not planted:
        path = Path(tempfile.mkdtemp(prefix="line-histories-"), "histories.json")
        save(outcome.histories, path)
        print(f"python -m tests.faults --read {path}")  # noqa: T201
    return outcome


@pytest.mark.timeout(400)
async def test_no_word_is_lost_while_the_line_is_killed_and_its_servers_restart() -> None:
    if SERVED:
        steps = [nemesis.Step(60, "kill", node=1), nemesis.Step(150, "redis"), nemesis.Step(250, "postgresql")]
    else:
        steps = nemesis.schedule(4, ["kill"], count=5, messages=400)
    async with STAGE() as stage:
        outcome = await outcome_of(stage, messages=400, steps=steps)
    assert outcome.faults == []
    assert outcome.acknowledged >= 400
    assert len(outcome.blows) == len(steps)


@pytest.mark.database("sqlite")  # the planted fault is in the writer, which is the same on both
@pytest.mark.timeout(200)
async def test_a_line_that_answers_before_it_commits_is_found_out_by_a_kill() -> None:
    async with one_node(module="tests.faults.hasty_line") as stage:
        steps = [nemesis.Step(40, "kill")]
        outcome = await outcome_of(stage, messages=80, steps=steps, pairs=3, planted=True)
    assert Kind.LOST in {fault.kind for fault in outcome.faults}


@pytest.mark.long
@pytest.mark.timeout(400)
async def test_nobody_is_given_up_while_the_line_stands_still_for_longer_than_signs_of_life_count() -> None:
    async with STAGE() as stage:
        outcome = await outcome_of(stage, messages=200, steps=[nemesis.Step(60, "sleep")])
    assert outcome.faults == []  # a conversation that went back to the queue would refuse its volunteer
    assert outcome.acknowledged >= 200


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_no_word_is_lost_in_ten_thousand_messages_under_mixed_faults() -> None:
    names = nemesis.possible(KIND)
    steps = nemesis.schedule(2020, names, count=30, messages=MESSAGES, nodes=2 if SERVED else 1)
    async with STAGE(jumps=nemesis.jumping(names)) as stage:
        outcome = await outcome_of(stage, messages=MESSAGES, steps=steps, pairs=10)
    assert outcome.faults == []
    assert outcome.bad_ends == []
    assert outcome.acknowledged >= MESSAGES
