"""The derived keys of contacts and cases that somebody holds open, for as long as they are used."""

import collections
import threading
import time
import uuid

from vault.sealing import Context, Sealer, derive

IDLE_AFTER = 15 * 60.0  # seconds after its last use for which a derived key is held


class CaseKey:
    """The key of one contact or case, derived and ready; record keys are derived from it by purpose."""

    def __init__(self, key_id: uuid.UUID, secret: bytes) -> None:
        self.key_id = key_id
        self.used_at = time.monotonic()
        self._secret = secret
        self._sealers: dict[str, Sealer] = {}

    def _sealer(self, context: Context) -> Sealer:
        found = self._sealers.get(context.key_name)
        if found is None:
            made = Sealer(derive(self._secret, f"pmpt/v1/record|{context.key_name}"))
            found = self._sealers[context.key_name] = made
        return found

    def seal(self, context: Context, plaintext: bytes, *, pad_to: int) -> bytes:
        """Seal ``plaintext``, padded to a multiple of ``pad_to`` bytes, bound to ``context``. Raises TooMuch."""
        return self._sealer(context).seal(context, plaintext, pad_to=pad_to)

    def sealed(self, context: Context, sealed: bytes) -> bool:
        """Say whether this key sealed it, as far as it says itself."""
        return self._sealer(context).made(sealed)

    def unseal(self, context: Context, sealed: bytes) -> bytes:
        """Open it. Raises vault.errors.Damaged."""
        return self._sealer(context).unseal(context, sealed)


class Kept:
    """The derived keys that somebody holds open, the longest unused first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: collections.OrderedDict[uuid.UUID, CaseKey] = collections.OrderedDict()
        self._lock = threading.Lock()

    def held(self, key_id: uuid.UUID) -> CaseKey | None:
        """Return the key if it is held open. Whoever asks has just read that it may be opened."""
        with self._lock:
            found = self._open.get(key_id)
            if found is not None:
                found.used_at = time.monotonic()
                self._open.move_to_end(key_id)
            return found

    def hold(self, key: CaseKey) -> CaseKey:
        """Hold a key open; the longest unused makes room."""
        with self._lock:
            self._open[key.key_id] = key
            self._open.move_to_end(key.key_id)
            while len(self._open) > self._most:
                self._open.popitem(last=False)
        return key

    def forget(self, key_id: uuid.UUID) -> None:
        """Drop one key from memory."""
        with self._lock:
            self._open.pop(key_id, None)

    def forget_all(self) -> None:
        """Drop every key from memory."""
        with self._lock:
            self._open.clear()

    def forget_idle(self, now: float | None = None) -> None:
        """Drop the keys that nobody has used for IDLE_AFTER; ``now`` in seconds of the monotonic clock."""
        before = (time.monotonic() if now is None else now) - IDLE_AFTER
        with self._lock:
            while self._open and next(iter(self._open.values())).used_at < before:
                self._open.popitem(last=False)
