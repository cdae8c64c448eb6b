"""``python -m hotline triage-report FILE…``: how well the guard reads labelled phrases, and what it misses."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from triage import attention, phrase_report, phrases, resemblance
from triage.errors import PhrasesProblem, RowsProblem
from triage.phrase_report import Judged

HELP = """
Reads CSV files with the columns text, should_fire (0, 1) and floor_level (A to E), and if there are any id and code.
Prints what was found, missed, raised for nothing or not high enough; exits 1 naming the targets that are not held.
The guard is read as it is in force: by phrases and by likeness; with --strict by the phrases of the file alone.
"""


class Command(BaseCommand):
    """Exits 0 when the targets are held, 1 when not, or when a file cannot be read."""

    help = HELP
    requires_system_checks = ()  # the start says what is unfilled; this says what it found

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the files."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="print one JSON object; only text is needed then")
        parser.add_argument(
            "--strict", action="store_true", help="phrases alone; no miss of A or B and no idiom at all"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read, judge and tell."""
        as_json, strict = bool(options["json"]), bool(options["strict"])
        read = phrases.read if strict else attention.read
        try:
            phrases.in_force()
            resemblance.in_force()
            rows = [row for path in options["files"] for row in phrase_report.rows(path, labelled=not as_json)]
        except (PhrasesProblem, RowsProblem) as error:
            raise CommandError(str(error)) from error
        judged = [Judged(row, read(row.text).level) for row in rows]
        if as_json:
            said = [{"id": one.row.name, "level": one.level} for one in judged]
            self.stdout.write(json.dumps({"phrases": said}, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(phrase_report.told(judged)))
        missed = phrase_report.not_held(judged, strict=strict)
        if missed:
            message = f"No se cumple: {'; '.join(missed)}."
            raise CommandError(message)
