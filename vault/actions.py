"""The verbs of the vault: issue, open, block, destroy keys; seal small secrets of the line; record in the trail."""

import os
import uuid
from collections.abc import Sequence

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.utils import timezone

from vault import codes, holders, leftovers, master_keys, quorum, shares, staff_keys, stretching, trail, wraps
from vault.case_keys import CaseKey
from vault.circles import keep as keep_circle
from vault.damage import note_damaged
from vault.errors import (
    CannotOpen,
    KeyBlocked,
    KeyDestroyed,
    KeyProblem,
    KeystoreProblem,
    KeyUnavailable,
)
from vault.granting import (
    About,
    Grant,
    give,
    give_all,
    keep,
    let_in,
    move,
    out_of_reach,
    pass_to,
    shut_out,
    shut_to,
)
from vault.holders import LINE, Caller, CodeBearer, Holder, Person
from vault.keystore.database_router import KEYSTORE
from vault.keystore.models import EpochKey, KeyShare
from vault.master_keys import open_site_secret, seal_site_secret, site_secrets
from vault.models import DataKey, Entry, ShareWrap
from vault.organisations import read_public as read_partner
from vault.own_seeds import (
    Closed,
    OwnPair,
    fresh_own_code,
    issue_line_key,
    open_closed,
    read_own_code,
    seal_to_own,
    vouch_for_gift,
    vouch_for_own,
    vouches_for_gift,
    vouches_for_own,
)
from vault.quorum import ask as ask_partners
from vault.quorum import name_partners
from vault.return_codes import ReturnCode
from vault.return_codes import fresh as fresh_return_code
from vault.return_codes import holds_one as holds_return_code
from vault.return_codes import read as read_return_code
from vault.rewrapping import turn_epoch
from vault.sealing import KEY, Context, derive
from vault.sharing import due_to_move, issue_shared, move_shared, share_with, take_back
from vault.staff_keys import expect as expect_staff_key
from vault.staff_keys import forget as forget_staff_keys
from vault.staff_keys import note_role
from vault.staff_keys import retire as retire_staff_key
from vault.stage import only_people_open
from vault.trail import Act
from vault.witnesses import hand_out as hand_out_heads

__all__ = [
    "LINE",
    "About",
    "Act",
    "Caller",
    "CaseKey",
    "Closed",
    "Context",
    "Grant",
    "Holder",
    "OwnPair",
    "ReturnCode",
    "ask_partners",
    "due_to_move",
    "expect_staff_key",
    "forget_staff_keys",
    "fresh_own_code",
    "fresh_return_code",
    "give",
    "give_all",
    "hand_out_heads",
    "holds_return_code",
    "issue_line_key",
    "issue_shared",
    "keep",
    "keep_circle",
    "let_in",
    "move",
    "move_shared",
    "name_partners",
    "note_damaged",
    "note_role",
    "only_people_open",
    "open_closed",
    "open_site_secret",
    "out_of_reach",
    "pass_to",
    "read_own_code",
    "read_partner",
    "read_return_code",
    "retire_staff_key",
    "seal_site_secret",
    "seal_to_own",
    "share_with",
    "shut_out",
    "shut_to",
    "site_secrets",
    "take_back",
    "turn_epoch",
    "vouch_for_gift",
    "vouch_for_own",
    "vouches_for_gift",
    "vouches_for_own",
]

RECOVERY_SYMBOLS = 26  # of a member's recovery code: 130 bits
RETURN_SALT = b"pmpt/v1/return--"  # the same for all: a code is found by what is made of it
SAMPLE = 20  # keys that are tried to see whether this keystore belongs to this database

State = DataKey.State


# The line's own keys ------------------------------------------------------------------------------------------------


def keys_stand() -> bool:
    """Say whether the master keys can be asked for; before the first start their file is not there."""
    return master_keys.source().stands()


def make_keys_if_new() -> None:
    """Make the master key file on the very first start. Raises KeyProblem when keys should be there and are not."""
    master_keys.make(something_is_sealed=_something_is_sealed())


def _something_is_sealed() -> bool:
    """Say whether either database holds a key; before the first start neither has its tables."""
    return any(
        model._meta.db_table in connections[alias].introspection.table_names() and model.objects.exists()
        for alias, model in ((KEYSTORE, EpochKey), (DEFAULT_DB_ALIAS, DataKey))
    )


def check_master_keys() -> None:
    """Open the newest epoch key: do these master keys belong to this keystore? Raises KeyProblem."""
    row = EpochKey.objects.order_by("-day").first()
    if row is None:
        return
    try:
        shares.epoch_key(row)
    except CannotOpen:
        message = f"{master_keys.source()} does not hold what sealed this keystore; restore the right master keys."
        raise KeyProblem(message) from None


