"""The table has a column for each system, and a ratio to the relay of the same run beside each figure."""

from bench.figures import Load
from bench.table import aligned, by_system, curve, table


def _cells(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]


def test_figures_stand_beside_their_ratio_to_the_relay() -> None:
    head, _rule, *rows = _cells(table({"relay": [{"rate_few": 2000.0}], "sqlite": [{"rate_few": 3000.0}]}))
    assert head == ["", "relay", "sqlite"]
    assert rows == [["messages/s, few pairs", "2,000 (1.00)", "3,000 (1.50)"]]


def test_without_a_relay_there_is_no_ratio() -> None:
    assert _cells(table({"sqlite": [{"p50": 2.345}]}))[2:] == [["latency p50, ms", "2.3"]]


def test_what_a_system_has_not_is_a_dash() -> None:
    rows = _cells(table({"relay": [{"kib": 30.0, "rate_few": 1.0}], "two-nodes": [{"rate_few": 2.0}]}))
    assert ["KiB of an idle socket", "30.0 (1.00)", "–"] in rows


def test_several_rounds_show_their_median_and_their_span() -> None:
    rows = _cells(table({"relay": [{"rate_few": 900.0}, {"rate_few": 1100.0}, {"rate_few": 1000.0}]}))[2:]
    assert rows == [["messages/s, few pairs", "1,000 (1.00)"], ["– lowest and highest round", "900–1,100"]]


def test_what_a_crowd_costs_is_a_share_of_the_system_itself() -> None:
    rows = _cells(table({"relay": [{"crowd_share": 0.03}], "sqlite": [{"crowd_share": 0.95}]}))
    assert ["– of that before it", "0.03", "0.95"] in rows


def test_systems_come_in_the_order_of_the_table_however_they_were_measured() -> None:
    found = [("sqlite", {"kib": 1.0}), ("relay", {"kib": 2.0}), ("sqlite", {"kib": 3.0})]
    assert by_system(found) == {"relay": [{"kib": 2.0}], "sqlite": [{"kib": 1.0}, {"kib": 3.0}]}
    assert list(by_system(found)) == ["relay", "sqlite"]


def test_a_curve_is_told_as_a_share_of_its_first_point() -> None:
    def load(cpu: float, resting: float) -> Load:
        return Load(messages=1000, seconds=1.0, latencies=[], cpu=cpu, generator=0.0, resting=resting)

    rows = _cells(curve("callers who wait", [(10, load(0.4, 0.0)), (10_000, load(0.5, 0.06))]))
    assert rows[0][0] == "callers who wait"
    assert rows[2:] == [
        ["10", "1,000", "400", "1.00", "–", "400", "1.00"],
        ["10,000", "1,000", "500", "1.25", "0.06", "440", "1.10"],
    ]


def test_columns_are_even() -> None:
    lines = aligned([["", "a"], ["long name", "1"], ["b", "1,000"]]).splitlines()
    assert {len(line) for line in lines} == {len(lines[0])}
    assert lines[1] == "|-----------|------:|"
