"""Reads files of content into checked shapes; whatever is wrong with one is said in one sentence with its place."""

import hashlib
import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from training.errors import ScenarioProblem

FOLDER = Path(__file__).parent
T = TypeVar("T", bound=msgspec.Struct)


class Part(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A part of a file; a key that nobody knows is refused."""


def refuse(file: str, where: str, what: str) -> ScenarioProblem:
    """Return the error of a file: which, where in it, and what is wrong there."""
    message = f"{file}, {where}: {what}"
    return ScenarioProblem(message)


def read(raw: bytes, shape: type[T], file: str) -> T:
    """Read TOML of this shape. Raises ScenarioProblem, naming line or key."""
    try:
        facts: dict[str, Any] = tomllib.loads(raw.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise refuse(file, "así no se puede leer", str(error)) from None
    try:
        return msgspec.convert(facts, shape)
    except msgspec.ValidationError as error:
        said, _at, path = str(error).partition(" - at `$")
        raise refuse(file, path.strip("`.") or "arriba", said) from None


def published(path: Path, digest: str) -> bytes:
    """Return the bytes of a published file. Raises ScenarioProblem when a letter changed since."""
    raw = path.read_bytes()
    if hashlib.sha256(raw).hexdigest() != digest:
        raise refuse(
            path.name, "todo el archivo", "cambió después de publicarse; haz una versión nueva y anota su huella"
        )
    return raw
