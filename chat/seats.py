"""Who sits at a socket: the contact of a caller's cookie, the member of a staff cookie, and what they may know."""

import dataclasses
import datetime
import importlib
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import parse_cookie

from chat.protocol import Offered, PresenceIs, State
from chat.snapshot import state_for_desk
from roster import breaks, presence
from roster.models import Member, Presence, PresenceState
from roster.permissions import may
from roster.second_factor import member_of
from triage.access import contact_id_in, holder_in
from triage.models import Contact, ContactState, Offer, OfferState
from triage.routing import LAST_OFFER_BEFORE_END
from vault.actions import Holder
from wire import clock

SHUT_OUT = frozenset({ContactState.LEFT, ContactState.WITHDRAWN})


def cookies_of(scope: Mapping[str, Any]) -> dict[str, str]:
    """Return the cookies of a handshake, read as Django reads those of a request."""
    sent = [value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"]
    return parse_cookie("; ".join(sent))


def session_key_in(cookies: Mapping[str, str]) -> str | None:
    """Return the key of the session of these cookies, or None."""
    return cookies.get(settings.SESSION_COOKIE_NAME) or None


def _sessions() -> Any:
    return importlib.import_module(settings.SESSION_ENGINE).SessionStore


def session_of(cookies: Mapping[str, str]) -> SessionBase:
    """Return the session of these cookies (an empty one when there is none)."""
    session: SessionBase = _sessions()(session_key_in(cookies))
    return session


class CallerSeat(NamedTuple):
    """A caller as their cookie tells them: their contact, and themselves as one who opens its key."""

    contact_id: uuid.UUID
    holder: Holder


def callers_of(session_keys: list[str | None]) -> list[CallerSeat | None]:
    """Return the callers of these sessions, in order; None for one that leads to no contact. All are read at once."""
    found = [(contact_id_in(session), session) for session in _sessions().of_many(session_keys)]
    return [CallerSeat(contact_id, holder_in(session)) if contact_id else None for contact_id, session in found]


def desk_member(cookies: Mapping[str, str]) -> Member | None:
    """Return the member these cookies sign in, if that member may sit at the desk."""
    member = member_of(session_of(cookies), cookies.get(settings.STAFF_COOKIE_NAME, ""))
    return member if member is not None and may(member, "desk.open") else None


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """One of a member's contacts on the desk."""

    contact_id: uuid.UUID
    last: int
    state: State
    volunteer_id: uuid.UUID | None

    def mine_of(self, member_id: uuid.UUID) -> bool:
        """Say whether this member still leads the conversation."""
        return self.volunteer_id == member_id and self.state.state in {ContactState.TALKING, ContactState.ASLEEP}

    def over_for(self, member_id: uuid.UUID) -> bool:
        """Say whether this member led the conversation, it is over, and its words may still be read for the note."""
        return self.volunteer_id == member_id and self.state.state in {ContactState.ENDED, ContactState.LEFT}


@dataclasses.dataclass(frozen=True, slots=True)
class DeskView:
    """Everything of one member's desk: what the line takes them for, their contacts, their open offers."""

    presence: PresenceIs
    places: dict[uuid.UUID, Place]
    offers: dict[uuid.UUID, Offered]


def place_of(contact: Contact) -> Place:
    """Return a contact as the desk sees it."""
    return Place(contact.pk, contact.last_seq, state_for_desk(contact), contact.volunteer_id)


def _offered(offer: Offer, now: datetime.datetime) -> Offered:
    queued = offer.contact.queued_at or now
    return Offered(
        offer=str(offer.pk),
        contact=str(offer.contact_id),
        urgency=offer.contact.urgency,
        waited=max(0, int((now - queued).total_seconds())),
        until=max(0, round((offer.until - now).total_seconds())),
    )


def _why_ready(row: Presence, now: datetime.datetime) -> str:
    """Return why somebody who is ready is offered nobody just now, or nobody urgent; usually nothing."""
    if breaks.end_of(row.break_until, now):
        return "break"
    ends = presence.duty_ends_at(row.member_id, now)
    if ends is not None and now >= ends - LAST_OFFER_BEFORE_END:
        return "asks" if row.asks else "shift_end"
    return "rests" if breaks.end_of(row.rests_until, now) else ""


def _presence(member_id: uuid.UUID) -> PresenceIs:
    row = Presence.objects.filter(member_id=member_id).first()
    if row is None:
        return PresenceIs(state="away")
    reason = _why_ready(row, clock.now()) if row.state == PresenceState.READY else row.reason
    return PresenceIs(state=row.state, reason=reason)


def desk_view(member_id: uuid.UUID) -> DeskView:
    """Read a member's desk."""
    now = clock.now()
    mine = Contact.objects.select_related("volunteer").filter(
        volunteer_id=member_id, state__in=(ContactState.TALKING, ContactState.ASLEEP)
    )
    offers = Offer.objects.select_related("contact").filter(member_id=member_id, state=OfferState.OPEN, until__gt=now)
    # The offers first: whoever hears that one is over hears then what became of it, and of them.
    open_offers = {offer.pk: _offered(offer, now) for offer in offers}
    places = {contact.pk: place_of(contact) for contact in mine}
    return DeskView(_presence(member_id), places, open_offers)


def why_gone(offer_id: uuid.UUID, member_id: uuid.UUID) -> str:
    """Return why an offer to this member stands no more, in the protocol's words, or «accepted» by this member."""
    offer = Offer.objects.select_related("contact").filter(pk=offer_id).first()
    if offer is None:
        return "left"
    if offer.state in {OfferState.DECLINED, OfferState.EXPIRED}:
        return str(offer.state)
    if offer.state == OfferState.ACCEPTED:
        return "accepted" if offer.member_id == member_id else "taken"
    if offer.contact.volunteer_id is not None:
        return "taken"
    return "expired" if offer.state == OfferState.OPEN else "left"


def contact_places(contact_ids: list[uuid.UUID]) -> list[Place | None]:
    """Return contacts as the desk sees them, in order and read by one question; None for one that is gone."""
    contacts = Contact.objects.select_related("volunteer").filter(pk__in=set(contact_ids))
    read = contacts.only("state", "urgency", "last_seq", "volunteer__alias")
    found = {contact.pk: place_of(contact) for contact in read}
    return [found.get(contact_id) for contact_id in contact_ids]
