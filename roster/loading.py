"""The command that takes a file of an official wording in, whatever it is the wording of."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from roster.errors import WordingProblem


class LoadCommand(BaseCommand):
    """Says in one line what it did; exits 1 with one sentence when it could not. What it calls, its kind names."""

    def load(self, raw: bytes) -> tuple[Any, bool]:
        """Keep what a file holds; return its row and whether it was new. Raises WordingProblem."""
        raise NotImplementedError

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load and say what was loaded."""
        path: Path = options["file"]
        try:
            wording, new = self.load(path.read_bytes())
        except OSError as error:
            message = f"{path.name} cannot be read ({error.strerror})."
            raise CommandError(message) from error
        except WordingProblem as error:
            message = f"{path.name}: {error}"
            raise CommandError(message) from error
        done = "loaded" if new else "was loaded already"
        self.stdout.write(f"{wording}: {len(wording.items)} items {done} (SHA-256 {wording.digest}).")
