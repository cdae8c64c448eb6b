"""Where the master keys come from: a file of 0600, an environment variable, or a command that asks a key server."""

import contextlib
import dataclasses
import os
import secrets
import shlex
import stat
import subprocess
import threading
import time
from collections.abc import Hashable
from pathlib import Path
from typing import Protocol

from vault import keyring
from vault.errors import KeyProblem
from vault.keyring import Keyring

READABLE_BY_OTHERS = stat.S_IRWXG | stat.S_IRWXO
PATIENCE = 20.0  # seconds that the command may take
LOOKED_AFTER = 0.01  # seconds for which a file is not looked at again: each grant asks for the keys several times
ASKED_AGAIN_AFTER = 30.0  # seconds; whatever claims to be sealed by a key that nobody knows, no command runs more often


class Source(Protocol):
    """A place that holds the master keys; ``str`` of it is its name in a sentence for the operator."""

    def load(self) -> Keyring:
        """Return the keys. Raises KeyProblem."""

    def make(self) -> None:
        """Put one fresh key where nothing is yet. Raises KeyProblem; ``stands`` says whether it is worth trying."""

    def announce(self) -> None:
        """Add the key that the next rotation puts in force. Raises KeyProblem."""

    def rotate(self) -> None:
        """Put the announced key, or a fresh one, in front of the others. Raises KeyProblem."""

    def stands(self) -> bool:
        """Say whether something is there that can be loaded, however good it is."""

    def stamp(self) -> Hashable:
        """Return what changes when the keys may have changed; None while that cannot be seen."""


# A file -------------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class KeyFile:
    """A file that its owner alone can read, shared by all nodes; a running line takes up what changes in it."""

    path: Path

    def __str__(self) -> str:
        """Name it."""
        return f"The key file {self.path}"

    def load(self) -> Keyring:
        """Read it. Raises KeyProblem with one sentence that says what is wrong and what to do."""
        try:
            mode = self.path.stat().st_mode
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            message = f"{self} is missing; restore it from the backup (without it nothing sealed opens)."
            raise KeyProblem(message) from None
        except (OSError, UnicodeDecodeError) as error:
            message = f"{self} cannot be read ({type(error).__name__})."
            raise KeyProblem(message) from error
        if mode & READABLE_BY_OTHERS:
            message = f"{self} can be read by others; make it private: chmod 600 {self.path}"
            raise KeyProblem(message)
        return keyring.read(text, named=str(self))

    def make(self) -> None:
        """Write it with one key, readable by its owner alone. Raises KeyProblem if one stands already.

        It appears whole or not at all: of several nodes that start at once, one makes it and the others read it.
        """
        beside = self._write_beside(keyring.fresh())
        try:
            os.link(beside, self.path)
            self._sync_folder()
        except FileExistsError:
            message = f"{self} stands already; it is never made anew."
            raise KeyProblem(message) from None
        except OSError as error:
            raise self._cannot_write(error) from error
        finally:
            beside.unlink()

    def announce(self) -> None:
        """Add the key that the next rotation puts in force. Raises KeyProblem."""
        self._replace(self.load().announcing())

    def rotate(self) -> None:
        """Put the announced key, or a fresh one, in front of the others. Raises KeyProblem."""
        self._replace(self.load().rotated())

    def _replace(self, ring: Keyring) -> None:
        beside = self._write_beside(ring)
        try:
            beside.replace(self.path)
            _kept.pop(self, None)  # whoever changes the keys uses the new ones at once
            self._sync_folder()
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise self._cannot_write(error) from error

    def stands(self) -> bool:
        """Say whether the file is there."""
        return self.path.exists()

    def stamp(self) -> Hashable:
        """Return which file it is, its time and size."""
        with contextlib.suppress(OSError):
            found = self.path.stat()
            return found.st_ino, found.st_mtime_ns, found.st_size
        return None

    def _write_beside(self, ring: Keyring) -> Path:
        beside = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}")
        try:
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(keyring.written(ring))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)  # a full disk must not leave half a file of keys
            raise self._cannot_write(error) from error
        return beside

    def _sync_folder(self) -> None:
        """Let no power cut take the file's name back once something was sealed under it."""
        descriptor = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _cannot_write(self, error: OSError) -> KeyProblem:
        return KeyProblem(f"{self} cannot be written ({error.strerror}).")


