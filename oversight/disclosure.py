"""What may be published of counts: chance, threshold, rounding, and no table that gives away what it hides; pure.

Four rules, in this order (security text 3; docs/THREATS.md says what they reach and what they do not):

1. *Chance*: each count is moved by a small random number before anything else looks at it. So whoever knows of
   everybody but one cannot tell from a figure whether that one is in it. The chance of any figure with one person more
   is at most ODDS times the one without, but for EDGE of all cases (the two-sided geometric mechanism of Ghosh,
   Roughgarden and Sundararajan, 2009, cut off at REACH).
2. *Threshold*: what has fewer than LEAST after that is not told, so what is told has THRESHOLD or more in truth.
3. *The rest*: in a table whose whole can be known, what is not told must not follow from what is. So more is left out,
   the smallest first, until what is left out is two rows at least, and THRESHOLD people at least in truth.
4. *Rounding* to STEP. No sum is published beside the rows.

The later rules see only what chance left, never the true counts: else they would tell of them.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from random import Random
from typing import NamedTuple

THRESHOLD = 10  # people; fewer are never told (security text 3, domain text 6.2)
STEP = 5
ODDS = Fraction(5, 3)  # by which one person more may change the chance of a figure
REACH = 11  # people by which chance may move a count
LEAST = THRESHOLD + REACH
#: How likely each move is, among the sum of all: whole numbers, so that nothing is lost in rounding.
WEIGHTS = {move: 3 ** abs(move) * 5 ** (REACH - abs(move)) for move in range(-REACH, REACH + 1)}
MOVES, UP_TO = tuple(WEIGHTS), tuple(itertools.accumulate(WEIGHTS.values()))
#: The share of cases in which chance reaches its end, and one person more can be told.
EDGE = Fraction(WEIGHTS[REACH], sum(WEIGHTS.values()))

Cell = tuple[str, str]  # a table, a row of it
Counts = Mapping[Cell, int]
Published = dict[Cell, int | None]  # None: not told


class Shape(NamedTuple):
    """One table as these rules see it: the rows that are told, and of which row of an earlier table they are parts.

    ``rows`` never overlap. ``apart`` is a row that is told but not part of the sum, as others add up to it. ``rest`` is
    a row that is counted and never told: those of the whole who are in none of the rows.
    """

    code: str
    rows: tuple[str, ...]
    of: Cell | None = None
    apart: str | None = None
    rest: str | None = None


def chance(random: Random) -> int:
    """Draw by how many people a count is moved, from −REACH to REACH."""
    return random.choices(MOVES, cum_weights=UP_TO)[0]


def rounded(count: int) -> int:
    """Return a count in steps of STEP, half upwards."""
    return (2 * count + STEP) // (2 * STEP) * STEP


def _enough_left_out(out: Sequence[int]) -> bool:
    """Say whether these counts, moved by chance, are THRESHOLD people together whatever chance did to each."""
    return not out or sum(max(0, count - REACH) for count in out) >= THRESHOLD


def told_rows(shape: Shape, moved: Counts) -> set[str]:
    """Return which rows of a table may be told, if the row of which they are parts is told."""
    rows = {row: moved[shape.code, row] for row in shape.rows}
    told = {row for row, count in rows.items() if count >= LEAST}
    partners = sorted(told - {shape.apart}, key=lambda row: (-rows[row], row))
    out = [count for row, count in rows.items() if row not in told]
    if shape.rest:
        out.append(moved[shape.code, shape.rest])
    while partners and not _enough_left_out(out):
        smallest = partners.pop()
        told.remove(smallest)
        out.append(rows[smallest])
    return told


def publish(shapes: Sequence[Shape], counts: Counts, draw: Callable[[], int]) -> Published:
    """Return what may be told of each row of each table; ``draw`` is asked once for each count, told or not.

    ``counts`` has every row of every shape, and each ``rest``. The first row of the first table is that of which most
    others are parts: where it may not be told, nothing is told at all.
    """
    moved = {cell: count + draw() for cell, count in counts.items()}
    base: Cell = (shapes[0].code, shapes[0].rows[0])
    told: Published = {}
    for shape in shapes:
        whole = told.get(shape.of) is not None if shape.of else moved[base] >= LEAST
        rows = told_rows(shape, moved) if whole else set()
        told |= {(shape.code, row): rounded(moved[shape.code, row]) if row in rows else None for row in shape.rows}
    return told
