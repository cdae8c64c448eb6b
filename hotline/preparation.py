"""What has to stand before anything is served: folder, keys, tables, static files, first people."""

import contextlib
import io
import os
from collections.abc import Iterator

from django.conf import settings
from django.core import checks
from django.core.management import call_command
from django.db import DatabaseError, connections, transaction

from roster import actions as roster
from vault import actions as vault

MIGRATION_LOCK = 7_205_759_403  # any fixed number: two nodes that start at once must not migrate side by side


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


def set_signing_secret() -> None:
    """Derive Django's signing secret from the master key, so that all nodes of one line agree on it."""
    if not os.environ.get("HOTLINE_SECRET_KEY"):
        primary, *retired = vault.site_secrets("django-signing")
        settings.SECRET_KEY = primary
        settings.SECRET_KEY_FALLBACKS = retired


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Hold the cluster's migration lock (PostgreSQL; on SQLite there is one process)."""
    connection = connections["default"]
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def migrate() -> None:
    """Bring both databases up to date. Raises CannotStart when one cannot be reached."""
    for alias in ("default", "keystore"):
        try:
            connections[alias].ensure_connection()
        except DatabaseError as error:
            name = "DATABASE_URL" if alias == "default" else "HOTLINE_KEYSTORE_URL"
            message = f"The database of {name} cannot be reached: {str(error).strip().splitlines()[0]}"
            raise CannotStart(message) from error
    with _alone():
        for alias in ("default", "keystore"):
            call_command("migrate", database=alias, interactive=False, verbosity=0)


def collect_static() -> None:
    """Copy the static files under hashed names."""
    call_command("collectstatic", interactive=False, verbosity=0, stdout=io.StringIO())


def first_people() -> list[str]:
    """Make the demo people, or the first coordinator's invitation; return lines for the operator."""
    if settings.DEMO:
        out = io.StringIO()
        call_command("demo_people", stdout=out)
        return out.getvalue().splitlines()
    with transaction.atomic():
        path = roster.first_invitation()
    return [f"First coordinator's invitation (once, 7 days): {settings.ORIGINS[0]}{path}"] if path else []


def prepare() -> list[str]:
    """Do all of it, in order; return what the operator should read. Raises CannotStart or vault.errors."""
    warnings = refuse_unsafe()
    make_folder()
    vault.make_key_file_if_new()
    set_signing_secret()
    migrate()
    vault.check_keys()
    collect_static()
    return [*warnings, *first_people()]
