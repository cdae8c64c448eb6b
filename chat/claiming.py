"""Claims offers at the desk: what several volunteers accept at once is committed together, one winner of each."""

import uuid

from chat import actions
from roster.models import Member
from triage.actions import Claim, Claimed
from triage.errors import OfferGone
from wire import pool
from wire.writer import Writer

LANE = pool.Lane("claims")
#: A batch takes so long that everybody who comes meanwhile makes the next: nobody waits for more of them.
CLAIMS: Writer[Claim, Claimed] = Writer(actions.accept_offers, lane=LANE, turns=0)


async def _claim_alone(member: Member, offer_id: uuid.UUID) -> uuid.UUID:
    """Claim what is locked elsewhere, or is passed on, on a thread of its own: only this one waits."""
    contact = await pool.run(actions.accept_offer, member, offer_id)
    return contact.pk


async def claim(member: Member, offer_id: uuid.UUID) -> uuid.UUID:
    """Give the offered contact to this member, durably; return its id.

    Raises triage.errors.OfferGone when somebody else was first or it expired, wire.writer.NotSaved when storage failed.
    """
    claimed = await CLAIMS.put(Claim(member, offer_id))
    if claimed.busy:
        return await _claim_alone(member, offer_id)
    if claimed.contact is None:
        raise OfferGone
    return claimed.contact
