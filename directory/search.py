"""Finds where else there is help: the lines that answer now, and the places of a department."""

import csv
import functools
from pathlib import Path

from django.db import Error
from django.utils import timezone

from directory.models import Place

NATIONAL = Path(__file__).parent / "data" / "lineas.csv"


@functools.cache
def _national() -> tuple[Place, ...]:
    with NATIONAL.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [Place(**(row | {"national": row["national"] == "1", "order": int(row["order"])})) for row in rows]
    return tuple(sorted((line for line in lines if line.national), key=lambda line: line.order))


def lines_now() -> list[Place]:
    """Return the five national lines, unsaved, first the one for mental health.

    They come from ``data/lineas.csv`` and never from the database: every screen shows them, also when it is away,
    and also when the date of their last check has passed.
    """
    return list(_national())


def places(kind: str = "", region: str = "") -> list[Place]:
    """Return the other places a caller may be sent to: checked, in date, of this kind and in reach of this department.

    Without ``region`` all departments; what serves the whole country is in reach of each. Empty when the database
    is away: the page still shows the lines of ``lines_now``.
    """
    found = Place.objects.shown_on(timezone.localdate()).filter(national=False)
    if kind:
        found = found.filter(kind=kind)
    if region:
        found = found.filter(region__in=("", region))
    try:
        return list(found)
    except Error:
        return []


def regions() -> list[str]:
    """Return the departments in which there is a place to show, in their order."""
    return sorted({place.region for place in places()} - {""})
