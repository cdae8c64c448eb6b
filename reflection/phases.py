"""The phases of each kind of gathering, the round, and who may speak now; plain rules without a database.

The shapes are those of the field (a reflection circle with a round in which nobody is interrupted and each may pass;
a Balint group whose presenter sits back while the group imagines; ten minutes at the end of a shift). Minutes and words
wait for the yes of a clinician.
"""

import datetime
import enum
from collections.abc import Sequence
from typing import NamedTuple

GRACE = datetime.timedelta(minutes=2)  # after a phase's time, until anybody may move on


class Voice(enum.StrEnum):
    """Who has the word in a phase."""

    ALL = "all"
    ROUND = "round"  # one after another; each may pass
    ONE = "one"  # whoever presents
    REST = "rest"  # everybody but whoever presents


class Phase(NamedTuple):
    """One part of a gathering; ``share`` is of the whole time."""

    code: str
    share: int
    voice: Voice


REFLECTION = (
    Phase("welcome", 5, Voice.ALL),
    Phase("arrival", 15, Voice.ROUND),
    Phase("theme", 50, Voice.ALL),
    Phase("closing", 20, Voice.ROUND),
)
BALINT = (
    Phase("welcome", 5, Voice.ALL),
    Phase("presenting", 10, Voice.ONE),
    Phase("asking", 10, Voice.ALL),
    Phase("imagining", 35, Voice.REST),
    Phase("returning", 15, Voice.ONE),
    Phase("closing", 15, Voice.ROUND),
)
SHIFT_END = (
    Phase("arrived", 3, Voice.ROUND),
    Phase("stays", 3, Voice.ROUND),
    Phase("leave_here", 3, Voice.ROUND),
    Phase("kind_act", 3, Voice.ROUND),
)
TALK = (Phase("talk", 1, Voice.ALL),)
PLANS: dict[str, tuple[Phase, ...]] = {
    "reflection": REFLECTION,
    "balint": BALINT,
    "shift_end": SHIFT_END,
    "peer": TALK,
}


class Plan(NamedTuple):
    """The phases of one gathering, and how long it is."""

    phases: tuple[Phase, ...]
    minutes: int

    @classmethod
    def of(cls, kind: str, minutes: int) -> "Plan":
        """Return the plan of a kind of gathering that takes so many minutes."""
        return cls(PLANS[kind], minutes)

    def at(self, number: int) -> Phase:
        """Return a phase by its number, from 0; beyond the last, the last."""
        return self.phases[min(number, len(self.phases) - 1)]

    def lasts(self, number: int) -> datetime.timedelta:
        """Return how long a phase should take: its share of the whole, at least a minute."""
        whole = sum(phase.share for phase in self.phases)
        return datetime.timedelta(minutes=max(1, round(self.at(number).share * self.minutes / whole)))

    def is_last(self, number: int) -> bool:
        """Say whether the gathering is over after this phase."""
        return number >= len(self.phases) - 1


class Place(NamedTuple):
    """Where somebody sits in a room: their number there, whether they lead."""

    number: int
    leads: bool


def speech_refused(phase: Phase, me: Place, *, speaker: int | None, presenter: int | None) -> str:
    """Return why somebody may not speak now, as a code; nothing if they may. Who leads holds the frame: they may."""
    if me.leads or phase.voice == Voice.ALL:
        return ""
    if phase.voice == Voice.ROUND:
        return "" if speaker == me.number else "not_your_turn"
    if phase.voice == Voice.ONE:
        return "" if presenter == me.number else "only_presenter"
    return "presenter_rests" if presenter == me.number else ""


def next_speaker(order: Sequence[tuple[int, bool]]) -> int | None:
    """Return who is next in a round: the first who has neither spoken nor passed; None once all have.

    ``order`` is of those who are here, whoever came first in front: their number, and whether they are done.
    """
    return next((number for number, done in order if not done), None)


def is_round_over(phase: Phase, here: Sequence[Place], *, speaker: int | None) -> bool:
    """Say whether a round is done among several whom nobody leads now: then any of them may begin what follows.

    Whoever is there alone waits for the others until its time is over; whoever leads begins what follows themselves.
    """
    alone_or_led = len(here) < 2 or any(one.leads for one in here)
    return phase.voice == Voice.ROUND and speaker is None and not alone_or_led


def may_move_on(plan: Plan, number: int, since: datetime.datetime, now: datetime.datetime, *, free: bool) -> bool:
    """Say whether somebody may begin the next phase: once its time is well over, at any time if they are ``free`` to.

    Free is who leads, and everybody once a round is over.
    """
    return free or now >= since + plan.lasts(number) + GRACE


def minutes_left(plan: Plan, number: int, since: datetime.datetime, now: datetime.datetime) -> int:
    """Return how many minutes of a phase are left, rounded up; 0 when it is over: the clock is gentle, nothing cuts.

    A phase that is yet to begin has all of them.
    """
    return minutes_until(since + plan.lasts(number), max(since, now))


def minutes_until(moment: datetime.datetime, now: datetime.datetime) -> int:
    """Return how many minutes there are until a moment, rounded up; 0 when it has passed."""
    return max(0, -(-int((moment - now).total_seconds()) // 60))
