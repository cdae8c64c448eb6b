"""A line on which whoever closes their page is gone after a moment, not a minute, and passwords are cheap."""

import importlib
import os
from typing import Any

import django

AWAY_AFTER = 1.5  # seconds


def main() -> None:
    """Start the line with less patience."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotline.settings")
    django.setup()
    importlib.import_module("tests.price").make_cheap()
    absences: Any = importlib.import_module("reflection.absences")
    assert absences.AWAY_AFTER > AWAY_AFTER
    absences.AWAY_AFTER = AWAY_AFTER
    importlib.import_module("hotline.__main__").main()


if __name__ == "__main__":
    main()
