"""How many volunteers it takes: as the promises say, beside the published simulation, and when offers go unanswered."""

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oversight.staffing import EVERYBODY, FULLEST, URGENT, Work, needed, outcome
from triage.erlang import erlang_a
from triage.routing import hands_kept

HOUR = 3600
WORK = Work(work=53 * 60, patience=900, urgent=0.14, offers=0.8, answer=12)


@pytest.mark.parametrize(("an_hour", "simulated"), [(4, 4), (8, 6), (12, 8), (20, 12), (30, 16)])
def test_it_asks_for_as_many_as_the_simulation_or_somewhat_more(an_hour: int, simulated: int) -> None:
    # The simulation of two conversations each knows no bound of how full the team may be.
    assert simulated <= needed(WORK, an_hour / HOUR) <= 1.4 * simulated


@given(figures=st.integers(100, 999), scale=st.sampled_from([1e-7, 1e-6, 1e-5, 1e-4]))
def test_with_as_many_as_are_needed_the_promises_hold_and_with_one_fewer_they_do_not(
    figures: int, scale: float
) -> None:
    rate = figures * scale
    number = needed(WORK, rate)

    def keeps(volunteers: int) -> bool:
        met = outcome(WORK, volunteers, rate)
        return met.load <= FULLEST + 1e-6 and met.soon >= EVERYBODY.share - 1e-6 and met.urgent >= URGENT.share - 1e-6

    assert keeps(number)
    assert number == 1 or not keeps(number - 1)


@given(an_hour=st.floats(0.01, 200), more=st.floats(1, 10))
def test_more_people_never_need_fewer_volunteers(an_hour: float, more: float) -> None:
    assert needed(WORK, more * an_hour / HOUR) >= needed(WORK, an_hour / HOUR)


def test_where_nobody_comes_nobody_is_needed_and_where_anybody_may_one_is() -> None:
    assert needed(WORK, 0) == 0
    assert needed(WORK, 1e-9) == 1


def test_offers_that_nobody_accepts_cost_their_whole_time() -> None:
    prompt = dataclasses.replace(WORK, offers=1.0)
    assert prompt.reach(60) == 1
    assert WORK.reach(60) == pytest.approx(0.8 + 0.16)  # a third offer would come too late
    assert outcome(prompt, 8, 4 / HOUR).soon > outcome(WORK, 8, 4 / HOUR).soon
    assert outcome(WORK, 8, 1e-6).wait == pytest.approx(12 + 0.25 * 25, abs=0.1)


def test_what_offers_make_impossible_is_not_asked_of_more_volunteers() -> None:
    slow = dataclasses.replace(WORK, offers=0.5)
    assert slow.reach(EVERYBODY.within) < EVERYBODY.share
    assert slow.asked(EVERYBODY) < slow.reach(EVERYBODY.within)
    assert needed(slow, 8 / HOUR) < 20
    assert WORK.asked(EVERYBODY) == EVERYBODY.share


def test_who_is_in_danger_takes_both_hands() -> None:
    calm = dataclasses.replace(WORK, urgent=0.0)
    assert WORK.of_a_slot == pytest.approx(1.14 * calm.of_a_slot)
    assert needed(WORK, 30 / HOUR) > needed(calm, 30 / HOUR)


def test_hands_kept_for_who_is_in_danger_are_not_counted_for_the_others() -> None:
    slots = 8 * WORK.chats - hands_kept(8, 0)
    assert slots == 15
    met = outcome(dataclasses.replace(WORK, offers=1.0, answer=0.0), 8, 12 / HOUR)
    assert met.soon == erlang_a(slots, 12 / HOUR, WORK.of_a_slot, WORK.patience, 60).answered


def test_without_anybody_on_duty_everybody_gives_up() -> None:
    nobody = outcome(WORK, 0, 4 / HOUR)
    assert (nobody.load, nobody.gives_up, nobody.soon, nobody.urgent) == (math.inf, 1, 0, 0)
    assert nobody.wait == WORK.patience
    assert outcome(WORK, 0, 0).load == 0


def test_in_a_surge_those_in_danger_are_answered_sooner_than_the_others() -> None:
    usual, surge = outcome(WORK, 8, 8 / HOUR), outcome(WORK, 8, 20 / HOUR)
    assert surge.urgent > surge.in_two_minutes
    assert surge.wait > 5 * usual.wait
    assert surge.gives_up > 0.2
