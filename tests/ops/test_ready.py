"""``ops/ready.py`` says of a node whether it can serve, as the service and the container ask it."""

import os
import subprocess
import sys
import time

from ops.cluster import Cluster
from ops.proxy import free_port
from tests.house.source import ROOT


def _ready(port: int, *arguments: str, origins: str) -> "subprocess.CompletedProcess[str]":
    variables = {"HOTLINE_PORT": str(port), "HOTLINE_HOST": "0.0.0.0", "HOTLINE_ORIGINS": origins}  # noqa: S104
    return subprocess.run(
        [sys.executable, str(ROOT / "ops" / "ready.py"), *arguments],
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_node_that_serves_is_ready(cluster: Cluster) -> None:
    done = _ready(cluster.nodes[0].port, "--wait", "20", "--for", "1", origins=cluster.url)
    assert done.returncode == 0
    assert '"node": "ok"' in done.stdout


def test_a_node_that_is_not_there_is_not_ready() -> None:
    port = free_port()
    done = _ready(port, origins="https://linea.example")
    assert (done.returncode, done.stdout) == (1, f"No answer on port {port} (ConnectionRefusedError).\n")


def test_waiting_for_a_node_has_an_end() -> None:
    began = time.monotonic()
    assert _ready(free_port(), "--wait", "1", origins="https://linea.example").returncode == 1
    assert 1 <= time.monotonic() - began < 10


def test_a_node_under_another_name_is_not_taken_for_this_line(cluster: Cluster) -> None:
    assert _ready(cluster.nodes[0].port, origins="https://other.example").returncode == 1
