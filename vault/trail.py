"""The trail as one hash chain: appending to it and finding the first link that was changed."""

import dataclasses
import datetime
import hashlib
import json
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from vault.models import Entry, Head

BATCH = 5_000
FIELDS = ("seq", "at", "actor", "act", "subject_kind", "subject", "result", "reason", "digest")
Link = tuple[int, datetime.datetime, str, str, str, str, str, str, bytes]


def _digest(previous: bytes, seq: int, at: datetime.datetime, *told: str) -> bytes:
    stamp = at.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    canonical = json.dumps((seq, stamp, *told), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(previous + canonical.encode()).digest()


def digest_of(previous: bytes, entry: Entry) -> bytes:
    """Return SHA-256 over the previous digest and the canonical JSON of the entry."""
    told = (entry.actor, entry.act, entry.subject_kind, entry.subject, entry.result, entry.reason)
    return _digest(previous, entry.seq, entry.at, *told)


def append(*, actor: str, act: str, subject_kind: str, subject: str, result: str, reason: str) -> Entry:
    """Append one link in the current transaction; the head row is locked until that ends."""
    with transaction.atomic():
        head, _new = Head.objects.select_for_update().get_or_create(pk=1)
        entry = Entry(
            seq=head.seq + 1,
            at=timezone.now(),
            actor=actor,
            act=act,
            subject_kind=subject_kind,
            subject=subject,
            result=result,
            reason=reason,
        )
        entry.digest = digest_of(bytes(head.digest), entry)
        entry.save()
        head.seq, head.digest = entry.seq, entry.digest
        head.save(update_fields=["seq", "digest"])
    return entry


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the trail is whole: how many links are good, and the first bad one (None when all are good)."""

    checked: int
    first_bad: int | None
    head: bytes


def _links(until: int) -> Iterator[Link]:
    """Read the links up to a number, in order, some thousand at once (a cursor would hold all of them)."""
    last = -1
    while True:
        rows = list(
            Entry.objects.filter(seq__gt=last, seq__lte=until).order_by("seq").values_list(*FIELDS)[:BATCH],
        )
        yield from rows
        if not rows:
            return
        last = rows[-1][0]


def _head() -> tuple[int, bytes]:
    row = Head.objects.filter(pk=1).first()
    return (row.seq, bytes(row.digest)) if row else (0, b"")


def verify() -> Verdict:
    """Read the whole trail; a changed, missing or added link is named by its number.

    It may run beside people who work: what is appended meanwhile is not read.
    """
    end, digest = _head()
    previous, expected = b"", 1
    for seq, at, *told, kept in _links(end):
        if seq != expected or _digest(previous, seq, at, *told) != bytes(kept):
            return Verdict(expected - 1, min(seq, expected), previous)
        previous, expected = bytes(kept), expected + 1
    if expected - 1 != end or previous != digest:
        return Verdict(expected - 1, expected, previous)
    return Verdict(end, _beyond_the_end(), previous)


def _beyond_the_end() -> int | None:
    """Return the first number above the head's: nobody who appends leaves one there."""
    newest: int = Entry.objects.aggregate(newest=Max("seq"))["newest"] or 0
    end, _digest_there = _head()  # read later: whoever appended meanwhile has moved it too
    return end + 1 if newest > end else None
