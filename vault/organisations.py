"""Recovery by three of four organisations: each holds a key offline, and no two of them open anything; no Django."""

import base64
import dataclasses
import hashlib
import itertools
import json
import os
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from vault import stretching
from vault.errors import Damaged, RecoveryProblem
from vault.sealing import KEY, VERSION, Context, Sealer, derive
from vault.wrapping import KeyPair, seal_to

ORGANISATIONS, NEEDED = 4, 3
HYBRID = 3  # HPKE with ML-KEM-768 and X25519 together: these are kept for years, and others may keep copies
HEADER = 2 + 8
MLKEM_PUBLIC, PUBLIC = 1184, 1184 + 32  # bytes
_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def fingerprint_of(public: bytes) -> str:
    """Return 16 hexadecimal digits by which an organisation's key is known."""
    return hashlib.sha256(b"pmpt/v1/organisation" + public).hexdigest()[:16]


def _prefix(public: bytes) -> bytes:
    return bytes((VERSION, HYBRID)) + bytes.fromhex(fingerprint_of(public))


class OrganisationKey:
    """The private key of an organisation, made of a seed of 32 bytes."""

    def __init__(self, seed: bytes) -> None:
        mlkem = MLKEM768PrivateKey.from_seed_bytes(derive(seed, "pmpt/v1/organisation|mlkem", 64))
        x25519 = X25519PrivateKey.from_private_bytes(derive(seed, "pmpt/v1/organisation|x25519"))
        self._private = hpke.MLKEM768X25519PrivateKey(mlkem, x25519)
        self.public = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()

    def unseal(self, context: Context, sealed: bytes) -> bytes:
        """Open what was sealed to this organisation. Raises Damaged."""
        prefix = _prefix(self.public)
        if sealed[:HEADER] != prefix:
            raise Damaged
        try:
            return _SUITE.decrypt(sealed[HEADER:], self._private, prefix + context.as_bytes())
        except InvalidTag:
            raise Damaged from None


def seal_to_organisation(public: bytes, context: Context, plaintext: bytes) -> bytes:
    """Return version ‖ algorithm ‖ fingerprint ‖ what HPKE makes, for a public key of PUBLIC bytes."""
    mlkem = MLKEM768PublicKey.from_public_bytes(public[:MLKEM_PUBLIC])
    whole = hpke.MLKEM768X25519PublicKey(mlkem, X25519PublicKey.from_public_bytes(public[MLKEM_PUBLIC:]))
    prefix = _prefix(public)
    return prefix + _SUITE.encrypt(plaintext, whole, prefix + context.as_bytes())


# A seed for any three of four -----------------------------------------------------------------------------------------


def share_context(staff_key: str, fingerprint: str) -> Context:
    """Return what an organisation's share of a member's seed is bound to."""
    return Context("quorum", "vault_quorumenvelope", "sealed_seed", staff_key, extra=(fingerprint,))


def _copy_context(staff_key: str, three: tuple[str, ...]) -> Context:
    return Context("quorum", "vault_quorumenvelope", "sealed_seed", staff_key, extra=three)


def _sealer(shares: Mapping[str, bytes], three: tuple[str, ...]) -> Sealer:
    return Sealer(derive(b"".join(shares[one] for one in three), "pmpt/v1/quorum"))


def divided(staff_key: str, seed: bytes, publics: Mapping[str, bytes]) -> dict[str, Any]:
    """Return a member's seed for any three of these four organisations (fingerprint → public key), as JSON holds it.

    Each gets a random share, sealed to it alone; of the seed there is a copy for each three of them, sealed under
    their three shares together. No mathematics of ours.
    """
    shares = {fingerprint: os.urandom(KEY) for fingerprint in sorted(publics)}
    sealed = {
        one: seal_to_organisation(publics[one], share_context(staff_key, one), share).hex()
        for one, share in shares.items()
    }
    copies = {
        ",".join(three): _sealer(shares, three).seal(_copy_context(staff_key, three), seed).hex()
        for three in itertools.combinations(shares, NEEDED)
    }
    return {"shares": sealed, "copies": copies}


def joined(staff_key: str, copies: Mapping[str, str], shares: Mapping[str, bytes]) -> bytes:
    """Return the seed from the shares of three organisations. Raises RecoveryProblem."""
    three = tuple(sorted(shares)[:NEEDED])
    copy = copies.get(",".join(three))
    if len(three) < NEEDED or copy is None:
        message = f"{len(shares)} answers are there; three of different organisations are needed."
        raise RecoveryProblem(message)
    try:
        return _sealer(shares, three).unseal(_copy_context(staff_key, three), bytes.fromhex(copy))
    except Damaged:
        message = "These answers do not fit together; ask all three again."
        raise RecoveryProblem(message) from None


# Files that go between people -----------------------------------------------------------------------------------------


def _written(kind: str, **facts: Any) -> str:
    return json.dumps({"kind": f"pmpt-{kind}", "version": 1, **facts}, ensure_ascii=False, indent=1) + "\n"


