"""Starts one node, or one command, once Django is configured."""

import importlib
import os
import sys

from django.core.management import execute_from_command_line
from django.db import DatabaseError

from hotline import preparation
from vault import actions as vault
from vault.errors import VaultError

EXPECTED = (preparation.CannotStart, VaultError)
#: Commands that need neither folder nor keys.
ALONE = frozenset(
    {
        "organisation_key",
        "check_campaign",
        "i18n_report",
        "check",
        "makemigrations",
        "makemessages",
        "compilemessages",
        "help",
        "--help",
    }
)
#: Django's own servers: no guard, and addresses in the log.
UNGUARDED = frozenset({"runserver", "testserver"})


def run_command(arguments: list[str]) -> None:
    """Run a management command with the line's signing secret in place. Raises CannotStart for Django's servers.

    ``organisation-key`` is ``organisation_key``: modules have no hyphen.
    """
    program, name, *given = arguments
    arguments = [program, name if name.startswith("-") else name.replace("-", "_"), *given]
    if arguments[1] in UNGUARDED:
        message = "Start the line by: python -m hotline (without arguments); this server would have no guard."
        raise preparation.CannotStart(message)
    if arguments[1] not in ALONE:
        preparation.make_folder()
        if arguments[1] != "keys" and vault.keys_stand():  # what needs a key says itself that it is missing
            preparation.set_signing_secret()
    execute_from_command_line(arguments)


def start(arguments: list[str]) -> None:
    """Serve, or run the command in ``arguments``; an expected failure is one sentence and exit code 1."""
    os.umask(0o077)
    try:
        if len(arguments) > 1:
            run_command(arguments)
        else:
            # What serves brings Twisted along, a quarter of a command's start: no command loads it.
            importlib.import_module("hotline.serving").serve()
    except EXPECTED as error:
        _stop(str(error))
    except DatabaseError as error:
        _stop(f"The database cannot be used: {preparation.first_line(error)}")


def _stop(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    raise SystemExit(1) from None
