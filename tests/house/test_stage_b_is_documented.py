"""What docs/CRYPTOGRAPHY.md says of stage B is exact: its vectors are the code's, and its words open them."""

import datetime
import hashlib
import hmac
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tests.house.source import read
from tests.house.test_cryptography_is_documented import KEY_ID, MASTER, NONCE, SHARE_A, _behind_its_length, _derive
from vault import sealing, wraps
from vault.models import ShareWrap
from vault.sealing import Context, Sealer
from vault.wrapping import KeyPair

SEED, STAFF_KEY = bytes(range(128, 160)), uuid.UUID(int=6 << 64)
AT = datetime.datetime(2026, 11, 3, 22, 5, 0, 120, tzinfo=datetime.UTC)


@pytest.fixture
def documented() -> Any:
    """Return the vectors: the second block of JSON of the document."""
    return json.loads(read(Path("docs/CRYPTOGRAPHY.md")).split("```json\n", 2)[2].split("```", 1)[0])


def test_the_vectors_are_what_the_code_makes(documented: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vault.sealing.os.urandom", lambda size: NONCE[:size])
    pair = KeyPair(SEED)
    wrap, caller = documented["wrap"], documented["caller"]
    assert documented["seed"] == SEED.hex()
    assert documented["public"] == pair.public.hex()
    assert documented["public of signatures"] == pair.public_of_signatures.hex()
    purpose, table, column, record, *extra = wrap["context"]
    context = Context(purpose, table, column, record, tuple(extra))
    assert pair.unseal(context, bytes.fromhex(wrap["value"])) == SHARE_A
    sealer = Sealer(sealing.derive(caller["secret"].encode(), f"pmpt/v1/caller|{KEY_ID}"))
    context = Context("share", "vault_sharewrap", "sealed_share", str(KEY_ID), ("caller", sealer.key_id.hex()))
    assert caller["context"][-1] == sealer.key_id.hex()
    assert sealer.seal(context, SHARE_A).hex() == caller["value"]


def test_a_grant_is_told_signed_and_vouched_for_as_the_document_says(documented: Any) -> None:
    grant, sealed = documented["grant"], bytes.fromhex(documented["wrap"]["value"])
    row = ShareWrap(key_id=KEY_ID, kind="person", holder=str(STAFF_KEY), sealed_share=sealed)
    row.granter, row.reason, row.at = str(STAFF_KEY), "claim", AT
    assert list(wraps.grant_of(row)) == grant["told"]
    told = b"".join(map(_behind_its_length, grant["told"]))
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(documented["public of signatures"]))
    public.verify(bytes.fromhex(grant["signature"]), told)
    vouching = _derive(MASTER, "pmpt/v1/site|vouching")
    assert hmac.new(vouching, told, hashlib.sha256).hexdigest() == grant["voucher"]


def test_the_document_is_enough_to_open_what_is_sealed_to_somebody(documented: Any) -> None:
    private = X25519PrivateKey.from_private_bytes(_derive(bytes.fromhex(documented["seed"]), "pmpt/v1/pair|open"))
    public = private.public_key().public_bytes_raw()
    assert public.hex() == documented["public"]
    wrap = documented["wrap"]
    value = bytes.fromhex(wrap["value"])
    assert value[:10] == b"\x01\x02" + hashlib.sha256(b"pmpt/v1/public-key-id" + public).digest()[:8]
    info = value[:10] + b"".join(map(_behind_its_length, ["pmpt", "1", *wrap["context"]]))
    suite = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
    assert suite.decrypt(value[10:], private, info).hex() == wrap["content"]
