"""docs/CRYPTOGRAPHY.md is exact: its vectors are what the code makes, and its words are enough to open them."""

import datetime
import hashlib
import json
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.apps import apps

from cases import care_plans, month_counts, notes, rescue
from chat import sealing as chat_sealing
from chat.safety_plans import PLAN_BUCKET
from reflection import check_ins, journal, spaces, thanks
from reflection import entries as reflections
from roster.application_model import SEALED_AS
from tests.house.source import read
from training import answering
from training.answering import list_context
from triage.answers import PADDED_TO
from triage.assessing import RESULT_BUCKET, result_context
from triage.handing_over import NOTE_BUCKET as HANDOVER_BUCKET
from triage.handing_over import words_context
from vault import actions, master_keys, sealing, shares, trail
from vault.fields import SealedField
from vault.keyring import Keyring
from vault.keystore.models import EpochKey
from vault.models import Entry
from vault.sealing import Context, Sealer

DOCUMENT = Path("docs/CRYPTOGRAPHY.md")
NONCE = bytes(range(12))
MASTER, SHARE_A, SHARE_B, EPOCH = (bytes(range(start, start + 32)) for start in (0, 32, 64, 96))
KEY_ID, CONTACT, CLIENT, MEMBER, NOTE, RESCUE, HANDOVER, PRACTICE = (
    uuid.UUID(int=number << 64) for number in (1, 2, 3, 4, 5, 7, 8, 9)
)
DAY = datetime.date(2026, 11, 3)
WORDS = "Hola. ¿Estás ahí?".encode()
OWN, OWN_SEED = uuid.UUID(int=8 << 64), bytes(range(128, 160))
#: What was sealed, once, to the pair of OWN_SEED: HPKE draws a new key each time, so that no code makes it again.
INNER = bytes.fromhex(
    "0102f10072094f3b11ffa2ccaf7b2dfef5febcb2c0e20c0c46371fe7f5bc9ce0f73857adab94abf73e4757cf558a77fab854"
    "327c62faddbfa3928552aa5f75df5c962b8c76e681123f0e8006f05b3984f61c3ec84cd7734c0161cffeb3ce5bdf8a222d85"
    "cd92e2a0f18b96ebb44f296026f944ee9d0d343b1782929e7ee66c29e5959a73cfb4cc055dda47d6d02500ff7647e5c8db79"
    "11b22d0ffb5890196c6eb51a0c430bb6cd68c7f244805c2bd2d63445ecdb7b652d4864252cc5b6a05b71ad1e5ec0b6373066"
    "1f2cbad7904763e6c9f416e264fc248b482287ec1481fd2c8ee1bab1c5b837f9377888f329c917c33fd311762f68539cac27"
    "e107024f42858a2c715dc101f280c42090b8485a9fd7b0337ea4f579406c04dbce69297745a97bc0681022617371e801abdb"
    "e76ccb36c93f90a408083a5b8474"
)
INNER_SAYS = b'{"day": "2026-11-03", "kind": "arrive", "value": 4}'


def _documented() -> Any:
    return json.loads(read(DOCUMENT).split("```json\n", 1)[1].split("```", 1)[0])


