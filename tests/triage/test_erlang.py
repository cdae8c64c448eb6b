"""The formulas of waiting say what tables, limits and a small simulation say."""

import heapq
import math
import random
import statistics
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage import erlang
from triage.erlang import Waits

MINUTE = 60.0
HOUR = 3600.0
SLOTS = st.integers(1, 2000)
LOAD = st.floats(0.01, 3000)


# Numbers that others published --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slots", "load", "blocked"),
    [(1, 1.0, 0.5), (2, 1.0, 0.2), (10, 5.0, 0.018385), (0, 3.0, 1.0), (3, 0.0, 0.0), (0, 0.0, 1.0)],
)
def test_the_share_blocked_is_that_of_the_tables(slots: int, load: float, blocked: float) -> None:
    assert erlang.erlang_b(slots, load) == pytest.approx(blocked, abs=1e-6)


def test_a_hundred_in_half_an_hour_of_three_minutes_each_meet_fourteen_slots() -> None:
    met = erlang.erlang_a(14, 100 / (30 * MINUTE), 3 * MINUTE, within=20)
    assert erlang.erlang_c(14, 10.0) == pytest.approx(0.174132, abs=5e-7)
    assert (met.some_wait, met.answered) == pytest.approx((0.174132, 0.88835), abs=1e-6)
    assert met.mean == pytest.approx(0.1741319 * 180 / 4)
    assert met.gives_up == 0


@pytest.mark.parametrize(
    ("an_hour", "in_one_minute", "in_five"), [(6, 9, 10), (12, 16, 17), (24, 30, 31), (60, 68, 69), (240, 255, 254)]
)
def test_the_slots_for_an_hour_of_work_each_are_those_of_the_table(
    an_hour: int, in_one_minute: int, in_five: int
) -> None:
    rate = an_hour / HOUR
    assert erlang.fewest_slots(rate, HOUR, 60, 0.8) == in_one_minute
    assert erlang.fewest_slots(rate, HOUR, 300, 0.9) == in_five


def by_states(slots: int, rate: float, work: float, patience: float) -> tuple[float, float]:
    """Return who waits and who gives up from the balance of the states, from the one of all slots busy both ways."""
    free, weight = 0.0, 1.0
    for number in range(slots, 0, -1):
        weight *= number / work / rate
        free += weight
    waits = waiting = 0.0
    weight = 1.0
    for queued in range(4000):
        waits += weight
        waiting += weight * queued
        weight *= rate / (slots / work + (queued + 1) / patience)
    return waits / (free + waits), waiting / (free + waits) / patience / rate


@pytest.mark.parametrize(
    ("slots", "rate", "work", "patience"),
    [
        (20, 24 / HOUR, HOUR, 720),
        (28, 24 / HOUR, HOUR, 900),
        (20, 240 / HOUR, HOUR, 600),
        (2000, 0.7, 3000, 900),
        (1, 0.01, 10, 1),
        (5, 1, 5, 50),
    ],
)
def test_who_waits_and_who_gives_up_is_what_the_states_say(
    slots: int, rate: float, work: float, patience: float
) -> None:
    met = erlang.erlang_a(slots, rate, work, patience, within=1e9)
    assert (met.some_wait, met.gives_up) == pytest.approx(by_states(slots, rate, work, patience), abs=1e-9)
    assert met.answered + met.gives_up == pytest.approx(1, abs=1e-9)  # nobody is lost in between
    assert met.mean == pytest.approx(met.gives_up * patience)


# A small simulation, which knows none of the formulas ---------------------------------------------------------------


def simulate(
    slots: int,
    rates: tuple[float, ...],
    *,
    rank: Callable[[int, float, float], float],
    patience: float = math.inf,
    people: int = 40_000,
) -> list[list[tuple[float, bool]]]:
    """Let people of each class come at a rate, with work of 1 each; return what each waited and whether they stayed.

    ``rank`` says from class, arrival and now who is served first (the lowest).
    """
    chance = random.Random(2020)  # noqa: S311  a simulation
    met: list[list[tuple[float, bool]]] = [[] for _rate in rates]
    waiting: list[tuple[int, float, float]] = []  # class, arrival, until when they stay
    busy: list[float] = []
    arrival = 0.0
    for _person in range(people):
        arrival += chance.expovariate(sum(rates))
        while busy and busy[0] <= arrival:
            now = heapq.heappop(busy)
            for gone in [one for one in waiting if one[2] <= now]:
                met[gone[0]].append((gone[2] - gone[1], False))
                waiting.remove(gone)
            if waiting:
                first = min(waiting, key=lambda one: rank(one[0], one[1], now))
                waiting.remove(first)
                met[first[0]].append((now - first[1], True))
                heapq.heappush(busy, now + chance.expovariate(1))
        kind = chance.choices(range(len(rates)), rates)[0]
        if len(busy) < slots:
            met[kind].append((0.0, True))
            heapq.heappush(busy, arrival + chance.expovariate(1))
        else:
            stays = chance.expovariate(1 / patience) if patience < math.inf else math.inf
            waiting.append((kind, arrival, arrival + stays))
    return met


