"""Seals bytes to the owner of a public key, opens them with the private one (HPKE, RFC 9180); pure, no Django."""

import functools
import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from vault import signing
from vault.errors import Damaged
from vault.sealing import KEY_ID, VERSION, Context, derive

HPKE_X25519 = 2  # DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, base mode, one message
HEADER = 2 + KEY_ID
_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def key_id_of(public: bytes) -> bytes:
    """Return the eight bytes by which a public key is known in what was sealed to it."""
    return hashlib.sha256(b"pmpt/v1/public-key-id" + public).digest()[:KEY_ID]


def _prefix(public: bytes) -> bytes:
    return bytes((VERSION, HPKE_X25519)) + key_id_of(public)


def seal_to(public: bytes, context: Context, plaintext: bytes) -> bytes:
    """Return version ‖ algorithm ‖ key id ‖ encapsulated key ‖ ciphertext and tag, for a public key of 32 bytes."""
    prefix = _prefix(public)
    sealed = _SUITE.encrypt(plaintext, X25519PublicKey.from_public_bytes(public), prefix + context.as_bytes())
    return prefix + sealed


class KeyPair:
    """Both key pairs of one person or circle, derived from a seed of 32 bytes: one opens, one signs."""

    def __init__(self, seed: bytes) -> None:
        self.seed = seed
        self._private = X25519PrivateKey.from_private_bytes(derive(seed, "pmpt/v1/pair|open"))
        self.public = self._private.public_key().public_bytes_raw()
        self._prefix = _prefix(self.public)

    @functools.cached_property
    def _signer(self) -> signing.Signer:
        return signing.Signer(derive(self.seed, "pmpt/v1/pair|sign"))  # a circle's pair never signs

    @property
    def public_of_signatures(self) -> bytes:
        """The public key (32 bytes) with which others verify what this pair signed."""
        return self._signer.public

    def sign(self, told: bytes) -> bytes:
        """Return the signature (64 bytes) over some bytes."""
        return self._signer.sign(told)

    def unseal(self, context: Context, sealed: bytes) -> bytes:
        """Open what was sealed to this pair. Raises Damaged when anything about it or its place is not as it was."""
        if sealed[:HEADER] != self._prefix:
            raise Damaged
        try:
            return _SUITE.decrypt(sealed[HEADER:], self._private, self._prefix + context.as_bytes())
        except InvalidTag:
            raise Damaged from None
