"""What one member keeps for themselves alone: closed by words that only they know, in both stages, for nobody else.

Sealed twice: to a key pair whose seed opens with those words alone, and, around that, under a key of the line, whose
destruction reaches every backup. No organisation has a share of the seed, and no circle.
"""

import os
import uuid
from typing import NamedTuple

from django.utils import timezone

from vault import codes, master_keys, shares, stretching
from vault.case_keys import CaseKey
from vault.models import DataKey
from vault.sealing import KEY, Context, Sealer, pad, unpad
from vault.wrapping import KeyPair, seal_to

SYMBOLS = 26  # of the code that opens a seed beside the password: 130 bits


class Closed(NamedTuple):
    """A seed that words close: the salt of the words, and the sealed seed."""

    salt: bytes
    sealed: bytes


class OwnPair:
    """The key pair of one person for themselves alone; ``seed`` (32 bytes) makes it."""

    def __init__(self, seed: bytes | None = None) -> None:
        self.seed = os.urandom(KEY) if seed is None else seed
        self._pair = KeyPair(self.seed)

    @property
    def public(self) -> bytes:
        """What others seal to (32 bytes)."""
        return self._pair.public

    def unseal(self, key: CaseKey, context: Context, sealed: bytes) -> bytes:
        """Open what ``seal_to_own`` sealed. Raises Damaged."""
        return unpad(self._pair.unseal(context, key.unseal(context, sealed)))

    def close(self, key: CaseKey, context: Context, words: str) -> Closed:
        """Close the seed with words, and around that under a key of the line. About 0.2 s of work."""
        salt = os.urandom(stretching.SALT)
        inner = Sealer(stretching.stretched(words, salt)).seal(context, self.seed)
        return Closed(salt, key.seal(context, inner, pad_to=1))


def open_closed(key: CaseKey, context: Context, closed: Closed, words: str) -> OwnPair:
    """Open a seed with the words that closed it. Raises Damaged with any other. About 0.2 s of work."""
    inner = key.unseal(context, closed.sealed)
    return OwnPair(Sealer(stretching.stretched(words, closed.salt)).unseal(context, inner))


def seal_to_own(public: bytes, key: CaseKey, context: Context, plaintext: bytes, *, pad_to: int) -> bytes:
    """Seal bytes to whose public key it is, and nobody else; padded within, so that the line sees no length either."""
    return key.seal(context, seal_to(public, context, pad(plaintext, pad_to)), pad_to=1)


def issue_line_key() -> DataKey:
    """Make a key that the line holds in both stages: for what is sealed to its person within."""
    key_id, share_a = uuid.uuid4(), os.urandom(KEY)
    secret = shares.secret_of(key_id, share_a, shares.put_b(key_id))
    return DataKey.objects.create(
        pk=key_id,
        sealed_share=shares.seal_a(key_id, share_a),
        commitment=shares.commitment_to(secret),
        created_on=timezone.now().date(),
    )


def vouch_for_own(space: uuid.UUID, member: uuid.UUID, public: bytes) -> bytes:
    """Return 32 bytes by which the line knows that this public key is this member's."""
    return master_keys.vouch("own space", str(space), str(member), public.hex())


def vouches_for_own(voucher: bytes, space: uuid.UUID, member: uuid.UUID, public: bytes) -> bool:
    """Say whether the line vouched for just this."""
    return master_keys.vouches(voucher, "own space", str(space), str(member), public.hex())


def vouch_for_gift(member: uuid.UUID, what: str) -> bytes:
    """Return 32 bytes by which the line alone knows again that this member gave this; they name nobody."""
    return master_keys.vouch("gift", str(member), what)


def vouches_for_gift(voucher: bytes, member: uuid.UUID, what: str) -> bool:
    """Say whether it was this member who gave this."""
    return master_keys.vouches(voucher, "gift", str(member), what)


def fresh_own_code() -> str:
    """Return a new code that may close a seed, in groups of four, as it is shown once."""
    return codes.fresh(SYMBOLS)


def read_own_code(text: str) -> str | None:
    """Return such a code as words that close, however it was typed, or None when it is none."""
    return codes.read(text, SYMBOLS)
