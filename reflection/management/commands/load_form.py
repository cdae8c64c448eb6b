"""``python -m hotline load-form FILE``: takes the official wording of a questionnaire for members in."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reflection import form_wordings
from reflection.own_errors import WordingProblem
from reflection.questionnaires import FORMS

EXAMPLE = f"""
code = "who5"              one of {", ".join(FORMS)}
language = "es-PE"
version = "2026-1"         a changed file is a new version
source = "the author and where the official form was taken from"
licence = "under which it may be used"
licence_accepted = true    once somebody has read it
intro = "…"                what stands above the items of the official form, if anything
items = ["…", "…"]         the items in the order of the official form, unaltered
answers = ["…", "…"]       the official words of each number of points, from the least to the most
scales = ["…", "…"]        for proqol9 only: satisfaction, burnout or stress, for each item
"""


class Command(BaseCommand):
    """Says in one line what it did; exits 1 with one sentence when it could not."""

    help = "Load the official wording of a questionnaire for members from a TOML file:" + EXAMPLE

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load and say what was loaded."""
        path: Path = options["file"]
        try:
            wording, new = form_wordings.load(path.read_bytes())
        except OSError as error:
            message = f"{path.name} cannot be read ({error.strerror})."
            raise CommandError(message) from error
        except WordingProblem as error:
            message = f"{path.name}: {error}"
            raise CommandError(message) from error
        done = "loaded" if new else "was loaded already"
        self.stdout.write(f"{wording}: {len(wording.items)} items {done} (SHA-256 {wording.digest}).")
