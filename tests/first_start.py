"""What each fresh line of a run would make again in ten seconds, made once: databases, demo people, static files.

A run's outermost process names the folder (``tests/environment.py``); whoever first needs what belongs there makes it,
the others wait and copy. Lines started outside a run of the tests make everything themselves.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
FOLDER = "TESTED_FIRST_START"  # the variable that names it
#: Variable of a database → its file; → the name of its migrated one on the run's server.
FILES = {"DATABASE_URL": "line.sqlite3", "HOTLINE_KEYSTORE_URL": "keystore.sqlite3"}
MIGRATED = {"DATABASE_URL": "first_start_line", "HOTLINE_KEYSTORE_URL": "first_start_keystore"}
#: The same with the people of the demonstration in it; the keystore knows nobody.
PEOPLED = MIGRATED | {"DATABASE_URL": "first_start_people"}
#: A step of a first start, in a process of its own, whose settings are a line's and not a test's. Passwords are
#: cheap: a line that asks the whole price makes them anew, at that price, when somebody first signs in.
STEP = "import gc; gc.set_threshold(50_000, 20, 100); import django; django.setup(); " + (
    "from tests import price; price.make_cheap(); from hotline import preparation; preparation.{}()"
)


@contextlib.contextmanager
def _made_once(name: str) -> Iterator[Path | None]:
    """Yield the folder in which to make something, or nothing when it was made before; one process at a time."""
    place = Path(os.environ[FOLDER])
    with (place / f"{name}.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = place / f"{name}.done"
        if done.exists():
            yield None
            return
        folder = place / name
        folder.mkdir(exist_ok=True)
        yield folder
        done.touch()


def _do(step: str, folder: Path, **variables: str) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOTLINE_")}
    for name in ("DATABASE_URL", "REDIS_URL"):
        kept.pop(name, None)
    line = {"HOTLINE_DEMO": "1", "HOTLINE_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "hotline.settings"}
    subprocess.run([sys.executable, "-c", STEP.format(step)], cwd=ROOT, env={**kept, **line, **variables}, check=True)


def _named(address: str, name: str) -> str:
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


def _create(address: str, name: str, template: str = "template0") -> None:
    with psycopg.connect(_named(address, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        creates = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(creates.format(sql.Identifier(name), sql.Identifier(template)))


def is_on() -> bool:
    """Say whether this process belongs to a run of the tests."""
    return FOLDER in os.environ


def _static() -> Path:
    """Return the folder of the collected static files and the compiled languages."""
    with _made_once("static") as fresh:
        if fresh is not None:
            _do("collect_static", fresh)
            _do("compile_languages", fresh)
    return Path(os.environ[FOLDER], "static")


def bring_static_files(folder: Path) -> None:
    """Put the collected static files and the compiled languages into a line's folder where they are missing."""
    for name in ("staticfiles", "locale"):
        if not (folder / name).exists():
            shutil.copytree(_static() / name, folder / name)


def bring_databases(folder: Path, *, people: bool) -> None:
    """Put both migrated databases into the folder of a line that keeps files, where there are none.

    ``people``: with those of the demonstration.
    """
    if not any((folder / name).exists() for name in FILES.values()):
        for variable, name in FILES.items():
            bring_database(variable, folder / name, people=people)


def _files(*, people: bool) -> Path:
    """Return the folder of the migrated SQLite files."""
    with _made_once("files") as fresh:
        if fresh is not None:
            _do("migrate", fresh)
    migrated = Path(os.environ[FOLDER], "files")
    if not people:
        return migrated
    with _made_once("people") as fresh:
        if fresh is not None:
            for name in FILES.values():
                shutil.copy(migrated / name, fresh / name)
            _do("first_people", fresh)
    return Path(os.environ[FOLDER], "people")


def bring_database(variable: str, place: Path, *, people: bool = False) -> None:
    """Put a migrated SQLite file, of the database that ``variable`` names, at a place."""
    shutil.copy(_files(people=people) / FILES[variable], place)


def _databases(address: str) -> None:
    """Make the migrated databases on the run's server."""
    with _made_once("databases") as fresh:
        if fresh is not None:
            for migrated in MIGRATED.values():
                _create(address, migrated)
            _do("migrate", fresh, **{one: _named(address, migrated) for one, migrated in MIGRATED.items()})
            _create(address, PEOPLED["DATABASE_URL"], MIGRATED["DATABASE_URL"])
            _do("first_people", fresh, **{one: _named(address, peopled) for one, peopled in PEOPLED.items()})


def make_database(address: str, variable: str, name: str, *, people: bool = False) -> str:
    """Make a migrated database on the run's server, for what ``variable`` names; return its address."""
    _databases(address)
    _create(address, name, (PEOPLED if people else MIGRATED)[variable])
    return _named(address, name)


def main() -> None:
    """Make all of it while the tests are still being collected: they wait for it on one core of two otherwise."""
    if "DATABASE_URL" in os.environ:
        _databases(os.environ["DATABASE_URL"])
    else:
        _files(people=True)
    _static()


if __name__ == "__main__":
    main()
