"""``python -m hotline drill erasure``: puts an old backup back and proves that what was erased stays shut."""

import dataclasses
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vault import actions, drills
from vault.errors import VaultError

EXAMPLES = """
drill erasure                     on a copy of the line's keys: backs it up, erases, lets 36 days go by, restores
drill erasure --backup FILE       with your own backup of the main database (SQLite file or pg_dump) beside today's keys
"""


class Command(BaseCommand):
    """Exits 0 when erased keys stayed shut and living ones opened, 1 with one sentence otherwise."""

    help = "Prove that erasing reaches backups; nothing of the line is changed." + EXAMPLES
    requires_system_checks = ()  # the start says what is unfilled; this says what it found

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the drill."""
        parser.add_argument("act", choices=("erasure",))
        parser.add_argument("--backup", type=Path, metavar="FILE", help="an old backup of the main database")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it, and leave its trace."""
        try:
            outcome = drills.of_backup(options["backup"]) if options["backup"] else drills.on_a_copy()
        except VaultError as error:
            raise CommandError(str(error) or "A key of the keystore is damaged; run: keys check") from error
        problem = outcome.problem
        kind = "backup" if options["backup"] else "copy"
        actions.record_separately(
            actor="line",
            act="drill.erasure",
            subject_kind="trail",
            subject=kind,
            result="failed" if problem else "done",
        )
        facts = {"ok": problem is None, **dataclasses.asdict(outcome)}
        if options["json"]:
            self.stdout.write(json.dumps(facts))
        if problem:
            raise CommandError(problem)
        if not options["json"]:
            self.stdout.write(
                f"From the old backup every key in force opens ({outcome.living}), and none that was erased "
                f"({outcome.erased})."
            )
