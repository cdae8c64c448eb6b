"""The trail as one hash chain: appending to it and finding the first link that was changed."""

import dataclasses
import datetime
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Max
from django.utils import timezone

from vault.models import Entry, Head
from vault.statements import Insert

BATCH = 5_000
#: The moment of a link as its digest has it, told by each kind of database: reading a million of them takes seconds.
MOMENT = {
    "postgresql": """to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')""",
    "sqlite": "replace(at, ' ', 'T') || CASE WHEN instr(at, '.') THEN '+00:00' ELSE '.000000+00:00' END",
}
LINKS = """
    SELECT seq, {moment}, actor, act, subject_kind, subject, result, reason, digest
    FROM vault_entry WHERE seq > %s AND seq <= %s ORDER BY seq LIMIT %s"""
ADD = Insert(Entry)
Link = tuple[int, str, str, str, str, str, str, str, bytes]


class Act(NamedTuple):
    """What one link tells: ids and codes, never content."""

    actor: str
    act: str
    subject_kind: str
    subject: str
    result: str = "done"
    reason: str = ""


def _digest(previous: bytes, seq: int, stamp: str, *told: str) -> bytes:
    return hashlib.sha256(previous + msgspec.json.encode((seq, stamp, *told))).digest()


def _stamp(at: datetime.datetime) -> str:
    return at.astimezone(datetime.UTC).isoformat(timespec="microseconds")


def digest_of(previous: bytes, entry: Entry) -> bytes:
    """Return SHA-256 over the previous digest and the canonical JSON of the entry."""
    told = (entry.actor, entry.act, entry.subject_kind, entry.subject, entry.result, entry.reason)
    return _digest(previous, entry.seq, _stamp(entry.at), *told)


def append(*, actor: str, act: str, subject_kind: str, subject: str, result: str, reason: str) -> None:
    """Append one link in the current transaction; the head row is locked until that ends."""
    append_all([Act(actor, act, subject_kind, subject, result, reason)])


def append_all(acts: Sequence[Act]) -> None:
    """Append a link for each act, in order, in the current transaction; as ``append``, for the price of one."""
    if not acts:
        return
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        row = _locked_end(cursor)
        if row is None:
            Head.objects.get_or_create(pk=1)  # the very first link of a line
            row = _locked_end(cursor)
        seq, before = row or (0, b"")
        at, digest, links = timezone.now(), bytes(before), []
        stamp = _stamp(at)
        for told in acts:
            seq, digest = seq + 1, _digest(digest, seq + 1, stamp, *told)
            links.append((seq, at, *told, digest))
        ADD.store(links)
        cursor.execute("UPDATE vault_head SET seq = %s, digest = %s WHERE id = 1", [seq, digest])


def _locked_end(cursor: CursorWrapper) -> tuple[int, bytes] | None:
    """Read where the trail ends, and keep everybody else from appending (SQLite locks whoever begins to write)."""
    lock = "FOR UPDATE" if connection.features.has_select_for_update else ""
    cursor.execute(f"SELECT seq, digest FROM vault_head WHERE id = 1 {lock}")  # noqa: S608 - ours
    found: tuple[int, bytes] | None = cursor.fetchone()
    return found


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the trail is whole.

    ``checked`` links are good, ``first_bad`` is the number of the first one that is not (None when all are good), and
    ``vouched`` the number of the last one that a witness has seen just so. Where the links fit each other and a
    witness has seen other ones, the first bad one lies from ``first_bad`` to ``until``.
    """

    checked: int
    first_bad: int | None
    head: bytes
    vouched: int = 0
    until: int | None = None


def _links(after: int, until: int) -> Iterator[Link]:
    """Read the links beyond a number, up to another, some thousand at once (a cursor would hold all of them)."""
    statement = LINKS.format(moment=MOMENT[connection.vendor])
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [after, until, BATCH])
            rows = cursor.fetchall()
        yield from rows
        if not rows:
            return
        after = rows[-1][0]


def end() -> tuple[int, bytes]:
    """Return the number and the digest of the last link; 0 and nothing before the first."""
    row = Head.objects.filter(pk=1).first()
    return (row.seq, bytes(row.digest)) if row else (0, b"")


def verify(witnessed: Mapping[int, bytes] | None = None, *, after: tuple[int, bytes] = (0, b"")) -> Verdict:
    """Read the trail; a changed, missing or added link is named by its number.

    ``witnessed`` are digests by number that somebody outside has kept: whoever rewrote or cut the trail since, and made
    every link fit again, is caught by them. ``after`` begins behind a link that was verified before. It may run
    beside people who work: what is appended meanwhile is not read.
    """
    witnessed = witnessed or {}
    last, digest = end()
    checked, previous = after
    vouched = 0
    for seq, stamp, *told, kept in _links(checked or -1, last):
        if seq != checked + 1 or _digest(previous, seq, stamp, *told) != bytes(kept):
            return Verdict(checked, min(seq, checked + 1), previous, vouched)
        previous, checked = bytes(kept), seq
        if witnessed.get(seq, previous) != previous:
            return Verdict(vouched, vouched + 1, previous, vouched, seq)
        vouched = seq if seq in witnessed else vouched
    if (checked, previous) != (last, digest) or max(witnessed, default=0) > last:
        whole = min(checked, last)  # less than was verified before: the end was cut off since
        return Verdict(whole, whole + 1, previous, vouched)
    return Verdict(last, _beyond_the_end(), previous, vouched)


def _beyond_the_end() -> int | None:
    """Return the first number above the head's: nobody who appends leaves one there."""
    newest: int = Entry.objects.aggregate(newest=Max("seq"))["newest"] or 0
    last, _digest_there = end()  # read later: whoever appended meanwhile has moved it too
    return last + 1 if newest > last else None