def check_keys() -> None:
    """See that master keys, keystore and database belong together. Raises KeyProblem or KeystoreProblem."""
    check_master_keys()
    newest = DataKey.objects.filter(state=State.ACTIVE).order_by("-created_on")[:SAMPLE]
    if newest and not any(_opens(row) for row in newest):
        message = "The keystore of HOTLINE_KEYSTORE_URL is not the one of this database: no key of it opens."
        raise KeystoreProblem(message)


def _opens(row: DataKey) -> bool:
    """Say whether what the line has of a key opens: both shares in stage A, share B in stage B."""
    try:
        if row.sealed_share is None:
            shares.open_b(KeyShare.objects.select_related("epoch").get(pk=row.pk))
        else:
            _derived(row, LINE)
    except (CannotOpen, KeyShare.DoesNotExist):
        return False
    return True


# Keys of contacts and cases -----------------------------------------------------------------------------------------


def issue_key(holder: Holder = LINE, *, circles: Sequence[str] = ()) -> DataKey:
    """Make a key from two fresh shares: B into the keystore (committed first), A with the caller's transaction.

    In stage B it opens for ``holder`` and for the people of these circles; raises KeyUnavailable when that is nobody.
    If the transaction fails, a share B without its other half remains, which opens nothing.
    """
    key_id, share_a = uuid.uuid4(), os.urandom(KEY)
    secret = shares.secret_of(key_id, share_a, shares.put_b(key_id))
    row = DataKey.objects.create(
        pk=key_id,
        sealed_share=None if only_people_open() else shares.seal_a(key_id, share_a),
        commitment=shares.commitment_to(secret),
        created_on=timezone.now().date(),
    )
    if only_people_open():
        received = holder.receive(key_id, share_a)
        if not wraps.to_circles(key_id, share_a, circles, by=holder, reason="issue") and not received:
            raise KeyUnavailable
    (holder if only_people_open() else LINE).kept.hold(CaseKey(key_id, secret))
    return row


def _refuse_unless_active(row: DataKey) -> None:
    if row.state == State.ACTIVE:
        return
    holders.forget(row.pk)
    raise KeyBlocked if row.state == State.BLOCKED else KeyDestroyed


def case_key_for(row: DataKey, holder: Holder = LINE) -> CaseKey:
    """Return the key of a row that was just read, for a holder; without a query when they hold it open.

    The row decides, not what is held: a key that another node blocked or destroyed opens nothing here either, as
    long as ``row`` is fresh. Raises KeyBlocked, KeyDestroyed, or KeyUnavailable when it is not sealed to this holder,
    or the shares are missing or do not fit.
    """
    _refuse_unless_active(row)
    keeper = LINE if row.sealed_share is not None else holder
    return keeper.kept.held(row.pk) or keeper.kept.hold(_derived(row, holder))


def key_in_state(key_id: uuid.UUID, state: str, holder: Holder = LINE) -> CaseKey:
    """Return the key whose row was just read in this state; its row is read whole only if it is not held open.

    Raises as ``open_key``.
    """
    found = (holder.kept.held(key_id) or LINE.kept.held(key_id)) if state == State.ACTIVE else None
    return found or open_key(key_id, holder)


def _share_a(row: DataKey, holder: Holder) -> bytes:
    """Return share A: what is sealed under the master key (stage A) opens for whoever may, else it is the holder's."""
    return shares.open_a(row.pk, bytes(row.sealed_share)) if row.sealed_share else holder.share_of(row.pk)


def _derived(row: DataKey, holder: Holder) -> CaseKey:
    share = KeyShare.objects.select_related("epoch").filter(pk=row.pk).first()
    if share is None:
        raise KeyUnavailable
    secret = shares.secret_of(row.pk, _share_a(row, holder), shares.open_b(share))
    if shares.commitment_to(secret) != bytes(row.commitment):
        raise KeyUnavailable
    return CaseKey(row.pk, secret)


def open_key(key_id: uuid.UUID, holder: Holder = LINE) -> CaseKey:
    """Read the row and return its key; raises as ``case_key_for``, and KeyDestroyed when there is no such row."""
    row = DataKey.objects.filter(pk=key_id).first()
    if row is None:
        raise KeyDestroyed
    return case_key_for(row, holder)


def block_key(key_id: uuid.UUID) -> None:
    """Let nobody open what this key seals; part of the caller's transaction."""
    DataKey.objects.filter(pk=key_id, state=State.ACTIVE).update(state=State.BLOCKED)
    holders.forget(key_id)


def destroy_key(key_id: uuid.UUID) -> None:
    """Erase for good: blocked first, then share B in the keystore, then share A; doing it again changes nothing.

    Whatever a crash leaves between the steps, ``finish_destroying`` does.
    """
    block_key(key_id)
    KeyShare.objects.filter(pk=key_id).delete()
    ShareWrap.objects.filter(key=key_id).delete()
    DataKey.objects.filter(pk=key_id).update(state=State.DESTROYED, sealed_share=None)
    for alias in (KEYSTORE, DEFAULT_DB_ALIAS):
        leftovers.empty_log(alias)


