"""A member's own space: made and opened with words that only they know; what is sealed in it they alone read.

It leaves no entry in the trail: that somebody wrote in their journal, and when, is nobody else's to know.
"""

import functools
import json
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction

from reflection import own_notes
from reflection.models import OwnSpace
from reflection.own_errors import SpaceShut, SpaceStands
from roster.models import Member
from vault import actions as vault
from vault.actions import Context
from vault.errors import CannotOpen
from vault.models import DataKey

PURPOSE = "own-seed"


def seed_context(space: uuid.UUID, column: str) -> Context:
    """Return what the seed of a space is bound to; ``column`` is ``seed`` (a password) or ``code_seed`` (a code)."""
    return Context(purpose=PURPOSE, table="reflection_ownspace", column=column, record=str(space))


def _key(row: DataKey) -> vault.CaseKey:
    """Return a key of the line. Raises vault.errors.CannotOpen."""
    return vault.case_key_for(row, vault.LINE)


class Opened:
    """A space while its member has it open; what is sealed in it opens with this alone."""

    def __init__(self, space: OwnSpace, pair: vault.OwnPair) -> None:
        self.space, self.pair = space, pair

    def read(self, context: Context, sealed: bytes, key: DataKey | None = None) -> dict[str, Any]:
        """Return what was sealed to this space. Raises vault.errors.CannotOpen."""
        read: dict[str, Any] = json.loads(self.pair.unseal(_key(key or self.space.key), context, bytes(sealed)))
        return read


def seal(space: OwnSpace, context: Context, told: dict[str, Any], *, key: DataKey | None = None, pad_to: int) -> bytes:
    """Seal something to the member of a space, who alone reads it; whoever writes it need not have it open.

    Raises SpaceShut when the line does not vouch for the public key of the space: somebody has put another there.
    """
    public = bytes(space.public)
    if not vault.vouches_for_own(bytes(space.voucher), space.pk, space.member_id, public):
        raise SpaceShut
    plain = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
    return vault.seal_to_own(public, _key(key or space.key), context, plain, pad_to=pad_to)


def of(member: Member) -> OwnSpace | None:
    """Return the space of a member, if they have made one."""
    return OwnSpace.objects.select_related("key").filter(member=member).first()


def make(member: Member, password: str) -> tuple[Opened, str]:
    """Make a member's space, closed with their password; return it open, and a code that opens it too, shown once.

    About 0.4 s of work. Raises SpaceStands when there is one. Whoever loses both password and code loses what is in it.
    """
    row, pair, code = vault.issue_line_key(), vault.OwnPair(), vault.fresh_own_code()
    key, space_id = _key(row), uuid.uuid4()
    by_password = pair.close(key, seed_context(space_id, "seed"), password)
    by_code = pair.close(key, seed_context(space_id, "code_seed"), vault.read_own_code(code) or "")
    space = OwnSpace(pk=space_id, member=member, key=row, public=pair.public)
    space.salt, space.seed, space.code_salt, space.code_seed = *by_password, *by_code
    space.voucher = vault.vouch_for_own(space.pk, member.pk, pair.public)
    try:
        with transaction.atomic():
            space.save(force_insert=True)
    except IntegrityError:
        vault.destroy_key(row.pk)
        raise SpaceStands from None
    return Opened(space, pair), code


def _opened(space: OwnSpace, closed: vault.Closed, column: str, words: str) -> Opened:
    try:
        pair = vault.open_closed(_key(space.key), seed_context(space.pk, column), closed, words)
    except CannotOpen:
        raise SpaceShut from None
    if pair.public != bytes(space.public):
        raise SpaceShut
    return Opened(space, pair)


def open_with_password(space: OwnSpace, password: str) -> Opened:
    """Open a space with the password that closed it. Raises SpaceShut. About 0.2 s of work."""
    return _opened(space, vault.Closed(bytes(space.salt), bytes(space.seed)), "seed", password)


def open_anew(space: OwnSpace, former: str, password: str) -> Opened:
    """Open a space with its code or the password before, and let ``password`` (the one in force) open it from now on.

    Raises SpaceShut. About 0.4 s of work.
    """
    words = vault.read_own_code(former)
    if words is None:
        opened = open_with_password(space, former)
    else:
        opened = _opened(space, vault.Closed(bytes(space.code_salt), bytes(space.code_seed)), "code_seed", words)
    close_with_password(opened, password)
    return opened


def close_with_password(opened: Opened, password: str) -> None:
    """Let another password open a space, in place of the one before. About 0.2 s of work."""
    space = opened.space
    space.salt, space.seed = opened.pair.close(_key(space.key), seed_context(space.pk, "seed"), password)
    space.save(update_fields=["salt", "seed"])


def new_code(opened: Opened) -> str:
    """Return a fresh code that opens the space, in place of the one before; it is shown once and kept nowhere."""
    space, code = opened.space, vault.fresh_own_code()
    closed = opened.pair.close(_key(space.key), seed_context(space.pk, "code_seed"), vault.read_own_code(code) or "")
    space.code_salt, space.code_seed = closed
    space.save(update_fields=["code_salt", "code_seed"])
    return code


def wish(space: OwnSpace, *, takes_thanks: bool, joins_trend: bool) -> None:
    """Keep a member's own word: whether others may leave them thanks, and whether they join the group's figure."""
    space.takes_thanks, space.joins_trend = takes_thanks, joins_trend
    space.save(update_fields=["takes_thanks", "joins_trend"])


# Erasing ------------------------------------------------------------------------------------------------------------


def destroy_after_commit(keys: Iterable[uuid.UUID]) -> None:
    """Block keys in this transaction, and destroy them after it; what a crash leaves between, the sweeper finishes."""
    for key_id in keys:
        vault.block_key(key_id)
        transaction.on_commit(functools.partial(vault.destroy_key, key_id), robust=True)


@transaction.atomic
def erase(space: OwnSpace) -> None:
    """Erase a space and all that is its member's own, for good: rows gone, keys destroyed, so that no backup opens it.

    Their notes to themselves from circles go too. A backup of the keystore that is older keeps the other half of the
    keys until it is destroyed (35 days at most).
    """
    of_rows = [key for rows in (space.pages, space.thanks) for key in rows.values_list("key", flat=True)]
    own_notes.throw_all_away(space.member_id)
    OwnSpace.objects.filter(pk=space.pk).delete()
    destroy_after_commit([space.key_id, *of_rows])
