"""The file map says of each file what the file says of itself, and documents name only files that are there."""

import re
from pathlib import Path

import pytest

from tests.house.file_map import at_the_top, sentence, standing, written
from tests.house.source import APPS, PATH, ROOT, files, modules, read, under

DOCUMENTS = tuple(path for path in files() if path.suffix == ".md" and path.parts[0] in {"docs", path.name})
#: A path in backquotes: a folder before a name with an ending of ours, or a folder with its slash.
NAMED = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|js|css|html|md|toml|txt|csv|png)|(?:[\w-]+/)+)(?::[^`]*)?`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
MADE = {"var/"}  # by running, not by us


def test_the_map_is_what_the_files_say() -> None:
    assert standing() == written(), "run: python -m tests.house.file_map"


def test_every_file_of_code_says_what_it_is_for() -> None:
    silent = [path for path in [*at_the_top(), *modules(), *under("static/js", ".js")] if not sentence(path)]
    assert silent == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_a_document_names_only_files_that_are_there(document: Path) -> None:
    named = set(NAMED.findall(read(document).replace(standing(), ""))) - MADE  # the map names files from their room
    assert {name for name in named if not (ROOT / name).exists()} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_a_link_of_a_document_leads_somewhere(document: Path) -> None:
    links = LINK.findall(read(document))
    assert [link for link in links if not (ROOT / document.parent / link).exists()] == []


def test_the_drawing_shows_the_rooms_in_their_order() -> None:
    drawing = read(Path("docs/ARCHITECTURE.md")).split("```", 2)[1]
    drawn = [
        tuple(sorted(room.strip() for room in line[:26].split("|"))) for line in drawing.splitlines() if line.strip()
    ]
    assert drawn[: len(PATH)] == [tuple(sorted(rooms)) for rooms in reversed(PATH)]
    assert {room for rooms in drawn for room in rooms} == set(APPS)
