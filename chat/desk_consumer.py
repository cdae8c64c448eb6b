"""A member's one socket: all of their contacts and offers, every frame naming its contact."""

import asyncio
import time
import uuid
from typing import Any, NoReturn

import msgspec

from chat import actions, delivery, seats
from chat import protocol as frames
from chat.claiming import claim
from chat.consumers import LOOKS, TYPING_EVERY
from chat.protocol import Offered, OfferGone, PresenceIs, State, encoded
from chat.reader import Reader
from chat.saying import Saying
from chat.seats import DeskView, Place
from chat.snapshot import Page, page_after
from chat.transcript import Spoken
from roster import actions as roster
from roster.errors import RosterError
from roster.models import Member
from triage import actions as triage
from triage import errors as triage_errors
from triage.access import contact_for, note_attempt, note_reading
from vault.actions import Holder, only_people_open
from wire import hub, pool
from wire.consumer import LiveConsumer
from wire.frames import Refused
from wire.guard import DESK_PACE
from wire.hub import Signal
from wire.writer import Writer

#: Contacts that are looked at at once, by many desks, are read by one question.
PLACES: Writer[uuid.UUID, Place | None] = Writer(seats.contact_places, lane=LOOKS)
SIGNS_OF_LIFE: Writer[tuple[uuid.UUID, float], None] = Writer(roster.renew_leases, lane=pool.Lane("leases"))
LIVE = frozenset({"talking", "asleep"})
RECHECK_EVERY = 30.0  # seconds between two looks at whether the member may still sit here


