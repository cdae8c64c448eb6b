"""The master keys in force and retired: a file of 0600, never in a database."""

import base64
import contextlib
import dataclasses
import json
import os
import secrets
import stat
from pathlib import Path

from vault.errors import Damaged, KeyFileProblem
from vault.sealing import KEY, KEY_ID, Context, Sealer, derive, key_id_of

READABLE_BY_OTHERS = stat.S_IRWXG | stat.S_IRWXO
KEK = "pmpt/v1/kek"
Stamp = tuple[int, int, int]


@dataclasses.dataclass(frozen=True)
class Keyring:
    """All master keys (KEKs) of the line; the first one seals, all of them open."""

    keys: tuple[bytes, ...]

    def seal(self, context: Context, plaintext: bytes, *, oldest: bool = False) -> bytes:
        """Seal under the primary master key, or under the oldest, which every node has whatever was rotated."""
        return Sealer(derive(self.keys[-1 if oldest else 0], KEK)).seal(context, plaintext)

    def unseal(self, context: Context, sealed: bytes) -> bytes:
        """Open with whichever master key sealed it. Raises Damaged when none of them did."""
        wanted = sealed[2 : 2 + KEY_ID]
        for key in self.keys:
            sealer = Sealer(derive(key, KEK))
            if sealer.key_id == wanted:
                return sealer.unseal(context, sealed)
        raise Damaged

    def is_primary(self, sealed: bytes) -> bool:
        """Say whether the primary master key sealed this."""
        return sealed[2 : 2 + KEY_ID] == key_id_of(derive(self.keys[0], KEK))

    def secrets_for(self, purpose: str) -> list[bytes]:
        """Return a secret of the whole line for ``purpose``, primary first, then the retired ones."""
        return [derive(key, f"pmpt/v1/site|{purpose}") for key in self.keys]


# The file -----------------------------------------------------------------------------------------------------------


def make(path: Path) -> None:
    """Write a new key file with one key, readable by its owner alone. Raises KeyFileProblem if one stands already.

    It appears whole or not at all: of several nodes that start at once, one makes it and the others read it.
    """
    fresh = _write_beside(path, [os.urandom(KEY)])
    try:
        os.link(fresh, path)
        _sync_folder(path.parent)
    except FileExistsError:
        message = f"The key file {path} stands already; it is never made anew."
        raise KeyFileProblem(message) from None
    except OSError as error:
        raise _cannot_write(path, error) from error
    finally:
        fresh.unlink()


def rotate(path: Path) -> None:
    """Put a new primary key before the ones that stand. Raises KeyFileProblem."""
    fresh = _write_beside(path, [os.urandom(KEY), *load(path).keys])
    try:
        fresh.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise _cannot_write(path, error) from error


def _write_beside(path: Path, keys: list[bytes]) -> Path:
    text = json.dumps({"version": 1, "keys": [base64.b64encode(key).decode() for key in keys]}, indent=1)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _cannot_write(path, error) from error
    return fresh


def _sync_folder(folder: Path) -> None:
    """Let no power cut take the file's name back once something was sealed under it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cannot_write(path: Path, error: OSError) -> KeyFileProblem:
    return KeyFileProblem(f"The key file {path} cannot be written ({error.strerror}).")


def load(path: Path) -> Keyring:
    """Read the key file. Raises KeyFileProblem with one sentence that says what is wrong and what to do."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        message = f"The key file {path} is missing; restore it from the backup (without it nothing sealed opens)."
        raise KeyFileProblem(message) from None
    except (OSError, UnicodeDecodeError) as error:
        message = f"The key file {path} cannot be read ({type(error).__name__})."
        raise KeyFileProblem(message) from error
    if mode & READABLE_BY_OTHERS:
        message = f"The key file {path} can be read by others; make it private: chmod 600 {path}"
        raise KeyFileProblem(message)
    return Keyring(_parse(path, text))


def _parse(path: Path, text: str) -> tuple[bytes, ...]:
    try:
        stored = json.loads(text)
        keys = tuple(base64.b64decode(key, validate=True) for key in stored["keys"])
        good = stored["version"] == 1 and keys and all(len(key) == KEY for key in keys)
    except (ValueError, TypeError, KeyError):
        keys, good = (), False
    if not good:
        message = f"The key file {path} is broken; restore it from the backup (without it nothing sealed opens)."
        raise KeyFileProblem(message)
    return keys


# The keys in force --------------------------------------------------------------------------------------------------

_kept: dict[Path, tuple[Stamp, Keyring]] = {}


def current(path: Path) -> Keyring:
    """Return the keys of this file as it stands now; it is read again only when it has changed. Raises KeyFileProblem.

    A running line goes on with the keys it has when the file goes away or no longer holds one of them.
    """
    kept = _kept.get(path)
    stamp = _stamp_of(path)
    if kept is not None and stamp in {None, kept[0]}:
        return kept[1]
    try:
        ring = load(path)
    except KeyFileProblem:
        if kept is None:
            raise
        return kept[1]
    if kept is not None and not set(kept[1].keys) <= set(ring.keys):
        return kept[1]
    if stamp is not None:
        _kept[path] = (stamp, ring)
    return ring


def _stamp_of(path: Path) -> Stamp | None:
    with contextlib.suppress(OSError):
        found = path.stat()
        return found.st_ino, found.st_mtime_ns, found.st_size
    return None
