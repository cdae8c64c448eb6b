"""Callers who wait and volunteers whose offers stand, made by the thousand as rows: keys, halves and grants as real."""

import datetime
import os
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.utils import timezone

from consent.models import ConsentReceipt
from roster.circles import duty, for_newcomers, supervision
from roster.models import Member, Presence, Role
from triage.models import Contact, Offer
from vault import actions, circles, master_keys, shares, staff_keys, wraps
from vault.keystore.models import KeyShare
from vault.models import CircleKey, DataKey, StaffKey
from vault.sealing import KEY
from vault.wrapping import KeyPair

AT_ONCE = 1_000  # rows of one statement
LASTS = datetime.timedelta(days=1)  # an offer here, and a lease: no clock is measured


class Half(NamedTuple):
    """A key that is not stored yet, with the share of it that is sealed to people."""

    key: DataKey
    share: bytes
    other: KeyShare


def _store(model: Any, rows: Sequence[Any], alias: str | None = None) -> None:
    model._base_manager.using(alias).bulk_create(rows, batch_size=AT_ONCE)  # noqa: SLF001  past the history's guard


def _half(epoch: Any) -> Half:
    key_id, share, other = uuid.uuid4(), os.urandom(KEY), os.urandom(KEY)
    secret = shares.secret_of(key_id, share, other)
    return Half(
        DataKey(
            pk=key_id,
            sealed_share=None if actions.only_people_open() else shares.seal_a(key_id, share),
            commitment=shares.commitment_to(secret),
            created_on=timezone.now().date(),
        ),
        share,
        KeyShare(pk=key_id, epoch=epoch, sealed_share=shares.seal_b(epoch, key_id, other)),
    )


def _grants(half: Half, sealed_to: Sequence[CircleKey]) -> list[Any]:
    """Return what stage B stores of a key that waits: one grant to the caller, one to those of each circle."""
    if not sealed_to:
        return []
    caller = actions.Caller(str(half.key.pk))
    own = wraps.for_secret(half.key.pk, half.share, caller.secret, by=caller)
    return [own, *(wraps.for_keys(half.key.pk, half.share, one, by=caller, reason="issue") for one in sealed_to)]


def callers(count: int, level: str = "C") -> list[uuid.UUID]:
    """Let so many wait at a level, one second after another; return the ids of the contacts."""
    now, epoch = timezone.now(), shares.epoch_of()
    found = map(circles.in_force, for_newcomers(rehearsal=True)) if actions.only_people_open() else ()
    sealed_to = [one for one in found if one is not None]
    receipt = ConsentReceipt.objects.create(version="bench", language="es-PE", digest="", given_at=now, action="bench")
    made = []
    for first in range(0, count, AT_ONCE):
        halves = [_half(epoch) for _number in range(first, min(first + AT_ONCE, count))]
        _store(KeyShare, [half.other for half in halves], "keystore")
        _store(DataKey, [half.key for half in halves])
        wraps.put([grant for half in halves for grant in _grants(half, sealed_to)])
        contacts = [
            Contact(
                state="waiting",
                urgency=level,
                language="es-PE",
                key=half.key,
                consent=receipt,
                opened_at=now,
                queued_at=now - datetime.timedelta(seconds=count - first - number),
                caller_seen_at=now + LASTS,
                rehearsal=True,
            )
            for number, half in enumerate(halves)
        ]
        _store(Contact, contacts)
        Contact.history.bulk_history_create(contacts)
        made += [contact.pk for contact in contacts]
    return made


def _keys_of(member: Member) -> tuple[StaffKey, str]:
    """Return a member's keys and what a session keeps of them, as a first sign-in makes both."""
    seed = os.urandom(KEY)
    pair = KeyPair(seed)
    row = StaffKey(member=member.pk, role=member.role, state=StaffKey.State.ACTIVE, made_at=timezone.now())
    row.public, row.public_of_signatures = pair.public, pair.public_of_signatures
    row.voucher = master_keys.vouch(*staff_keys.told(row))
    return row, f"{row.pk}:{seed.hex()}"


def members(count: int, role: str = Role.VOLUNTEER) -> list[Member]:
    """Make so many members who are there and not ready, so that nobody else offers them anyone.

    In stage B each has keys, and their circle is sealed to them.
    """
    today, now = timezone.localdate(), timezone.now()
    made = [
        Member(
            email=f"bench-{uuid.uuid4().hex}@ensayo.invalid",
            alias="Ensayo",
            full_name="Ensayo",
            role=role,
            licence_number="00000",
            licence_checked_on=today,
            trained_on=today,
            rehearsal=True,
        )
        for _number in range(count)
    ]
    _store(Member, made)
    _store(Presence, [Presence(member=one, lease_until=now + LASTS, since=now) for one in made])
    if actions.only_people_open():
        keys = [_keys_of(one) for one in made]
        _store(StaffKey, [row for row, _kept in keys])
        for member, (_row, kept) in zip(made, keys, strict=True):
            member.holder = actions.person(member.pk, kept)
        name = (duty if role == Role.VOLUNTEER else supervision)(rehearsal=True)
        everybody = Member.objects.filter(role=role, rehearsal=True).values_list("pk", flat=True)
        actions.keep_circle(name, everybody, [role])
    return made


def offers(contacts: Sequence[uuid.UUID], volunteers: Sequence[Member]) -> list[tuple[Member, uuid.UUID]]:
    """Offer each volunteer one of these contacts, which go round; return whom and the id of the offer, in order."""
    now = timezone.now()
    made = [
        Offer(contact_id=contacts[number % len(contacts)], member=member, sent_at=now, until=now + LASTS)
        for number, member in enumerate(volunteers)
    ]
    _store(Offer, made)
    return [(offer.member, offer.pk) for offer in made]


def in_turns(asked: Sequence[Any], seats: int) -> list[Iterator[Any]]:
    """Deal what is asked out to so many seats: whoever sits there goes on with the next of theirs."""
    return [iter(asked[seat::seats]) for seat in range(seats)]
