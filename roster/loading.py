"""The command that takes a file of an official wording in, whatever it is the wording of."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from roster.errors import WordingProblem


class LoadCommand(BaseCommand):
    """Says in one line what it did; exits 1 with one sentence when it could not. What it calls, its kind names."""

    def load(self, raw: bytes) -> tuple[Any, bool]:
        """Keep what a file holds; return its row and whether it was new. Raises WordingProblem."""
        raise NotImplementedError

    def to_compare(self, _raw: bytes) -> Sequence[object]:
        """Return what somebody compares with the official form before the file counts. Raises WordingProblem."""
        return ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, and the word that it was compared."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--yes", action="store_true", help="it was compared with the official form")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load and say what was loaded."""
        path: Path = options["file"]
        try:
            raw = path.read_bytes()
            if not self._compared(raw, yes=options["yes"]):
                return
            wording, new = self.load(raw)
        except OSError as error:
            message = f"{path.name} cannot be read ({error.strerror})."
            raise CommandError(message) from error
        except WordingProblem as error:
            message = f"{path.name}: {error}"
            raise CommandError(message) from error
        done = "loaded" if new else "was loaded already"
        self.stdout.write(f"{wording}: {len(wording.items)} items {done} (SHA-256 {wording.digest}).")

    def _compared(self, raw: bytes, *, yes: bool) -> bool:
        facts = self.to_compare(raw)
        for fact in facts:
            self.stdout.write(f"  {fact}")
        if facts and not yes:
            self.stdout.write("Nothing was loaded. Compare this with the official form, then run it again with --yes.")
        return yes or not facts
