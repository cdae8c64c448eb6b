"""``python -m hotline audit verify|heads|key``: reads the whole trail and names the first link that was changed."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from vault import heads, trail, witnesses
from vault.errors import VaultError

EXAMPLES = """
audit verify                      do all links of the trail fit each other?
audit verify --heads FILE         and are they those that a witness saw? (a file or folder of heads, or a saved mail)
audit head                        the head of this moment, signed, to keep wherever you like
audit key                         the public key of this line's heads
"""


class Command(BaseCommand):
    """Exits 0 when the trail is whole, 1 naming the first bad entry."""

    help = "Verify the trail." + EXAMPLES
    requires_system_checks = ()  # the start says what is unfilled; this says what it found

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the act."""
        parser.add_argument("act", choices=("verify", "head", "key"))
        parser.add_argument("--heads", type=Path, metavar="FILE", help="heads that a witness kept")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it."""
        try:
            if options["act"] == "verify":
                self._verify(options["heads"], as_json=options["json"])
            elif options["act"] == "head":
                self.stdout.write(heads.signed(*trail.end(), timezone.now()))
            else:
                self.stdout.write(heads.public_key())
        except (VaultError, OSError) as error:
            raise CommandError(str(error)) from error

    def _verify(self, kept: Path | None, *, as_json: bool) -> None:
        witnessed = witnesses.heads_in(kept) if kept else {}
        if kept and not witnessed:
            message = f"{kept} holds no head of the trail."
            raise CommandError(message)
        verdict = trail.verify(witnessed)
        if as_json:
            facts = {"checked": verdict.checked, "first_bad": verdict.first_bad, "head": verdict.head.hex()}
            seen = {"heads": len(witnessed), "vouched": verdict.vouched, "until": verdict.until}
            self.stdout.write(json.dumps({"ok": verdict.first_bad is None, **facts, **seen}))
        elif verdict.first_bad is None:
            vouched = f", seen by a witness up to {verdict.vouched}" if witnessed else ""
            self.stdout.write(f"{verdict.checked} entries intact{vouched}, head {verdict.head.hex()[:16]}")
        if verdict.first_bad is not None:
            raise CommandError(_said(verdict))


def _said(verdict: trail.Verdict) -> str:
    if verdict.until is not None and verdict.until > (verdict.first_bad or 0):
        return (
            f"entries {verdict.first_bad} to {verdict.until} are not what a witness has seen: "
            "the first bad one is among them, and all links were made to fit again"
        )
    return f"entry {verdict.first_bad} is not what was written"
