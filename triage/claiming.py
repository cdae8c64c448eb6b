"""Claims: volunteers who accept offers, all that come at once in one transaction; of each contact one of them wins."""

import dataclasses
import datetime
import uuid
from collections.abc import Sequence
from typing import NamedTuple

from django.db import transaction

from roster import actions as roster
from roster.circles import duty, supervision
from roster.models import Member
from triage.claim_rows import Rows, Wanted, rows
from triage.errors import NotAllowed, OfferGone
from triage.hands import may_get
from triage.models import Contact, ContactState, Offer, OfferState
from triage.offering import close_offers, ring_given
from triage.states import give_to, read_locked
from vault import actions as vault
from vault.models import DataKey
from wire import clock

__all__ = ["Claim", "Claimed", "accept", "accept_all", "assign_by_hand", "contact_of"]


class Claim(NamedTuple):
    """A member who wants the contact of an offer."""

    member: Member
    offer_id: uuid.UUID


@dataclasses.dataclass(frozen=True, slots=True)
class Claimed:
    """What came of a claim: the id of the ``contact``, which is theirs now, or none: the offer is gone.

    ``busy``: somebody else changes the contact just now, so this one is to be tried again alone.
    """

    contact: uuid.UUID | None = None
    busy: bool = False


GONE, BUSY = Claimed(), Claimed(busy=True)


def _winners(kept: Rows, wanted: dict[Claim, Wanted]) -> dict[Claim, Wanted]:
    """Return who gets which contact: whoever came first of those whose hands are free.

    They may have filled since the offer was made.
    """
    carried = kept.carried([claim.member.pk for claim in wanted]) if wanted else {}
    won: dict[uuid.UUID, Claim] = {}
    for claim, one in wanted.items():
        if may_get(one.taker, one.practice_for, one.urgency, carried.get(one.member_id, ())):
            won.setdefault(one.contact_id, claim)
    return {claim: wanted[claim] for claim in won.values()}


class _Given(NamedTuple):
    """A contact that is a member's now, and who lets them open it."""

    contact_id: uuid.UUID
    rehearsal: bool
    practice: bool
    key: DataKey
    member_id: uuid.UUID
    by: vault.Holder
    decided_by: str = ""  # a supervisor's id, or nobody's: they accepted it themselves

    @classmethod
    def of(cls, claim: Claim, one: Wanted) -> "_Given":
        """Return what a claim got."""
        practice = one.practice_for is not None
        return cls(one.contact_id, one.rehearsal, practice, one.key, one.member_id, claim.member.holder)

    @property
    def circles(self) -> tuple[str, str]:
        """Who may open it beside them, and who did: a practice is supervised by those of real callers."""
        return supervision(rehearsal=self.rehearsal and not self.practice), duty(rehearsal=self.rehearsal)

    def told(self) -> vault.Act:
        """Return what the trail is told: by whom it was decided."""
        act = "contact.assign" if self.decided_by else "contact.accept"
        return vault.Act(self.decided_by or str(self.member_id), act, "contact", str(self.contact_id))


def _note(given: Sequence[_Given]) -> None:
    """Let each member alone open their contact, beside supervision, and leave the traces.

    Where somebody cannot let them, the caller's page will.
    """
    grants: dict[tuple[str, str], list[vault.Grant]] = {}
    for one in given:
        grant = vault.Grant(one.key, one.member_id, one.by, vault.About("contact", one.contact_id, "claim"))
        grants.setdefault(one.circles, []).append(grant)
    told = []
    for (watching, leaving), some in grants.items():
        told += vault.give_all(some, circle=watching, leaving=leaving)
    told += [one.told() for one in given]
    vault.record_all(told)


def _busy(claims: Sequence[Claim], *, wait: bool) -> set[uuid.UUID]:
    """Return the offers that stand although their contact was not read: it is locked elsewhere, or passed on."""
    if wait or not claims:
        return set()
    asked = Offer.objects.filter(pk__in={claim.offer_id for claim in claims}, state=OfferState.OPEN)
    return set(asked.filter(until__gt=clock.now()).values_list("pk", flat=True))


def _give(kept: Rows, won: dict[Claim, Wanted], now: datetime.datetime) -> dict[Claim, Wanted]:
    """Give the winners their contacts, note it and ring; return those whose offer still stood."""
    if not won:
        return {}
    given = kept.give(list(won.values()), now)
    won = {claim: one for claim, one in won.items() if one.offer_id in given.offers}
    if won:
        _note([_Given.of(claim, one) for claim, one in won.items()])
        ring_given([one.contact_id for one in won.values()], given.missed.union(one.member_id for one in won.values()))
    return won


@transaction.atomic
def accept_all(claims: Sequence[Claim], *, wait: bool = False) -> list[Claimed]:
    """Give offered contacts to those who claim them, all in one transaction; return what came of each, in order.

    Without ``wait`` a contact that is locked elsewhere is ``busy``, so that one never holds up the others; so is a
    conversation that somebody passes on (``take_over``).
    """
    kept, now = rows(), clock.now()
    locked = {(one.offer_id, one.member_id): one for one in kept.lock({one.offer_id for one in claims}, now, wait=wait)}
    asked = {claim: locked[at] for claim in claims if (at := (claim.offer_id, claim.member.pk)) in locked}
    done = {claim: Claimed(one.contact_id) for claim, one in _give(kept, _winners(kept, asked), now).items()}
    busy = _busy([claim for claim in claims if claim not in asked], wait=wait)
    return [done.pop(claim, BUSY if claim.offer_id in busy else GONE) for claim in claims]


def accept(member: Member, offer_id: uuid.UUID) -> Contact:
    """Give the offered contact to this member; of several members at once exactly one gets it. Raises OfferGone."""
    (claimed,) = accept_all([Claim(member, offer_id)], wait=True)
    return contact_of(claimed, member)


def contact_of(claimed: Claimed, member: Member) -> Contact:
    """Read the contact that this member has claimed just now. Raises OfferGone."""
    if claimed.contact is None:
        raise OfferGone
    contact = Contact.objects.select_related("key", "volunteer", "consent").get(pk=claimed.contact)
    contact.holder = member.holder
    return contact


@transaction.atomic
def assign_by_hand(contact: Contact, member: Member, *, by: Member | None = None) -> None:
    """Give a waiting contact to a member without an offer; whoever opened it lets them. Raises NotAllowed.

    ``by``: the supervisor who decides so; ``triage.assigning`` looks whether they may.
    """
    waits = read_locked(contact)[0] == ContactState.WAITING and contact.practice_for_id is None
    if not waits or not member.may_take_callers or member.rehearsal != contact.rehearsal:
        raise NotAllowed
    give_to([(contact, member)], by=by)
    close_offers([contact.pk])
    roster.note_assigned([member.pk])
    _note(
        [
            _Given(
                contact_id=contact.pk,
                rehearsal=contact.rehearsal,
                practice=False,
                key=contact.key,
                member_id=member.pk,
                by=contact.holder,
                decided_by=str(by.pk) if by else "",
            )
        ]
    )
