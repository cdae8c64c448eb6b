"""Files that their owner alone can read."""

import os
from pathlib import Path


def write_new(path: Path, text: str) -> None:
    """Write a file of mode 0600. Raises OSError, also when one is there: none is ever overwritten."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
