"""The master keys in force and retired: a file of 0600, never in a database."""

import base64
import dataclasses
import json
import os
import stat
from pathlib import Path

from vault.errors import Damaged, KeyFileProblem
from vault.sealing import KEY, KEY_ID, Context, Sealer, derive, key_id_of

READABLE_BY_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclasses.dataclass(frozen=True)
class Keyring:
    """All master keys (KEKs) of the line; the first one seals, all of them open."""

    keys: tuple[bytes, ...]

    def seal(self, context: Context, plaintext: bytes) -> bytes:
        """Seal under the primary master key."""
        return Sealer(derive(self.keys[0], "pmpt/v1/kek")).seal(context, plaintext)

    def unseal(self, context: Context, sealed: bytes) -> bytes:
        """Open with whichever master key sealed it. Raises Damaged when none of them did."""
        wanted = sealed[2 : 2 + KEY_ID]
        for key in self.keys:
            sealer = Sealer(derive(key, "pmpt/v1/kek"))
            if sealer.key_id == wanted:
                return sealer.unseal(context, sealed)
        raise Damaged

    def is_primary(self, sealed: bytes) -> bool:
        """Say whether the primary master key sealed this."""
        return sealed[2 : 2 + KEY_ID] == key_id_of(derive(self.keys[0], "pmpt/v1/kek"))

    def secrets_for(self, purpose: str) -> list[bytes]:
        """Return a secret of the whole line for ``purpose``, primary first, then the retired ones."""
        return [derive(key, f"pmpt/v1/site|{purpose}") for key in self.keys]


def make(path: Path) -> None:
    """Write a new key file with one key, readable by its owner alone. Raises KeyFileProblem if it stands already."""
    _write(path, [os.urandom(KEY)], new=True)


def rotate(path: Path) -> None:
    """Put a new primary key before the ones that stand. Raises KeyFileProblem."""
    _write(path, [os.urandom(KEY), *load(path).keys], new=False)


def _write(path: Path, keys: list[bytes], *, new: bool) -> None:
    text = json.dumps({"version": 1, "keys": [base64.b64encode(key).decode() for key in keys]}, indent=1)
    fresh = path if new else path.with_name(f"{path.name}.new")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        if not new:
            fresh.replace(path)
    except OSError as error:
        message = f"The key file {path} cannot be written ({error.strerror})."
        raise KeyFileProblem(message) from error


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