def finish_destroying() -> int:
    """Destroy the keys that are still only blocked (a crash may have come between); return how many."""
    blocked = list(DataKey.objects.filter(state=State.BLOCKED).values_list("pk", flat=True))
    for key_id in blocked:
        destroy_key(key_id)
    return len(blocked)


def forget_idle_keys() -> None:
    """Drop derived keys that this process has not used for a quarter of an hour."""
    holders.forget_idle()


# People ------------------------------------------------------------------------------------------------------------


def unlock(member: uuid.UUID, role: str, password: str) -> str | None:
    """Open a member's private keys with their password; return what a session keeps of them, or None.

    About 0.2 s of work; nothing in stage A, where nobody has keys.
    """
    unlocked = staff_keys.unlock(member, role, password) if only_people_open() else None
    if unlocked:
        someone = person(member, unlocked)
        quorum.seal(someone.staff_key, someone.seed)
    return unlocked


def keys_for_rehearsal(member: uuid.UUID, role: str) -> str | None:
    """Make keys for a member who has no password; as ``unlock``."""
    return staff_keys.made_for(member, role) if only_people_open() else None


def close_with_password(holder: Holder, password: str) -> None:
    """Let another password open the keys of a member who is signed in; of anybody else nothing changes."""
    if isinstance(holder, Person):
        staff_keys.close_with(holder.staff_key, staff_keys.Closure.PASSWORD, password, holder.seed)


def new_recovery_code(holder: Holder) -> str:
    """Let a fresh code (130 bits) open the keys of a member who is signed in; return it, as it is shown once."""
    if not isinstance(holder, Person):
        raise KeyUnavailable
    code = codes.fresh(RECOVERY_SYMBOLS)
    normal = codes.read(code, RECOVERY_SYMBOLS) or ""
    staff_keys.close_with(holder.staff_key, staff_keys.Closure.RECOVERY_CODE, normal, holder.seed)
    return code


def open_with_code(member: uuid.UUID, role: str, code: str) -> str | None:
    """Open a member's keys with their recovery code, typed somehow; as ``unlock``."""
    normal = codes.read(code, RECOVERY_SYMBOLS)
    return staff_keys.unlock(member, role, normal, staff_keys.Closure.RECOVERY_CODE) if normal else None


def keys_of(member: uuid.UUID, role: str) -> staff_keys.Standing:
    """Return how the keys of a member stand."""
    return staff_keys.standing(member, role)


def let_go(member: uuid.UUID) -> None:
    """Take the keys of a member who leaves out of force, and from them what somebody else can open."""
    staff_keys.retire(member)
    wraps.take_from_leaver(member)


def has_expected_keys() -> bool:
    """Say whether a first start in stage B has held places free for the keys of those who were members then."""
    return Entry.objects.filter(act="keys.expected").exists()


def person(member: uuid.UUID, unlocked: str) -> Person:
    """Return a member as one who opens keys; ``unlocked`` is what ``unlock`` returned."""
    staff_key, seed = unlocked.split(":")
    return Person(member, uuid.UUID(staff_key), bytes.fromhex(seed))


def finish_recovery(kept: str, answers: list[str]) -> str:
    """Bring a member's keys back with three organisations' answers; return a code that opens them.

    Raises RecoveryProblem.
    """
    return quorum.finish(kept, answers, RECOVERY_SYMBOLS)


# Return codes -------------------------------------------------------------------------------------------------------


def bearer_of(code: ReturnCode) -> tuple[bytes, CodeBearer]:
    """Return by what a return code is found (32 bytes), and whoever has it as one who opens keys.

    About 0.2 s of work, for a code that nobody has as for any other. Both come from the code and from a secret of the
    line, so that a copy of the database cannot even be guessed at.
    """
    stretched = stretching.stretched(str(code.number), RETURN_SALT)
    *_newer, oldest = master_keys.ring().secrets_for("return")  # the one that no rotation changes
    return derive(stretched + oldest, "pmpt/v1/return|found-by"), CodeBearer(
        derive(stretched + oldest, "pmpt/v1/return|opens")
    )


# The trail ----------------------------------------------------------------------------------------------------------


def record(*, actor: str, act: str, subject_kind: str, subject: str, result: str = "done", reason: str = "") -> None:
    """Append to the trail in the current transaction. Values are ids and codes, never content."""
    trail.append(actor=actor, act=act, subject_kind=subject_kind, subject=subject, result=result, reason=reason)


def record_all(acts: Sequence[Act]) -> None:
    """Append several links in the current transaction, in order, for the price of one; as ``record``."""
    trail.append_all(acts)


def record_separately(*, actor: str, act: str, subject_kind: str, subject: str, result: str, reason: str = "") -> None:
    """Append a refused attempt, committed on its own. Raises RuntimeError inside a transaction: it could be undone."""
    with transaction.atomic(durable=True):
        record(actor=actor, act=act, subject_kind=subject_kind, subject=subject, result=result, reason=reason)
