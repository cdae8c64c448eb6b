"""``python -m hotline audit verify``: reads the whole trail and names the first link that was changed."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vault.trail import verify


class Command(BaseCommand):
    """Exits 0 when the trail is whole, 1 naming the first bad entry."""

    help = "Verify the trail."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the act."""
        parser.add_argument("act", choices=("verify",))
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Verify."""
        verdict = verify()
        if options["json"]:
            facts = {"checked": verdict.checked, "first_bad": verdict.first_bad, "head": verdict.head.hex()}
            self.stdout.write(json.dumps({"ok": verdict.first_bad is None, **facts}))
        else:
            self.stdout.write(f"{verdict.checked} entries intact, head {verdict.head.hex()[:16]}")
        if verdict.first_bad is not None:
            message = f"entry {verdict.first_bad} is not what was written"
            raise CommandError(message)
