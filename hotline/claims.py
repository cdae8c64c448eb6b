"""Claims what a node may not share while it lives: its folder, its SQLite files, its place on PostgreSQL."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connections

from hotline import place
from hotline.preparation import VARIABLES, CannotStart

Claim = contextlib.AbstractContextManager[None]


@contextlib.contextmanager
def _locked(path: Path, refusal: str) -> Iterator[None]:
    """Hold the lock of a file; the kernel lets it go with the process. Raises CannotStart with ``refusal``."""
    with path.open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStart(refusal) from None
        yield


def folder() -> Claim:
    """Hold HOTLINE_DATA. Raises CannotStart when it is entered and another node runs on it."""
    refusal = f"Another line runs on the folder {settings.DATA}; stop it, or set HOTLINE_DATA to another folder."
    return _locked(settings.DATA / "node.lock", refusal)


def _file(alias: str) -> Claim:
    """Hold a SQLite file, by whatever name and from whatever folder others reach it.

    Two nodes on one file would not hear each other, and callers would wait for nothing.
    """
    file = Path(settings.DATABASES[alias]["NAME"]).resolve()
    refusal = f"Another line runs on the file {file}; stop it, or set {VARIABLES[alias]} to another one."
    return _locked(file.with_name(f"{file.name}.lock"), refusal)


@contextlib.contextmanager
def databases() -> Iterator[None]:
    """Hold what is reached through the two URLs. Raises CannotStart, and then holds nothing."""
    with contextlib.ExitStack() as held:
        for alias in VARIABLES:
            if connections[alias].vendor == "sqlite":
                held.enter_context(_file(alias))
        if connections["default"].vendor == "postgresql":
            held.enter_context(place.held())
        yield
