"""The derived keys of contacts and cases that this process holds open, for as long as they are used."""

import collections
import threading
import time
import uuid

from vault.sealing import Context, Sealer, derive

KEPT_OPEN = 2_000  # derived keys that this process holds at once
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

    def unseal(self, context: Context, sealed: bytes) -> bytes:
        """Open it. Raises vault.errors.Damaged."""
        return self._sealer(context).unseal(context, sealed)


_open: "collections.OrderedDict[uuid.UUID, CaseKey]" = collections.OrderedDict()  # the longest unused first
_lock = threading.Lock()


def held(key_id: uuid.UUID) -> CaseKey | None:
    """Return the key if this process holds it open. Whoever asks has just read that it may be opened."""
    with _lock:
        found = _open.get(key_id)
        if found is not None:
            found.used_at = time.monotonic()
            _open.move_to_end(key_id)
        return found


def hold(key: CaseKey) -> CaseKey:
    """Hold a key open; the longest unused makes room."""
    with _lock:
        _open[key.key_id] = key
        _open.move_to_end(key.key_id)
        while len(_open) > KEPT_OPEN:
            _open.popitem(last=False)
    return key


def forget(key_id: uuid.UUID) -> None:
    """Drop one key from this process's memory."""
    with _lock:
        _open.pop(key_id, None)


def forget_all() -> None:
    """Drop every key from this process's memory."""
    with _lock:
        _open.clear()


def forget_idle(now: float | None = None) -> None:
    """Drop the keys that nobody has used for IDLE_AFTER; ``now`` in seconds of the monotonic clock."""
    before = (time.monotonic() if now is None else now) - IDLE_AFTER
    with _lock:
        while _open and next(iter(_open.values())).used_at < before:
            _open.popitem(last=False)
