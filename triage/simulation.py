"""Lets simulated people call a simulated line through the real queue and the real routing, event by event.

Nothing is stored and no clock runs: the rules of ``triage.queue`` and ``triage.routing`` are asked at each second at
which something changed, as the sweeper does.
"""

import dataclasses
import datetime
import heapq
import itertools
import math
import uuid
from collections import deque
from collections.abc import Callable

from roster import actions as roster
from roster import breaks
from triage import queue, routing
from triage.people_model import (
    NOTE,
    RESTS_AFTER_EMERGENCY,
    SAYS_YES_ABOVE,
    SHIFT,
    People,
)
from triage.routing import LAST_OFFER_BEFORE_END, REST_AFTER_URGENT, Waiter
from triage.simulated_people import Caller, Listener, Policy, at

MEASURED_EVERY = 300.0  # seconds; the line measures each minute, which changes nothing here but the time it takes
READ_MOST = 30  # of those who wait at each level
LOOK_AGAIN = 5.0  # seconds between two choosings while somebody waits and nothing else happens
AWAY_FOR = 120.0  # seconds for which somebody stays away after two offers that expired (a guess)
LEFT_AT_ONCE = 30.0  # seconds: who leaves sooner did not abandon the wait


@dataclasses.dataclass(frozen=True, slots=True)
class Setting:
    """A line and its demand: ``rate`` says how many come a second at a moment, at most ``peak``.

    ``volunteers`` are those who may be offered somebody at each moment. With ``relief``, whoever is in the last 45
    minutes of a shift is not one of them: somebody else has taken over, while they finish what they are in.
    """

    volunteers: int
    rate: Callable[[float], float]
    peak: float
    shift: float = SHIFT
    relief: bool = True
    breaks: bool = True


class Pace:
    """What the line has measured lately of itself, for the wait that it says."""

    def __init__(self) -> None:
        self.accepted: deque[tuple[uuid.UUID, datetime.datetime, datetime.datetime]] = deque(maxlen=400)
        self._measured, self._at = queue.ASSUMED, -math.inf

    def measured(self, now: float) -> queue.Pace:
        """Measure now and then, as the line does."""
        if now - self._at > MEASURED_EVERY:
            since = at(now) - queue.PACE_FROM
            self._measured, self._at = queue.pace_of(row for row in self.accepted if row[2] > since), now
        return self._measured


