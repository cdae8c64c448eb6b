"""A circle's socket: parse, act, relay. Every change is a ring, and each socket reads the rows again."""

import asyncio
import contextlib
import time
import uuid
from typing import Any

import msgspec

from reflection import actions, entries, live, room, rooms
from reflection import protocol as frames
from reflection.absences import Absence
from reflection.errors import ReflectionError
from reflection.models import Membership
from reflection.protocol import CircleIdle, CircleMore, Room, encoded
from reflection.rooms import room_of
from reflection.sockets import cookies_of, member_at
from reflection.speaking import say
from roster import actions as roster
from roster.models import Member
from wire import hub, pool
from wire.consumer import LiveConsumer
from wire.frames import Refused
from wire.guard import CALLER_PACE
from wire.hub import Signal

RECHECK_EVERY = 30.0  # seconds between two looks at whether the member is still signed in
REFUSED_TO = {
    frames.Enter: "enter",
    frames.StepOut: "step_out",
    frames.Hand: "hand",
    frames.Done: "done",
    frames.Present: "present",
    frames.MoveOn: "move_on",
}


class CircleConsumer(LiveConsumer):
    """One tab of one member in one circle."""

    kinds = frames.CircleFrame
    pace = CALLER_PACE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.circle_id = uuid.UUID(str(self.scope["url_route"]["kwargs"]["circle_id"]))
        self.member: Member | None = None
        self.sits: uuid.UUID | None = None  # whose socket it is, also after they have signed out
        self.cursor: int | None = None  # the number of the last entry this socket was sent; None before its first look
        self.shown: Room | None = None
        self.checked = 0.0
        self.shut: set[int] = set()  # numbers of entries that this member's keys did not open

    # Coming and going

    async def enter(self) -> bool:
        """Find the member of the cookies and their seat; say how the room stands."""
        if await self._who() is None:
            return False
        self.sits = self.me.pk
        hub.join(roster.room_of(self.sits), self)
        hub.join(room_of(self.circle_id), self)
        rooms.tell_here(self.circle_id, self.sits)
        seat = await self._stand()
        if seat is not None and self.me.rehearsal:
            self.lift_pace()
        return seat is not None

    async def _who(self) -> Member | None:
        self.checked = time.monotonic()
        self.member = await pool.run(member_at, cookies_of(self.scope))
        return self.member

    async def _is_signed_in(self) -> bool:
        """Read the member anew; close when nobody is signed in here any more."""
        if await self._who() is None:
            self.close(4401)
        return not self.closed

    def _is_stale(self) -> bool:
        return time.monotonic() - self.checked >= RECHECK_EVERY

    @property
    def me(self) -> Member:
        """The member at this socket."""
        if self.member is None:
            raise Refused("not_yours")
        return self.member

    async def leave(self) -> None:
        """Give up the seat at this socket; runs whatever happened."""
        if self.sits is None:
            return
        hub.part(roster.room_of(self.sits), self)
        hub.part(room_of(self.circle_id), self)
        if self.shown is not None and self.shown.here:
            Absence(self.circle_id, self.sits).begin()

    def alive(self, ago: float) -> "asyncio.Future[None] | None":
        """Keep nothing: when somebody was here is written nowhere."""
        del ago
        return None

    # Looking again

    def send(self, frame: msgspec.Struct) -> None:
        """Send a frame of ours."""
        self.send_frame(encoded(frame))

    async def _stand(self, *, again: bool = False) -> Membership | None:
        """Read how the room stands and say so if it changed; who has no seat any more is shut out."""
        try:
            seat, standing = await pool.run(room.stands, self.me, self.circle_id)
        except ReflectionError:
            self.close(4401)
            return None
        if again or standing != self.shown:
            self.shown = standing
            self.send(standing)
        return seat

    async def ring(self, room: str) -> None:
        """Look again: at the room, and at what was said; first, if the roster rings or it is time, at who I am."""
        if (room != room_of(self.circle_id) or self._is_stale()) and not await self._is_signed_in():
            return
        seat = await self._stand()
        if seat is not None and self.cursor is not None:
            await self._open_shut(seat)
            await self._catch_up(seat, self.cursor)

    async def _catch_up(self, seat: Membership, after: int) -> int:
        """Send what comes after a number; return how much it was. One answer holds a hundred."""
        heard = await pool.run(entries.after, seat, after, self.me.holder)
        for one in heard:
            await self.room()
            self.send(room.said_frame(one, seat))
        self.cursor = heard[-1].seq if heard else max(after, self.cursor or 0)
        self._note_shut({one.seq for one in heard if one.said is None})
        return len(heard)

    def _note_shut(self, shut: set[int]) -> None:
        """Ask whoever is there for keys, once for what this member lacks."""
        if shut - self.shut:
            rooms.ask_for_keys(self.circle_id)
        self.shut |= shut

    async def _open_shut(self, seat: Membership) -> None:
        """Send again what opens now and did not before: somebody has passed a key on."""
        if not self.shut:
            return
        for one in await pool.run(entries.after, seat, min(self.shut) - 1, self.me.holder):
            if one.seq in self.shut and one.said is not None:
                self.shut.discard(one.seq)
                self.send(room.said_frame(one, seat))

    def hear(self, event: Any) -> None:
        """Take a signal that somebody lacks keys, or looks for a page of mine; all else is read from the rows."""
        if self.sits is not None and rooms.sought(event) == self.sits:
            rooms.tell_here(self.circle_id, self.sits)
        if isinstance(event, Signal) and event.by == rooms.KEYS_WANTED and self.member is not None:
            self._spawn(self._pass_keys_on())

    async def _pass_keys_on(self) -> None:
        with contextlib.suppress(ReflectionError):
            await pool.run(actions.keep_within_reach, self.me, self.circle_id)

    # Frames

    async def frame(self, frame: Any) -> None:
        """Act on one frame. Raises Refused."""
        await self._recheck()
        match frame:
            case frames.CircleSay():
                await self._say(frame)
            case frames.CircleLook():
                await self._look(frame)
            case _:
                await self._act(frame)

    async def _recheck(self) -> None:
        if self._is_stale() and not await self._is_signed_in():
            raise Refused("not_yours")

    async def _say(self, frame: frames.CircleSay) -> None:
        try:
            outcome = await pool.run(say, self.me, self.circle_id, frame.id, frame.text)
        except ReflectionError as error:
            raise Refused(error.code, to="say", id=frame.id) from None
        if outcome.code:
            field = "id" if outcome.code == "bad_field" else None
            raise Refused(outcome.code, to="say", id=frame.id, field=field)
        if not outcome.new:
            await self._answer_again(outcome.seq)

    async def _answer_again(self, seq: int) -> None:
        """Answer what was said before under the same id, if it went past this socket already."""
        seat = await self._stand()
        if seat is None or self.cursor is None or seq > self.cursor:
            return
        for one in await pool.run(entries.after, seat, seq - 1, self.me.holder, 1):
            self.send(room.said_frame(one, seat))

    async def _look(self, frame: frames.CircleLook) -> None:
        seat = await self._stand()
        if seat is None:
            return
        if frame.after > await pool.run(entries.last_of, self.circle_id):
            raise Refused("ahead", to="look")
        if self.cursor is None:
            await pool.run(actions.keep_within_reach, self.me, self.circle_id)
        sent = await self._catch_up(seat, frame.after)
        if sent >= entries.AT_ONCE:
            self.send(CircleMore(after=self.cursor or frame.after))
        else:
            self.send(CircleIdle(last=max(self.cursor or 0, frame.after)))

    async def _act(self, frame: Any) -> None:
        try:
            await pool.run(_do, self.me, self.circle_id, frame)
        except ReflectionError as error:
            raise Refused(error.code, to=REFUSED_TO[type(frame)]) from None


def _do(member: Member, circle_id: uuid.UUID, frame: Any) -> None:
    match frame:
        case frames.Enter():
            live.enter(member, circle_id)
        case frames.StepOut():
            live.step_out(member, circle_id)
        case frames.Hand():
            live.raise_hand(member, circle_id, up=frame.up)
        case frames.Done():
            live.finish(member, circle_id)
        case frames.Present():
            live.present(member, circle_id, on=frame.on)
        case frames.MoveOn():
            live.move_on(member, circle_id, frame.phase)