def first_come(_kind: int, arrival: float, _now: float) -> float:
    return arrival


@pytest.mark.parametrize(("slots", "rate", "patience"), [(3, 2.4, 0.5), (4, 6.0, 1.0)])
def test_waits_with_patience_are_those_of_the_simulation(slots: int, rate: float, patience: float) -> None:
    (people,) = simulate(slots, (rate,), rank=first_come, patience=patience)
    met = erlang.erlang_a(slots, rate, 1.0, patience, within=0.2)
    assert statistics.mean(waited for waited, _stayed in people) == pytest.approx(met.mean, rel=0.05)
    assert statistics.mean(not stayed for _waited, stayed in people) == pytest.approx(met.gives_up, abs=0.01)
    soon = statistics.mean(stayed and waited <= 0.2 for waited, stayed in people)
    assert soon == pytest.approx(met.answered, abs=0.01)


RATES = (0.3, 0.9, 1.2)


def means(people: list[list[tuple[float, bool]]]) -> list[float]:
    return [statistics.mean(waited for waited, _stayed in one) for one in people]


def test_the_first_class_waits_as_cobham_says_and_soon_as_kella_and_yechiali_say() -> None:
    people = simulate(3, RATES, rank=lambda kind, arrival, _now: kind * 1e9 + arrival)
    assert means(people) == pytest.approx(erlang.priority_waits(3, RATES, 1.0), rel=0.1)
    told = erlang.first_class_within(3, RATES[0], 1.0, erlang.erlang_c(3, sum(RATES)), 0.3)
    assert statistics.mean(waited <= 0.3 for waited, _stayed in people[0]) == pytest.approx(told, abs=0.01)


def test_who_ages_faster_waits_as_kleinrock_says() -> None:
    slopes = (16.0, 4.0, 1.0)
    people = simulate(3, RATES, rank=lambda kind, arrival, now: -slopes[kind] * (now - arrival))
    assert means(people) == pytest.approx(erlang.ageing_waits(3, RATES, 1.0, slopes), rel=0.1)


# Limits -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "met"),
    [
        ((0, 1.0, 1.0, 60.0, 30.0), Waits(1.0, 60.0, 1.0, 0.0)),
        ((0, 1.0, 1.0), Waits(1.0, math.inf, 0.0, 0.0)),
        ((5, 0.0, 60.0, 60.0), Waits(0.0, 0.0, 0.0, 1.0)),
        ((5, 1.0, 5.0), Waits(1.0, math.inf, 0.0, 0.0)),
        ((2, 1.0, 1.0, 0.0), Waits(0.2, 0.0, 0.2, 0.8)),
        ((2000, 1e-300, 1.0, 60.0), Waits(0.0, 0.0, 0.0, 1.0)),
    ],
)
def test_at_its_ends_the_formula_says_what_one_would_say(given_: tuple[int, float, float], met: Waits) -> None:
    assert erlang.erlang_a(*given_) == met


def test_without_patience_to_lose_it_is_the_formula_of_those_who_stay() -> None:
    staying = erlang.erlang_a(10, 0.8, 10, within=5)
    patient = erlang.erlang_a(10, 0.8, 10, 1e8, within=5)
    assert (patient.some_wait, patient.mean, patient.answered) == pytest.approx(
        (staying.some_wait, staying.mean, staying.answered), rel=1e-5
    )


def test_equal_slopes_are_first_come_first_served() -> None:
    alike = erlang.erlang_a(3, sum(RATES), 1.0).mean
    assert erlang.ageing_waits(3, RATES, 1.0, (1, 1, 1)) == pytest.approx([alike] * 3)


