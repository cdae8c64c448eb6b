"""The caller's socket: parse, act, relay. What a caller may do is decided in the actions."""

import asyncio
import time
import uuid
from typing import Any

import msgspec

from chat import actions, delivery, journey_pages, seats
from chat import protocol as frames
from chat.protocol import State, encoded
from chat.reader import Reader
from chat.saying import Saying
from chat.snapshot import Page, Whereabouts, page_after, waiting_state, whereabouts
from chat.standing import USHER
from chat.transcript import Spoken
from triage import actions as triage
from triage.models import Contact, ContactState
from triage.queue import Reading
from vault.actions import LINE, Holder, only_people_open
from wire import hub, pool
from wire.consumer import LiveConsumer
from wire.frames import Refused
from wire.guard import CALLER_PACE
from wire.hub import Signal
from wire.writer import Writer

SOCKETS_PER_CALLER = 8
TOUCH_EVERY = 10.0  # seconds between two notes in the rows that a page is alive
TYPING_EVERY = 3.0
LOOKS = pool.Lane("looks")
LOOKS_PAUSE = 0.025  # seconds from one question to the next: a look is a heartbeat, and hundreds come in a second
#: Callers who come or look at once are found by one question.
SESSIONS: Writer[str | None, seats.CallerSeat | None] = Writer(seats.callers_of, lane=LOOKS)
WHEREABOUTS: Writer[tuple[uuid.UUID, Reading | None], Whereabouts | None] = Writer(
    whereabouts, lane=LOOKS, pause=LOOKS_PAUSE
)
SIGNS_OF_LIFE: Writer[uuid.UUID, None] = Writer(triage.touch_callers, lane=pool.Lane("signs"))


