"""``python -m hotline`` prepares and serves one node; with arguments it is manage.py."""

import asyncio
import gc
import importlib
import os
import sys

import django
import uvloop
from django.core.exceptions import ImproperlyConfigured

from hotline.environment import BadEnvironment

#: Nearly all that a start makes stays: looking through it again and again took 0.9 of its 2.4 s (Python: 700, 10, 10).
COLLECTED_EVERY = (50_000, 20, 100)


def _stop(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    raise SystemExit(1)


def main() -> None:
    """Start the line, or run a command; every expected failure is one sentence and exit code 1."""
    gc.set_threshold(*COLLECTED_EVERY)
    # Before Daphne is loaded, which makes the loop: a tenth less of the core for a message (docs/PERFORMANCE.md).
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotline.settings")
    try:
        django.setup()
    except (BadEnvironment, ImproperlyConfigured) as error:
        _stop(str(error))
    # What needs a configured Django can only be loaded now, hence by name.
    importlib.import_module("hotline.start").start(sys.argv)


if __name__ == "__main__":
    main()
