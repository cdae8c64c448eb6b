"""Reads keys out of a backup of the main database, wherever it was made: a SQLite copy, or what pg_dump wrote."""

import shutil
import sqlite3
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from vault.errors import BackupProblem

TABLE = "vault_datakey"
SQLITE = b"SQLite format 3\x00"
ARCHIVE = b"PGDMP"
COLUMNS = ("id", "state", "sealed_share", "commitment")


class KeyInBackup(NamedTuple):
    """A key as a backup holds it."""

    key_id: uuid.UUID
    state: str
    sealed_share: bytes | None
    commitment: bytes


def keys_in(backup: Path) -> list[KeyInBackup]:
    """Return all keys of a backup. Raises BackupProblem with one sentence."""
    try:
        with backup.open("rb") as file:
            head = file.read(len(SQLITE))
    except OSError as error:
        message = f"The backup {backup} cannot be read ({error.strerror})."
        raise BackupProblem(message) from error
    if head == SQLITE:
        return list(_of_sqlite(backup))
    if head.startswith(ARCHIVE):
        return list(_of_dump(backup, iter(_of_archive(backup).splitlines())))
    with backup.open(encoding="utf-8", errors="replace") as lines:  # a plain dump holds all words too: line by line
        return list(_of_dump(backup, (line.rstrip("\n") for line in lines)))


def _of_sqlite(backup: Path) -> Iterator[KeyInBackup]:
    try:
        with sqlite3.connect(f"{backup.resolve().as_uri()}?mode=ro&immutable=1", uri=True) as database:
            rows = database.execute(f"SELECT {', '.join(COLUMNS)} FROM {TABLE}").fetchall()  # noqa: S608 - names of ours
    except sqlite3.Error as error:
        message = f"The backup {backup} is a SQLite file without the line's keys ({error})."
        raise BackupProblem(message) from error
    for key_id, state, share, commitment in rows:
        yield KeyInBackup(uuid.UUID(key_id), state, share, commitment)


def _of_archive(backup: Path) -> str:
    """Return the keys of a custom-format archive as plain text; no server is needed for that."""
    program = shutil.which("pg_restore")
    if program is None:
        message = "pg_restore is needed to read this backup; install postgresql-client."
        raise BackupProblem(message)
    command = [program, "--data-only", f"--table={TABLE}", "--file=-", str(backup)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it said nothing"]
        message = f"pg_restore cannot read the backup {backup}: {lines[-1]}"
        raise BackupProblem(message)
    return done.stdout


def _of_dump(backup: Path, lines: Iterator[str]) -> Iterator[KeyInBackup]:
    """Read the rows between ``COPY … vault_datakey (columns) FROM stdin;`` and the line with the end mark."""
    for line in lines:
        if line.startswith("COPY ") and f"{TABLE} (" in line:
            columns = line[line.index("(") + 1 : line.index(")")].split(", ")
            break
    else:
        message = f"The backup {backup} is neither a SQLite file nor what pg_dump wrote of this line."
        raise BackupProblem(message)
    for line in lines:
        if line == r"\.":
            return
        row = dict(zip(columns, line.split("\t"), strict=True))
        yield KeyInBackup(
            uuid.UUID(row["id"]), row["state"], _bytes(row["sealed_share"]), _bytes(row["commitment"]) or b""
        )


def _bytes(cell: str) -> bytes | None:
    r"""Read a bytea of COPY's text form: ``\\x…`` in hexadecimal, ``\N`` for none."""
    return None if cell == r"\N" else bytes.fromhex(cell.removeprefix(r"\\x"))
