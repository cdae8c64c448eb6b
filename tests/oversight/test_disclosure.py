"""What published figures give away: to whoever subtracts all of them, and to whoever knows everybody but one."""

import hashlib
import itertools
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oversight.disclosure import (
    EDGE,
    LEAST,
    ODDS,
    REACH,
    STEP,
    THRESHOLD,
    WEIGHTS,
    Cell,
    Published,
    Shape,
    chance,
    publish,
)
from oversight.public_tables import CAME_WITH, RULES, SHAPES, tables_of

#: Sizes of groups, the small ones often: a group of one to nine is what must not be found.
SIZES = st.one_of(st.integers(0, 12), st.integers(10, 45), st.integers(0, 400))


def split(draw: random.Random, whole: int, shape: Shape) -> dict[Cell, int]:
    """Put so many people into the rows of a table, most into few of them."""
    rows = [*shape.rows, *([shape.rest] if shape.rest else [])]
    weights = [draw.choice((0.01, 0.05, 0.3, 1.0)) for _row in rows]
    drawn = Counter(draw.choices(rows, weights, k=whole))
    return {(shape.code, row): drawn[row] for row in rows}


def month_of(draw: random.Random, base: tuple[int, ...]) -> dict[Cell, int]:
    """Return the true counts of a month whose tables fit each other, as those of real people do."""
    counts = dict(zip(((SHAPES[0].code, row) for row in SHAPES[0].rows), base, strict=True))
    for shape in SHAPES[1:]:
        assert shape.of is not None
        counts |= split(draw, counts[shape.of], shape)
    return counts


@st.composite
def months(draw: st.DrawFn) -> tuple[dict[Cell, int], Published]:
    """Draw a month and what is published of it."""
    base = draw(st.tuples(st.integers(0, 300), SIZES, SIZES, SIZES))
    dice = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311  a test repeats what it drew
    counts = month_of(dice, base)
    return counts, publish(SHAPES, counts, lambda: chance(dice))


# Whoever subtracts ----------------------------------------------------------------------------------------------------


Sum = dict[Cell, int]  # rows, each added or taken away: what comes out is known


def equations(counts: Mapping[Cell, int], told: Published) -> list[Sum]:
    """Return which untold rows add up to something known.

    The attacker has more than we publish: each told row exactly, without chance and rounding, and what the rows of the
    first table beside its apart one add up to, where one of them is told.
    """
    known = {cell for cell, count in told.items() if count is not None}
    sums = []
    for shape in SHAPES:
        rows = {cell for cell in counts if cell[0] == shape.code and cell[1] != shape.apart}
        if shape.of is None and not rows & known:
            continue
        untold = dict.fromkeys(rows - known, 1)
        sums.append(untold | ({shape.of: -1} if shape.of and shape.of not in known else {}))
    return [one for one in sums if one]


def isolated(sums: list[Sum]) -> Iterator[set[Cell]]:
    """Return every group of people whose number follows by adding and subtracting these sums."""
    for signs in itertools.product((-1, 0, 1), repeat=len(sums)):
        total: Counter[Cell] = Counter()
        for sign, one in zip(signs, sums, strict=True):
            for cell, times in one.items():
                total[cell] += sign * times
        group = {cell for cell, times in total.items() if times}
        if group and all(total[cell] == 1 for cell in group):
            yield group


@settings(max_examples=150, deadline=None)
@given(months())
def test_nobody_finds_a_small_group_by_combining_all_tables(month: tuple[dict[Cell, int], Published]) -> None:
    counts, told = month
    for group in isolated(equations(counts, told)):
        assert sum(counts[cell] for cell in group) >= THRESHOLD, group


@settings(max_examples=150, deadline=None)
@given(months())
def test_what_is_told_is_large_rounded_and_near_the_truth(month: tuple[dict[Cell, int], Published]) -> None:
    counts, told = month
    for cell, count in told.items():
        if count is not None:
            assert counts[cell] >= THRESHOLD
            assert count % STEP == 0
            assert abs(count - counts[cell]) <= REACH + STEP / 2


@settings(max_examples=100, deadline=None)
@given(months())
def test_parts_are_told_only_where_their_whole_is(month: tuple[dict[Cell, int], Published]) -> None:
    _counts, told = month
    if told[SHAPES[0].code, SHAPES[0].rows[0]] is None:
        assert set(told.values()) == {None}
    for shape in SHAPES[1:]:
        if any(told[shape.code, row] is not None for row in shape.rows):
            assert told[shape.of or ("", "")] is not None


def without_chance(counts: dict[Cell, int], *shapes: Shape) -> Published:
    return publish(shapes, counts, lambda: 0)


BASE = Shape("all", ("talked",), apart="talked")


def test_a_row_that_could_be_subtracted_takes_the_smallest_other_with_it() -> None:
    table = Shape("t", ("a", "b", "c"), of=("all", "talked"))
    told = without_chance({("all", "talked"): 204, ("t", "a"): 120, ("t", "b"): 80, ("t", "c"): 4}, BASE, table)

    assert told == {("all", "talked"): 205, ("t", "a"): 120, ("t", "b"): None, ("t", "c"): None}


def test_small_rows_that_hide_each_other_take_nothing_with_them() -> None:
    table = Shape("t", ("a", "b", "c"), of=("all", "talked"))
    told = without_chance({("all", "talked"): 160, ("t", "a"): 124, ("t", "b"): 20, ("t", "c"): 16}, BASE, table)

    assert told["t", "a"] == 125


