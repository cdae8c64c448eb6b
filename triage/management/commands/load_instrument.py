"""``python -m hotline load-instrument FILE``: takes the official wording of an instrument in, once for each version."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from triage import wordings
from triage.errors import WordingProblem
from triage.instruments import INSTRUMENTS

EXAMPLE = f"""
code = "phq4"              one of {", ".join(INSTRUMENTS)}
language = "es-PE"
version = "2026-1"         a changed file is a new version
source = "where the official form was taken from"
licence = "under which it may be used"
licence_accepted = true    once somebody has read it
items = ["…", "…"]         the items in the order of the official form, unaltered
answers = ["…", "…"]       for phq4 only: the official words of 0, 1, 2 and 3 points
"""


class Command(BaseCommand):
    """Says in one line what it did; exits 1 with one sentence when it could not."""

    help = "Load the official wording of an instrument from a TOML file:" + EXAMPLE

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load and say what was loaded."""
        path: Path = options["file"]
        try:
            wording, new = wordings.load(path.read_bytes())
        except OSError as error:
            message = f"{path.name} cannot be read ({error.strerror})."
            raise CommandError(message) from error
        except WordingProblem as error:
            message = f"{path.name}: {error}"
            raise CommandError(message) from error
        done = "loaded" if new else "was loaded already"
        self.stdout.write(f"{wording}: {len(wording.items)} items {done} (SHA-256 {wording.digest}).")
