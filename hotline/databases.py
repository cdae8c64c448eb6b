"""Turns database addresses into Django's settings, with the safety options each kind needs."""

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote

from psycopg_pool import ConnectionPool

from hotline.addresses import split
from hotline.environment import BadEnvironment

# IMMEDIATE + WAL: with Django's defaults 27 to 67 % of concurrent write transactions fail (docs/ARCHITECTURE.md);
# synchronous=FULL keeps what was acknowledged through a power cut; secure_delete overwrites what is deleted.
# trusted_schema stays on: SQLite 3.40 counts its own json_valid, which JSONField's CHECK calls, as untrusted.
SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;PRAGMA secure_delete=ON;"

#: A prepared statement keeps the plan of its first uses: made while a table was all but empty it reads the whole of it
#: from then on, until PostgreSQL analyses it (a message cost five times as much after some seconds, and ever more). So
#: whatever an index can find is found by it. Compiling plans is for long ones only; nobody here asks such a question.
BY_INDEX = "-c enable_seqscan=off -c jit=off"

#: The pool waits 1, 2, 4 … up to 128 s between two attempts to reach a server that is away, and nobody gets a new
#: connection meanwhile, even long after it is back. So it gives up after two seconds and begins anew.
KEEP_TRYING = {"reconnect_timeout": 2.0, "reconnect_failed": ConnectionPool.check}


def _sqlite(path: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_PRAGMAS},
    }


def _postgresql(parts: SplitResult, pool: int) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        # A pool instead of kept connections: under ASGI those leave one idle backend for each thread ever used.
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": pool, "timeout": 10, **KEEP_TRYING},
            "prepare_threshold": 5,  # for chat.rows alone: the ORM's statements are never prepared
            "options": f"-c statement_timeout=30000 -c lock_timeout=10000 {BY_INDEX}",
        },
        "CONN_HEALTH_CHECKS": True,  # a server that was restarted must not cost each pooled connection one request
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }


def database(address: str, *, name: str, base: Path, pool: int = 12) -> dict[str, Any]:
    """Return Django's settings for ``address`` (``postgres://…``, ``sqlite:///relative``, ``sqlite:////absolute``).

    ``name`` is the variable it came from, for the error; a relative SQLite path starts at ``base``; ``pool`` is
    the largest number of PostgreSQL connections. Raises BadEnvironment when the address is of no known form.
    """
    parts = split(address, name=name)
    if parts.scheme == "sqlite" and parts.path not in {"", "/"}:
        path = unquote(parts.path[1:])
        return _sqlite(path if path.startswith("/") else str(base / path))
    if parts.scheme in {"postgres", "postgresql"} and parts.path not in {"", "/"}:
        return _postgresql(parts, pool)
    message = f"{name} must be postgres://… or sqlite:///… with a database name."
    raise BadEnvironment(message)
