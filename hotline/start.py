"""Starts one node, or one command, once Django is configured."""

import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line

from hotline import preparation
from hotline.server import serve_line
from vault.errors import VaultError
from wire.daphne_server import PortInUse, refuse_port_in_use

EXPECTED = (preparation.CannotStart, VaultError, PortInUse)
#: Commands that must run before, or without, the line's keys.
WITHOUT_KEYS = frozenset({"keys", "check", "makemigrations", "makemessages", "compilemessages", "help", "--help"})


def _say(lines: list[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def serve() -> None:
    """Prepare this node and serve it until SIGTERM. Raises one of EXPECTED when it cannot start."""
    refuse_port_in_use(settings.HOST, settings.PORT)
    _say(preparation.prepare())
    if settings.DEMO:
        _say(["This is a demonstration, not for real callers."])
    serve_line()


def run_command(arguments: list[str]) -> None:
    """Run a management command with the line's signing secret in place."""
    os.umask(0o077)
    if arguments[1] not in WITHOUT_KEYS:
        preparation.make_folder()
        preparation.set_signing_secret()
    execute_from_command_line(arguments)


def start(arguments: list[str]) -> None:
    """Serve, or run the command in ``arguments``; an expected failure is one sentence and exit code 1."""
    try:
        if len(arguments) > 1:
            run_command(arguments)
        else:
            os.umask(0o077)
            serve()
    except EXPECTED as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from None
