"""Statements that are written out: PostgreSQL gets whole lists of values as arrays, so that each has one form.

For what every act of every member reads and leaves by the batch: the ORM takes longer over it than sealing does
(docs/PERFORMANCE.md). SQLite, where asking costs little, is asked by the ORM.
"""

import functools
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

import psycopg
from django.db import connection, models


def ask(statement: str, values: Any) -> "psycopg.Cursor[Any]":
    """Run a statement of PostgreSQL, prepared, its values bound by the server (Django's own cursors bind them here)."""
    connection.ensure_connection()
    raw: Any = connection.connection
    with connection.wrap_database_errors:
        return psycopg.Cursor(raw).execute(statement, values, prepare=True, binary=True)


Row = TypeVar("Row", bound=models.Model)


@functools.cache
def _array(field: Any) -> str:
    """Return the mark for a whole column of values."""
    kind = field.target_field if field.is_relation else field
    return f"%b::{str(kind.db_type(connection)).split('(')[0]}[]"


@functools.cache
def _where(model: type[models.Model], names: tuple[str, ...]) -> str:
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    return " AND ".join(f"{field.column} = ANY({_array(field)})" for field in fields)


@functools.cache
def _columns(model: type[models.Model]) -> tuple[list[str], str]:
    fields: Sequence[Any] = model._meta.concrete_fields
    return [field.attname for field in fields], ", ".join(field.column for field in fields)


def _asked_by_orm(model: type[Row], wanted: Mapping[str, Collection[Any]]) -> "models.QuerySet[Row]":
    return model._default_manager.filter(**{f"{name}__in": values for name, values in wanted.items()})  # noqa: SLF001


def among(model: type[Row], **wanted: Collection[Any]) -> list[Row]:
    """Return the rows whose columns are among these values: column → values."""
    if connection.vendor != "postgresql":
        return list(_asked_by_orm(model, wanted))
    names, columns = _columns(model)
    select = f"SELECT {columns} FROM {model._meta.db_table} WHERE {_where(model, tuple(wanted))}"  # noqa: S608
    rows = ask(select, [list(values) for values in wanted.values()])
    return [model.from_db(connection.alias, names, row) for row in rows]


def delete_among(model: type[Row], **wanted: Collection[Any]) -> None:
    """Delete such rows of a model to which nothing refers."""
    if connection.vendor != "postgresql":
        _asked_by_orm(model, wanted).delete()
        return
    statement = f"DELETE FROM {model._meta.db_table} WHERE {_where(model, tuple(wanted))}"  # noqa: S608
    ask(statement, [list(values) for values in wanted.values()])


class Insert:
    """Stores rows of a model, given as values in the order of ``fields``: its columns without an automatic key.

    ``then`` is a clause that follows the rows, such as ON CONFLICT.
    """

    def __init__(self, model: type[models.Model], then: str = "") -> None:
        self.fields: list[Any] = [
            field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)
        ]
        self._into = f"INSERT INTO {model._meta.db_table} ({', '.join(field.column for field in self.fields)})"
        self._then = then

    def store(self, rows: Sequence[Sequence[Any]]) -> None:
        """Insert these rows."""
        if connection.vendor == "postgresql":
            arrays = ", ".join(_array(field) for field in self.fields)
            statement = f"{self._into} SELECT * FROM unnest({arrays}) {self._then}"  # noqa: S608 - names alone
            ask(statement, [list(column) for column in zip(*rows, strict=True)])
            return
        marks = ", ".join(["%s"] * len(self.fields))
        with connection.cursor() as cursor:
            cursor.executemany(f"{self._into} VALUES ({marks}) {self._then}", [self._adapted(row) for row in rows])

    def _adapted(self, row: Sequence[Any]) -> list[Any]:
        return [field.get_db_prep_save(value, connection) for field, value in zip(self.fields, row, strict=True)]
