"""The statements that a batch of messages costs, in the words of each kind of database.

They are written out, and not asked of the ORM, because every word of every conversation passes here: built and read by
the ORM they took more than half of a message's time (docs/PERFORMANCE.md). Everything else uses the ORM.
"""

import dataclasses
import datetime
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from django.db import connection

from vault.statements import ask

#: The columns of a Place, in its order.
PLACES = """
    SELECT c.id, c.state, c.last_seq, c.volunteer_id, COALESCE(m.alias, ''), c.key_id, k.state
    FROM triage_contact c
    JOIN vault_datakey k ON k.id = c.key_id
    LEFT JOIN roster_member m ON m.id = c.volunteer_id"""


@dataclasses.dataclass(slots=True)
class Place:
    """A locked contact, as far as a message asks for it."""

    contact_id: uuid.UUID
    state: str
    last_seq: int
    volunteer_id: uuid.UUID | None
    alias: str  # of the volunteer
    key_id: uuid.UUID
    key_state: str
    caller_said_at: datetime.datetime | None = None  # set here when that side speaks in this batch
    volunteer_said_at: datetime.datetime | None = None


class Stored(NamedTuple):
    """A message as it was read, its text sealed."""

    contact_id: uuid.UUID
    seq: int
    client_id: uuid.UUID
    by: str
    member: uuid.UUID | None
    name: str
    text: bytes | None
    at: datetime.datetime
    line_key: str
    line_params: dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Fresh:
    """A message that is to be stored, its text sealed."""

    contact_id: uuid.UUID
    seq: int
    client_id: uuid.UUID
    by: str
    member_id: uuid.UUID | None
    name: str
    text: bytes
    at: datetime.datetime


class Joined(NamedTuple):
    """Somebody who has just come into a conversation."""

    contact_id: uuid.UUID
    member_id: uuid.UUID
    name: str


class Rows(Protocol):
    """The rows of contacts and messages; every method runs in the caller's transaction."""

    def lock(self, contacts: Iterable[uuid.UUID], *, wait: bool) -> list[Place]:
        """Lock these contacts in order of their ids; without ``wait`` those locked elsewhere are left out."""

    def said_before(self, sayings: Sequence[tuple[uuid.UUID, uuid.UUID]]) -> list[int]:
        """Return the ids of the rows of messages that were said before, each by its contact and client id."""

    def store(self, messages: Sequence[Fresh], places: Sequence[Place]) -> None:
        """Insert messages and bring their contacts up to date."""

    def greet(self, joined: Sequence[Joined], now: datetime.datetime) -> None:
        """Say in conversations, which are locked, that somebody is there: again, where they have spoken before."""


