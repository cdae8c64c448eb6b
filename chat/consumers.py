"""The caller's socket: parse, act, relay. What a caller may do is decided in the actions."""

import time
import uuid
from typing import Any

import msgspec

from chat import actions, journey, seats
from chat import protocol as frames
from chat.protocol import State, encoded
from chat.reader import Reader
from chat.saying import Outcome, Saying, commit
from chat.snapshot import Page, caller_state, page_after
from chat.transcript import Spoken
from triage import actions as triage
from triage.models import Contact, ContactState
from wire import doorbell, hub, pool
from wire.consumer import LiveConsumer
from wire.frames import Refused
from wire.guard import CALLER_PACE
from wire.writer import NotSaved, Writer

WRITER: Writer[Saying, Outcome] = Writer(commit)
SOCKETS_PER_CALLER = 8
TOUCH_EVERY = 10.0  # seconds between two notes that a page is alive
TYPING_EVERY = 3.0


class Signal(msgspec.Struct, frozen=True):
    """Typing or seen, on its way to the other side of a contact; never stored."""

    contact_id: uuid.UUID
    by: str
    seq: int | None = None

    def frame(self, *, for_desk: bool) -> msgspec.Struct:
        """Return it as a frame of the protocol."""
        contact = str(self.contact_id) if for_desk else None
        if self.seq is None:
            return frames.SaysTyping(contact=contact, by=self.by)
        return frames.HasSeen(contact=contact, by=self.by, seq=self.seq)


async def speak(saying: Saying) -> Outcome:
    """Store one message durably, then deliver it to everybody in the conversation.

    Raises wire.frames.Refused with the code of the refusal (``not_saved`` when storage failed).
    """
    try:
        outcome = await WRITER.put(saying)
        if outcome.busy:
            outcome = (await pool.run(commit, [saying], wait=True))[0]
    except NotSaved:
        raise Refused("not_saved", to="say", id=saying.client_id) from None
    if outcome.code:
        raise Refused(outcome.code, to="say", id=saying.client_id, field=outcome.field or None)
    if outcome.new:
        room = actions.room_of(saying.contact_id)
        hub.deliver(room, outcome.spoken)
        doorbell.ring_others([room])
    return outcome


def signal(contact_id: uuid.UUID, by: str, seq: int | None = None) -> None:
    """Tell the other side of a contact that this one is writing, or has read up to ``seq``."""
    hub.deliver(actions.room_of(contact_id), Signal(contact_id, by, seq))


class CallerConsumer(LiveConsumer):
    """One tab of one caller."""

    kinds = frames.CallerFrame
    pace = CALLER_PACE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader: Reader | None = None
        self.room = ""
        self.state: State | None = None
        self.touched = self.typed = 0.0

    async def enter(self) -> bool:
        """Find the contact of the cookie; join its room before reading where it stands, so that nothing slips by."""
        seat = await pool.run(seats.caller_seat, seats.cookies_of(self.scope))
        if seat is None:
            return False
        self.contact_id = seat.contact_id
        self.room = actions.room_of(seat.contact_id)
        if seat.rehearsal:
            self.lift_pace()
        hub.join(self.room, self)
        page = await pool.run(page_after, seat.contact_id, seat.last)
        cursor = page.last if page else seat.last
        self.reader = Reader(seat.contact_id, cursor=cursor, for_desk=False, fetch=self._fetch, send=self._send)
        self.reader.hold()
        self._close_oldest()
        self._tell(seat.state)
        return True

    def _close_oldest(self) -> None:
        here = [seat for seat in hub.seats(self.room) if isinstance(seat, CallerConsumer)]
        if len(here) > SOCKETS_PER_CALLER:
            here[0].close(4429)

    async def _fetch(self, contact_id: uuid.UUID, after: int) -> Page | None:
        return await pool.run(page_after, contact_id, after)

    def _send(self, frame: msgspec.Struct) -> None:
        self.send_frame(encoded(frame))

    def _tell(self, state: State | None) -> None:
        """Send the state if it is another than what was sent last; who left or withdrew is shut out."""
        if state is not None and state != self.state:
            self.state = state
            self._send(state)
        if state is None or state.state in seats.SHUT_OUT:
            self.close(4401)

    async def ring(self, room: str) -> None:
        """Look again."""
        del room
        self._tell(await pool.run(caller_state, self.contact_id))
        if self.reader:
            self.reader.catch_up()

    def hear(self, event: Spoken | Signal) -> None:
        """Take what was just committed in this process, or the other side's typing and seen."""
        if isinstance(event, Signal):
            if event.by != "caller":
                self._send(event.frame(for_desk=False))
        elif self.reader:
            self.reader.hear(event)

    async def frame(self, frame: Any) -> None:
        """Act on one frame. Raises Refused."""
        await self._note_alive()
        match frame:
            case frames.Say():
                await self._say(frame)
            case frames.Look():
                await self._look(frame)
            case frames.Typing():
                self._typing()
            case frames.Seen():
                self._seen(frame)
            case frames.Leave():
                await self._leave()

    async def _note_alive(self) -> None:
        now = time.monotonic()
        if now - self.touched >= TOUCH_EVERY:
            self.touched = now
            await pool.run(triage.touch_caller, self.contact_id)

    async def _say(self, frame: frames.Say) -> None:
        if self.reader:
            self.reader.release()
        outcome = await speak(Saying(contact_id=self.contact_id, by="caller", client_id=frame.id, text=frame.text))
        if outcome.spoken and not outcome.new:
            self._send(outcome.spoken.frame(for_desk=False))

    async def _look(self, frame: frames.Look) -> None:
        self._tell(await pool.run(caller_state, self.contact_id))
        if self.reader and not await self.reader.look(frame.after):
            raise Refused("ahead", to="look")

    def _open(self, to: str) -> None:
        if self.state is None or self.state.state not in {ContactState.TALKING, ContactState.ASLEEP}:
            raise Refused("not_open", to=to)

    def _typing(self) -> None:
        self._open("typing")
        now = time.monotonic()
        if now - self.typed >= TYPING_EVERY:
            self.typed = now
            signal(self.contact_id, "caller")

    def _seen(self, frame: frames.Seen) -> None:
        self._open("seen")
        if self.reader and frame.seq > self.reader.cursor:
            raise Refused("ahead", to="seen")
        signal(self.contact_id, "caller", frame.seq)

    async def _leave(self) -> None:
        if self.state is None or self.state.state not in journey.ROOM:
            raise Refused("not_open", to="leave")
        await pool.run(_leave_contact, self.contact_id)

    async def leave(self) -> None:
        """Give up the seat; runs whatever happened."""
        if self.reader:
            self.reader.close()
        if self.room:
            hub.part(self.room, self)


def _leave_contact(contact_id: uuid.UUID) -> None:
    actions.end_conversation(Contact.objects.get(pk=contact_id), by="caller")
    triage.route()
