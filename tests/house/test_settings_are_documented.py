"""docs/SETTINGS.md names every variable that the line reads, and no other."""

import ast
import re
from pathlib import Path

from hotline.environment import KNOWN
from tests.house.source import read, tree

#: Names that other programs know already, hence without our prefix.
SHARED = {"DATABASE_URL", "REDIS_URL"}
COLUMNS = 5


def _rows() -> dict[str, list[str]]:
    lines = [line for line in read(Path("docs/SETTINGS.md")).splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {cell[0].strip("`"): cell for cell in cells}


def _reads() -> dict[str, str]:
    """Return each variable that the settings read, with its default where that is written out."""
    found = {}
    for path in (Path("hotline/settings.py"),):
        for node in ast.walk(tree(path)):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="environment")), args=[ast.Constant(name), *rest]):
                    found[str(name)] = str(rest[0].value) if rest and isinstance(rest[0], ast.Constant) else ""
    return found


def _plain(sentence: str) -> str:
    return re.split(r" \(|; |: printed", sentence.removeprefix("1: "))[0]


def test_every_variable_has_its_row_and_every_row_its_variable() -> None:
    assert set(_rows()) == set(KNOWN) | SHARED


def test_every_row_is_filled() -> None:
    assert [name for name, cells in _rows().items() if len(cells) != COLUMNS or not all(cells)] == []


def test_every_row_says_what_the_code_says() -> None:
    rows = _rows()
    assert {name: rows[name][1] for name in KNOWN} == {name: _plain(KNOWN[name]) for name in KNOWN}


def test_every_variable_is_read() -> None:
    assert set(KNOWN) | SHARED == set(_reads())


def test_every_default_is_the_one_in_the_code() -> None:
    rows = _rows()
    defaults = {name: default for name, default in _reads().items() if default}
    assert defaults["HOTLINE_PORT"] == "8000"
    assert [name for name, default in defaults.items() if f"`{default}`" not in rows[name][2]] == []
