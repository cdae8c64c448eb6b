"""Signed heads of the trail: one line each, which witnesses outside keep, so that nobody rewrites what they saw."""

import datetime
import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from vault import master_keys, signing
from vault.errors import Damaged, HeadProblem

MARK = "pmpt-head"
SIGNED = b"pmpt/v1/trail-head"


class Head(NamedTuple):
    """Where the trail stood at a moment: the number and digest of its last link, and that moment in UTC."""

    seq: int
    digest: bytes
    at: str

    def as_bytes(self) -> bytes:
        """Return what is signed."""
        return SIGNED + json.dumps([self.seq, self.digest.hex(), self.at], separators=(",", ":")).encode()


def _seeds() -> list[bytes]:
    """Return the line's signing keys, that of the oldest master key first: it stays the same whatever is rotated."""
    return list(reversed(master_keys.ring().secrets_for("trail-head")))


def public_key() -> str:
    """Return the key by which anybody can see that a head is this line's, in hexadecimal."""
    return signing.public_of(_seeds()[0]).hex()


def signed(seq: int, digest: bytes, now: datetime.datetime) -> str:
    """Return the line that witnesses keep."""
    head, seed = Head(seq, digest, now.astimezone(datetime.UTC).isoformat(timespec="seconds")), _seeds()[0]
    facts = {"seq": head.seq, "digest": head.digest.hex(), "at": head.at}
    proof = {"key": signing.public_of(seed).hex(), "signature": signing.sign(seed, head.as_bytes()).hex()}
    return f"{MARK} {json.dumps(facts | proof)}"


def read(lines: Iterable[str]) -> dict[int, bytes]:
    """Return the digests by number of all heads among some lines (a file, a log, a mail: other lines are passed over).

    Raises HeadProblem for a line that begins as a head and is none of this line's, and when two heads contradict.
    """
    ours = {signing.public_of(seed) for seed in _seeds()}
    found: dict[int, bytes] = {}
    for number, head in _heads(lines, ours):
        if found.setdefault(head.seq, head.digest) != head.digest:
            message = f"Line {number} of the heads says another thing about entry {head.seq} than one before it."
            raise HeadProblem(message)
    return found


def _heads(lines: Iterable[str], ours: set[bytes]) -> Iterator[tuple[int, Head]]:
    for number, line in enumerate(lines, start=1):
        _before, mark, told = line.partition(f"{MARK} ")
        if mark:
            yield number, _verified(number, told, ours)


def _verified(number: int, told: str, ours: set[bytes]) -> Head:
    try:
        facts = json.loads(told)
        head = Head(int(facts["seq"]), bytes.fromhex(facts["digest"]), str(facts["at"]))
        key, signature = bytes.fromhex(facts["key"]), bytes.fromhex(facts["signature"])
        if key not in ours:
            message = f"Line {number} of the heads is signed by a key that is not this line's."
            raise HeadProblem(message)
        signing.verify(key, signature, head.as_bytes())
    except (ValueError, KeyError, TypeError, Damaged):
        message = f"Line {number} of the heads is damaged: its signature does not fit."
        raise HeadProblem(message) from None
    return head
