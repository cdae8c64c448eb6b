"""What the public sees of the line's figures, as it is handed over: months, tables, rows; and the files made of them.

Nothing is counted or decided here: what comes in was let out by a person, by the rules of whoever counted.
"""

import csv
import dataclasses
import datetime
import io
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from campaign.safe_messaging import MANDATORY_SENTENCE

NOT_TOLD = "no se publica"
MANY = 4  # rows that are not told; more stand in one list
COLUMNS = {
    "mes": "Año y mes (AAAA-MM), por la hora de Lima en que empezó la visita.",
    "tabla": "Código de la tabla.",
    "fila": "Código de la fila.",
    "nombre": "Qué dice la fila, en palabras.",
    "cantidad": "Cuántas, movidas por el azar y redondeadas de 5 en 5. Vacía si no se publica.",
    "se_publica": "«sí», o «no» cuando son pocas o dejarían ver otra fila.",
    "reglas": "Versión de las reglas con que se hizo el mes.",
    "hecho_el": "Día en que se hicieron las cifras del mes (AAAA-MM-DD). No se vuelven a calcular.",
    "publicado_el": "Día en que una persona las publicó (AAAA-MM-DD).",
    "inventado": "«no»; «sí» en una demostración, cuyas cifras no son de nadie.",
}


class FiguresAway(Exception):
    """The figures cannot be read just now."""


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One row; ``count`` is None where it is not told, ``share`` its part of the largest row, in percent."""

    code: str
    name: str
    count: int | None
    share: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """One table of one month."""

    code: str
    title: str
    about: str
    rows: tuple[Row, ...]

    @property
    def told(self) -> list[Row]:
        """The rows that have a number, each with its share."""
        most = max((row.count or 0 for row in self.rows), default=0) or 1
        told = [(row, row.count) for row in self.rows if row.count is not None]
        return [dataclasses.replace(row, share=round(100 * count / most)) for row, count in told]

    @property
    def untold(self) -> list[str]:
        """What the other rows are called."""
        return [row.name for row in self.rows if row.count is None]

    @property
    def untold_are_many(self) -> bool:
        """Whether they stand in one list of their own."""
        return len(self.untold) > MANY


@dataclasses.dataclass(frozen=True, slots=True)
class Month:
    """The figures of one month, by which rules, and since when; ``invented`` are a demonstration's."""

    month: datetime.date  # its first day
    rules: str
    made_on: datetime.date
    published_on: datetime.date
    tables: tuple[Table, ...]
    invented: bool = False

    @property
    def code(self) -> str:
        """The month as in its address: 2026-10."""
        return f"{self.month:%Y-%m}"

    @property
    def too_few(self) -> bool:
        """Whether nothing of this month is told."""
        return not any(table.told for table in self.tables)

    def count(self, table: str, row: str) -> int | None:
        """Return one number, or None where it is not told or not there."""
        found = (one for one in self.tables if one.code == table)
        return next((one.count for table_ in found for one in table_.rows if one.code == row), None)


#: Whoever puts the addresses together hands over how to read the published months, the newest first; it raises
#: FiguresAway when they cannot be read.
Read = Callable[[], Sequence[Month]]


# Files --------------------------------------------------------------------------------------------------------------


def _lines(months: Sequence[Month]) -> Iterator[list[str]]:
    for month in months:
        invented = "sí" if month.invented else "no"
        facts = [month.rules, month.made_on.isoformat(), month.published_on.isoformat(), invented]
        for table in month.tables:
            for row in table.rows:
                told = ["", "no"] if row.count is None else [str(row.count), "sí"]
                yield [month.code, table.code, row.code, row.name, *told, *facts]


def _csv(head: Sequence[str], lines: Iterator[list[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")  # RFC 4180
    writer.writerow(head)
    writer.writerows(lines)
    return out.getvalue().encode("utf-8-sig")  # with its mark, so that a spreadsheet shows the accents


def as_csv(months: Sequence[Month]) -> bytes:
    """Return months as one table with the columns COLUMNS: a line for each row of each table."""
    return _csv(tuple(COLUMNS), _lines(months))


def as_json(months: Sequence[Month]) -> bytes:
    """Return months as JSON; a number that is not told is null."""
    told = {"aviso": f"{MANDATORY_SENTENCE}.", "meses": [_month_as_dict(month) for month in months]}
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _month_as_dict(month: Month) -> dict[str, Any]:
    return {
        "mes": month.code,
        "reglas": month.rules,
        "hecho_el": month.made_on.isoformat(),
        "publicado_el": month.published_on.isoformat(),
        "inventado": month.invented,
        "tablas": [
            {
                "tabla": table.code,
                "titulo": table.title,
                "filas": [{"fila": row.code, "nombre": row.name, "cantidad": row.count} for row in table.rows],
            }
            for table in month.tables
        ],
    }


def dictionary_as_csv(tables: Sequence[Table]) -> bytes:
    """Return the data dictionary: each column of the file, each table and each of its rows, in words."""
    columns = [["columna", name, "", about] for name, about in COLUMNS.items()]
    words = [["tabla", table.code, "", f"{table.title}. {table.about}"] for table in tables]
    rows = [["fila", table.code, row.code, row.name] for table in tables for row in table.rows]
    return _csv(("que_es", "codigo", "fila", "significa"), iter([*columns, *words, *rows]))


def data_package(address: str) -> bytes:
    """Return the description of the CSV file for programs (Frictionless Data Package v1); ``address`` is the file's."""
    kinds = {"mes": "yearmonth", "cantidad": "integer", "hecho_el": "date", "publicado_el": "date"}
    fields = [
        {"name": name, "type": kinds.get(name, "string"), "description": about} for name, about in COLUMNS.items()
    ]
    schema = {"fields": fields, "primaryKey": ["mes", "tabla", "fila"], "missingValues": [""]}
    resource = {"name": "cifras", "path": address, "format": "csv", "encoding": "utf-8", "schema": schema}
    package = {
        "profile": "tabular-data-package",
        "name": "por-mi-por-ti-por-el-peru",
        "title": "Por mí, Por ti, Por el Perú: cifras de la línea",
        "description": f"Cifras mensuales, redondeadas y cuidando que no se reconozca a nadie. {MANDATORY_SENTENCE}.",
        "resources": [resource | {"profile": "tabular-data-resource"}],
    }
    return json.dumps(package, ensure_ascii=False, indent=1).encode()
