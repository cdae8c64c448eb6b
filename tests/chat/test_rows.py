"""What a statement touches does not grow with how much was ever said."""

import dataclasses
import json
import uuid
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from chat import rows
from chat.rows import Fresh, PostgreSQL, SQLite
from tests.cast import make_member, make_talking
from vault.statements import ask

pytestmark = pytest.mark.django_db(databases="__all__")
MANY = 2_000  # messages of each conversation
CONTACTS = 10
FEW_BLOCKS = 10 * CONTACTS  # of 8 KiB: 3 to 5 for each contact as measured; all that was said lies on 267 and more


def _contacts() -> list[uuid.UUID]:
    member = make_member(ready=True)
    return [make_talking(member).pk for _number in range(CONTACTS)]


def _much_is_said(contacts: Sequence[uuid.UUID]) -> None:
    said = """
        INSERT INTO chat_message (contact_id, seq, client_id, by, name, text, at, line_key, line_params)
        SELECT %s, 100 + n, gen_random_uuid(), 'caller', '', 'x', now(), '', '{}' FROM generate_series(1, %s) AS n"""
    with connection.cursor() as cursor:
        for contact in contacts:
            cursor.execute(said, [contact, MANY])


def _analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE chat_message")


def _whole_readings() -> int:
    """Return how often chat_message was read from one end to the other in this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'chat_message'")
        return int(cursor.fetchone()[0])


def _scans(plan: dict[str, Any], table: str) -> list[dict[str, Any]]:
    """Return the steps of a plan that read this table, each with what its own parts read."""
    if plan.get("Relation Name") == table:
        return [plan]
    return [scan for part in plan.get("Plans", ()) for scan in _scans(part, table)]


def _blocks(statement: str, values: Sequence[Any]) -> int:
    """Return how many blocks of chat_message and its indexes a statement reads.

    The other tables are left out: they are small here, and PostgreSQL may well read them whole, with all the dead
    pages that other tests left.
    """
    raw: Any = connection.connection
    explained = psycopg.Cursor(raw).execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", values)
    (row,) = explained.fetchall()
    plan = row[0] if isinstance(row[0], list) else json.loads(row[0])
    scans = _scans(plan[0]["Plan"], "chat_message")
    assert scans, "the plan names no scan of chat_message"
    return sum(scan["Shared Hit Blocks"] + scan["Shared Read Blocks"] for scan in scans)


@pytest.mark.database("postgresql")
@pytest.mark.parametrize("plan", ["force_custom_plan", "force_generic_plan"])
def test_postgresql_reads_what_is_new_and_nothing_else(plan: str) -> None:
    contacts = _contacts()
    _much_is_said(contacts)
    _analyse()
    with connection.cursor() as cursor:
        cursor.execute(f"SET plan_cache_mode = {plan}")
    since = [contacts, [100 + MANY - 1] * len(contacts), len(contacts), 500, 500]
    assert _blocks(PostgreSQL.SAID_SINCE, since) < FEW_BLOCKS
    assert _blocks(PostgreSQL.SAID_BEFORE, [contacts, [uuid.uuid4() for _contact in contacts]]) < FEW_BLOCKS
    with connection.cursor() as cursor:
        cursor.execute("RESET plan_cache_mode")


@pytest.mark.database("postgresql")
@pytest.mark.parametrize("plan", ["force_custom_plan", "force_generic_plan"])
def test_what_is_stored_as_foreseen_looks_for_its_ids_and_nothing_else(
    plan: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    contacts, now = _contacts(), timezone.now()
    asked: list[Any] = []

    def note(statement: str, values: Any) -> Any:
        asked.append(values)
        return ask(statement, values)

    monkeypatch.setattr(rows, "ask", note)
    places = PostgreSQL().lock(contacts, wait=True)
    after = [dataclasses.replace(one, last_seq=one.last_seq + 1, caller_said_at=now) for one in places]
    said = [Fresh(one.contact_id, one.last_seq, uuid.uuid4(), "caller", None, "", b"x", now) for one in after]
    assert PostgreSQL().store_foreseen(said, list(zip(places, after, strict=True))) == set(contacts)
    _much_is_said(contacts)
    _analyse()
    with connection.cursor() as cursor:
        cursor.execute(f"SET plan_cache_mode = {plan}")
    assert _blocks(PostgreSQL.STORE_FORESEEN, asked[-1]) < FEW_BLOCKS
    with connection.cursor() as cursor:
        cursor.execute("RESET plan_cache_mode")


@pytest.mark.database("postgresql")
def test_a_plan_that_was_made_while_nothing_was_said_yet_serves_when_much_is() -> None:
    contacts = _contacts()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE chat_message")  # other tests leave dead pages, from which PostgreSQL guesses its size
    _analyse()  # as autovacuum does: it is known to be empty
    asked: list[tuple[str, Sequence[Any]]] = [
        (
            f"{PostgreSQL.SAID_SINCE} -- anew",
            [contacts, [100] * len(contacts), len(contacts), 5, 5],
        ),  # no plan of another test
        (f"{PostgreSQL.SAID_BEFORE} -- anew", [contacts, [uuid.uuid4() for _contact in contacts]]),
    ]
    raw: Any = connection.connection
    with connection.cursor() as cursor:
        cursor.execute("SET plan_cache_mode = force_generic_plan")
    for statement, values in asked:
        psycopg.Cursor(raw).execute(statement, values, prepare=True)
    _much_is_said(contacts)
    before = _whole_readings()
    for statement, values in asked:
        psycopg.Cursor(raw).execute(statement, values, prepare=True)
    assert _whole_readings() == before
    with connection.cursor() as cursor:
        cursor.execute("RESET plan_cache_mode")


def _without_a_key(plan: dict[str, Any]) -> list[str]:
    """Return the tables that a plan reads otherwise than by the keys it is given."""
    here = (
        [plan["Relation Name"]]
        if "Relation Name" in plan and "Scan" in plan["Node Type"] and "Index Cond" not in plan
        else []
    )
    return here + [table for part in plan.get("Plans", ()) for table in _without_a_key(part)]


@pytest.mark.database("postgresql")
@pytest.mark.parametrize("contacts", [0, CONTACTS], ids=["a new line", "a few"])
def test_a_kept_plan_goes_by_keys_whatever_there_was_when_it_was_made(contacts: int) -> None:
    raw: Any = connection.connection
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE triage_contact, vault_datakey, roster_member, chat_message CASCADE")
        if contacts:
            _contacts()
            cursor.execute("ANALYZE triage_contact, vault_datakey, roster_member, chat_message")
        cursor.execute("SET plan_cache_mode = force_generic_plan")
    for statement in (PostgreSQL.SAID_SINCE, PostgreSQL.STORE_FORESEEN):
        pieces = statement.split("%b")
        marked = "".join(f"{piece}${number}" for number, piece in enumerate(pieces[:-1], 1)) + pieces[-1]
        asked = psycopg.Cursor(raw)
        asked.execute(f"PREPARE by_keys AS {marked}".encode())
        asked.execute(f"EXPLAIN (FORMAT JSON) EXECUTE by_keys({', '.join(['NULL'] * (len(pieces) - 1))})".encode())
        assert _without_a_key(asked.fetchall()[0][0][0]["Plan"]) == []
        asked.execute(b"DEALLOCATE by_keys")
    with connection.cursor() as cursor:
        cursor.execute("RESET plan_cache_mode")


@pytest.mark.database("sqlite")
def test_sqlite_finds_what_was_said_before_by_its_contact_and_id() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {SQLite.SAID_BEFORE}", ['[["a", "b"]]'])
        plan = [row[-1] for row in cursor.fetchall()]
    assert any("(contact_id=? AND client_id=?)" in step for step in plan)
    assert not any("SCAN m" in step for step in plan)