class DeskConsumer(LiveConsumer):
    """One tab of one member of staff."""

    kinds = frames.DeskFrame
    pace = DESK_PACE
    names_contacts = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member: Member | None = None
        self.hub_room = ""
        self.readers: dict[uuid.UUID, Reader] = {}
        self.states: dict[uuid.UUID, State] = {}
        self.offers: dict[uuid.UUID, Offered] = {}
        self.presence: PresenceIs | None = None
        self.checked = 0.0
        self.typed: dict[uuid.UUID, float] = {}
        self.attempts: set[uuid.UUID] = set()  # contacts of others that were asked for

    # Coming and going

    async def enter(self) -> bool:
        """Find the member of the cookies; show everything of theirs."""
        self.member = await self._who()
        if self.member is None:
            return False
        self.hub_room = roster.room_of(self.member.pk)
        if self.member.rehearsal:
            self.lift_pace()
        hub.join(self.hub_room, self)
        await self._refresh()
        return True

    async def _who(self) -> Member | None:
        self.checked = time.monotonic()
        return await pool.run(seats.desk_member, seats.cookies_of(self.scope))

    @property
    def me(self) -> Member:
        """The member at this socket."""
        if self.member is None:
            raise Refused("not_yours")
        return self.member

    @property
    def holder(self) -> Holder:
        """The member as one who opens keys."""
        return self.me.holder

    async def leave(self) -> None:
        """Give up the seat; runs whatever happened."""
        for contact_id in list(self.readers):
            self._drop(contact_id)
        if self.hub_room:
            hub.part(self.hub_room, self)

    def alive(self, ago: float) -> "asyncio.Future[None]":
        """Count as there until 60 s after the last frame, to the second."""
        return SIGNS_OF_LIFE.put((self.me.pk, roster.LEASE - ago))

    # Looking again

    def send(self, frame: msgspec.Struct) -> None:
        """Send a frame of ours."""
        self.send_frame(encoded(frame))

    async def _refresh(self, *, again: bool = False) -> DeskView:
        """Read the whole desk and send what changed (``again``: all of it)."""
        view = await pool.run(seats.desk_view, self.me.pk)
        self._tell_presence(view.presence, again=again)
        for place in view.places.values():
            self._show(place, again=again)
        for contact_id in set(self.readers) - set(view.places):
            if self.states[contact_id].state in LIVE:  # what is over is rung by its own room when it changes
                self._lost(contact_id, await PLACES.put(contact_id))
        await self._show_offers(view, again=again)
        return view

    def _tell_presence(self, presence: PresenceIs, *, again: bool = False) -> None:
        if again or presence != self.presence:
            self.presence = presence
            self.send(presence)

    def _show(self, place: Place, *, again: bool = False) -> None:
        if place.contact_id not in self.readers:
            hub.join(actions.room_of(place.contact_id), self)
            self.readers[place.contact_id] = reader = Reader(
                place.contact_id, self, cursor=place.last, for_desk=True, me=self.me.pk
            )
            reader.hold()
            self.look_again(actions.room_of(place.contact_id))  # the place was read before this desk sat down there
        known, state = self.states.get(place.contact_id), place.state_for(self.me.pk)
        self.states[place.contact_id] = state
        # ``last`` moves with every message and those arrive by themselves: no state frame for it alone.
        if again or known is None or msgspec.structs.replace(known, last=state.last) != state:
            self.send(state)

    async def _show_offers(self, view: DeskView, *, again: bool) -> None:
        """Say which offers are gone, and then which are new: at most one stands at a time."""
        for offer_id in set(self.offers) - set(view.offers):
            reason = await pool.run(seats.why_gone, offer_id, self.me.pk)
            if reason != "accepted":  # the winner of a race gets the state «talking» instead
                self.send(OfferGone(offer=str(offer_id), reason=reason))
        for offer_id, offer in view.offers.items():
            known = self.offers.get(offer_id)
            if again or known is None or known.urgency != offer.urgency:
                self.send(offer)
        self.offers = view.offers

    def _lost(self, contact_id: uuid.UUID, place: Place | None) -> None:
        """A contact is no longer mine: say where it stands and let it go; one that is over may still be read."""
        state = place.state_for(self.me.pk) if place else None
        if state is not None and state != self.states.get(contact_id):
            self.states[contact_id] = state
            self.send(state)
        if place is None or not place.over_for(self.me.pk):
            self._drop(contact_id)

    def _drop(self, contact_id: uuid.UUID) -> None:
        reader = self.readers.pop(contact_id, None)
        if reader is not None:
            reader.close()
            hub.part(actions.room_of(contact_id), self)
        self.states.pop(contact_id, None)

    async def fetch(self, contact_id: uuid.UUID, after: int) -> Page | None:
        """Read what comes after a number."""
        return await pool.run(page_after, contact_id, after, self.holder)

    async def ring(self, room: str) -> None:
        """Look again: at the whole desk, or at one contact."""
        if room != self.hub_room:
            await self._look_at(actions.contact_in(room))
        elif await self._who() is None:
            self.close(4401)
        else:
            view = await self._refresh()
            await self._let_colleagues_in(view)
            if view.presence.reason == "signed_out":  # in another browser; who is still signed in here is not gone
                await self.alive(self.silent_for())

    async def _let_colleagues_in(self, view: DeskView) -> None:
        """Let whoever took over from me open the conversation, should they not be able to yet (stage B)."""
        for place in view.places.values():
            if place.companion_id == self.me.pk and only_people_open():
                await pool.run(actions.keep_within_reach, place.contact_id, self.holder)

    async def _look_at(self, contact_id: uuid.UUID) -> None:
        if contact_id not in self.readers:
            return
        place = await PLACES.put(contact_id)
        if place is None or not place.mine_of(self.me.pk):
            self._lost(contact_id, place)
        else:
            self._show(place)
        if place and contact_id in self.readers:  # not, if it was let go: what is said there now is another's
            self.readers[contact_id].reach(place.last)

    def knows_up_to(self, contact_id: uuid.UUID) -> int | None:
        """Return the highest number of a message of this contact that this socket knows of, if it reads it."""
        return self.readers[contact_id].highest if contact_id in self.readers else None

    def hear(self, event: Spoken | Signal) -> None:
        """Take what was just committed in this process, or the caller's typing and seen."""
        if isinstance(event, Signal):
            if event.by == "caller":
                self.send(delivery.signal_frame(event, for_desk=True))
        elif event.contact_id in self.readers:
            self.readers[event.contact_id].hear(event)

    # Frames

    async def frame(self, frame: Any) -> None:
        """Act on one frame. Raises Refused, which names the contact that the frame named."""
        await self._recheck()
        try:
            await self._act(frame)
        except Refused as refused:
            refused.contact = refused.contact or getattr(frame, "contact", None)
            raise

    async def _act(self, frame: Any) -> None:
        match frame:
            case frames.DeskSay():
                await self._say(frame)
            case frames.DeskLook():
                await self._look(frame)
            case frames.DeskTyping() | frames.DeskSeen():
                await self._signal(frame)
            case frames.DeskLeave():
                await self._leave_contact(frame)
            case frames.Ready() | frames.Away():
                await self._set_presence(ready=isinstance(frame, frames.Ready))
            case frames.Accept() | frames.Decline():
                await self._answer_offer(frame)

    async def _recheck(self) -> None:
        if time.monotonic() - self.checked < RECHECK_EVERY:
            return
        if await self._who() is None:
            self.close(4401)
            raise Refused("not_yours")
        self._tell_presence(await pool.run(seats.presence_of, self.me.pk))  # a shift may end soon by now

    def _mine(self, contact: str, to: str) -> uuid.UUID:
        contact_id = uuid.UUID(contact)
        if contact_id not in self.readers:
            raise Refused("not_yours", to=to)
        return contact_id

    async def _readable(self, contact: str) -> uuid.UUID:
        """Return a contact that may be read: one of mine, or one I led that is over and waits for its note."""
        contact_id = uuid.UUID(contact)
        if contact_id not in self.readers:
            place = await PLACES.put(contact_id)
            if place is None or not place.over_for(self.me.pk):
                await self._refuse_anothers(contact_id, "look")
            else:
                await pool.run(note_reading, self.me, contact_id)
                self._show(place)
        return contact_id

    async def _refuse_anothers(
        self,
        contact_id: uuid.UUID,
        to: str,
        *,
        id: str | None = None,  # noqa: A002  the frame's word
    ) -> NoReturn:
        """Refuse what is not this member's; the first attempt at each contact leaves its trace."""
        if contact_id not in self.attempts:
            self.attempts.add(contact_id)
            await pool.run(note_attempt, self.me, contact_id)
        raise Refused("not_yours", to=to, id=id)

    async def _say(self, frame: frames.DeskSay) -> None:
        contact_id = uuid.UUID(frame.contact)
        if contact_id not in self.readers:
            await self._refuse_anothers(contact_id, "say", id=frame.id)
        reader = self.readers[contact_id]
        reader.release()
        outcome = await delivery.speak(
            Saying(
                contact_id=contact_id,
                by="volunteer",
                client_id=frame.id,
                text=frame.text,
                member_id=self.me.pk,
                holder=self.holder,
            )
        )
        if outcome.spoken and not outcome.new:
            reader.answer_again(outcome.spoken)

    async def _look(self, frame: frames.DeskLook) -> None:
        if frame.contact is not None:
            await self._look_into(await self._readable(frame.contact), frame.after)
            return
        view = await self._refresh(again=True)
        for contact_id in view.places:
            await self._look_into(contact_id, frame.after)

    async def _look_into(self, contact_id: uuid.UUID, after: int) -> None:
        if not await self.readers[contact_id].look(after):
            refused = Refused("ahead", to="look")
            refused.contact = str(contact_id)
            self.refuse(refused)

    def _mine_and_open(self, contact: str, to: str) -> uuid.UUID:
        contact_id = self._mine(contact, to)
        if self.states[contact_id].state not in LIVE:
            raise Refused("not_open", to=to)
        return contact_id

    async def _signal(self, frame: frames.DeskTyping | frames.DeskSeen) -> None:
        if isinstance(frame, frames.DeskSeen):
            contact_id = self._mine_and_open(frame.contact, "seen")
            if not await self.readers[contact_id].reaches(frame.seq):
                raise Refused("ahead", to="seen")
            delivery.tell(contact_id, "volunteer", frame.seq)
            return
        contact_id = self._mine_and_open(frame.contact, "typing")
        if self.states[contact_id].part:
            return  # the caller is told that whoever leads it writes, by name
        now = time.monotonic()
        if now - self.typed.get(contact_id, -TYPING_EVERY) >= TYPING_EVERY:
            self.typed[contact_id] = now
            delivery.tell(contact_id, "volunteer")

    async def _leave_contact(self, frame: frames.DeskLeave) -> None:
        contact_id = self._mine_and_open(frame.contact, "leave")
        if self.states[contact_id].part:
            raise Refused("not_yours", to="leave")  # a companion ends nothing
        await pool.run(_end, self.me, contact_id)

    async def _set_presence(self, *, ready: bool) -> None:
        try:
            await pool.run(_set_presence, self.me, ready=ready)
        except RosterError:
            raise Refused("not_yours", to="ready") from None
        self.presence = None  # the answer is what the line takes the member for, changed or not
        await self._refresh()

    async def _answer_offer(self, frame: frames.Accept | frames.Decline) -> None:
        offer_id, accepts = uuid.UUID(frame.offer), isinstance(frame, frames.Accept)
        try:
            await (claim(self.me, offer_id) if accepts else pool.run(_decline, self.me, offer_id))
        except triage_errors.OfferGone:
            raise Refused("offer_gone", to="accept" if accepts else "decline") from None
        await self._refresh()


def _end(member: Member, contact_id: uuid.UUID) -> None:
    actions.end_conversation(contact_for(member, contact_id), by="volunteer")
    triage.route()


def _set_presence(member: Member, *, ready: bool) -> None:
    if ready:
        roster.set_ready(member)
        triage.route()
    else:
        roster.set_away(member, "own")


def _decline(member: Member, offer_id: uuid.UUID) -> None:
    triage.decline(member, offer_id)
    triage.route()