def _contexts() -> list[tuple[str, str, Context, bytes, int]]:
    """Return column, key, context, content and bucket of each, from the code that seals it."""
    body = json.dumps({"reason": "grief", "talked": WORDS.decode()}, ensure_ascii=False).encode()
    entry = json.dumps(reflections.Said(3, "Rosa", "Hola.")._asdict(), ensure_ascii=False).encode()
    passed = rescue.Words(WORDS.decode()).as_bytes()
    filled = answering.Filled({"greets": "yes"}, WORDS.decode()).as_bytes()
    site = master_keys.site_context("mfa")
    answers = Context("triage", "triage_contact", "answers", str(CONTACT))
    chat, bucket = chat_sealing, chat_sealing.MESSAGE_BUCKET
    return [
        ("vault_datakey.sealed_share", "kek", shares.context_of("vault_datakey", KEY_ID), SHARE_A, 1),
        ("keystore_keyshare.sealed_share", "epoch", shares.context_of("keystore_keyshare", KEY_ID), SHARE_B, 1),
        ("keystore_epochkey.sealed_key", "kek", shares.epoch_context(EpochKey(day=DAY)), EPOCH, 1),
        ("mfa_authenticator.data", "kek", site, b"JBSWY3DPEHPK3PXP", 1),
        ("django_session.session_data", "kek", master_keys.site_context("session"), b"{}", 1),
        ("training_practice.secret", "kek", master_keys.site_context("practice"), b"secret of a script", 1),
        ("roster_application.sealed", "kek", master_keys.site_context(SEALED_AS), b'{"email": "elsa@ejemplo.pe"}', 1),
        ("cases_monthcounts.sealed", "kek", master_keys.site_context(month_counts.SEALED_AS), b'{"noted": []}', 1),
        ("chat_message.text", "record", chat.message_context(CONTACT, 7, "caller", CLIENT), WORDS, bucket),
        ("chat_message.text", "record", chat.message_context(CONTACT, 40_000, "caller", CLIENT), WORDS, bucket),
        ("chat_draft.text", "record", chat.draft_context(CONTACT, MEMBER), WORDS, bucket),
        (
            "chat_safetyplan.body",
            "record",
            chat.plan_context(CONTACT, 2),
            b'{"agreed": "llamar a mi prima"}',
            PLAN_BUCKET,
        ),
        (
            "chat_plandraft.body",
            "record",
            chat.plan_draft_context(CONTACT, None),
            b'{"given": {"agreed": "llamar a mi pri"}, "shown": {"agreed": ""}}',
            PLAN_BUCKET,
        ),
        ("triage_contact.answers", "record", answers, b'{"danger": "no"}', PADDED_TO),
        ("triage_instrumentuse.result", "record", result_context(CONTACT, 1, "asq"), b"{}", RESULT_BUCKET),
        ("triage_warmhandover.note", "record", words_context(HANDOVER), WORDS, HANDOVER_BUCKET),
        ("cases_noterevision.body", "record", notes.revision_context(NOTE, 2), body, notes.NOTE_BUCKET),
        ("cases_note.draft", "record", notes.draft_context(NOTE, 3), body, notes.NOTE_BUCKET),
        ("cases_careplan.body", "record", care_plans.plan_context(NOTE, 1), b"{}", care_plans.PLAN_BUCKET),
        ("reflection_entry.words", "record", reflections.entry_context(CONTACT, 7, CLIENT), entry, reflections.BUCKET),
        ("reflection_ownnote.words", "record", reflections.note_context(CONTACT, MEMBER), WORDS, reflections.BUCKET),
        ("reflection_ownspace.seed", "record", spaces.seed_context(OWN, "seed"), OWN_SEED, 1),
        ("reflection_ownspace.code_seed", "record", spaces.seed_context(OWN, "code_seed"), OWN_SEED, 1),
        ("reflection_ownspace.draft", "record", journal.draft_context(OWN), OWN_SEED, 1),
        ("reflection_journalpage.page", "record", journal.page_context(OWN), OWN_SEED, 1),
        ("reflection_checkin.result", "record", check_ins.result_context(OWN), INNER, 1),
        ("reflection_thanks.note", "record", thanks.note_context(OWN), OWN_SEED, 1),
        ("cases_rescuestep.words", "record", rescue.step_context(RESCUE, 3), passed, rescue.RESCUE_BUCKET),
        ("training_practice.own_check", "record", list_context(PRACTICE, "own_check"), filled, answering.BUCKET),
        ("training_practice.answer", "record", list_context(PRACTICE, "answer"), filled, answering.BUCKET),
    ]


def _entries() -> list[Entry]:
    at = datetime.datetime(2026, 11, 3, 22, 5, 0, 120, tzinfo=datetime.UTC)
    shared = {"at": at, "actor": str(MEMBER), "subject_kind": "case", "subject": str(NOTE), "result": "done"}
    first = Entry(seq=1, act="case.create", reason="", **shared)
    return [first, Entry(seq=2, act="case.open", reason="queja «á»", **shared)]


