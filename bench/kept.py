"""What was measured, kept in a file from which the table can be printed again: one JSON object a line."""

import json
from pathlib import Path

from bench.errors import CannotMeasure
from bench.figures import Figures

Found = tuple[str, Figures]  # a system and what one measurement of it found


def add(path: Path, found: Found) -> None:
    """Add one measurement to a file. Raises CannotMeasure where that cannot be written."""
    name, figures = found
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"system": name, "figures": figures}) + "\n")
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror})."
        raise CannotMeasure(message) from None


def read(path: Path) -> list[Found]:
    """Return what runs kept in a file, in their order. Raises CannotMeasure if it is no such file."""
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return [(line["system"], line["figures"]) for line in lines]
    except (OSError, ValueError, KeyError, TypeError):
        message = f"{path} is no file that --keep wrote."
        raise CannotMeasure(message) from None
