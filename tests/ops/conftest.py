"""One cluster for all tests of two nodes, and stand-ins of nodes for the tests of nginx alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.cluster import Cluster, scratch
from ops.proxy import Proxy
from tests.ops.stand_in import StandIn

TOKEN = "open-the-figures"  # noqa: S105  of this cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Serve two nodes behind nginx, on PostgreSQL and Redis, as ``make cluster`` does."""
    with scratch() as folder, Cluster(folder, HOTLINE_METRICS_TOKEN=TOKEN) as running:
        yield running


@pytest.fixture
def stand_ins() -> Iterator[tuple[StandIn, StandIn]]:
    """Stand in for two nodes."""
    with StandIn() as first, StandIn() as second:
        yield first, second


@pytest.fixture
def proxy(stand_ins: tuple[StandIn, StandIn], tmp_path: Path) -> Iterator[Proxy]:
    """Serve the shipped nginx before the stand-ins, less patient with headers than it really is."""
    ports = [one.port for one in stand_ins]
    with Proxy(tmp_path / "nginx", ports, more={"client_header_timeout 20s": "client_header_timeout 2s"}) as running:
        yield running
