"""Signs and verifies bytes with Ed25519 (RFC 8032); pure functions, no Django (docs/CRYPTOGRAPHY.md)."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from vault.errors import Damaged


class Signer:
    """A private key (32 bytes), ready to sign."""

    def __init__(self, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public(self) -> bytes:
        """The public key (32 bytes) that belongs to it."""
        return self._private.public_key().public_bytes_raw()

    def sign(self, signed: bytes) -> bytes:
        """Return the signature (64 bytes) over some bytes."""
        return self._private.sign(signed)


def public_of(seed: bytes) -> bytes:
    """Return the public key (32 bytes) that belongs to a private one (32 bytes)."""
    return Signer(seed).public


def sign(seed: bytes, signed: bytes) -> bytes:
    """Return the signature (64 bytes) of a private key (32 bytes) over some bytes."""
    return Signer(seed).sign(signed)


def verify(public: bytes, signature: bytes, signed: bytes) -> None:
    """See that a public key's owner signed just this. Raises Damaged."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, signed)
    except (InvalidSignature, ValueError):
        raise Damaged from None
