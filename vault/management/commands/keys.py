"""``python -m hotline keys make|check|rotate|rewrap``: the master key file and what it seals."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from vault import actions, keyring
from vault.errors import VaultError


class Command(BaseCommand):
    """Says in one line what it did; exits 1 with one sentence when it could not."""

    help = "Make, check, rotate or rewrap the line's master keys."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the act."""
        parser.add_argument("act", choices=("make", "check", "rotate", "rewrap"))
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it."""
        act, problem = options["act"], None
        try:
            words = ACTS[act]()
        except VaultError as error:
            problem = words = str(error) or "Something sealed is damaged: it cannot be opened, nor sealed anew."
        if options["json"]:
            self.stdout.write(json.dumps({"act": act, "ok": problem is None, "words": words}, ensure_ascii=False))
        if problem:
            raise CommandError(problem)
        if not options["json"]:
            self.stdout.write(words)


def _make() -> str:
    if settings.KEY_FILE.exists():
        keyring.make(settings.KEY_FILE)  # says that it stands already
    actions.make_key_file_if_new()
    return f"made {settings.KEY_FILE}"


def _check() -> str:
    ring = keyring.load(settings.KEY_FILE)
    actions.check_keys()
    return f"the key file opens this keystore ({len(ring.keys)} master keys)"


def _rotate() -> str:
    actions.rotate_master_key()
    return "a new master key is in force; run: keys rewrap"


def _rewrap() -> str:
    return f"{actions.reseal_under_primary()} seals renewed under the master key in force"


ACTS = {"make": _make, "check": _check, "rotate": _rotate, "rewrap": _rewrap}
