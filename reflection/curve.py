"""A curve over time as points of a drawing: what the template needs for an SVG without a script; pure."""

import dataclasses
import datetime
from collections.abc import Sequence

WIDTH, HEIGHT, EDGE = 320, 120, 12  # units of the drawing


@dataclasses.dataclass(frozen=True, slots=True)
class Dot:
    """One value: where it is drawn, what it is, and of what day."""

    x: float
    y: float
    day: datetime.date
    value: int


@dataclasses.dataclass(frozen=True, slots=True)
class Curve:
    """The dots from left to right, and the levels (y, value) of the least and the most."""

    dots: tuple[Dot, ...]
    low: int
    high: int
    width: int = WIDTH
    height: int = HEIGHT
    edge: int = EDGE

    @property
    def line(self) -> str:
        """The points of the line through all dots, as SVG writes them."""
        return " ".join(f"{dot.x:g},{dot.y:g}" for dot in self.dots)

    @property
    def right(self) -> int:
        """Where the drawing ends at the right."""
        return self.width - self.edge

    @property
    def bottom(self) -> int:
        """Where the least value is drawn."""
        return self.height - self.edge


def drawn(values: Sequence[tuple[datetime.date, int]], low: int, high: int) -> Curve:
    """Return the curve of values of days, in any order, between the least and the most that there can be.

    Where all are of one day they stand side by side; one alone stands in the middle.
    """
    ordered = sorted(values, key=lambda one: one[0])
    first, last = (ordered[0][0], ordered[-1][0]) if ordered else (datetime.date.min, datetime.date.min)
    days = max(1, (last - first).days)
    wide, tall = WIDTH - 2 * EDGE, HEIGHT - 2 * EDGE
    dots = []
    for number, (day, value) in enumerate(ordered):
        share = (day - first).days / days if last > first else (number + 1) / (len(ordered) + 1)
        height = (min(max(value, low), high) - low) / (high - low)
        dots.append(Dot(round(EDGE + wide * share, 1), round(HEIGHT - EDGE - tall * height, 1), day, value))
    return Curve(tuple(dots), low, high)
