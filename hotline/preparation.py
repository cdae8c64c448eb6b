"""What has to stand before anything is served: folder, keys, tables, static files, first people."""

import contextlib
import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core import checks
from django.core.management import call_command
from django.db import DatabaseError, connections, transaction

from directory.search import CENTRES
from hotline.catalogues import compile_all
from roster import actions as roster
from vault import actions as vault
from wire import clock

TURNS_STATIC = Path(__file__).with_name("static_storage.py")
MIGRATION_LOCK = 7_205_759_403  # any fixed number: two nodes that start at once must not migrate side by side
REACHED_WITHIN = 5  # seconds
VARIABLES = {"default": "DATABASE_URL", "keystore": "HOTLINE_KEYSTORE_URL"}


class CannotStart(Exception):
    """The line cannot be served; its text is one sentence for the operator."""


def refuse_unsafe() -> list[str]:
    """Raise CannotStart for an unsafe combination of settings; return the warnings."""
    found = checks.run_checks(tags=["hotline"])
    for message in found:
        if message.level >= checks.ERROR:
            raise CannotStart(str(message.msg))
    return [str(message.msg) for message in found]


def make_folder() -> None:
    """Make HOTLINE_DATA, closed to others. Raises CannotStart when it cannot be written."""
    try:
        settings.DATA.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = settings.DATA / f".probe-{os.getpid()}"
        probe.write_text("", encoding="utf-8")
        probe.unlink()
    except OSError as error:
        message = f"The folder {settings.DATA} cannot be written ({error.strerror}); set HOTLINE_DATA to one that can."
        raise CannotStart(message) from error


# Databases ----------------------------------------------------------------------------------------------------------


def _reach(alias: str) -> None:
    """Raise CannotStart when this database does not answer (at once, not after the pool's patience)."""
    connection: Any = connections[alias]
    try:
        if connection.vendor == "postgresql":
            parameters = connection.get_connection_params() | {"connect_timeout": REACHED_WITHIN}
            connection.Database.connect(**parameters).close()
        else:
            connection.ensure_connection()
    except (DatabaseError, connection.Database.Error) as error:
        message = f"The database of {VARIABLES[alias]} cannot be reached: {first_line(error)}"
        raise CannotStart(message) from error


def first_line(error: Exception) -> str:
    """Return the first line of what an error says, without a full stop at its end twice."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return f"{lines[0].rstrip('.')}."


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Hold the cluster's lock for what only one node may do at a time (PostgreSQL; on SQLite there is one node)."""
    connection = connections["default"]
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout TO '10min'")  # another node may be migrating, and migrating takes its time
        cursor.execute("SET statement_timeout TO '10min'")
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])
            cursor.execute("RESET lock_timeout")
            cursor.execute("RESET statement_timeout")


def migrate() -> None:
    """Bring both databases up to date."""
    for alias in VARIABLES:
        call_command("migrate", database=alias, interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


# Keys, files, people ------------------------------------------------------------------------------------------------


def set_signing_secret() -> None:
    """Derive Django's signing secret from the master keys, so that all nodes of one line agree on it.

    It comes from the oldest of them: a new primary is taken up by each node at another moment, and what one node
    signed meanwhile the others must read.
    """
    if not settings.SECRET_KEY_IS_GIVEN:
        *newer, oldest = vault.site_secrets("django-signing")
        settings.SECRET_KEY = oldest
        settings.SECRET_KEY_FALLBACKS = newer


def _static_sources() -> str:
    """Return a digest of what is to be copied: each file's name, size and time, and the code that turns them."""
    sources = sorted(Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([]))
    facts = [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in [*sources, TURNS_STATIC]]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def collect_static() -> None:
    """Copy the static files under hashed names, unless just these were copied before (it takes two seconds)."""
    stamp, sources = settings.STATIC_ROOT / ".collected", _static_sources()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == sources:
        return
    call_command("collectstatic", interactive=False, verbosity=0, stdout=io.StringIO())
    stamp.write_text(sources, encoding="utf-8")


def compile_languages() -> list[str]:
    """Write what gettext reads of each language; return what is wrong: then that language is not offered."""
    return compile_all(settings.LOCALE_PATHS[0])


def first_people() -> list[str]:
    """Make the demo people, or the first coordinator's invitation; return lines for the operator."""
    if settings.DEMO:
        out = io.StringIO()
        call_command("demo_people", stdout=out)
        call_command("demo_figures", stdout=out)
        call_command("load_directory", table=CENTRES, stdout=io.StringIO())
        return out.getvalue().splitlines()
    with transaction.atomic():
        path = roster.first_invitation()
    return [f"First coordinator's invitation (once, 7 days): {settings.ORIGINS[0]}{path}"] if path else []


def look() -> list[str]:
    """See, changing nothing, that the line can be served; return the warnings. Raises CannotStart."""
    warnings = refuse_unsafe()
    for alias in VARIABLES:
        _reach(alias)
    return warnings


def prepare() -> list[str]:
    """Do all of it, in order; return what the operator should read. Raises CannotStart or vault.errors."""
    with _alone():
        migrate()
        vault.make_keys_if_new()
        set_signing_secret()
        vault.check_keys()
        clock.LINE.read()
        people = first_people()
        roster.expect_keys()
    collect_static()
    return people + compile_languages()
