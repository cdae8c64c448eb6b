"""Takes places from a table into the directory; loading the same table again changes nothing."""

import csv
import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from directory.models import Kind, Place
from directory.search import lines_now

TEXTS = (
    "kind",
    "name",
    "channel",
    "number",
    "tel",
    "say",
    "cost",
    "price",
    "needs",
    "hours",
    "languages",
    "for_whom",
    "address",
    "region",
    "source",
)
FIELDS = ("code", *TEXTS, "order")
#: Who changes one of these must call again: the old check says nothing of the new number.
CHECKED = frozenset({"name", "channel", "number", "tel", "say", "hours", "address"})


class BadTable(Exception):
    """The table cannot be loaded; one sentence for the operator."""


@dataclasses.dataclass(slots=True)
class Loaded:
    """How many rows were new, changed, the same, or left out because they have no code or no name."""

    new: int = 0
    changed: int = 0
    same: int = 0
    left_out: int = 0


def read_rows(path: Path, columns: Mapping[str, str], delimiter: str = ",") -> list[dict[str, str]]:
    """Return the rows of a UTF-8 table with our field names; ``columns`` is field → its column there.

    Raises BadTable for a file that cannot be read, an unknown field or a missing column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file, delimiter=delimiter)
            found, rows = list(table.fieldnames or ()), list(table)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        message = f"The table {path.name} cannot be read ({type(error).__name__}); it must be CSV in UTF-8."
        raise BadTable(message) from error
    named = {field: columns.get(field, field) for field in (*FIELDS, *columns)}
    _refuse_misnamed(named, columns, found)
    return [{field: (row.get(column) or "").strip() for field, column in named.items()} for row in rows]


def _refuse_misnamed(named: Mapping[str, str], columns: Mapping[str, str], found: list[str]) -> None:
    unknown = sorted(set(columns) - set(FIELDS))
    needed = {"code", "name", *columns}
    missing = sorted(named[field] for field in needed if named[field] not in found)
    if unknown:
        message = f"These are not fields of a place: {', '.join(unknown)}."
        raise BadTable(message)
    if missing:
        message = f"The table lacks these columns: {', '.join(missing)}; name them with --column field=COLUMN."
        raise BadTable(message)


def _facts(row: Mapping[str, str], kind: str, source: str) -> dict[str, Any]:
    texts = {field: row[field] for field in TEXTS if row[field]}
    order = {"order": int(row["order"])} if row["order"].isdecimal() else {}
    national = row["code"] in {line.code for line in lines_now()}
    return {"kind": kind, "source": source, "national": national} | texts | order


def _refuse_bad(place: Place) -> None:
    try:
        place.clean_fields()
    except ValidationError as error:
        message = f"The row {place.code!r} has no good {', '.join(sorted(error.message_dict))}; nothing was loaded."
        raise BadTable(message) from error


def _take(code: str, facts: Mapping[str, Any], loaded: Loaded) -> None:
    place = Place.objects.filter(code=code).first() or Place(code=code)
    changed = [field for field, value in facts.items() if getattr(place, field) != value]
    for field in changed:
        setattr(place, field, facts[field])
    if not place._state.adding and set(changed) & CHECKED:
        place.checked_by, place.checked_on, place.expires_on = "", None, None
        changed += ["checked_by", "checked_on", "expires_on"]
    _refuse_bad(place)
    if place._state.adding:
        place.save(force_insert=True)
        loaded.new += 1
    elif changed:
        place.save(update_fields=changed)
        loaded.changed += 1
    else:
        loaded.same += 1


@transaction.atomic
def load(rows: Iterable[Mapping[str, str]], *, kind: str = Kind.LINE, source: str = "") -> Loaded:
    """Take the rows in by their code; a place whose number or hours changed waits for a new check.

    ``kind`` and ``source`` stand in for a table that does not say them. Raises BadTable for a row whose facts do not
    fit; then nothing of the table is loaded.
    """
    loaded = Loaded()
    for row in rows:
        if row["code"] and row["name"]:
            _take(row["code"], _facts(row, kind, source), loaded)
        else:
            loaded.left_out += 1
    return loaded
