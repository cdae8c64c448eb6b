"""``python -m hotline keys make|check|announce|rotate|rewrap``: the line's master keys and what they seal."""

import json
import sys
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from vault import actions, keyring, master_keys, rewrapping
from vault.errors import Damaged, VaultError

EXAMPLES = """
keys make             the key file, if this line has sealed nothing yet (starting does it too)
keys make --print     fresh keys on the screen, to put where HOTLINE_KEYS or HOTLINE_KEY_COMMAND find them
keys check            do master keys, keystore and database belong together?
keys announce         the key of the next rotation: it opens and does not seal; then give the key file to every node
keys rotate           the announced key, or a fresh one, in front of the others, taken up by running nodes by themselves
keys rewrap           everything under the master key in force; may be stopped and begun again at any moment
"""


class Command(BaseCommand):
    """Says in one line what it did; exits 1 with one sentence when it could not."""

    help = "Make, check, rotate or rewrap the line's master keys." + EXAMPLES
    requires_system_checks = ()  # the start says what is unfilled; this says what it found

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the act."""
        parser.add_argument("act", choices=tuple(ACTS))
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--print", action="store_true", help="with make: print fresh keys and keep them nowhere")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it."""
        act, problem = options["act"], None
        if options["print"]:
            self._print_fresh(act)
            return
        try:
            words = ACTS[act]()
        except VaultError as error:
            problem = words = str(error)
        if options["json"]:
            self.stdout.write(json.dumps({"act": act, "ok": problem is None, "words": words}, ensure_ascii=False))
        if problem:
            raise CommandError(problem)
        if not options["json"]:
            self.stdout.write(words)

    def _print_fresh(self, act: str) -> None:
        if act != "make":
            message = "--print goes with make alone."
            raise CommandError(message)
        self.stdout.write(
            json.dumps(json.loads(keyring.written(keyring.fresh())))
        )  # in one line, as a variable wants it


def _make() -> str:
    source = master_keys.source()
    if source.stands():
        source.make()  # says that it stands already, or where the keys come from
    actions.make_keys_if_new()
    return f"{source} was made."


def _check() -> str:
    ring = master_keys.source().load()
    actions.check_keys()
    return f"{master_keys.source()} opens this keystore (master keys: {len(ring.keys)})."


def _announce() -> str:
    master_keys.source().announce()
    return "A next master key stands beside the others; once every node has it, run: keys rotate"


def _rotate() -> str:
    master_keys.source().rotate()
    return "A new master key is in force; run: keys rewrap"


def _rewrap() -> str:
    with tqdm(total=rewrapping.count_under_master_keys(), unit=" seals", file=sys.stderr, disable=None) as bar:
        done, damaged = rewrapping.under_primary(bar.update)
    if damaged:
        message = f"{done} seals renewed. {damaged} are damaged: they cannot be opened, nor sealed anew."
        raise Damaged(message)
    return f"{done} seals renewed under the master key in force."


ACTS: dict[str, Callable[[], str]] = {
    "make": _make,
    "check": _check,
    "announce": _announce,
    "rotate": _rotate,
    "rewrap": _rewrap,
}