def test_in_overload_the_first_are_answered_and_the_last_wait_for_ever() -> None:
    first, last = erlang.priority_waits(2, (0.5, 5.0), 1.0)
    assert first == pytest.approx(0.5 / 0.75)
    assert last == math.inf
    assert erlang.ageing_waits(2, (0.5, 5.0), 1.0, (2, 1)) == [math.inf, math.inf]
    assert erlang.first_class_within(2, 0.5, 1.0, 1.0, 1.0) == pytest.approx(1 - math.exp(-1.5))
    assert erlang.first_class_within(2, 2.5, 1.0, 1.0, 1e6) == 0
    assert erlang.priority_waits(0, (1.0,), 1.0) == [math.inf]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: erlang.erlang_b(-1, 1.0),
        lambda: erlang.erlang_c(1, -1.0),
        lambda: erlang.erlang_a(1, math.nan, 1.0),
        lambda: erlang.ageing_waits(1, (0.1, 0.1), 1.0, (1, 2)),
        lambda: erlang.ageing_waits(1, (0.1,), 1.0, (0,)),
        lambda: erlang.priority_waits(1, (-0.1,), 1.0),
    ],
)
def test_numbers_that_mean_nothing_are_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"slope|negative"):
        wrong()


def test_what_cannot_be_reached_is_said() -> None:
    assert erlang.fewest(lambda slots: slots >= 37) == 37
    assert erlang.fewest(lambda _slots: True) == 0
    assert erlang.fewest(lambda slots: slots >= 2000) == 2000
    assert erlang.fewest(lambda _slots: False) is None


# Always -------------------------------------------------------------------------------------------------------------


@given(slots=SLOTS, load=LOAD, work=st.floats(1, 1e5), patience=st.floats(1, 1e6), within=st.floats(0, 1e5))
def test_shares_are_shares_and_nobody_is_lost(
    slots: int, load: float, work: float, patience: float, within: float
) -> None:
    met = erlang.erlang_a(slots, load / work, work, patience, within)
    for share in (met.some_wait, met.gives_up, met.answered):
        assert 0 <= share <= 1 + 1e-12
    assert 0 <= met.mean <= patience
    assert met.answered + met.gives_up <= 1 + 1e-7
    assert met.answered >= 1 - met.some_wait - 1e-9


@given(slots=st.integers(1, 1999), load=LOAD, patience=st.floats(1, 1e6), within=st.floats(0, 1e4))
def test_one_more_slot_never_makes_anybody_wait_longer(slots: int, load: float, patience: float, within: float) -> None:
    fewer, more = (erlang.erlang_a(number, load / 3000, 3000, patience, within) for number in (slots, slots + 1))
    assert more.answered >= fewer.answered - 1e-7
    assert more.mean <= fewer.mean * (1 + 1e-6) + 1e-6
    assert more.gives_up <= fewer.gives_up + 1e-7
    assert erlang.erlang_b(slots + 1, load) <= erlang.erlang_b(slots, load)
    assert erlang.erlang_c(slots + 1, load) <= erlang.erlang_c(slots, load)


@given(slots=SLOTS, load=LOAD, more=st.floats(1, 10), within=st.floats(0, 1e4))
def test_more_people_are_never_answered_sooner(slots: int, load: float, more: float, within: float) -> None:
    now, then = (erlang.erlang_a(slots, rate / 3000, 3000, 900, within) for rate in (load, load * more))
    assert then.answered <= now.answered + 1e-7
    assert then.mean >= now.mean * (1 - 1e-6) - 1e-6


@given(slots=SLOTS, load=LOAD)
def test_a_class_served_before_never_waits_longer_than_the_next(slots: int, load: float) -> None:
    rates = [load * share / 3000 for share in (0.14, 0.3, 0.56)]
    waits = erlang.priority_waits(slots, rates, 3000)
    assert waits == sorted(waits)
    ageing = erlang.ageing_waits(slots, rates, 3000, (4, 2, 1))
    assert ageing == pytest.approx(sorted(ageing))


def test_two_thousand_slots_are_reckoned_in_a_moment() -> None:
    began = time.thread_time()
    erlang.erlang_a(2000, 2100 / 3000, 3000, 900, 60)
    assert time.thread_time() - began < 0.05
    needed = erlang.fewest_slots(1500 / 3000, 3000, 60, 0.9, 900)
    assert needed is not None
    short, enough = (erlang.erlang_a(slots, 0.5, 3000, 900, 60).answered for slots in (needed - 1, needed))
    assert short < 0.9 <= enough
