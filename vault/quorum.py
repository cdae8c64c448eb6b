"""Members' seeds sealed to the partner organisations: three of four bring one back, and leave a new recovery code."""

import json
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from vault import codes, master_keys, organisations, staff_keys, trail
from vault.errors import CannotOpen, RecoveryProblem
from vault.models import Partner, QuorumEnvelope, SeedEnvelope
from vault.organisations import Organisation
from vault.sealing import Context
from vault.wrapping import KeyPair


def _told(row: Partner) -> tuple[str, ...]:
    return ("partner", row.fingerprint, row.name, bytes(row.public).hex())


def context_of(staff_key: uuid.UUID) -> Context:
    """Return what the content of an envelope is bound to."""
    return Context("quorum", "vault_quorumenvelope", "sealed_seed", str(staff_key))


@transaction.atomic
def name_partners(partners: Sequence[Organisation]) -> None:
    """Name the four organisations that can bring a member's keys back. Raises RecoveryProblem unless four differ."""
    if len({one.fingerprint for one in partners}) != organisations.ORGANISATIONS:
        message = f"{organisations.ORGANISATIONS} different organisations are needed; three of them bring keys back."
        raise RecoveryProblem(message)
    Partner.objects.all().delete()
    for one in partners:
        row = Partner(fingerprint=one.fingerprint, name=one.name, public=one.public)
        row.voucher = master_keys.vouch(*_told(row))
        row.save(force_insert=True)
    _record("operator", "recovery.partners", kind="trail", subject="partners")


def _record(actor: str, act: str, *, kind: str, subject: str) -> None:
    trail.append(actor=actor, act=act, subject_kind=kind, subject=subject, result="done", reason="")


def partners() -> dict[str, bytes]:
    """Return the public keys of the organisations, by fingerprint, that the line vouches for; none if one is not."""
    rows = list(Partner.objects.order_by("fingerprint"))
    vouched = all(master_keys.vouches(row.voucher, *_told(row)) for row in rows)
    if len(rows) != organisations.ORGANISATIONS or not vouched:
        return {}
    return {row.fingerprint: bytes(row.public) for row in rows}


def seal(staff_key: uuid.UUID, seed: bytes) -> bool:
    """See that a seed is sealed to the organisations as they are named now; say whether it had to be."""
    publics = partners()
    named = ",".join(sorted(publics))
    if not publics or QuorumEnvelope.objects.filter(staff_key=staff_key, partners=named).exists():
        return False
    plain = json.dumps(organisations.divided(str(staff_key), seed, publics)).encode()
    sealed = master_keys.ring().seal(context_of(staff_key), plain)
    values = {"sealed_seed": sealed, "partners": named, "made_at": timezone.now()}
    QuorumEnvelope.objects.update_or_create(staff_key_id=staff_key, defaults=values)
    return True


@transaction.atomic
def ask(member: uuid.UUID, who: str) -> tuple[str, str]:
    """Return the request for the organisations and what stays here until they answer. Raises RecoveryProblem."""
    staff_key = staff_keys.of_members([member]).get(member)
    envelope = QuorumEnvelope.objects.filter(staff_key=staff_key).first() if staff_key else None
    if staff_key is None or envelope is None:
        message = (
            "The keys of this member are not sealed to the organisations: they never signed in since these are named."
        )
        raise RecoveryProblem(message)
    try:
        divided = json.loads(master_keys.unseal(context_of(staff_key.pk), bytes(envelope.sealed_seed)))
    except CannotOpen:
        message = "What is sealed to the organisations is damaged."
        raise RecoveryProblem(message) from None
    _record("operator", "recovery.asked", kind="member", subject=str(member))
    return organisations.asked(str(staff_key.pk), who, divided)


@transaction.atomic
def finish(kept: str, answers: list[str], symbols: int) -> str:
    """Bring a member's keys back: return a fresh recovery code that opens them. Raises RecoveryProblem."""
    named, seed = organisations.finished(kept, answers)
    row = staff_keys.active(uuid.UUID(named))
    if row is None or KeyPair(seed).public != bytes(row.public):
        message = "These keys are no member's any more."
        raise RecoveryProblem(message)
    code = codes.fresh(symbols)
    staff_keys.close_with(row.pk, SeedEnvelope.Closure.RECOVERY_CODE, codes.read(code, symbols) or "", seed)
    _record("operator", "recovery.done", kind="member", subject=str(row.member))
    return code
