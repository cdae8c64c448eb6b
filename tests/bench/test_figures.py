"""Figures are what many observations say, computed without surprise."""

import math

import pytest

from bench.figures import Load, medians, percentile, ratio, spans


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100), (0.0, 1), (0.001, 1), (0.991, 100)]
)
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(share: float, expected: int) -> None:
    assert percentile(range(100, 0, -1), share) == expected


def test_a_percentile_of_one_value_is_that_value_and_of_none_is_no_number() -> None:
    assert percentile([7.0], 0.99) == 7.0
    assert math.isnan(percentile([], 0.5))


def test_a_load_says_its_rate_its_latency_and_what_each_message_cost() -> None:
    load = Load(messages=200, seconds=4.0, latencies=[0.002, 0.004], cpu=0.1, generator=0.3)
    assert (load.rate, load.cpu_each, load.percentile(0.5), load.percentile(0.99)) == (50, 500, 2, 4)


def test_a_load_that_delivered_nothing_costs_no_number() -> None:
    load = Load(messages=0, seconds=1.0, latencies=[], cpu=0.1, generator=0.0, lost=3)
    assert load.rate == 0
    assert math.isnan(load.cpu_each)
    assert math.isnan(load.percentile(0.5))


def test_rounds_are_told_by_their_median_and_their_span_each_figure_by_itself() -> None:
    rounds = [{"rate": 10.0, "kib": 3.0}, {"rate": 40.0}, {"rate": 20.0, "kib": math.nan}]
    assert medians(rounds) == {"rate": 20.0, "kib": 3.0}
    assert spans(rounds) == {"rate": (10.0, 40.0), "kib": (3.0, 3.0)}


def test_a_ratio_needs_both_and_a_base_that_is_not_nought() -> None:
    assert ratio(3.0, 2.0) == 1.5
    assert [ratio(None, 2.0), ratio(3.0, None), ratio(3.0, 0.0)] == [None, None, None]
