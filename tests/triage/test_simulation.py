"""The simulated line: the real rules, always the same from the same seed, and true to the formulas where these hold."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from triage import queue_report, routing, scenarios, simulation, theory_check
from triage.people_model import SILENT_FOR, TALK_MEAN, People
from triage.scenarios import GOALS, SCENARIOS, Group, Trial, play
from triage.simulated_people import FirstCome, Policy

HALF_A_DAY = Trial(volunteers=6, days=0.7, seed=3)


def played(policy: Policy, name: str = "load 1.2", trial: Trial = HALF_A_DAY) -> scenarios.Result:
    """Play a short scenario."""
    return play(next(one for one in SCENARIOS if one.name == name), policy, trial)


def test_the_same_seed_tells_the_same_story() -> None:
    first, again = played(Policy()), played(Policy())
    assert [(one.came, one.answered, one.left) for one in first.callers] == [
        (one.came, one.answered, one.left) for one in again.callers
    ]
    assert first.callers[0].came != played(Policy(), trial=Trial(6, 0.7, 4)).callers[0].came


def test_it_asks_the_rules_of_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routing, "choose", lambda *_facts: [])
    group = played(Policy()).group("ABCDE")
    assert group.arrived > 0
    assert (group.answered, group.within_300) == (0, 0)


def test_nobody_in_it_carries_more_than_the_rules_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, int, bool]] = []
    accept = simulation.Simulation._accept

    def watched(self: Any, caller: Any, listener: Any, sent: float) -> None:
        accept(self, caller, listener, sent)
        hands = listener.facts()
        seen.append((hands.carries, hands.urgent, hands.above_limit))

    monkeypatch.setattr(simulation.Simulation, "_accept", watched)
    played(Policy(), "load 2.4")
    assert seen
    assert all(carries <= routing.LIMIT + above and urgent <= 1 + above for carries, urgent, above in seen)


def test_our_rules_reach_those_in_danger_and_first_come_does_not() -> None:
    ours, theirs = played(Policy(), "load 2.4"), played(FirstCome(), "load 2.4")
    assert ours.group("AB").within_120 > 0.85
    assert theirs.group("AB").within_120 < 0.3
    assert ours.group("AB").lost < theirs.group("AB").lost


def test_simulated_means_are_within_five_percent_of_the_formulas_as_far_as_chance_allows() -> None:
    found = theory_check.compare(2, 0.5, days=400, seed=2)
    assert [one.what for one in found if not one.holds] == []
    assert len(found) == 5
    assert all(one.error < 0.12 for one in found)


def test_people_are_as_the_model_says() -> None:
    people = People(1)
    drawn = [people.caller() for _number in range(20_000)]
    talks = [one.talk for one in drawn if not one.silent]
    assert sum(talks) / len(talks) == pytest.approx(TALK_MEAN, rel=0.02)
    assert sum(one.silent for one in drawn) / len(drawn) == pytest.approx(0.09, abs=0.01)
    assert {one.talk for one in drawn if one.silent} == {SILENT_FOR}
    emergencies = [one for one in drawn if one.truth == "immediate"]
    assert sum(one.urgency == "A" for one in emergencies) / len(emergencies) == pytest.approx(0.86, abs=0.03)
    assert {one.truth for one in drawn if one.urgency == "A"} == {"immediate"}


def test_whoever_leaves_within_half_a_minute_did_not_abandon_the_wait() -> None:
    people = played(Policy(), "load 2.4").callers
    group = Group.of(people)
    soon = [one for one in people if one.left is not None and one.left - one.came < 30]
    late = [one for one in people if one.left is not None and one.left - one.came >= 30]
    assert group.at_once == pytest.approx(len(soon) / len(people))
    assert group.lost == pytest.approx(len(late) / len(people))
    assert Group.of([]).arrived == 0


def test_rows_are_as_the_protocol_names_them() -> None:
    rows = queue_report.rows([played(Policy())])
    assert [row["level"] for row in rows] == list("ABCDE")
    assert set(rows[0]) == {"scenario", "policy", "level", "arrived", "within_60", "within_120", "within_300", "lost"}


def test_every_goal_names_a_scenario_that_is_played() -> None:
    played_ones = {one.name for one in (*SCENARIOS, scenarios.TWICE)}
    assert {goal.scenario for goal in GOALS} <= played_ones


def test_a_goal_that_is_missed_is_said_in_words() -> None:
    slow = played(FirstCome(), "load 2.4")
    object.__setattr__(slow, "policy", Policy.name)
    words = [queue_report.goal_words(goal, reached) for goal, reached in scenarios.missed([slow])]
    assert len(words) == 2
    assert words[0].startswith("load 2.4: within_120 of AB is ")


@pytest.mark.parametrize("asked", [["--days", "0"], ["--days", "400"], ["--volunteers", "0"]])
def test_what_cannot_be_simulated_is_refused_in_one_sentence(asked: list[str]) -> None:
    with pytest.raises(CommandError, match=r"^--days is from 1 to 366, --volunteers from 1 to 1000\.$"):
        call_command("rehearse_queue", *asked, stdout=StringIO())


def test_the_command_prints_one_object_and_names_what_was_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    result = played(Policy())
    command = "triage.management.commands.rehearse_queue.Command._played"
    monkeypatch.setattr(command, lambda _self, jobs: [result for _job in jobs])
    out = StringIO()
    monkeypatch.setattr("triage.management.commands.rehearse_queue.missed", lambda _results: [(GOALS[0], 0.5)])
    with pytest.raises(CommandError, match=r"^load 0.7: within_120 of AB is 50.00 %, not 99 %\.$"):
        call_command("rehearse_queue", "--json", "--volunteers", "6", stdout=out)
    assert {row["policy"] for row in json.loads(out.getvalue())["rows"]} == {"ours"}
