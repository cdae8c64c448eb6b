"""``python -m hotline load_directory``: takes a table of places in; running it again changes nothing."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from directory import loading
from directory.models import Kind
from directory.search import NATIONAL


def _column(text: str) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    if not (field and equals and column):
        message = "write field=COLUMN, for example name=NOMBRE"
        raise argparse.ArgumentTypeError(message)
    return field, column


class Command(BaseCommand):
    """Loads the five national lines, or the table that ``--from`` names."""

    help = "Load places of help from a CSV table; they are shown once a coordinator has checked them."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take the table, what its columns are called, and what it does not say itself."""
        parser.add_argument("--from", dest="table", type=Path, default=NATIONAL, help="CSV file in UTF-8")
        parser.add_argument(
            "--column",
            dest="columns",
            type=_column,
            action="append",
            default=[],
            help="field=COLUMN of the table (RENIPRESS: code=COD_IPRESS name=NOMBRE region=DEPARTAMENTO); repeatable",
        )
        parser.add_argument("--delimiter", default=",", help="what separates the columns (,)")
        parser.add_argument("--kind", choices=Kind.values, default=Kind.LINE.value, help="kind of rows without one")
        parser.add_argument("--source", default="", help="source of rows without one")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load and say how many."""
        try:
            rows = loading.read_rows(options["table"], dict(options["columns"]), options["delimiter"])
            loaded = loading.load(rows, kind=options["kind"], source=options["source"])
        except loading.BadTable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{loaded.new} new, {loaded.changed} changed, {loaded.same} the same, {loaded.left_out} left out. "
            "A place is shown once a coordinator has checked it."
        )