def read_file(text: str, kind: str) -> dict[str, Any]:
    """Return what a file of this kind holds. Raises RecoveryProblem."""
    try:
        facts: dict[str, Any] = json.loads(text)
        good = (facts["kind"], facts["version"]) == (f"pmpt-{kind}", 1)
    except (ValueError, KeyError, TypeError):
        facts, good = {}, False
    if not good:
        message = f"This is no {kind} of this program."
        raise RecoveryProblem(message)
    return facts


def make_key(name: str, passphrase: str) -> tuple[str, str]:
    """Make an organisation's key; return the text of its private file, opened by the passphrase, and of the public."""
    seed, salt = os.urandom(KEY), os.urandom(stretching.SALT)
    key = OrganisationKey(seed)
    context = Context("organisation", "", "key", fingerprint_of(key.public))
    sealed = Sealer(stretching.stretched(passphrase, salt)).seal(context, seed)
    public = base64.b64encode(key.public).decode()
    private = _written("organisation-key", name=name, public=public, salt=salt.hex(), sealed=sealed.hex())
    return private, _written("organisation", name=name, public=public)


def open_key(text: str, passphrase: str) -> OrganisationKey:
    """Return the key in a private file. Raises RecoveryProblem for another passphrase or a damaged file."""
    facts = read_file(text, "organisation-key")
    try:
        public = base64.b64decode(facts["public"], validate=True)
        context = Context("organisation", "", "key", fingerprint_of(public))
        key = stretching.stretched(passphrase, bytes.fromhex(facts["salt"]))
        return OrganisationKey(Sealer(key).unseal(context, bytes.fromhex(facts["sealed"])))
    except (Damaged, ValueError, KeyError):
        message = "This passphrase does not open the key file, or the file is damaged."
        raise RecoveryProblem(message) from None


@dataclasses.dataclass(frozen=True, slots=True)
class Organisation:
    """The public half of an organisation's key."""

    name: str
    public: bytes

    @property
    def fingerprint(self) -> str:
        """The 16 digits that both sides compare, by telephone or on paper."""
        return fingerprint_of(self.public)


def read_public(text: str) -> Organisation:
    """Return the public half in a file that an organisation sent. Raises RecoveryProblem."""
    facts = read_file(text, "organisation")
    try:
        public = base64.b64decode(facts["public"], validate=True)
        seal_to_organisation(public, share_context("", ""), b"")
        return Organisation(str(facts["name"])[:80], public)
    except (ValueError, KeyError, TypeError):
        message = "This organisation's public key is damaged."
        raise RecoveryProblem(message) from None


def asked(staff_key: str, who: str, divided_seed: Mapping[str, Any]) -> tuple[str, str]:
    """Return the text of the request that goes to the organisations, and of what stays until they have answered."""
    seed = os.urandom(KEY)
    to = KeyPair(seed).public.hex()
    request = _written("recovery-request", staff_key=staff_key, who=who, to=to, shares=divided_seed["shares"])
    kept = _written("recovery-kept", staff_key=staff_key, seed=seed.hex(), copies=divided_seed["copies"])
    return request, kept


def _answer_context(staff_key: str, fingerprint: str) -> Context:
    return Context("answer", "", "", staff_key, extra=(fingerprint,))


def answered(request: str, key: OrganisationKey) -> str:
    """Return an organisation's answer to a request: its share, sealed to whoever asks. Raises RecoveryProblem."""
    facts, fingerprint = read_file(request, "recovery-request"), fingerprint_of(key.public)
    try:
        staff_key, sealed = str(facts["staff_key"]), bytes.fromhex(facts["shares"][fingerprint])
        share = key.unseal(share_context(staff_key, fingerprint), sealed)
        given = seal_to(bytes.fromhex(facts["to"]), _answer_context(staff_key, fingerprint), share)
    except (Damaged, ValueError, KeyError):
        message = "Nothing in this request is sealed to this key."
        raise RecoveryProblem(message) from None
    return _written("recovery-answer", staff_key=staff_key, organisation=fingerprint, answer=given.hex())


def finished(kept: str, answers: list[str]) -> tuple[str, bytes]:
    """Return the staff key and its seed, from what was kept and three answers. Raises RecoveryProblem."""
    facts = read_file(kept, "recovery-kept")
    staff_key, pair = str(facts["staff_key"]), KeyPair(bytes.fromhex(facts["seed"]))
    shares = {}
    for text in answers:
        one = read_file(text, "recovery-answer")
        try:
            fingerprint = str(one["organisation"])
            shares[fingerprint] = pair.unseal(_answer_context(staff_key, fingerprint), bytes.fromhex(one["answer"]))
        except (Damaged, ValueError, KeyError):
            message = "One of these answers is damaged, or answers another request."
            raise RecoveryProblem(message) from None
    return staff_key, joined(staff_key, facts["copies"], shares)