def test_those_in_no_row_hide_a_small_one_when_they_are_many_and_only_then() -> None:
    table = Shape("t", ("a", "b"), of=("all", "talked"), rest="rest")
    many = {("all", "talked"): 200, ("t", "a"): 100, ("t", "b"): 3, ("t", "rest"): 97}
    few = {("all", "talked"): 200, ("t", "a"): 195, ("t", "b"): 3, ("t", "rest"): 2}

    assert without_chance(many, BASE, table)["t", "a"] == 100
    assert without_chance(few, BASE, table)["t", "a"] is None


def test_a_month_in_which_few_talked_tells_nothing() -> None:
    rows = Shape("contacts", ("talked", "gave_up"), apart="talked")

    assert set(without_chance({("contacts", "talked"): 20, ("contacts", "gave_up"): 90}, rows).values()) == {None}


@pytest.mark.parametrize(("count", "shown"), [(21, 20), (22, 20), (23, 25), (27, 25), (28, 30)])
def test_numbers_are_rounded_to_the_nearest_five(count: int, shown: int) -> None:
    assert without_chance({("all", "talked"): count}, BASE)["all", "talked"] == shown


# Whoever knows everybody but one --------------------------------------------------------------------------------------

Chances = dict[tuple[int | None, ...], Fraction]
TOTAL = sum(WEIGHTS.values())


def chances(shape: Shape, counts: Mapping[Cell, int]) -> Chances:
    """Return how likely each publication of a table is, exactly, by going through all that chance may do."""
    cells = [cell for cell in counts if cell[0] == shape.code]
    found: Chances = Counter()  # type: ignore[assignment]
    for moves in itertools.product(WEIGHTS, repeat=len(cells)):
        drawn = iter((0, *moves))
        told = publish((BASE, shape), {("all", "talked"): 500} | {cell: counts[cell] for cell in cells}, drawn.__next__)
        weight = Fraction(1)
        for move in moves:
            weight *= WEIGHTS[move]
        found[tuple(told[shape.code, row] for row in shape.rows)] += weight / TOTAL ** len(cells)
    return found


def told_beyond(one: Chances, other: Chances, odds: Fraction) -> Fraction:
    """Return in which share of cases a publication tells one world from another by more than these odds."""
    return sum(
        (max(Fraction(0), share - odds * other.get(told, Fraction(0))) for told, share in one.items()), Fraction(0)
    )


TWO = Shape("t", ("a", "b"), of=("all", "talked"))
OPEN = Shape("t", ("a",), of=("all", "talked"), rest="rest")


@pytest.mark.parametrize("others", [0, 9, 20, 21, 31])
@pytest.mark.parametrize("partner", [9, 60])
def test_one_person_more_changes_no_chance_beyond_the_odds(others: int, partner: int) -> None:
    for shape, second in ((TWO, "b"), (OPEN, "rest")):
        without = chances(shape, {("t", "a"): others, ("t", second): partner})
        with_them = chances(shape, {("t", "a"): others + 1, ("t", second): partner})
        assert sum(without.values()) == 1
        assert told_beyond(with_them, without, ODDS) <= EDGE
        assert told_beyond(without, with_them, ODDS) <= EDGE


@pytest.mark.parametrize("others", [9, 20, 26])
def test_in_which_row_somebody_is_cannot_be_told(others: int) -> None:
    here = chances(TWO, {("t", "a"): others + 1, ("t", "b"): 40})
    there = chances(TWO, {("t", "a"): others, ("t", "b"): 41})

    assert told_beyond(here, there, ODDS**2) <= EDGE * (1 + ODDS)
    assert told_beyond(there, here, ODDS**2) <= EDGE * (1 + ODDS)


def test_chance_tells_one_person_in_less_than_a_thousandth_of_all_cases() -> None:
    assert EDGE < Fraction(1, 1000)
    assert all(WEIGHTS[move] <= ODDS * WEIGHTS[move + 1] for move in range(-REACH, REACH))
    assert LEAST - REACH == THRESHOLD


def test_chance_draws_each_move_as_often_as_it_should() -> None:
    dice, drawn = random.Random(7), 40_000  # noqa: S311  so that it comes out the same each time
    seen = Counter(chance(dice) for _time in range(drawn))

    assert set(seen) <= set(WEIGHTS)
    assert seen[0] / drawn == pytest.approx(WEIGHTS[0] / TOTAL, abs=0.01)
    assert seen[3] / drawn == pytest.approx(seen[-3] / drawn, abs=0.01)


def test_whoever_changes_the_tables_or_the_rules_says_so_by_a_new_version() -> None:
    rules = (SHAPES, THRESHOLD, STEP, REACH, sorted(WEIGHTS.items()))
    digest = hashlib.sha256(repr(rules).encode()).hexdigest()[:16]

    assert (RULES, digest) == ("2026-2", "dd53f3827d5e2121")


def test_each_version_of_the_rules_names_the_tables_it_had() -> None:
    codes = [[shape.code for shape in tables_of(version)] for version in CAME_WITH]

    assert codes[0] == ["contacts", "waits", "waits_given_up", "reasons", "regions", "change"]
    assert codes[-1] == [shape.code for shape in SHAPES]
    assert list(CAME_WITH)[-1] == RULES
    with pytest.raises(ValueError, match="2025-9"):
        tables_of("2025-9")
