"""The words of the command say what is measured; a wrong one is a sentence."""

import pytest

from bench.errors import CannotMeasure
from bench.plan import FULL, QUICK, SYSTEMS, plan_of


def test_without_words_every_system_talks_and_carries_its_crowd_three_times_in_turn() -> None:
    plan = plan_of([])
    assert (plan.systems, plan.measures, plan.rounds, plan.size) == (SYSTEMS, ("talk", "crowd", "vault"), 3, FULL)


def test_words_choose_and_the_table_keeps_its_order() -> None:
    plan = plan_of(["crowd", "postgresql", "relay"])
    assert (plan.systems, plan.measures) == (("relay", "postgresql"), ("crowd",))


def test_quick_is_small_and_once() -> None:
    plan = plan_of(["talk"], quick=True)
    assert (plan.rounds, plan.size) == (1, QUICK)
    assert plan_of([], quick=True, rounds=5).rounds == 5


def test_what_the_yardsticks_do_not_have_is_measured_of_the_line_alone() -> None:
    assert plan_of(["claims"]).systems == ("sqlite", "postgresql")
    assert plan_of(["queue", "postgresql"]).systems == ("postgresql",)


def test_curves_are_drawn_of_the_line_on_postgresql_unless_told() -> None:
    assert plan_of(["curve"]).systems == ("postgresql",)
    assert plan_of(["curve"]).measures == ("length", "waiting", "sockets")
    assert plan_of(["length", "sqlite"]).systems == ("sqlite",)
    assert plan_of(["length", "sqlite"]).measures == ("length",)


@pytest.mark.parametrize(
    ("words", "rounds", "named"),
    [(["relais"], None, "«relais»"), ([], 0, "round"), (["curve", "relay"], None, "sqlite or postgresql")],
)
def test_what_cannot_be_meant_is_one_sentence(words: list[str], rounds: int | None, named: str) -> None:
    with pytest.raises(CannotMeasure, match=named) as refused:
        plan_of(words, rounds=rounds)
    assert "\n" not in str(refused.value)