# An environment variable, or a command ------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class _Elsewhere:
    """Master keys that the operator keeps: the line reads them and never writes them."""

    def __str__(self) -> str:
        """Name it."""
        raise NotImplementedError

    def make(self) -> None:
        """Refuse. Raises KeyProblem."""
        message = f"{self} is where the master keys come from; «keys make --print» prints fresh ones to put there."
        raise KeyProblem(message)

    def announce(self) -> None:
        """Refuse. Raises KeyProblem."""
        message = f"{self} is where the master keys come from: put a fresh one there as «next» («keys make --print»)."
        raise KeyProblem(message)

    def rotate(self) -> None:
        """Refuse. Raises KeyProblem."""
        message = f"{self} is where the master keys come from: put «next» first of «keys» there («keys make --print»)."
        raise KeyProblem(message)

    def stands(self) -> bool:
        """Say yes: whether the keys are good shows when they are loaded."""
        return True

    def stamp(self) -> Hashable:
        """Return always the same: nothing tells us of a change."""
        return ""


@dataclasses.dataclass(frozen=True)
class Given(_Elsewhere):
    """The text of a key file in an environment variable; it stays the same while a process lives."""

    text: str = dataclasses.field(repr=False)

    def __str__(self) -> str:
        """Name it."""
        return "The variable HOTLINE_KEYS"

    def load(self) -> Keyring:
        """Read it. Raises KeyProblem."""
        return keyring.read(self.text, named=str(self))


@dataclasses.dataclass(frozen=True)
class Command(_Elsewhere):
    """A command that prints the text of a key file, for whoever keeps keys in a key server; no shell reads it."""

    line: str

    def __str__(self) -> str:
        """Name it."""
        return "The command of HOTLINE_KEY_COMMAND"

    def load(self) -> Keyring:
        """Run it and read what it prints; what it says on stderr goes to ours. Raises KeyProblem."""
        try:
            words = shlex.split(self.line)
            done = subprocess.run(  # noqa: S603 - the operator's own command
                words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=PATIENCE, check=False
            )
        except subprocess.TimeoutExpired:
            message = f"{self} did not answer within {PATIENCE:g} s."
            raise KeyProblem(message) from None
        except (OSError, ValueError, IndexError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            message = f"{self} cannot be run ({reason})."
            raise KeyProblem(message) from None
        if done.returncode:
            message = f"{self} failed (exit code {done.returncode})."
            raise KeyProblem(message)
        return keyring.read(done.stdout.decode(errors="replace"), named=str(self))


# The keys in force --------------------------------------------------------------------------------------------------


@dataclasses.dataclass(slots=True)
class _Kept:
    stamp: Hashable
    ring: Keyring
    asked_at: float  # of the monotonic clock
    looked_at: float


_kept: dict[Source, _Kept] = {}
_asking = threading.Lock()


def current(source: Source) -> Keyring:
    """Return the keys as they stood LOOKED_AFTER ago or later; read again only when their stamp has changed.

    A running line goes on with the keys it has when the source goes away or no longer holds one of them. Raises
    KeyProblem.
    """
    kept, now = _kept.get(source), time.monotonic()
    if kept is not None and now - kept.looked_at < LOOKED_AFTER:
        return kept.ring
    return looked_at(source)


def looked_at(source: Source) -> Keyring:
    """Return the keys as they stand at this moment, as ``current``: for what the keys of a moment ago did not open."""
    kept, stamp = _kept.get(source), source.stamp()
    if kept is not None and stamp in {None, kept.stamp}:
        kept.looked_at = time.monotonic()
        return kept.ring
    return _take_up(source, kept, stamp)


def asked_again(source: Source, *, now: float | None = None) -> Keyring:
    """Return the keys after asking a source anew whose changes cannot be seen, at most every ASKED_AGAIN_AFTER."""
    now = time.monotonic() if now is None else now
    with _asking:
        kept, stamp = _kept.get(source), source.stamp()
        changed = kept is not None and stamp not in {None, kept.stamp}
        if kept is not None and not changed and now - kept.asked_at < ASKED_AGAIN_AFTER:
            return kept.ring
        return _take_up(source, kept, stamp, now=now)


def _take_up(source: Source, kept: _Kept | None, stamp: Hashable, *, now: float | None = None) -> Keyring:
    asked_at = time.monotonic() if now is None else now
    try:
        ring = source.load()
    except KeyProblem:
        if kept is None:
            raise
        kept.asked_at = asked_at
        return kept.ring
    if kept is not None and not ring.has(kept.ring):
        kept.asked_at = asked_at
        return kept.ring
    if stamp is not None:
        _kept[source] = _Kept(stamp, ring, asked_at, time.monotonic())
    return ring
