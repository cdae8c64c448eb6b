"""What a run kept is read again as it was; another file is a sentence."""

from pathlib import Path

import pytest

from bench import kept
from bench.errors import CannotMeasure


def test_measurements_are_read_in_the_order_in_which_they_were_added(tmp_path: Path) -> None:
    found = [("relay", {"kib": 30.5}), ("sqlite", {"kib": 20.0}), ("relay", {"p50": 1.0})]
    for one in found:
        kept.add(tmp_path / "run", one)
    assert kept.read(tmp_path / "run") == found


@pytest.mark.parametrize("content", ["nonsense", "[1]", "{}", None])
def test_another_file_is_one_sentence(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "other"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(CannotMeasure, match="no file that --keep wrote"):
        kept.read(path)


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CannotMeasure, match="cannot be written"):
        kept.add(tmp_path / "nowhere" / "run", ("relay", {}))
