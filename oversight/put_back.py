"""Puts figures that were published already back into a line that an old backup made forget them."""

import dataclasses
import datetime
import json
from typing import Any

from django.db import transaction

from cases.month_counts import close_month
from oversight.disclosure import LEAST, STEP, rounded
from oversight.models import MonthFigures
from oversight.public_tables import tables_of
from vault import actions as vault


class NotOurs(Exception):
    """A file is not one of published figures; one sentence for the operator."""


@dataclasses.dataclass(frozen=True, slots=True)
class PublishedMonth:
    """A month as the public file has it."""

    month: datetime.date
    rules: str
    made_on: datetime.date
    published_on: datetime.date
    tables: dict[str, dict[str, int | None]]


def _count(given: object) -> int | None:
    """Return a number that could have been published, or None. Raises ValueError."""
    if given is None:
        return None
    if not isinstance(given, int) or given % STEP or given < rounded(LEAST):
        raise ValueError
    return given


def _read_month(told: dict[str, Any]) -> PublishedMonth:
    if told["inventado"] is not False:
        raise ValueError
    tables = {one["tabla"]: {row["fila"]: _count(row["cantidad"]) for row in one["filas"]} for one in told["tablas"]}
    if any(set(tables[shape.code]) != set(shape.rows) for shape in tables_of(told["reglas"])):
        raise ValueError
    days = (datetime.date.fromisoformat(day) for day in (f"{told['mes']}-01", told["hecho_el"], told["publicado_el"]))
    month, made, published = days
    return PublishedMonth(month, str(told["reglas"]), made, published, tables)


def read(text: str) -> list[PublishedMonth]:
    """Read what ``/campana/cifras/cifras.json`` gave, whole or not at all. Raises NotOurs."""
    try:
        return [_read_month(one) for one in json.loads(text)["meses"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        message = "This is no file of published figures as /campana/cifras/cifras.json of a real line gives it."
        raise NotOurs(message) from None


@transaction.atomic
def put_back(months: list[PublishedMonth]) -> int:
    """Let each of these months stand as it was published, instead of one made anew; return how many did not yet."""
    return sum(_put_back(one) for one in months)


def _put_back(one: PublishedMonth) -> bool:
    close_month(one.month)
    kept = {"rules": one.rules, "made_on": one.made_on, "tables": one.tables, "decided_on": one.published_on}
    kept |= {"state": MonthFigures.State.PUBLISHED, "held_for": ""}
    row, new = MonthFigures.objects.get_or_create(month=one.month, invented=False, defaults=kept)
    unpublished = MonthFigures.objects.filter(pk=row.pk).exclude(state=MonthFigures.State.PUBLISHED)
    if not new and not unpublished.update(**kept):
        return False
    subject = f"{one.month:%Y-%m}"
    vault.record(actor="operator", act="figures.put_back", subject_kind="figures", subject=subject)
    return True
