"""``python -m hotline organisation-key make|answer``: what a partner organisation runs, on a machine without a line."""

import getpass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vault import organisations
from vault.errors import RecoveryProblem
from vault.private_files import write_new

SHORTEST = 12  # letters of a passphrase
EXAMPLES = """
organisation-key make --name "Fundación Calma" --key calma.key --public calma.pub
                                     the key stays with you, offline and on paper; the line gets calma.pub
organisation-key answer --request FILE --key calma.key --out answer.txt
                                     after you have spoken with whoever asks, and know for whom
"""


class Command(BaseCommand):
    """Needs no line, no database and no network; exits 1 with one sentence when it could not."""

    help = "Make an organisation's recovery key, or answer a request with it." + EXAMPLES
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the act and its files."""
        parser.add_argument("act", choices=("make", "answer"))
        parser.add_argument("--request", type=Path, metavar="FILE", help="with answer: what the line asks")
        parser.add_argument("--key", type=Path, required=True, metavar="FILE", help="the private key")
        parser.add_argument("--public", type=Path, metavar="FILE", help="with make: the half that the line gets")
        parser.add_argument("--name", default="", help="with make: the organisation")
        parser.add_argument("--out", type=Path, metavar="FILE", help="with answer: where the answer goes")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it."""
        try:
            (self._make if options["act"] == "make" else self._answer)(options)
        except RecoveryProblem as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            message = f"{error.filename} cannot be used ({error.strerror})."
            raise CommandError(message) from error

    def _make(self, options: dict[str, Any]) -> None:
        if not options["name"] or not options["public"]:
            message = 'Say for whom and where to: organisation-key make --name "…" --key FILE --public FILE'
            raise CommandError(message)
        passphrase = _passphrase("A passphrase for this key (12 letters or more): ")
        if len(passphrase) < SHORTEST:
            message = f"The passphrase is too short: {SHORTEST} letters or more."
            raise CommandError(message)
        if passphrase != _passphrase("Again: "):
            message = "The two passphrases differ; nothing was made."
            raise CommandError(message)
        private, public = organisations.make_key(options["name"], passphrase)
        write_new(options["key"], private)
        write_new(options["public"], public)
        told = organisations.read_public(public).fingerprint
        self.stdout.write(f"Fingerprint {told}: read it to whoever runs the line, over the telephone.")

    def _answer(self, options: dict[str, Any]) -> None:
        if not options["request"] or not options["out"]:
            message = "Say what to answer and where to: organisation-key answer --request FILE --key FILE --out FILE"
            raise CommandError(message)
        request = options["request"].read_text(encoding="utf-8")
        facts = organisations.read_file(request, "recovery-request")
        self.stderr.write(f"This lets {facts.get('who', 'somebody')} read again what they could read before.")
        key = organisations.open_key(options["key"].read_text(encoding="utf-8"), _passphrase("The passphrase: "))
        write_new(options["out"], organisations.answered(request, key))
        self.stdout.write(f"The answer stands in {options['out']}; send it to whoever asked.")


def _passphrase(prompt: str) -> str:
    return getpass.getpass(prompt)
