"""A process that is forked ends, prints and dies as one that was started by itself."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.preloaded import Preloaded, fits


@pytest.fixture(scope="module")
def preloaded() -> Iterator[Preloaded]:
    """Return a process that forks."""
    forks = Preloaded()
    yield forks
    forks.close()


def test_what_it_prints_and_how_it_ends_are_told_as_by_a_process_of_its_own(preloaded: Preloaded) -> None:
    environment = {**os.environ, "HOTLINE_NONSENSE": "1"}
    forked = preloaded.run(["hotline", "check"], environment)
    own = subprocess.run(
        [sys.executable, "-m", "hotline", "check"], env=environment, capture_output=True, text=True, check=False
    )
    assert (forked.returncode, forked.stdout, forked.stderr) == (own.returncode, own.stdout, own.stderr)
    assert "HOTLINE_NONSENSE" in forked.stderr
    assert forked.returncode == 1


def test_it_takes_signals_and_its_end_is_waited_for(preloaded: Preloaded) -> None:
    serving = preloaded.start(["this"], {**os.environ})
    assert serving.stdout is not None
    assert serving.wait(10) == 0
    assert "The Zen of Python" in serving.stdout.read()
    serving.terminate()  # of one that has ended: nothing
    serving.stdout.close()
    serving = preloaded.start(["http.server", "0", "--bind", "127.0.0.1"], {**os.environ})
    assert serving.stdout is not None
    assert any("Serving HTTP" in printed for printed in serving.stdout)
    assert serving.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        serving.wait(0.05)
    serving.send_signal(signal.SIGKILL)
    assert serving.wait(10) == -signal.SIGKILL
    assert serving.poll() == -signal.SIGKILL
    serving.terminate()  # of one that has ended: nothing
    serving.stdout.close()


def test_what_is_read_before_a_process_runs_cannot_be_forked() -> None:
    assert fits({**os.environ, "HOTLINE_PORT": "1", "PYTHONUNBUFFERED": "1"})
    assert not fits({**os.environ, "LD_PRELOAD": "libfaketime.so.1"})
    assert not fits({**os.environ, "PYTHONHASHSEED": "7"})
