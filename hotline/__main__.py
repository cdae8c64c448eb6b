"""``python -m hotline`` prepares and serves one node; with arguments it is manage.py."""

import importlib
import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured

from hotline.environment import BadEnvironment


def _stop(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    raise SystemExit(1)


def main() -> None:
    """Start the line, or run a command; every expected failure is one sentence and exit code 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotline.settings")
    try:
        django.setup()
    except (BadEnvironment, ImproperlyConfigured) as error:
        _stop(str(error))
    # What needs a configured Django can only be loaded now, hence by name.
    importlib.import_module("hotline.start").start(sys.argv)


if __name__ == "__main__":
    main()
