"""Who opens keys: the line itself, a caller with the secret of their session, a member with their private keys."""

import threading
import uuid
import weakref

from vault import circles, wraps
from vault.case_keys import Kept
from vault.errors import KeyUnavailable
from vault.wrapping import KeyPair

OF_THE_LINE = 2_000  # derived keys that the line holds open at once
OF_ONE = 100  # and one person

_all: "weakref.WeakSet[Holder]" = weakref.WeakSet()
_lock = threading.Lock()


class Holder:
    """Somebody who opens keys, and holds them open while they are there: a page's request, or a socket."""

    name = "line"
    actor = "line"  # as the trail names them

    def __init__(self, most: int = OF_ONE) -> None:
        self.kept = Kept(most)
        with _lock:
            _all.add(self)

    @property
    def unlocked(self) -> str | None:
        """What a session keeps of their private keys, if they have any."""
        return None

    def share_of(self, key_id: uuid.UUID, read: wraps.Read | None = None) -> bytes:
        """Return share A of a key that is sealed to them, with what was read of several. Raises KeyUnavailable."""
        del key_id, read
        raise KeyUnavailable

    def receive(self, key_id: uuid.UUID, share: bytes) -> bool:
        """Seal share A to themselves; say whether they have anything to seal it to."""
        del key_id, share
        return False

    def carry(self) -> int:
        """Let those who came to their circles later open what was sealed before; return to how many."""
        return 0

    def sign(self, told: bytes) -> bytes:
        """Return a signature over some bytes; nothing, as the line and callers have no signing key."""
        del told
        return b""


class Caller(Holder):
    """A caller; ``secret`` is what their session holds (and it opens with their cookie alone)."""

    name = "caller"
    actor = "caller"

    def __init__(self, secret: str) -> None:
        super().__init__()
        self.secret = secret

    def share_of(self, key_id: uuid.UUID, read: wraps.Read | None = None) -> bytes:
        """As Holder says."""
        del read
        return wraps.for_caller(key_id, self.secret)

    def receive(self, key_id: uuid.UUID, share: bytes) -> bool:
        """As Holder says."""
        wraps.to_caller(key_id, share, self.secret, by=self)
        return True


class CodeBearer(Holder):
    """Somebody who has typed a return code; ``key`` (32 bytes) is made of it."""

    name = actor = "caller"

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self.key = key

    def share_of(self, key_id: uuid.UUID, read: wraps.Read | None = None) -> bytes:
        """As Holder says."""
        del read
        return wraps.for_code(key_id, self.key)

    def receive(self, key_id: uuid.UUID, share: bytes) -> bool:
        """As Holder says."""
        wraps.to_code(key_id, share, self.key, by=self)
        return True


class Person(Holder):
    """A member who is signed in; ``seed`` (32 bytes) makes their private keys."""

    def __init__(self, member: uuid.UUID, staff_key: uuid.UUID, seed: bytes) -> None:
        super().__init__()
        self.member, self.staff_key = member, staff_key
        self.name, self.actor = str(staff_key), str(member)
        self._ring = circles.Ring(KeyPair(seed))

    @property
    def unlocked(self) -> str | None:
        """As Holder says: the key's id and the seed."""
        return f"{self.staff_key}:{self.seed.hex()}"

    def share_of(self, key_id: uuid.UUID, read: wraps.Read | None = None) -> bytes:
        """As Holder says."""
        return (read or wraps.Read([key_id], [self.staff_key])).share(key_id, self.staff_key, self._ring)

    def receive(self, key_id: uuid.UUID, share: bytes) -> bool:
        """As Holder says."""
        return wraps.to_member(key_id, share, self.member, by=self, reason="own")

    def sign(self, told: bytes) -> bytes:
        """Return their signature (64 bytes)."""
        return self._ring.own.sign(told)

    @property
    def seed(self) -> bytes:
        """What makes their private keys (32 bytes)."""
        return self._ring.own.seed

    def carry(self) -> int:
        """As Holder says."""
        return circles.carry(self.staff_key, self._ring.own)


#: The line itself: it opens what is sealed under the master key (stage A), and nothing else.
LINE = Holder(OF_THE_LINE)


def everybody() -> list[Holder]:
    """Return whoever holds keys open in this process."""
    with _lock:
        return list(_all)


def forget(key_id: uuid.UUID) -> None:
    """Drop one key from the memory of everybody here."""
    for holder in everybody():
        holder.kept.forget(key_id)


def forget_all() -> None:
    """Drop every key from the memory of everybody here."""
    for holder in everybody():
        holder.kept.forget_all()


def forget_idle(now: float | None = None) -> None:
    """Drop the keys that nobody has used for a quarter of an hour; ``now`` in seconds of the monotonic clock."""
    for holder in everybody():
        holder.kept.forget_idle(now)
