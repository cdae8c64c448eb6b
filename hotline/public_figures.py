"""Hands the published figures of the line over to the public pages, which know nobody who counts."""

import contextlib
from collections.abc import Sequence

from django.conf import settings
from django.db import Error

from campaign.figures import FiguresAway, Month, Row, Table
from hotline.health import STATE
from oversight.models import MonthFigures
from oversight.public_tables import SHAPES, WordedTable, worded

KEPT: dict[bool, Sequence[Month]] = {}  # what this process read last, for while the database is away


def _table(one: WordedTable) -> Table:
    return Table(one.code, one.title, one.about, tuple(Row(row.code, row.name, row.count) for row in one.rows))


def _month(row: MonthFigures) -> Month:
    published = row.decided_on or row.made_on
    tables = tuple(map(_table, worded(row.tables)))
    return Month(row.month, row.rules, row.made_on, published, tables, invented=row.invented)


def published() -> Sequence[Month]:
    """Return the months that a person let out, the newest first: invented ones in a demonstration, and only there.

    While the database is away it is what this node read last. Raises campaign.figures.FiguresAway without that.
    """
    invented = settings.DEMO
    if not STATE.database_away:
        rows = MonthFigures.objects.filter(state=MonthFigures.State.PUBLISHED, invented=invented)
        with contextlib.suppress(Error):
            KEPT[invented] = tuple(map(_month, rows))
    if invented not in KEPT:
        raise FiguresAway
    return KEPT[invented]


def fixed_tables() -> Sequence[Table]:
    """Return the tables as they are for every month, without a number."""
    return tuple(map(_table, worded({shape.code: dict.fromkeys(shape.rows) for shape in SHAPES})))