def _made(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return the vectors as the code makes them."""
    monkeypatch.setattr("vault.sealing.os.urandom", lambda size: NONCE[:size])
    ring, secret = Keyring((MASTER,)), shares.secret_of(KEY_ID, SHARE_A, SHARE_B)
    case_key = actions.CaseKey(KEY_ID, secret)
    seal: dict[str, Callable[[Context, bytes, int], bytes]] = {
        "kek": lambda context, plain, _bucket: ring.seal(context, plain),
        "epoch": lambda context, plain, _bucket: Sealer(EPOCH).seal(context, plain),
        "record": lambda context, plain, bucket: case_key.seal(context, plain, pad_to=bucket),
    }
    digests = [b""]
    for entry in _entries():
        digests.append(trail.digest_of(digests[-1], entry))
    return {
        "master key": MASTER.hex(),
        "key that seals": sealing.derive(MASTER, "pmpt/v1/kek").hex(),
        "its key id": sealing.key_id_of(sealing.derive(MASTER, "pmpt/v1/kek")).hex(),
        "django-signing": ring.secrets_for("django-signing")[0].hex(),
        "id": str(KEY_ID),
        "share A": SHARE_A.hex(),
        "share B": SHARE_B.hex(),
        "epoch key": EPOCH.hex(),
        "secret": secret.hex(),
        "commitment": shares.commitment_to(secret).hex(),
        "sealed": [
            {
                "column": column,
                "key": key,
                "context": [context.purpose, context.table, context.column, context.record, *context.extra],
                "number": context.number,
                "bucket": bucket,
                "content": plain.hex(),
                "value": seal[key](context, plain, bucket).hex(),
            }
            for column, key, context, plain, bucket in _contexts()
        ],
        "trail": [
            {"link": [entry.seq, entry.at.isoformat(timespec="microseconds"), *_told(entry)], "digest": digest.hex()}
            for entry, digest in zip(_entries(), digests[1:], strict=True)
        ],
    }


def _told(entry: Entry) -> list[str]:
    return [entry.actor, entry.act, entry.subject_kind, entry.subject, entry.result, entry.reason]


def test_the_vectors_are_what_the_code_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _documented() == _made(monkeypatch)


# A second implementation, written from the document alone ------------------------------------------------------------


def _derive(secret: bytes, info: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, None, info.encode()).derive(secret)


def _behind_its_length(part: str) -> bytes:
    encoded = part.encode()
    return len(encoded).to_bytes(4, "big") + encoded


def _opened(key: bytes, context: list[str], value: bytes, bucket: int) -> bytes:
    key_id = hashlib.sha256(b"pmpt/v1/key-id" + key).digest()[:8]
    assert value[:10] == b"\x01\x01" + key_id
    aad = value[:10] + b"".join(map(_behind_its_length, ["pmpt", "1", *context]))
    padded = AESGCM(key).decrypt(value[10:22], value[22:], aad)
    length = int.from_bytes(padded[:4], "big")
    assert len(padded) % bucket == 0
    assert not padded[4 + length :].strip(b"\0")
    return padded[4 : 4 + length]


def test_the_document_is_enough_to_open_every_sealed_column() -> None:
    vectors = _documented()
    kek = _derive(bytes.fromhex(vectors["master key"]), "pmpt/v1/kek")
    shares = bytes.fromhex(vectors["share A"] + vectors["share B"])
    secret = _derive(shares, f"pmpt/v1/case-dek|{vectors['id']}")
    assert _derive(secret, "pmpt/v1/commit").hex() == vectors["commitment"]
    for one in vectors["sealed"]:
        purpose, _table, _column, record, *_extra = one["context"]
        keys = {"kek": kek, "epoch": bytes.fromhex(vectors["epoch key"])}
        turn = one["number"] // 16_384
        name = f"{purpose}|{record}|{turn}" if turn else f"{purpose}|{record}"
        key = keys.get(one["key"]) or _derive(secret, f"pmpt/v1/record|{name}")
        assert _opened(key, one["context"], bytes.fromhex(one["value"]), one["bucket"]).hex() == one["content"]


def test_the_document_is_enough_to_open_what_is_a_members_alone() -> None:
    one = next(one for one in _documented()["sealed"] if one["column"] == "reflection_checkin.result")
    private = X25519PrivateKey.from_private_bytes(_derive(OWN_SEED, "pmpt/v1/pair|open"))
    public, inner = private.public_key().public_bytes_raw(), bytes.fromhex(one["content"])
    head = b"\x01\x02" + hashlib.sha256(b"pmpt/v1/public-key-id" + public).digest()[:8]
    assert inner[:10] == head
    info = head + b"".join(map(_behind_its_length, ["pmpt", "1", *one["context"]]))
    suite = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
    padded = suite.decrypt(inner[10:], private, info)
    length = int.from_bytes(padded[:4], "big")
    assert (padded[4 : 4 + length], len(padded) % check_ins.BUCKET) == (INNER_SAYS, 0)


def test_the_document_is_enough_to_verify_the_trail() -> None:
    digest = b""
    for one in _documented()["trail"]:
        canonical = json.dumps(one["link"], ensure_ascii=False, separators=(",", ":")).encode()
        digest = hashlib.sha256(digest + canonical).digest()
        assert digest.hex() == one["digest"]


# The table ----------------------------------------------------------------------------------------------------------


def _table() -> dict[str, list[str]]:
    rows = [line.strip("|").split("|") for line in read(DOCUMENT).splitlines() if re.match(r"\| `\w+\.\w+`", line)]
    return {row[0].strip(" `"): [cell.strip() for cell in row[1:]] for row in rows}


def test_the_table_names_every_sealed_column_and_each_has_a_vector() -> None:
    fields = [field for model in apps.get_models() for field in model._meta.local_fields]
    sealed = {f"{one.model._meta.db_table}.{one.column}" for one in fields if isinstance(one, SealedField)}
    other = {"vault_datakey.sealed_share", "keystore_keyshare.sealed_share", "keystore_epochkey.sealed_key"}
    vectors = {one["column"] for one in _documented()["sealed"]}
    small = {"mfa_authenticator.data", "django_session.session_data", "training_practice.secret"}
    small |= {"roster_application.sealed", "cases_monthcounts.sealed"}
    assert set(_table()) == vectors == sealed | other | small


def test_the_table_says_how_each_is_bound() -> None:
    keys = {"kek": "KEK", "epoch": "epoch key", "record": "record key"}
    for column, key, context, _plain, bucket in _contexts():
        said_key, purpose, place, _record, extra, said_bucket, _content = _table()[column]
        assert said_key == keys[key], column
        assert purpose == f"`{context.purpose}`", column
        assert place == f"{f'`{context.table}`' if context.table else 'empty'}, `{context.column}`", column
        assert not context.number or context.extra[0] == str(context.number), column
        assert len(context.extra) == (0 if extra == "–" else extra.count(",") + 1), column
        assert said_bucket == ("none" if bucket == 1 else str(bucket)), column
