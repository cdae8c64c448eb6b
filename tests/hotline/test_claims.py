"""Two nodes that could not hear each other never serve the same rows: the second is refused in one sentence."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from hotline import health, place
from hotline.place import PLACE_LOCK, Place
from ops.proxy import free_port
from tests import first_start
from tests.hotline.test_start import sentence, started
from tests.running_line import RunningLine, own_databases

SOON = 10.0  # seconds


def eventually(holds: Callable[[], bool]) -> bool:
    """Say whether it comes to hold soon."""
    until = time.monotonic() + SOON
    while time.monotonic() < until and not holds():
        time.sleep(0.05)
    return holds()


# SQLite -------------------------------------------------------------------------------------------------------------


@pytest.mark.database("sqlite")
def test_two_folders_with_one_database_file_are_one_line_too_many(tmp_path: Path) -> None:
    files = {"DATABASE_URL": "line.sqlite3", "HOTLINE_KEYSTORE_URL": "keystore.sqlite3"}
    (tmp_path / "files").mkdir()
    (tmp_path / "same").symlink_to(tmp_path / "files")
    urls = {name: f"sqlite:///{tmp_path}/files/{file}" for name, file in files.items()}
    first_start.bring_databases(tmp_path / "files", people=True)
    key = str(tmp_path / "files" / "master.key")
    first = RunningLine(tmp_path / "first", **urls, HOTLINE_KEY_FILE=key).start()
    try:
        otherwise = urls["DATABASE_URL"].replace("/files/", "/same/")
        second = urls | {"DATABASE_URL": otherwise, "HOTLINE_KEY_FILE": key, "HOTLINE_PORT": str(free_port())}
        told = sentence(started(tmp_path / "second", **second))
        assert told == (
            f"Another line runs on the file {tmp_path}/files/line.sqlite3; stop it, or set DATABASE_URL to another one."
        )
    finally:
        first.close()


# PostgreSQL ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def urls() -> dict[str, str]:
    """Return addresses of databases of one's own, and Redis."""
    return own_databases()


@pytest.fixture
def taken(urls: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Place | None]]:
    """Return what takes a place on a database of this test alone; None when it was refused."""
    monkeypatch.setattr(place, "WAITS", 0.0)
    monkeypatch.setattr(place, "LOOKS_EVERY", 0.05)
    all_of_them: list[Place] = []

    def take(*, shared: bool) -> Place | None:
        one = Place({"conninfo": urls["DATABASE_URL"]}, shared=shared)
        if not one.take():
            return None
        all_of_them.append(one)
        return one

    yield take
    for one in all_of_them:
        one.leave()


def ask(urls: dict[str, str], statement: str) -> list[Any]:
    """Ask the database beside the line."""
    with psycopg.connect(urls["DATABASE_URL"], autocommit=True) as connection:
        return connection.execute(statement.encode()).fetchall()


HOLDERS = f"""SELECT pid FROM pg_locks JOIN pg_database ON database = pg_database.oid
    WHERE datname = current_database() AND locktype = 'advisory' AND granted
    AND (classid::bigint << 32) + objid::bigint = {PLACE_LOCK}"""  # noqa: S608  a number of ours


@pytest.mark.database("postgresql")
@pytest.mark.parametrize(
    ("first", "second"), [("alone", "alone"), ("alone", "redis"), ("redis", "alone"), ("redis", "redis")]
)
def test_only_nodes_with_redis_share_a_database(taken: Callable[..., Place | None], first: str, second: str) -> None:
    assert taken(shared=first == "redis")
    assert (taken(shared=second == "redis") is not None) == (first == second == "redis")


@pytest.mark.database("postgresql")
def test_a_place_is_free_again_once_its_node_has_left(taken: Callable[..., Place | None]) -> None:
    first = taken(shared=False)
    assert first is not None
    first.leave()
    assert taken(shared=False)


@pytest.mark.database("postgresql")
def test_a_place_that_a_restarted_server_forgot_is_taken_anew(
    taken: Callable[..., Place | None], urls: dict[str, str]
) -> None:
    assert taken(shared=False)
    ((before,),) = ask(urls, HOLDERS)
    ask(urls, f"SELECT pg_terminate_backend({before})")
    assert eventually(lambda: ask(urls, HOLDERS) not in ([], [(before,)]))
    assert taken(shared=False) is None


@pytest.mark.database("postgresql")
def test_a_node_whose_place_was_taken_meanwhile_goes_on_and_says_so_until_it_has_it_back(
    taken: Callable[..., Place | None],
    urls: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    mine = taken(shared=False)
    assert mine is not None
    monkeypatch.setattr(place, "_held", [mine])
    ((pid,),) = ask(urls, HOLDERS)
    with psycopg.connect(urls["DATABASE_URL"], autocommit=True) as other:
        with monkeypatch.context() as while_away:
            while_away.setattr(mine, "_parameters", {"conninfo": "host=127.0.0.1 port=1"})
            ask(urls, f"SELECT pg_terminate_backend({pid})")
            other.execute(f"SELECT pg_advisory_lock({PLACE_LOCK})".encode())
        assert eventually(lambda: health._layer() == "another node does not hear this one")
        assert "set the same REDIS_URL for every node" in caplog.text
    assert eventually(lambda: health._layer() == "ok")


@pytest.mark.database("postgresql")
def test_a_second_node_without_redis_is_refused_until_the_first_has_died(urls: dict[str, str], tmp_path: Path) -> None:
    alone = {name: value for name, value in urls.items() if name != "REDIS_URL"}
    alone["HOTLINE_KEY_FILE"] = str(tmp_path / "master.key")
    first, second = (RunningLine(tmp_path / name, **alone) for name in ("first", "second"))
    try:
        first.start()
        ours = {**alone, "HOTLINE_PORT": str(second.port)}
        remedy = "from this DATABASE_URL, and the two would not hear each other; set the same REDIS_URL for every node."
        assert sentence(started(tmp_path / "second", **ours)) == f"Another node serves {remedy}"
        os.kill(first.pid, signal.SIGKILL)
        second.start()
    finally:
        first.close()
        second.close()
