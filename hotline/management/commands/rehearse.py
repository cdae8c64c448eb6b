"""``python -m hotline rehearse``: puts rehearsal pairs into an installation of its own, or clears them."""

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat import rehearsal
from hotline.rehearsal import clear


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) > 100_000:
        message = "a whole number from 0 to 100000 is needed"
        raise ValueError(message)
    return int(text)


class Command(BaseCommand):
    """Prints one JSON object a line: what a program needs to speak as each."""

    help = "Rehearsal callers and volunteers for programs (only with HOTLINE_REHEARSAL=1; never where callers come)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name how many of each."""
        parser.add_argument("--pairs", type=_count, default=0, help="conversations under way")
        parser.add_argument("--waiting", type=_count, default=0, help="callers left waiting")
        parser.add_argument("--ready", type=_count, default=0, help="ready volunteers without a conversation")
        parser.add_argument("--supervisors", type=_count, default=0, help="supervisors")
        parser.add_argument("--clear", action="store_true", help="remove everything that was rehearsed")
        parser.add_argument("--json", action="store_true", help="print JSON (the pairs always are)")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make what was asked for, or clear."""
        if not settings.REHEARSAL:
            message = "rehearse needs HOTLINE_REHEARSAL=1; never set it where real callers come."
            raise CommandError(message)
        if options["clear"]:
            removed = clear()
            self.stdout.write(json.dumps({"removed": removed}) if options["json"] else f"removed {removed} contacts")
        for name, make in MAKERS.items():
            for _number in range(options[name]):
                self.stdout.write(json.dumps(make()))


MAKERS: dict[str, Callable[[], dict[str, object]]] = {
    "pairs": rehearsal.make_pair,
    "waiting": rehearsal.make_waiting,
    "ready": rehearsal.make_ready,
    "supervisors": rehearsal.make_supervisor,
}
