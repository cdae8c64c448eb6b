"""Seals and opens bytes bound to a context; pure functions, no Django (docs/CRYPTOGRAPHY.md)."""

import dataclasses
import functools
import hashlib
import hmac
import os
import struct
from collections.abc import Iterable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vault.errors import Damaged, TooMuch

APP = "pmpt"
VERSION = 1
AES_256_GCM = 1
KEY_ID = 8  # bytes
NONCE = 12  # bytes; random, so at most 2^32 uses of one key (NIST SP 800-38D); ours stay near 2^14
TAG = 16
HEADER = 2 + KEY_ID + NONCE
KEY = 32
LONGEST = 1 << 20  # bytes of plaintext in one sealed value
NUMBERS_PER_KEY = 1 << 14  # values that one record key seals before the next one follows (collision bound 2^-69)


def framed(parts: Iterable[str]) -> bytes:
    """Return texts as one, each behind its length (4 bytes, big-endian): no two lists of texts give the same."""
    framed = b""
    for part in parts:
        encoded = part.encode()
        framed += len(encoded).to_bytes(4) + encoded
    return framed


@functools.lru_cache(maxsize=2_000)
def _place(purpose: str, table: str, column: str, record: str) -> bytes:
    """Return what all values of one record have in common: a conversation's messages are opened by the hundred."""
    return framed((APP, str(VERSION), purpose, table, column, record))


@dataclasses.dataclass(frozen=True, slots=True)
class Context:
    """Where a sealed value belongs: never a name that may change.

    ``number`` counts what is sealed for one purpose and record (a message's seq, a note's revision) and chooses the
    record key, so that no key is used without bound; ``extra`` binds what must not change, that number included.
    """

    purpose: str
    table: str
    column: str
    record: str
    extra: tuple[str, ...] = ()
    number: int = 0

    @property
    def key_name(self) -> str:
        """The name of the record key that seals here; another follows after each NUMBERS_PER_KEY values."""
        turn = self.number // NUMBERS_PER_KEY
        return f"{self.purpose}|{self.record}" + (f"|{turn}" if turn else "")

    def as_bytes(self) -> bytes:
        """Return the canonical bytes: each part behind its length (4 bytes, big-endian)."""
        return _place(self.purpose, self.table, self.column, self.record) + framed(self.extra)


def derive(secret: bytes, info: str, length: int = KEY) -> bytes:
    """Return ``length`` bytes derived from ``secret`` for one use (HKDF-SHA-256, RFC 5869, no salt)."""
    return HKDF(hashes.SHA256(), length, None, info.encode()).derive(secret)


def authenticate(secret: bytes, *told: str) -> bytes:
    """Return HMAC-SHA-256 (32 bytes) of some texts, each behind its length."""
    return hmac.digest(secret, framed(told), "sha256")


def verifies(secret: bytes, code: bytes, *told: str) -> bool:
    """Say whether ``authenticate`` made this of these texts."""
    return hmac.compare_digest(authenticate(secret, *told), code)


def pad(plaintext: bytes, bucket: int) -> bytes:
    """Put the length (4 bytes) in front and fill with zeros to a multiple of ``bucket`` bytes."""
    if len(plaintext) > LONGEST:
        message = "What is to be sealed is longer than one sealed value may be."
        raise TooMuch(message)
    framed = struct.pack(">I", len(plaintext)) + plaintext
    return framed + bytes(-len(framed) % max(1, bucket))


def unpad(padded: bytes) -> bytes:
    """Undo ``pad``. Raises Damaged when the length does not fit or the filling is not zeros."""
    if len(padded) < struct.calcsize(">I"):
        raise Damaged
    (length,) = struct.unpack_from(">I", padded)
    body, filling = padded[4 : 4 + length], padded[4 + length :]
    if len(body) != length or filling.strip(b"\0"):
        raise Damaged
    return body


def key_id_of(key: bytes) -> bytes:
    """Return the eight bytes by which a key is known in what it sealed."""
    return hashlib.sha256(b"pmpt/v1/key-id" + key).digest()[:KEY_ID]


class Sealer:
    """One key, ready to seal and to open."""

    def __init__(self, key: bytes) -> None:
        self.key_id = key_id_of(key)
        self._cipher = AESGCM(key)
        self._prefix = bytes((VERSION, AES_256_GCM)) + self.key_id

    def seal(self, context: Context, plaintext: bytes, *, pad_to: int = 1) -> bytes:
        """Return version ‖ algorithm ‖ key id ‖ nonce ‖ ciphertext and tag."""
        nonce = os.urandom(NONCE)
        aad = self._prefix + context.as_bytes()
        return self._prefix + nonce + self._cipher.encrypt(nonce, pad(plaintext, pad_to), aad)

    def made(self, sealed: bytes) -> bool:
        """Say whether a sealed value names this key."""
        return sealed[: 2 + KEY_ID] == self._prefix

    def unseal(self, context: Context, sealed: bytes) -> bytes:
        """Return the plaintext. Raises Damaged when anything about the value or its place is not as it was sealed."""
        if len(sealed) < HEADER + TAG or not self.made(sealed):
            raise Damaged
        nonce, body = sealed[2 + KEY_ID : HEADER], sealed[HEADER:]
        try:
            padded = self._cipher.decrypt(nonce, body, self._prefix + context.as_bytes())
        except InvalidTag:
            raise Damaged from None
        return unpad(padded)
