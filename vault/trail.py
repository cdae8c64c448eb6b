"""The trail as one hash chain: appending to it and finding the first link that was changed."""

import dataclasses
import datetime
import hashlib
import json

from django.db import transaction
from django.utils import timezone

from vault.models import Entry, Head

BATCH = 2_000


def digest_of(previous: bytes, entry: Entry) -> bytes:
    """Return SHA-256 over the previous digest and the canonical JSON of the entry."""
    at = entry.at.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    fields = (entry.seq, at, entry.actor, entry.act, entry.subject_kind, entry.subject, entry.result, entry.reason)
    return hashlib.sha256(previous + json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()).digest()


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
    """Whether the trail is whole: how many links were read, and the first bad one (None when all are good)."""

    checked: int
    first_bad: int | None
    head: bytes


def verify() -> Verdict:
    """Read the whole trail; a changed, missing or added link is named by its number."""
    previous, expected = b"", 1
    for entry in Entry.objects.order_by("seq").iterator(chunk_size=BATCH):
        if entry.seq != expected or digest_of(previous, entry) != bytes(entry.digest):
            return Verdict(expected - 1, expected, previous)
        previous, expected = bytes(entry.digest), expected + 1
    head = Head.objects.filter(pk=1).first()
    ends_well = (head is None and expected == 1) or (
        head is not None and head.seq == expected - 1 and bytes(head.digest) == previous
    )
    return Verdict(expected - 1, None if ends_well else expected, previous)
