"""``python -m hotline check-campaign [FILE…]``: reads public texts by the rules, and says what to write."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaign import content, safe_messaging
from campaign.content import ContentProblem, Page
from campaign.safe_messaging import Fault

HELP = """
Without files: the pages that this line shows. With files: any text that will be published (a post, a note for the
press); a page is known by its head. Exits 1 where a rule that knows no exception is broken.
"""


def _told(path: Path, found: tuple[Fault, ...] | list[Fault]) -> Iterator[str]:
    for fault in found:
        grave = "NO SE PUBLICA" if fault.hard else "aviso"
        words = f" «{fault.found}»" if fault.found else ""
        yield f"{path}:{fault.line}: {grave}:{words} {fault.wrong} {fault.instead}"


def _waiting(path: Path, page: Page) -> str:
    questions = {point.key: point.question for point in content.checklist()}
    asked = [questions.get(key, key) for key in page.waits_for]
    return f"{path}: espera {len(asked)} respuestas de una persona; la primera: {asked[0]} (texto {page.mark})"


class Command(BaseCommand):
    """Exits 0 when every text may be published, 1 when one may not or cannot be read."""

    help = HELP
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the files, and how to answer."""
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
        parser.add_argument("--waiting", action="store_true", help="tell also which pages wait for a person")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read, judge and tell."""
        hard = sum([self._judge(path, waiting=options["waiting"]) for path in options["files"] or content.files()])
        if hard:
            message = f"{hard} cosas por cambiar antes de publicar."
            raise CommandError(message)
        self.stdout.write("Nada impide publicar, según estas reglas. Falta que lo lea una persona.")

    def _judge(self, path: Path, *, waiting: bool) -> int:
        """Tell what is wrong with one file; return how many hard faults it has."""
        try:
            text = path.read_text(encoding="utf-8")
            page = content.read(path) if text.startswith(content.FENCE) else None
        except (ContentProblem, OSError, UnicodeDecodeError) as problem:
            self.stdout.write(f"{path}:1: NO SE PUBLICA: {problem}")
            return 1
        found = safe_messaging.faults(text) if page is None else page.faults
        for line in _told(path, found):
            self.stdout.write(line)
        if waiting and page is not None and page.waits_for:
            self.stdout.write(_waiting(path, page))
        return sum(fault.hard for fault in found)
