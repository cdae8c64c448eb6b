"""PostgreSQL and Redis, as they are shipped, let a node do its work and nothing beside it."""

import contextlib
import socket
from pathlib import Path

import psycopg
import pytest

from ops.cluster import Cluster
from ops.stores import Redis, Store

RIGHTS = """
SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls
FROM pg_roles WHERE rolname = current_user
"""


def _told(redis: Redis, *command: str) -> str:
    with socket.create_connection(("127.0.0.1", redis.port), 5) as connection:
        connection.sendall(f"{' '.join(command)}\r\n".encode())
        return connection.recv(500).decode().strip()


def test_redis_rings_and_answers(redis: Redis) -> None:
    assert _told(redis, "PING") == "+PONG"
    assert _told(redis, "PUBLISH", "asgi__group__doorbell", "look") == ":0"
    assert _told(redis, "SUBSCRIBE", "asgi__group__doorbell").startswith("*3")


@pytest.mark.parametrize(
    "command",
    [
        "SET word 1",
        "GET word",
        "KEYS *",
        "FLUSHALL",
        "CONFIG SET dir .",
        "CONFIG GET requirepass",
        "SAVE",
        "EVAL return 0",
        "SHUTDOWN",
        "MONITOR",
        "CLIENT LIST",
        "REPLICAOF 127.0.0.1 1",
        "ACL SETUSER default allcommands",
        "PUBLISH another 1",
        "SUBSCRIBE another",
        "PSUBSCRIBE *",
    ],
)
def test_redis_does_nothing_else(redis: Redis, command: str) -> None:
    assert _told(redis, *command.split()).startswith("-NOPERM")


def test_redis_leaves_nothing_on_the_disk(redis: Redis) -> None:
    redis.stop()
    assert [path.name for path in redis.folder.iterdir()] == ["output"]


def _one(store: Store, question: str, *, role: str | None = None) -> object:
    address = f"postgres://{role or store.role}@127.0.0.1:{store.port}/{store.role}"
    with psycopg.connect(address, autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
        return row[0] if row else None


@pytest.mark.parametrize("name", ["line", "keystore"])
def test_a_node_owns_its_database_and_rules_nothing(cluster: Cluster, name: str) -> None:
    store = cluster.line_store if name == "line" else cluster.keystore
    assert _one(store, RIGHTS) is False
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        _one(store, "CREATE DATABASE another")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        _one(store, "COPY pg_roles TO PROGRAM 'cat'")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(store.url, dbname="template1")


def test_the_halves_of_keys_lie_on_two_servers(cluster: Cluster) -> None:
    assert cluster.line_store.port != cluster.keystore.port
    shares = "SELECT count(*) FROM information_schema.tables WHERE table_name = '{}'"
    assert _one(cluster.line_store, shares.format("vault_datakey")) == 1
    assert _one(cluster.keystore, shares.format("keystore_keyshare")) == 1
    assert _one(cluster.keystore, shares.format("vault_datakey")) == 0
    assert _one(cluster.line_store, shares.format("keystore_keyshare")) == 0


def test_a_backup_reads_everything_and_writes_nothing(cluster: Cluster) -> None:
    assert _one(cluster.line_store, "SELECT count(*) >= 0 FROM chat_message", role="hotline_backup") is True
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        _one(cluster.line_store, "DELETE FROM chat_message", role="hotline_backup")


@pytest.mark.parametrize("setting", ["fsync", "synchronous_commit", "full_page_writes"])
def test_what_was_acknowledged_is_on_the_disk(cluster: Cluster, setting: str) -> None:
    assert [_one(store, f"SHOW {setting}") for store in (cluster.line_store, cluster.keystore)] == ["on", "on"]


@pytest.mark.parametrize("name", ["line", "keystore"])
def test_no_statement_and_no_value_reaches_a_log(cluster: Cluster, name: str) -> None:
    store = cluster.line_store if name == "line" else cluster.keystore
    before = len(store.log.read_text())
    for failing in ("SELECT 'palabra'::int", "SELECT palabra", "DO $$ BEGIN RAISE WARNING 'palabra'; END $$"):
        with psycopg.connect(store.url, autocommit=True) as connection, contextlib.suppress(psycopg.Error):
            connection.execute(failing.encode())
    with psycopg.connect(store.url, autocommit=True) as connection, pytest.raises(psycopg.Error):
        connection.execute("SELECT %s::int", ["palabra"])
    with psycopg.connect(store.address, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
    after = store.log.read_text()[before:]
    assert "palabra" not in after
    assert "checkpoint" in after  # the log itself is on


def test_the_keystore_keeps_no_archive_of_what_was_destroyed(cluster: Cluster) -> None:
    wanted = {"archive_mode": "off", "wal_level": "minimal", "max_wal_senders": "0", "wal_recycle": "off"}
    assert {name: _one(cluster.keystore, f"SHOW {name}") for name in wanted} == wanted


def test_a_redis_that_cannot_start_says_why(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = Redis(tmp_path / "redis")
        server.port = taken.getsockname()[1]
        with pytest.raises(TimeoutError, match="Redis did not start"):
            server.start()