class PostgreSQL:
    """Rows of PostgreSQL: whole batches as arrays, so that each statement has one form.

    That alone keeps no plan: PostgreSQL expects ten values of an array, gets one, and finds each time that another plan
    would be cheaper; planning took longer than storing. Hence the LIMITs of the two statements that hardly pause: each
    is as many as there are and cuts nothing, but of an unknown one PostgreSQL expects a tenth, so one row; it keeps
    that plan, which goes by keys at any size (docs/PERFORMANCE.md).
    """

    LOCK = PLACES + " WHERE c.id = ANY(%b) ORDER BY c.id FOR NO KEY UPDATE OF c"
    LOCK_FREE = LOCK + " SKIP LOCKED"
    # LATERAL: one by one, by the index. Asked for as two lists or as a join, PostgreSQL reads whole conversations, or
    # all of them (docs/PERFORMANCE.md).
    SAID_BEFORE = """
        SELECT m.id FROM unnest(%b::uuid[], %b::uuid[]) AS w (contact_id, client_id)
        CROSS JOIN LATERAL (
            SELECT id FROM chat_message WHERE contact_id = w.contact_id AND client_id = w.client_id LIMIT 1
        ) m"""
    SAID_SINCE = """
        WITH heard AS MATERIALIZED (
            SELECT c.id, w.seq, c.key_id, k.state
            FROM (SELECT * FROM unnest(%b::uuid[], %b::int[]) AS w (contact_id, seq) LIMIT %b) w
            JOIN triage_contact c ON c.id = w.contact_id
            JOIN vault_datakey k ON k.id = c.key_id
        )
        SELECT m.contact_id, m.seq, m.client_id, m.by, m.member, m.name, m.text, m.at, m.line_key, m.line_params,
            heard.key_id, heard.state
        FROM heard CROSS JOIN LATERAL (
            SELECT * FROM chat_message WHERE contact_id = heard.id AND seq > heard.seq ORDER BY seq LIMIT %b
        ) m
        ORDER BY m.contact_id, m.seq LIMIT %b"""
    STORE = """
        WITH said AS (
            INSERT INTO chat_message
                (contact_id, seq, client_id, by, member, name, text, at, line_key, line_params)
            SELECT m.*, '', '{}'::jsonb FROM unnest(
                %b::uuid[], %b::int[], %b::uuid[], %b::text[], %b::uuid[], %b::text[], %b::bytea[], %b::timestamptz[]
            ) AS m
        )
        UPDATE triage_contact c SET
            last_seq = p.last_seq,
            caller_said_at = COALESCE(p.caller_said_at, c.caller_said_at),
            volunteer_said_at = COALESCE(p.volunteer_said_at, c.volunteer_said_at)
        FROM unnest(%b::uuid[], %b::int[], %b::timestamptz[], %b::timestamptz[])
            AS p (id, last_seq, caller_said_at, volunteer_said_at)
        WHERE c.id = p.id"""

    # One way there and back instead of five, and a transaction of its own. What is locked elsewhere, or is no longer as
    # foreseen, is left out, and so is a contact in which one of these ids was said before. A row that is locked here is
    # judged as it is by then, not as it was when the statement began (PostgreSQL's manual, 13.2.1).
    STORE_FORESEEN = """
        WITH foreseen AS MATERIALIZED (
            SELECT * FROM unnest(
                %b::uuid[], %b::int[], %b::text[], %b::uuid[], %b::text[], %b::uuid[], %b::text[],
                %b::int[], %b::timestamptz[], %b::timestamptz[]
            ) AS f (
                id, last_seq, state, volunteer_id, alias, key_id, key_state,
                next_seq, caller_said_at, volunteer_said_at
            ) LIMIT %b
        ), said AS MATERIALIZED (
            SELECT * FROM unnest(
                %b::uuid[], %b::int[], %b::uuid[], %b::text[], %b::uuid[], %b::text[], %b::bytea[], %b::timestamptz[]
            ) AS s (contact_id, seq, client_id, by, member, name, text, at) LIMIT %b
        ), again AS MATERIALIZED (
            SELECT said.contact_id FROM said CROSS JOIN LATERAL (
                SELECT id FROM chat_message WHERE contact_id = said.contact_id AND client_id = said.client_id LIMIT 1
            ) m
        ), free AS MATERIALIZED (
            SELECT f.id, f.next_seq, f.caller_said_at, f.volunteer_said_at
            FROM foreseen f
            JOIN triage_contact c ON c.id = f.id
            JOIN vault_datakey k ON k.id = c.key_id
            LEFT JOIN roster_member m ON m.id = c.volunteer_id
            WHERE c.last_seq = f.last_seq AND c.state = f.state AND c.volunteer_id IS NOT DISTINCT FROM f.volunteer_id
                AND COALESCE(m.alias, '') = f.alias AND c.key_id = f.key_id AND k.state = f.key_state
                AND f.id NOT IN (SELECT contact_id FROM again)
            FOR NO KEY UPDATE OF c SKIP LOCKED
        ), stored AS (
            INSERT INTO chat_message
                (contact_id, seq, client_id, by, member, name, text, at, line_key, line_params)
            SELECT said.*, '', '{}'::jsonb FROM said JOIN free ON free.id = said.contact_id
        )
        UPDATE triage_contact c SET
            last_seq = free.next_seq,
            caller_said_at = COALESCE(free.caller_said_at, c.caller_said_at),
            volunteer_said_at = COALESCE(free.volunteer_said_at, c.volunteer_said_at)
        FROM free WHERE c.id = free.id RETURNING c.id"""

    GREET = """
        WITH moved AS (
            UPDATE triage_contact c SET last_seq = c.last_seq + 1
            FROM unnest(%b::uuid[], %b::uuid[], %b::text[]) AS j (contact_id, member_id, name)
            WHERE c.id = j.contact_id RETURNING c.id, c.last_seq, j.member_id, j.name
        )
        INSERT INTO chat_message (contact_id, seq, client_id, by, name, at, line_key, line_params)
        SELECT moved.id, moved.last_seq, gen_random_uuid(), 'line', '', %b, CASE WHEN EXISTS (
            SELECT 1 FROM chat_message m
            WHERE m.contact_id = moved.id AND m.by = 'volunteer' AND m.member = moved.member_id
        ) THEN 'joined_again' ELSE 'joined' END, jsonb_build_object('name', moved.name) FROM moved"""

    def lock(self, contacts: Iterable[uuid.UUID], *, wait: bool) -> list[Place]:
        """As Rows says."""
        return [Place(*row) for row in ask(self.LOCK if wait else self.LOCK_FREE, [list(contacts)])]

    def said_before(self, sayings: Sequence[tuple[uuid.UUID, uuid.UUID]]) -> list[int]:
        """As Rows says."""
        return [row[0] for row in ask(self.SAID_BEFORE, [list(ids) for ids in zip(*sayings, strict=True)])]

    def said_since(self, heard: Mapping[uuid.UUID, int], most: int) -> list[tuple[Stored, uuid.UUID, str]]:
        """Return up to ``most`` messages of these contacts above these numbers, each with its key and its state."""
        rows = ask(self.SAID_SINCE, [list(heard), list(heard.values()), len(heard), most, most])
        return [(Stored(*said), key_id, key_state) for *said, key_id, key_state in rows]

    def store(self, messages: Sequence[Fresh], places: Sequence[Place]) -> None:
        """As Rows says."""
        moved = [(one.contact_id, one.last_seq, one.caller_said_at, one.volunteer_said_at) for one in places]
        ask(self.STORE, _columns(messages) + [list(column) for column in zip(*moved, strict=True)])

    def store_foreseen(self, messages: Sequence[Fresh], places: Sequence[tuple[Place, Place]]) -> set[uuid.UUID]:
        """Store messages, and commit, where contacts are as foreseen; return the ids of those contacts.

        ``places`` are what was foreseen of each contact and what becomes of it. Outside any transaction.
        """
        moves = [
            (
                before.contact_id, before.last_seq, before.state, before.volunteer_id, before.alias, before.key_id,
                before.key_state, after.last_seq, after.caller_said_at, after.volunteer_said_at,
            )
            for before, after in places
        ]  # fmt: skip
        columns = [list(column) for column in zip(*moves, strict=True)]
        values = [*columns, len(places), *_columns(messages), len(messages)]
        return {row[0] for row in ask(self.STORE_FORESEEN, values)}

    def greet(self, joined: Sequence[Joined], now: datetime.datetime) -> None:
        """As Rows says."""
        ask(self.GREET, [*(list(column) for column in zip(*joined, strict=True)), now])