class Simulation:
    """One line, from its opening to the end of the simulated time; ``run`` once."""

    def __init__(self, people: People, policy: Policy, *, setting: Setting) -> None:
        self.people, self.policy, self.setting = people, policy, setting
        self.now, self._count = 0.0, itertools.count()
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count(1)
        self.waiting: dict[uuid.UUID, Caller] = {}
        self.listeners: dict[uuid.UUID, Listener] = {}
        self.callers: list[Caller] = []
        self.pace = Pace()
        self._routing_at = math.inf
        self.there_for = self.worked_for = 0.0  # seconds, of all volunteers together

    # Time -----------------------------------------------------------------------------------------------------------

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.now + seconds, next(self._count), act))

    def run(self, seconds: float) -> list[Caller]:
        """Simulate so long; return everybody who came."""
        for place in range(self.setting.volunteers):
            self._begin_shift(self.setting.shift * (place + 1) / self.setting.volunteers)
        self._later(self.people.until_next(self.setting.peak), self._arrive)
        while self._events and self._events[0][0] <= seconds:
            self.now, _number, act = heapq.heappop(self._events)
            act()
        return self.callers

    def _soon(self) -> None:
        """Have routing look at the next whole second."""
        self._look_at(math.floor(self.now) + 1.0)

    def _look_at(self, due: float) -> None:
        if due < self._routing_at:
            self._routing_at = due
            heapq.heappush(self._events, (due, next(self._count), self._route))

    # People come, people go -----------------------------------------------------------------------------------------

    def _id(self) -> uuid.UUID:
        return uuid.UUID(int=next(self._numbers))

    def _begin_shift(self, lasts: float) -> None:
        """Let somebody begin; whoever takes over comes when this one is offered nobody new any more."""
        one = Listener(
            pk=self._id(),
            began=self.now,
            ends=self.now + lasts,
            above_limit=self.people.happens(SAYS_YES_ABOVE),
            idle_since=at(self.now),
            ends_at=at(self.now + lasts),
            last_break=at(self.now),
        )
        self.listeners[one.pk] = one
        tail = LAST_OFFER_BEFORE_END.total_seconds() if self.setting.relief else 0.0
        self._later(max(0.0, lasts - tail), lambda: self._begin_shift(self.setting.shift))
        self._later(lasts, lambda: self._go(one))
        self._soon()

    def _go(self, one: Listener) -> None:
        """Let somebody go whose shift is over, once the last conversation and its note are."""
        if self.now >= one.ends and not one.talks and not one.notes and self.listeners.pop(one.pk, None) is not None:
            self.there_for += self.now - one.began
            self.worked_for += one.busy_for

    def _arrive(self) -> None:
        self._later(self.people.until_next(self.setting.peak), self._arrive)
        if not self.people.happens(self.setting.rate(self.now) / self.setting.peak):
            return
        temper = self.people.caller()
        caller = Caller(self._id(), temper, self.now, at(self.now))
        if temper.on_a_phone:
            after, lasts = self.people.drop()
            caller.drops = (self.now + after, self.now + after + lasts)
        self.callers.append(caller)
        self.waiting[caller.pk] = caller
        caller.said = self._say_wait(caller)
        self._later(temper.patience, lambda: self._give_up(caller))
        self._soon()

    def _give_up(self, caller: Caller) -> None:
        if self.waiting.pop(caller.pk, None) is None:
            return
        caller.left = self.now
        self._close_offers(caller)

    def _say_wait(self, caller: Caller) -> int:
        moment = at(self.now)
        mine = queue.place(caller, moment)
        ahead = sum(queue.place(other, moment) < mine for other in self.waiting.values() if other is not caller)
        ready = [one.facts() for one in self.listeners.values() if one.is_ready(self.now)]
        calm = sum(one.urgency not in routing.URGENT for one in self.waiting.values())
        hands, kept = routing.hands_open(ready, calm, moment)
        outlook = queue.Outlook(len(ready), hands, self.pace.measured(self.now), kept)
        return outlook.wait(ahead, caller.urgency)

    # Offers ---------------------------------------------------------------------------------------------------------

    def _seen_at(self, caller: Caller) -> datetime.datetime:
        """Return when the page was last alive: a telephone is away now and then."""
        begins, ends = caller.drops
        while self.now >= ends:
            after, lasts = self.people.drop()
            begins, ends = ends + after, ends + after + lasts
            caller.drops = (begins, ends)
        return at(begins if self.now >= begins else self.now)

    def _first(self) -> list[Caller]:
        """Return the first of each level; they came in this order, and more than these no hands could take."""
        found: dict[str, list[Caller]] = {}
        for one in self.waiting.values():
            row = found.setdefault(one.urgency, [])
            if len(row) < READ_MOST:
                row.append(one)
        return [one for row in found.values() for one in row]

    def _route(self) -> None:
        if self._routing_at != self.now:
            return  # an earlier look took its place
        self._routing_at = math.inf
        emergency = any(one.urgency == routing.EMERGENCY for one in self.waiting.values())
        if not self.waiting or not any(one.may_be_free(emergency=emergency) for one in self.listeners.values()):
            return  # whatever frees somebody has routing look again
        ready = [one.facts() for one in self.listeners.values() if one.is_ready(self.now)]
        waiting = [
            Waiter(one.pk, one.urgency, self._seen_at(one), open_offers=len(one.ringing), asked=one.asked)
            for one in self.policy.in_order(self._first(), self.now)
        ]
        for proposal in self.policy.choose(waiting, ready, self.now):
            self._offer(self.waiting[proposal.contact_id], self.listeners[proposal.member_id])
        self._look_at(self.now + LOOK_AGAIN)

    def _offer(self, caller: Caller, listener: Listener) -> None:
        offer = next(self._numbers)
        caller.ringing[listener.pk] = listener.offer = offer
        outcome, after = self.people.answer(self.policy.offer_lasts)
        sent = self.now
        self._later(after, lambda: self._answer(caller, listener, offer, outcome, sent))

    def _answer(self, caller: Caller, listener: Listener, offer: int, outcome: str, sent: float) -> None:
        if listener.offer != offer:
            return
        listener.offer = None
        caller.ringing.pop(listener.pk, None)
        self._soon()
        if outcome == "accepted":
            self._accept(caller, listener, sent)
            return
        caller.asked[listener.pk] = at(self.now)
        listener.missed = listener.missed + 1 if outcome == "expired" else 0
        if listener.missed >= roster.MISSED_MOST:
            listener.missed, listener.away_until = 0, self.now + AWAY_FOR

    def _close_offers(self, caller: Caller) -> None:
        for member_id, offer in caller.ringing.items():
            if self.listeners[member_id].offer == offer:
                self.listeners[member_id].offer = None
        caller.ringing.clear()
        self._soon()

    # Conversations --------------------------------------------------------------------------------------------------

    def _accept(self, caller: Caller, listener: Listener, sent: float) -> None:
        del self.waiting[caller.pk]
        self._close_offers(caller)
        caller.answered = self.now
        if not listener.talks and not listener.notes:
            listener.busy_since = self.now
        listener.talks[caller.pk] = caller.urgency
        listener.idle_since, listener.missed = at(self.now), 0
        self.pace.accepted.append((listener.pk, at(sent), at(self.now)))
        self._later(caller.temper.talk, lambda: self._end(caller, listener))

    def _end(self, caller: Caller, listener: Listener) -> None:
        level = listener.talks.pop(caller.pk)
        if not caller.temper.silent:
            listener.notes += 1
            self._later(NOTE, lambda: self._note_written(listener))
        self._note_idle(listener)
        if self.policy.rests(level):
            listener.rests_until = at(self.now) + REST_AFTER_URGENT
        self._keep_break(listener, level)
        self._go(listener)
        self._soon()

    def _note_idle(self, listener: Listener) -> None:
        if not listener.talks and not listener.notes:
            listener.busy_for += self.now - listener.busy_since

    def _keep_break(self, listener: Listener, level: str) -> None:
        """Let somebody rest for five minutes an hour, and longer after an emergency if they want to."""
        if not self.setting.breaks:
            return
        long = level == routing.EMERGENCY and self.people.happens(RESTS_AFTER_EMERGENCY)
        now = at(self.now)
        if long or breaks.is_due(listener.last_break, now):
            listener.last_break = now
            listener.break_until = now + (breaks.LONG if long else breaks.LASTS)

    def _note_written(self, listener: Listener) -> None:
        listener.notes -= 1
        self._note_idle(listener)
        self._go(listener)
        self._soon()
