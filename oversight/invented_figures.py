"""Invented figures of a few months for the demonstration, by the rules of real ones; no real line ever shows them."""

import datetime
import random

from oversight.disclosure import Cell, chance, publish
from oversight.models import MonthFigures
from oversight.month_figures import following
from oversight.public_tables import REASON_GROUPS, RULES, SHAPES
from oversight.publication import SETTLES, as_kept

MONTHS = 6
#: What a month of the invented line is like, in its middle; each month is a little more or less than that.
USUAL: dict[str, dict[str, int]] = {
    "contacts": {"talked": 410, "gave_up": 62, "no_conversation": 34, "before_asking": 118},
    "waits": {"up_to_2": 262, "up_to_5": 88, "up_to_15": 47, "longer": 13},
    "waits_given_up": {"up_to_5": 26, "longer": 36},
    "reasons": dict(
        zip(REASON_GROUPS, (92, 88, 41, 24, 33, 71, 22, 7, 11, 6, 9), strict=True),
        unsaid=6,
    ),
    "regions": {"15": 96, "04": 31, "08": 27, "07": 25, "20": 23, "13": 14, "21": 9, "06": 4, "unsaid": 181},
    "change": {"better": 168, "not_better": 85, "unknown": 157},
    "helped": {"yes": 131, "little_or_no": 52, "unknown": 227},
}


def _counts(draw: random.Random) -> dict[Cell, int]:
    size = draw.uniform(0.85, 1.2)
    cells = [(shape.code, row) for shape in SHAPES for row in (*shape.rows, *filter(None, (shape.rest,)))]
    return {(table, row): round(USUAL[table].get(row, 1) * size * draw.uniform(0.9, 1.1)) for table, row in cells}


def invent(today: datetime.date) -> int:
    """Make what is missing of the last months; return how many. The newest waits for somebody's decision."""
    months = []
    month = (today.replace(day=1) - datetime.timedelta(days=31 * (MONTHS + 1))).replace(day=1)
    while following(month) + SETTLES <= today:
        months.append(month)
        month = following(month)
    made = 0
    for month in months[-MONTHS:]:
        draw = random.Random(month.isoformat())  # noqa: S311  invented: nothing is hidden by it
        told = publish(SHAPES, _counts(draw), lambda draw=draw: chance(draw))  # type: ignore[misc]
        published = MonthFigures.State.PUBLISHED if month != months[-1] else MonthFigures.State.MADE
        settled = following(month) + SETTLES
        row = {"rules": RULES, "made_on": settled, "tables": as_kept(told), "state": published}
        decided = settled if published == MonthFigures.State.PUBLISHED else None
        _row, new = MonthFigures.objects.get_or_create(
            month=month, invented=True, defaults=row | {"decided_on": decided}
        )
        made += new
    return made
