"""Prepares one node and serves it until it is told to leave."""

import sys

from django.conf import settings

from hotline import claims, preparation
from hotline.server import serve_line
from wire.daphne_server import PortInUse, refuse_port_in_use


def _say(lines: list[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def serve() -> None:
    """Prepare this node and serve it until SIGTERM. Raises CannotStart or vault.errors when it cannot start."""
    try:
        refuse_port_in_use(settings.HOST, settings.PORT)
        _serve()
    except PortInUse as error:
        raise preparation.CannotStart(str(error)) from error


def _serve() -> None:
    preparation.make_folder()
    with claims.folder():
        _say(preparation.look())
        with claims.databases():
            _say(preparation.prepare())
            if settings.DEMO:
                _say(["This is a demonstration, not for real callers."])
            serve_line()
