"""Hands the heads of the trail to whoever keeps them outside: a folder, a mail box, a printed line."""

import contextlib
import dataclasses
import datetime
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext as _

from vault import heads, trail
from vault.models import Watch

logger = logging.getLogger(__name__)

SOON = datetime.timedelta(minutes=10)
MANY = 100  # entries since the last head, with which the next one does not wait


class Witness(Protocol):
    """Somebody who keeps heads; ``str`` names them for the operator."""

    @property
    def every(self) -> datetime.timedelta:
        """Return how long a head may wait for it, unless MANY entries came meanwhile."""

    def take(self, line: str) -> None:
        """Keep it. Raises OSError (smtplib's errors are such)."""


@dataclasses.dataclass(frozen=True, slots=True)
class Folder:
    """A folder, best on another machine: each month's heads in a file to which lines are only added."""

    path: Path
    every: datetime.timedelta = SOON

    def __str__(self) -> str:
        """Name it."""
        return f"folder:{self.path}"

    def take(self, line: str) -> None:
        """Add the line, and return once the disk has it."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self.path / f"heads-{datetime.datetime.now(datetime.UTC):%Y-%m}.txt"
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, f"{line}\n".encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@dataclasses.dataclass(frozen=True, slots=True)
class Printed:
    """The program's own output, which a service manager or a printer takes elsewhere."""

    every: datetime.timedelta = SOON

    def __str__(self) -> str:
        """Name it."""
        return "print"

    def take(self, line: str) -> None:
        """Print it."""
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


@dataclasses.dataclass(frozen=True, slots=True)
class MailBox:
    """A mail box of a partner organisation; it need not be read, only kept."""

    address: str
    every: datetime.timedelta = datetime.timedelta(hours=1)

    def __str__(self) -> str:
        """Name it."""
        return f"mail:{self.address}"

    def take(self, line: str) -> None:
        """Send it."""
        words = _(
            "Guarda este correo; no hace falta leerlo. Dice hasta dónde llegaba el registro de la línea en este "
            "momento. Si alguien lo cambia después, con esta línea se nota."
        )
        send_mail(_("Registro de la línea"), f"{words}\n\n{line}\n", None, [self.address])


def witnesses() -> list[Witness]:
    """Return those that HOTLINE_WITNESSES names."""
    kinds: dict[str, Callable[[str], Witness]] = {
        "folder": lambda path: Folder(Path(path)),
        "mail": MailBox,
        "print": lambda _nothing: Printed(),
    }
    return [kinds[kind](rest) for kind, _colon, rest in (name.partition(":") for name in settings.WITNESSES)]


def hand_out(now: datetime.datetime) -> int:
    """Check what was appended since last time, and hand its head to each witness whose turn it is; return to how many.

    A trail that is broken is handed to nobody: it is logged, and the supervisors' page says so. Who cannot be reached
    is tried again at the next round.
    """
    watch, _new = Watch.objects.get_or_create(name=Watch.LINE)
    verdict = trail.verify(after=(watch.seq, bytes(watch.digest)))
    if verdict.first_bad is not None:
        if watch.first_bad != verdict.first_bad:
            logger.error("the trail is broken at entry %d", verdict.first_bad)
        Watch.objects.filter(pk=watch.pk).update(first_bad=verdict.first_bad)
        return 0
    Watch.objects.filter(pk=watch.pk).update(seq=verdict.checked, digest=verdict.head, at=now, first_bad=None)
    return sum(_told(witness, verdict.checked, verdict.head, now) for witness in witnesses()) if verdict.checked else 0


def _told(witness: Witness, seq: int, digest: bytes, now: datetime.datetime) -> bool:
    watch, new = Watch.objects.get_or_create(name=str(witness))
    waited = new or watch.at is None or now - watch.at >= witness.every
    if seq <= watch.seq or not (waited or seq - watch.seq >= MANY):
        return False
    try:
        witness.take(heads.signed(seq, digest, now))
    except OSError as error:
        if watch.failing_since is None:
            logger.warning("a witness of the trail cannot be reached (%s)", type(error).__name__)
            Watch.objects.filter(pk=watch.pk).update(failing_since=now)
        return False
    Watch.objects.filter(pk=watch.pk).update(seq=seq, digest=digest, at=now, failing_since=None)
    return True


def heads_in(path: Path) -> dict[int, bytes]:
    """Return the heads that a file, or all files of a folder, hold. Raises HeadProblem, or OSError."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    with contextlib.ExitStack() as opened:
        return heads.read(
            line for file in files for line in opened.enter_context(file.open(encoding="utf-8", errors="replace"))
        )
