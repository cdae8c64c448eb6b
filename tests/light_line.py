"""A line that costs a machine less: passwords are cheap, and its duties are done every other second (``python -m``)."""

import importlib
import os
from typing import Any

import django

SWEEPS_EVERY = 2.0  # seconds; idle, a line spends most of its time on its duties


def main() -> None:
    """Start the line, or run a command of it, at a lower price."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotline.settings")
    django.setup()
    importlib.import_module("tests.price").make_cheap()  # commands of this line too: a key opens at its own price
    sweeper: Any = importlib.import_module("hotline.sweeper")
    assert sweeper.EVERY < SWEEPS_EVERY < sweeper.LEASE
    sweeper.EVERY = SWEEPS_EVERY
    importlib.import_module("hotline.__main__").main()


if __name__ == "__main__":
    main()
