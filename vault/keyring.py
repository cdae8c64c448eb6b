"""The master keys in force and retired, and the text in which they are kept; pure, no Django and no file."""

import base64
import dataclasses
import functools
import json
import os

from vault.errors import Damaged, KeyProblem
from vault.sealing import KEY, KEY_ID, Context, Sealer, derive

KEK = "pmpt/v1/kek"


class UnknownKey(Damaged):
    """None of these master keys sealed this; one that was put in force a moment ago may have."""


@dataclasses.dataclass(frozen=True)
class Keyring:
    """All master keys (KEKs) of the line; the first one seals, all of them open.

    ``announced`` is the key that the next rotation puts in force: it opens already and seals nothing yet, so that
    every node has it before the first one seals under it.
    """

    keys: tuple[bytes, ...]
    announced: bytes | None = None

    @functools.cached_property
    def _sealers(self) -> list[Sealer]:
        return [Sealer(derive(key, KEK)) for key in self.keys]

    @functools.cached_property
    def _openers(self) -> dict[bytes, Sealer]:
        known = [*self._sealers, *([Sealer(derive(self.announced, KEK))] if self.announced else [])]
        return {sealer.key_id: sealer for sealer in known}

    def seal(self, context: Context, plaintext: bytes, *, oldest: bool = False) -> bytes:
        """Seal under the primary master key, or under the oldest, which every node has whatever was rotated."""
        return self._sealers[-1 if oldest else 0].seal(context, plaintext)

    def unseal(self, context: Context, sealed: bytes) -> bytes:
        """Open with whichever master key sealed it. Raises Damaged; UnknownKey when none of them did."""
        sealer = self._openers.get(sealed[2 : 2 + KEY_ID])
        if sealer is None:
            raise UnknownKey
        return sealer.unseal(context, sealed)

    def is_primary(self, sealed: bytes) -> bool:
        """Say whether the primary master key sealed this."""
        return sealed[2 : 2 + KEY_ID] == self._sealers[0].key_id

    @functools.cached_property
    def _secrets(self) -> dict[str, list[bytes]]:
        return {}  # by purpose, as they were asked for: each grant is vouched for, and the line has few purposes

    def secrets_for(self, purpose: str) -> list[bytes]:
        """Return a secret of the whole line for ``purpose``, primary first, then the retired ones."""
        return self.known_secrets_for(purpose)[: len(self.keys)]

    def known_secrets_for(self, purpose: str) -> list[bytes]:
        """Return these, and that of the announced key: another node may have put it in force a moment ago."""
        if purpose not in self._secrets:
            known = [*self.keys, *([self.announced] if self.announced else [])]
            self._secrets[purpose] = [derive(key, f"pmpt/v1/site|{purpose}") for key in known]
        return self._secrets[purpose]

    def announcing(self) -> "Keyring":
        """Return these keys with one that the next rotation puts in force."""
        return dataclasses.replace(self, announced=self.announced or os.urandom(KEY))

    def rotated(self) -> "Keyring":
        """Return these keys behind a new primary: the one that was announced, or else a fresh one."""
        return Keyring((self.announced or os.urandom(KEY), *self.keys))

    def has(self, other: "Keyring") -> bool:
        """Say whether all that ``other`` opens opens with these keys."""
        return other.key_ids() <= self.key_ids()

    def key_ids(self) -> frozenset[bytes]:
        """Return the ids of all keys that open."""
        return frozenset(self._openers)


def fresh() -> Keyring:
    """Return a keyring of one new key."""
    return Keyring((os.urandom(KEY),))


def written(ring: Keyring) -> str:
    """Return the text that ``read`` understands: JSON, as the key file has it (docs/CRYPTOGRAPHY.md)."""
    stored: dict[str, object] = {"version": 1, "keys": [base64.b64encode(key).decode() for key in ring.keys]}
    if ring.announced:
        stored["next"] = base64.b64encode(ring.announced).decode()
    return json.dumps(stored, indent=1) + "\n"


def read(text: str, *, named: str) -> Keyring:
    """Return the keys written in ``text``. Raises KeyProblem, one sentence that starts with how they are ``named``."""
    try:
        stored = json.loads(text)
        known = {"version", "keys", "next"}
        keys = tuple(base64.b64decode(key, validate=True) for key in stored["keys"])
        announced = base64.b64decode(stored["next"], validate=True) if "next" in stored else None
        all_keys = [*keys, *([] if announced is None else [announced])]
        good = stored["version"] == 1 and keys and stored.keys() <= known and all(len(key) == KEY for key in all_keys)
    except (ValueError, TypeError, KeyError, AttributeError):
        keys, announced, good = (), None, False
    if not good:
        told = "it holds no master keys. Restore them from the backup (without them nothing sealed opens)."
        message = f"{named} is broken: {told}"
        raise KeyProblem(message)
    return Keyring(keys, announced)