class SQLite:
    """Rows of SQLite: one writer at a time, so that nothing is ever locked elsewhere."""

    LOCK = PLACES + " WHERE c.id IN (SELECT value FROM json_each(%s)) ORDER BY c.id"  # noqa: S608  ours
    SAID_BEFORE = """
        SELECT m.id FROM json_each(%s) AS w CROSS JOIN chat_message AS m
        ON m.contact_id = json_extract(w.value, '$[0]') AND m.client_id = json_extract(w.value, '$[1]')"""
    STORE = """
        INSERT INTO chat_message (contact_id, seq, client_id, by, member, name, text, at, line_key, line_params)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '', '{}')"""
    MOVE = """
        UPDATE triage_contact SET
            last_seq = %s,
            caller_said_at = COALESCE(%s, caller_said_at),
            volunteer_said_at = COALESCE(%s, volunteer_said_at)
        WHERE id = %s"""

    COUNT = "UPDATE triage_contact SET last_seq = last_seq + 1 WHERE id = %s"
    GREET = """
        INSERT INTO chat_message (contact_id, seq, client_id, by, name, at, line_key, line_params)
        SELECT c.id, c.last_seq, %s, 'line', '', %s, CASE WHEN EXISTS (
            SELECT 1 FROM chat_message m WHERE m.contact_id = c.id AND m.by = 'volunteer' AND m.member = %s
        ) THEN 'joined_again' ELSE 'joined' END, %s FROM triage_contact c WHERE c.id = %s"""

    def lock(self, contacts: Iterable[uuid.UUID], *, wait: bool) -> list[Place]:
        """As Rows says."""
        del wait
        with connection.cursor() as cursor:
            cursor.execute(self.LOCK, [_listed(contacts)])
            return [
                Place(uuid.UUID(id_), state, last, uuid.UUID(member) if member else None, alias, uuid.UUID(key), key_is)
                for id_, state, last, member, alias, key, key_is in cursor
            ]

    def said_before(self, sayings: Sequence[tuple[uuid.UUID, uuid.UUID]]) -> list[int]:
        """As Rows says."""
        with connection.cursor() as cursor:
            cursor.execute(self.SAID_BEFORE, [json.dumps([(contact.hex, client.hex) for contact, client in sayings])])
            return [row[0] for row in cursor]

    def store(self, messages: Sequence[Fresh], places: Sequence[Place]) -> None:
        """As Rows says."""
        with connection.cursor() as cursor:
            cursor.executemany(
                self.STORE,
                [
                    (
                        one.contact_id.hex,
                        one.seq,
                        one.client_id.hex,
                        one.by,
                        one.member_id.hex if one.member_id else None,
                        one.name,
                        one.text,
                        _stamp(one.at),
                    )
                    for one in messages
                ],
            )
            cursor.executemany(
                self.MOVE,
                [
                    (one.last_seq, _stamp(one.caller_said_at), _stamp(one.volunteer_said_at), one.contact_id.hex)
                    for one in places
                ],
            )

    def greet(self, joined: Sequence[Joined], now: datetime.datetime) -> None:
        """As Rows says."""
        with connection.cursor() as cursor:
            cursor.executemany(self.COUNT, [(one.contact_id.hex,) for one in joined])
            cursor.executemany(
                self.GREET,
                [
                    (
                        uuid.uuid4().hex,
                        _stamp(now),
                        one.member_id.hex,
                        json.dumps({"name": one.name}),
                        one.contact_id.hex,
                    )
                    for one in joined
                ],
            )


def _columns(messages: Sequence[Fresh]) -> list[list[Any]]:
    rows = [
        (one.contact_id, one.seq, one.client_id, one.by, one.member_id, one.name, one.text, one.at) for one in messages
    ]
    return [list(column) for column in zip(*rows, strict=True)]


def _listed(ids: Iterable[uuid.UUID]) -> str:
    return json.dumps([one.hex for one in ids])


def _stamp(at: datetime.datetime | None) -> str | None:
    """Return a time as Django writes it into SQLite."""
    return connection.ops.adapt_datetimefield_value(at) if at else None


ROWS: dict[str, Rows] = {"postgresql": PostgreSQL(), "sqlite": SQLite()}


def rows() -> Rows:
    """Return the rows of the database in use."""
    return ROWS[connection.vendor]
