"""One tiny run through real sockets: the relay and the line on SQLite, measured and told in one table."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench import kept
from tests.house.source import ROOT


def _bench(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "bench", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.long  # and only a long run has the packages of bench.txt
@pytest.mark.timeout(300)
def test_a_small_run_measures_and_loses_nothing(tmp_path: Path) -> None:
    run = _bench("relay", "sqlite", "--quick", "--keep", str(tmp_path / "run"))
    assert run.returncode == 0, run.stdout + run.stderr
    found = kept.read(tmp_path / "run")
    assert [name for name, _figures in found] == ["relay", "sqlite"] * 2
    line = {figure: value for name, figures in found if name == "sqlite" for figure, value in figures.items()}
    assert (line.pop("lost"), line.pop("crowd_lost"), line.pop("others") < 1) == (0, 0, True)
    assert [figure for figure, value in line.items() if not value > 0] == []
    assert "messages/s, few pairs" in run.stdout


@pytest.mark.parametrize("words", [["nonsense"], ["--rouns"]])
def test_what_cannot_be_done_is_one_sentence_and_exit_code_1(words: list[str]) -> None:
    run = _bench(*words)
    assert (run.returncode, run.stderr.count("\n")) == (1, 1)
    assert "Traceback" not in run.stderr
