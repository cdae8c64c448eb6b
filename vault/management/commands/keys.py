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
        try:
            words = ACTS[options["act"]]()
        except VaultError as error:
            raise CommandError(str(error) or type(error).__name__) from None
        self.stdout.write(json.dumps({"act": options["act"], "ok": True, "words": words}) if options["json"] else words)


def _make() -> str:
    keyring.make(settings.KEY_FILE)
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
