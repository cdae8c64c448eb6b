"""Reaches into a running line's database, for what no door allows: a moved clock, a locked row."""

import contextlib
import datetime
import sqlite3
from collections.abc import Iterator
from typing import Any

import psycopg

from tests.running_line import RunningLine


def _connect(line: RunningLine) -> Any:
    address = line.environment.get("DATABASE_URL")
    if address:
        return psycopg.connect(address, autocommit=True, options="-c TimeZone=UTC")
    return sqlite3.connect(line.folder / "line.sqlite3", timeout=20, isolation_level=None)


@contextlib.contextmanager
def _closing(connection: Any) -> Iterator[Any]:
    try:
        yield connection
    finally:
        connection.close()


def ago(seconds: float) -> str:
    """Return a moment in the past as both databases read it."""
    moment = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=seconds)
    return moment.replace(tzinfo=None).isoformat(" ", timespec="microseconds")


#: Whoever has just accompanied somebody in danger is rested again, so that tests do not wait for one another.
RESTED = "UPDATE roster_presence SET rests_until = NULL, break_until = NULL"


def change(line: RunningLine, statement: str, *values: str) -> None:
    """Run one statement; its places are written ``?``."""
    with _closing(_connect(line)) as connection:
        if isinstance(connection, psycopg.Connection):
            statement = statement.replace("?", "%s")
        connection.execute(statement, values)


def read(line: RunningLine, question: str) -> list[Any]:
    """Return the first column of what a question finds."""
    with _closing(_connect(line)) as connection:
        return [row[0] for row in connection.execute(question).fetchall()]


@contextlib.contextmanager
def locked(line: RunningLine, contact: str) -> Iterator[None]:
    """Hold the row of a contact (PostgreSQL), or the whole database against writers (SQLite)."""
    with _closing(_connect(line)) as connection:
        if isinstance(connection, psycopg.Connection):
            with connection.transaction():
                connection.execute("SELECT 1 FROM triage_contact WHERE id = %s FOR UPDATE", [contact])
                yield
        else:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")
