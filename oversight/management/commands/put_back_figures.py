"""``python -m hotline put-back-figures FILE``: lets published figures stand again after an old backup was restored."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from oversight import put_back


class Command(BaseCommand):
    """Takes what /campana/cifras/cifras.json gave; months that are published already stay as they are."""

    help = "Put published figures back after a restore, so that no month is ever drawn twice."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the file."""
        parser.add_argument("file", type=Path, help="what /campana/cifras/cifras.json gave")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Put them back, all or none."""
        if settings.DEMO:
            message = "A demonstration has invented figures alone."
            raise CommandError(message)
        try:
            months = put_back.read(options["file"].read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            message = f"{options['file']} cannot be read ({error})."
            raise CommandError(message) from error
        except put_back.NotOurs as problem:
            raise CommandError(str(problem)) from problem
        done = put_back.put_back(months)
        self.stdout.write(f"{done} of {len(months)} months were put back; the others stood already.")