class CallerConsumer(LiveConsumer):
    """One tab of one caller."""

    kinds = frames.CallerFrame
    pace = CALLER_PACE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader: Reader | None = None
        self.hub_room = ""
        self.holder: Holder = LINE
        self.state: State | None = None
        self.touched = self.typed = 0.0

    # Coming and going

    async def enter(self) -> bool:
        """Find the contact of the cookie; join its room before reading where it stands, so that nothing slips by."""
        seat = await SESSIONS.put(seats.session_key_in(seats.cookies_of(self.scope)))
        if seat is None:
            return False
        self.contact_id, self.holder = seat
        self.hub_room = actions.room_of(self.contact_id)
        hub.join(self.hub_room, self)
        found = await self._whereabouts()
        if found is None or not found.admitted or found.state.state in seats.SHUT_OUT:
            return False
        if found.rehearsal:
            self.lift_pace()
        self._close_oldest()
        self.reader = Reader(self.contact_id, self, cursor=found.last, for_desk=False)
        self.reader.language = seats.page_language_in(self.scope)
        self.reader.hold()
        self.note_alive()  # whoever connects is there
        self._tell(found.state)
        if only_people_open():
            self.look_again(self.hub_room)  # whoever is to read it may be somebody else by now
        return not self.closed

    def _close_oldest(self) -> None:
        here = [seat for seat in hub.seats(self.hub_room) if isinstance(seat, CallerConsumer) and not seat.closed]
        if len(here) > SOCKETS_PER_CALLER:
            here[0].close(4429)

    def alive(self, ago: float) -> "asyncio.Future[None] | None":
        """Keep the caller's place in the rows."""
        del ago
        if time.monotonic() - self.touched < TOUCH_EVERY:
            return None
        self.touched = time.monotonic()
        return SIGNS_OF_LIFE.put(self.contact_id)

    async def leave(self) -> None:
        """Give up the seat; runs whatever happened."""
        if self.reader:
            self.reader.close()
            self.reader = None
        USHER.release(self)
        if self.hub_room:
            hub.part(self.hub_room, self)

    # Looking again

    async def fetch(self, contact_id: uuid.UUID, after: int) -> Page | None:
        """Read what comes after a number."""
        return await pool.run(page_after, contact_id, after, self.holder)

    def send(self, frame: msgspec.Struct) -> None:
        """Send a frame of ours."""
        self.send_frame(encoded(frame))

    def _tell(self, state: State | None) -> None:
        """Send the state if it is another than what was sent last; who left or withdrew is shut out."""
        if state is not None and state != self.state:
            self.state = state
            self.send(state)
        if state is not None and state.state == ContactState.WAITING:
            USHER.seat(self)
        else:
            USHER.release(self)
        if state is None or state.state in seats.SHUT_OUT:
            self.close(4401)

    async def _whereabouts(self) -> Whereabouts | None:
        return await WHEREABOUTS.put((self.contact_id, USHER.reading()))

    async def _look_where(self) -> Whereabouts | None:
        found = await self._whereabouts()
        self._tell(found.state if found else None)
        return found

    def stand(self, reading: Reading) -> None:
        """Tell where this caller stands now, as long as nothing newer says that the wait is over."""
        standing = reading.standing_of(self.contact_id)
        if standing is None or self.state is None or self.state.state != ContactState.WAITING:
            return
        if standing != (self.state.ahead, self.state.wait):
            self._tell(waiting_state(standing))

    async def ring(self, room: str) -> None:
        """Look again."""
        del room
        found = await self._look_where()
        if self.reader and found:
            self.reader.reach(found.last)
        if only_people_open() and not self.closed:
            await pool.run(actions.keep_within_reach, self.contact_id, self.holder)

    def knows_up_to(self, contact_id: uuid.UUID) -> int | None:
        """Return the highest number of a message that this socket knows of; None while it comes in."""
        del contact_id
        return self.reader.highest if self.reader else None

    def hear(self, event: Spoken | Signal) -> None:
        """Take what was just committed in this process, or the other side's typing and seen."""
        if isinstance(event, Signal):
            if event.by != "caller":
                self.send(delivery.signal_frame(event, for_desk=False))
        elif self.reader:
            self.reader.hear(event)

    # Frames

    async def frame(self, frame: Any) -> None:
        """Act on one frame. Raises Refused."""
        if self.reader is None:
            return
        match frame:
            case frames.Say():
                await self._say(frame, self.reader)
            case frames.Look():
                await self._look(frame, self.reader)
            case frames.Typing():
                self._typing()
            case frames.Seen():
                await self._seen(frame, self.reader)
            case frames.Leave():
                await self._leave()

    async def _say(self, frame: frames.Say, reader: Reader) -> None:
        reader.release()
        saying = Saying(
            contact_id=self.contact_id, by="caller", client_id=frame.id, text=frame.text, holder=self.holder
        )
        outcome = await delivery.speak(saying)
        if outcome.spoken and not outcome.new:
            reader.answer_again(outcome.spoken)

    async def _look(self, frame: frames.Look, reader: Reader) -> None:
        found = await self._look_where()
        if found is not None and reader.settle(frame.after, found.last, found.state.state):
            return
        if not await reader.look(frame.after):
            raise Refused("ahead", to="look")

    def _refuse_unless_open(self, to: str) -> None:
        if self.state is None or self.state.state not in journey_pages.ROOM:
            raise Refused("not_open", to=to)

    def _typing(self) -> None:
        self._refuse_unless_open("typing")
        now = time.monotonic()
        if now - self.typed >= TYPING_EVERY:
            self.typed = now
            delivery.tell(self.contact_id, "caller")

    async def _seen(self, frame: frames.Seen, reader: Reader) -> None:
        self._refuse_unless_open("seen")
        if not await reader.reaches(frame.seq):
            raise Refused("ahead", to="seen")
        delivery.tell(self.contact_id, "caller", frame.seq)

    async def _leave(self) -> None:
        self._refuse_unless_open("leave")
        await pool.run(_leave_contact, self.contact_id)


def _leave_contact(contact_id: uuid.UUID) -> None:
    actions.end_conversation(Contact.objects.get(pk=contact_id), by="caller")
    triage.route()
