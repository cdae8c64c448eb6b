"""Who sits at a socket: the contact of a caller's cookie, the member of a staff cookie, and what they may know."""

import dataclasses
import datetime
import importlib
import uuid
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import msgspec
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Q
from django.http import parse_cookie
from django.utils.translation import check_for_language

from chat.protocol import Offered, PresenceIs, State, stamp
from chat.snapshot import state_for_desk
from roster import breaks, presence
from roster.models import Member, Presence, PresenceState
from roster.permissions import may
from roster.second_factor import member_of
from triage.access import contact_id_in, holder_in
from triage.handovers import NOTHING, companions, passings
from triage.models import Contact, ContactState, Offer, OfferState, WarmHandover
from triage.routing import LAST_OFFER_BEFORE_END
from triage.states import WITH_SOMEBODY
from vault.actions import Holder
from wire import clock

SHIFT_END_TOLD = datetime.timedelta(minutes=15)  # before the end of a shift, at each conversation
SHUT_OUT = frozenset({ContactState.LEFT, ContactState.WITHDRAWN})


def cookies_of(scope: Mapping[str, Any]) -> dict[str, str]:
    """Return the cookies of a handshake, read as Django reads those of a request."""
    sent = [value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"]
    return parse_cookie("; ".join(sent))


def session_key_in(cookies: Mapping[str, str]) -> str | None:
    """Return the key of the session of these cookies, or None."""
    return cookies.get(settings.SESSION_COOKIE_NAME) or None


def page_language_in(scope: Mapping[str, Any]) -> str:
    """Return the language of the page that opened a socket (`?lang=`), Spanish for none and for an unknown one."""
    given = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[0]
    return given if given in dict(settings.LANGUAGES) and check_for_language(given) else settings.LANGUAGE_CODE


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
    companion_id: uuid.UUID | None = None

    def mine_of(self, member_id: uuid.UUID) -> bool:
        """Say whether this member leads the conversation still, or stays in it as its companion."""
        return member_id in {self.volunteer_id, self.companion_id} and self.state.state in WITH_SOMEBODY

    def state_for(self, member_id: uuid.UUID) -> State:
        """Return the state as this member is told it: as their own, as a companion's, or as another's."""
        if member_id == self.companion_id:
            return msgspec.structs.replace(self.state, part="companion")
        if self.volunteer_id in {None, member_id}:
            return self.state
        return msgspec.structs.replace(self.state, handover=None, asked=None, companion=None, part="gone")

    def over_for(self, member_id: uuid.UUID) -> bool:
        """Say whether this member led the conversation, it is over, and its words may still be read for the note."""
        return self.volunteer_id == member_id and self.state.state in {ContactState.ENDED, ContactState.LEFT}


@dataclasses.dataclass(frozen=True, slots=True)
class DeskView:
    """Everything of one member's desk: what the line takes them for, their contacts, their open offers."""

    presence: PresenceIs
    places: dict[uuid.UUID, Place]
    offers: dict[uuid.UUID, Offered]


def _places_of(contacts: Collection[Contact]) -> dict[uuid.UUID, Place]:
    """Return contacts as the desk sees them."""
    found = passings([contact.pk for contact in contacts if contact.state in WITH_SOMEBODY])
    places = {}
    for contact in contacts:
        passing = found.get(contact.pk, NOTHING)
        state = state_for_desk(contact, passing)
        places[contact.pk] = Place(contact.pk, contact.last_seq, state, contact.volunteer_id, passing.companion)
    return places


def _offered(offer: Offer, now: datetime.datetime) -> Offered:
    queued = offer.contact.queued_at or now
    return Offered(
        offer=str(offer.pk),
        contact=str(offer.contact_id),
        urgency=offer.contact.urgency,
        waited=max(0, int((now - queued).total_seconds())),
        until=max(0, round((offer.until - now).total_seconds())),
        giver=offer.handover.giver.alias if offer.handover else None,
        practice=True if offer.contact.practice_for_id else None,
    )


def _why_ready(row: Presence, now: datetime.datetime) -> str:
    """Return why somebody who is ready is offered nobody just now, or nobody urgent; usually nothing."""
    if breaks.end_of(row.break_until, now):
        return "break"
    ends = presence.duty_ends_at(row.member_id, now)
    if ends is not None and now >= ends - LAST_OFFER_BEFORE_END:
        return "asks" if row.asks else "shift_end"
    return "rests" if breaks.end_of(row.rests_until, now) else ""


def presence_of(member_id: uuid.UUID) -> PresenceIs:
    """Return what the line takes a member for."""
    row, now = Presence.objects.filter(member_id=member_id).first(), clock.now()
    if row is None:
        return PresenceIs(state="away", shift_ends=_shift_ends(member_id, now))
    reason = _why_ready(row, now) if row.state == PresenceState.READY else row.reason
    return PresenceIs(state=row.state, reason=reason, shift_ends=_shift_ends(member_id, now))


def _shift_ends(member_id: uuid.UUID, now: datetime.datetime) -> str | None:
    """Return when a member's time on duty ends, once it ends soon or has ended while somebody is still with them."""
    ends = presence.duty_ends_or_ended(member_id, now)
    if ends is None or ends > now + SHIFT_END_TOLD:
        return None
    talks = Contact.objects.filter(volunteer_id=member_id, state__in=WITH_SOMEBODY)
    return stamp(ends) if ends > now or talks.exists() else None


def desk_view(member_id: uuid.UUID) -> DeskView:
    """Read a member's desk."""
    now = clock.now()
    beside = Q(pk__in=companions().filter(giver=member_id).values("contact"))
    mine = Contact.objects.select_related("volunteer").filter(
        Q(volunteer_id=member_id) | beside, state__in=WITH_SOMEBODY
    )
    offers = Offer.objects.select_related("contact", "handover__giver").filter(
        member_id=member_id, state=OfferState.OPEN, until__gt=now
    )
    # The offers first: whoever hears that one is over hears then what became of it, and of them.
    open_offers = {offer.pk: _offered(offer, now) for offer in offers}
    return DeskView(presence_of(member_id), _places_of(list(mine)), open_offers)


def why_gone(offer_id: uuid.UUID, member_id: uuid.UUID) -> str:
    """Return why an offer to this member stands no more, in the protocol's words, or «accepted» by this member."""
    offer = Offer.objects.select_related("contact", "handover").filter(pk=offer_id).first()
    if offer is None:
        return "left"
    if offer.state in {OfferState.DECLINED, OfferState.EXPIRED}:
        return str(offer.state)
    if offer.state == OfferState.ACCEPTED:
        return "accepted" if offer.member_id == member_id else "taken"
    if offer.handover is not None:
        return _why_not_passed_on(offer.handover, offer)
    if offer.contact.volunteer_id is not None:
        return "taken"
    return "expired" if offer.state == OfferState.OPEN else "left"


def _why_not_passed_on(handover: WarmHandover, offer: Offer) -> str:
    if handover.taker_id is not None:
        return "taken"
    if offer.contact.state not in WITH_SOMEBODY:
        return "left"
    return "expired" if offer.state == OfferState.OPEN else "kept"


def contact_places(contact_ids: list[uuid.UUID]) -> list[Place | None]:
    """Return contacts as the desk sees them, in order and read by one question; None for one that is gone."""
    contacts = Contact.objects.select_related("volunteer").filter(pk__in=set(contact_ids))
    read = contacts.only("state", "urgency", "last_seq", "marked", "practice_for", "volunteer__alias")
    found = _places_of(list(read))
    return [found.get(contact_id) for contact_id in contact_ids]
