"""``python -m hotline train-resemblance FILE…``: learns anew what texts of people in danger look like."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from triage import phrase_report, resemblance
from triage.errors import RowsProblem
from triage.resemblance_training import ROUNDS, THRESHOLDS, Example, train

UNGRADED = "S"  # the code of texts from elsewhere, of which is known that they tell of suicide, not how urgent it is
FEWEST = 200  # phrases of each kind, below which nothing is learnt


def _step(bar: "tqdm[Any]") -> None:
    bar.update()


class Command(BaseCommand):
    """Writes the file of weights; the same phrases give the same file. Never give it what callers wrote."""

    help = "Learn from labelled phrases written for it (columns text, should_fire, floor_level), never from callers."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the files."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--out", type=Path, default=resemblance.PUBLISHED)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Learn, and write."""
        try:
            rows = [row for path in options["files"] for row in phrase_report.rows(path, labelled=True)]
        except RowsProblem as error:
            raise CommandError(str(error)) from error
        examples = [Example(row.text, row.floor if row.fires else None, row.code == UNGRADED) for row in rows]
        urgent = sum(example.level is not None and example.level <= "B" for example in examples)
        if min(urgent, len(examples) - urgent) < FEWEST:
            message = (
                f"There are {urgent} urgent and {len(examples) - urgent} other phrases; {FEWEST} of each it takes."
            )
            raise CommandError(message)
        with tqdm(total=ROUNDS * len(THRESHOLDS), file=sys.stderr, disable=None) as bar:
            model, digest = train(examples, resemblance.PUBLISHED.stem.removeprefix("resemblance-"), lambda: _step(bar))
        options["out"].write_text(resemblance.written(model, learnt_from=digest), encoding="utf-8")
        self.stdout.write(f"Learnt from {len(examples):,} phrases, {urgent:,} of them urgent: {options['out'].name}.")
