"""One run: people talk, the schedule strikes, everybody comes to rest, and the checker reads what was heard."""

import asyncio
import collections
import dataclasses
import itertools
import math
import random
import time
from collections.abc import Callable

from tests.faults.checker import Fault, check_all
from tests.faults.history import History, Side, sayings, waits_of_the_other_side
from tests.faults.nemesis import FAULTS, Step
from tests.faults.people import Manner, Person, Unreadable, read_all
from tests.faults.stage import Stage, aside
from tests.running_line import Pair

STUCK_AFTER = 90.0  # seconds without any receipt while nothing is broken
SLOWER = (
    20  # times slower do people talk, at most, while something is broken: else they would be done before it is over
)
REST_WITHIN = 45.0  # seconds until everybody has heard everything: two looks

Say = Callable[[str], None]


class Stuck(AssertionError):
    """Nothing is acknowledged any more although nothing is broken."""


@dataclasses.dataclass(frozen=True, slots=True)
class Blow:
    """A step that was carried out: when it began and ended (seconds since the start), and how long receipts stopped."""

    step: Step
    began: float
    ended: float
    silence: float = 0.0


@dataclasses.dataclass(slots=True)
class Outcome:
    """What came of a run."""

    histories: list[History]
    faults: list[Fault]
    blows: list[Blow]
    seconds: float
    tracebacks: int
    failed_starts: list[str]
    bad_ends: list[str]

    @property
    def acknowledged(self) -> int:
        """How many messages have their receipt."""
        return sum(said.outcome == "ok" for history in self.histories for said in sayings(history).values())

    def _counted(self, kind: str) -> str:
        """Return how often each code ended a socket, or refused a frame, for people."""
        codes = collections.Counter(
            entry.code or "without a code"
            for history in self.histories
            for entry in history.entries
            if entry.kind == kind
        )
        return ", ".join(f"{code} × {count}" for code, count in codes.most_common()) or "none"

    def _passed_on(self) -> str:
        """Return how long the other side waits for what its author has the receipt of, for people."""
        waits = sorted(wait for history in self.histories for wait in waits_of_the_other_side(history))
        if not waits:
            return "nothing was heard"
        share = waits[len(waits) * 99 // 100]
        return f"99 % within {share * 1000:.0f} ms of the receipt, all within {max(waits[-1], 0):.1f} s"

    def told(self) -> str:
        """Return the figures and every fault, for people."""
        unknown = sum(said.outcome == "unknown" for history in self.histories for said in sayings(history).values())
        sockets = sum(len(history.sides) for history in self.histories)
        lines = [
            f"{self.acknowledged} messages acknowledged in {self.seconds:.0f} s, {unknown} never answered, "
            f"{len(self.histories)} conversations, {sockets} sockets, {len(self.blows)} faults struck, "
            f"{self.tracebacks} tracebacks printed",
            f"  refusals: {self._counted('refused')}; ends of sockets: {self._counted('closed')}",
            *(
                f"  {blow.began:6.1f}–{blow.ended:6.1f} s  no receipt for {blow.silence:4.1f} s  {blow.step}"
                for blow in self.blows
            ),
            f"  heard by the other side: {self._passed_on()}",
            *(f"  {words}" for words in self.bad_ends),
            *(f"  a node did not start at once: {words}" for words in self.failed_starts),
            f"{len(self.faults)} broken promises" + (":" if self.faults else ""),
            *(f"  {fault}" for fault in self.faults[:50]),
        ]
        return "\n".join(lines)


class Trial:
    """People of ``pairs`` conversations who say ``messages`` altogether while ``steps`` strike."""

    def __init__(self, stage: Stage, *, seed: int, pairs: int, messages: int, steps: list[Step], say: Say) -> None:
        self._stage, self._steps, self._tell = stage, steps, say
        self._rng = random.Random(seed)  # noqa: S311  a script is no secret
        self._count, self._messages = pairs, messages
        self._pairs: list[Pair] = []
        self._people: list[Person] = []
        self._began = time.monotonic()
        self._blows: list[Blow] = []
        self._share: tuple[int, int] | None = None  # the messages meant for the fault under way, from where to where

    def _cast(self, pair: Pair, messages: int, pause: float) -> History:
        history = History(pair.contact)
        talks = Manner(messages, pause=lambda: pause * self._slowness())
        roles: list[tuple[Side, str, Manner]] = [
            ("caller", pair.caller, talks),
            ("volunteer", pair.volunteer, talks),
            ("caller", pair.caller, Manner(0)),  # a second tab of the caller's, which only listens
        ]
        for side, cookie, manner in roles:
            own = random.Random(self._rng.getrandbits(64))  # noqa: S311
            self._people.append(Person(side, cookie, history, self._stage.doors, own, manner))
        return history

    def _acknowledged(self) -> int:
        return sum(person.acknowledged for person in self._people)

    def _slowness(self) -> float:
        """Spare messages while something is broken, the more the fewer of its share are left."""
        if self._share is None:
            return 1
        first, last = self._share
        return 1 + SLOWER * min(1.0, (self._acknowledged() - first) / max(1, last - first))

    async def run(self, *, pause: float = 0.05) -> Outcome:
        """Do it. ``pause`` is the mean time between two messages of one person. Raises Stuck."""
        self._pairs = await aside(self._stage.nodes[0].line.pairs, self._count)
        each = -(-self._messages // (2 * self._count))
        histories = [self._cast(pair, each, pause) for pair in self._pairs]
        self._began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for person in self._people:
                group.create_task(person.stay())
            try:
                await asyncio.gather(self._strike(), self._wait())
                await self._rest(histories)
                seconds = time.monotonic() - self._began
                for pair, history in zip(self._pairs, histories, strict=True):
                    await self._read(pair, history)  # while everybody is there: else their volunteer would be lost
            finally:
                for person in self._people:
                    person.leave()
        blows = _silences(self._blows, histories, self._began)
        tracebacks = self._stage.printed.count("Traceback")
        failed = [words for node in self._stage.nodes for words in node.failed_starts]
        bad = [words for node in self._stage.nodes for words in node.bad_ends]
        return Outcome(histories, check_all(histories), blows, seconds, tracebacks, failed, bad)

    async def _strike(self) -> None:
        ends = [*(step.at for step in self._steps[1:]), self._messages]
        for step, end in zip(self._steps, ends, strict=True):
            while self._acknowledged() < step.at:  # noqa: ASYNC110  nobody waits for this but us
                await asyncio.sleep(0.02)
            began = time.monotonic() - self._began
            self._tell(f"{began:6.1f} s  {step}")
            self._share = (step.at, end)
            await FAULTS[step.fault].strike(self._stage, step)
            self._share = None
            self._blows.append(Blow(step, began, time.monotonic() - self._began))

    async def _wait(self) -> None:
        """Return once everything is said and acknowledged, telling how far it is. Raises Stuck."""
        known, since, told = -1, time.monotonic(), time.monotonic()
        while not all(person.finished for person in self._people):
            await asyncio.sleep(0.1)
            now, acknowledged = time.monotonic(), self._acknowledged()
            if acknowledged != known:
                known, since = acknowledged, now
            elif now - since > STUCK_AFTER:
                message = f"no receipt for {STUCK_AFTER:.0f} s after {known} messages\n{self._stage.printed[-4000:]}"
                raise Stuck(message)
            if now - told > 10:
                told = now
                self._tell(f"{now - self._began:6.1f} s  {known} of {self._messages} acknowledged")

    async def _rest(self, histories: list[History]) -> None:
        """Give everybody the time of two looks to hear what is there; what they miss is for the checker."""
        until = time.monotonic() + REST_WITHIN
        while time.monotonic() < until and not all(map(self._has_heard_all, histories)):  # noqa: ASYNC110
            await asyncio.sleep(0.1)

    def _has_heard_all(self, history: History) -> bool:
        mine = [person.seen for person in self._people if person.history is history]
        return min(mine) == max(mine)

    async def _read(self, pair: Pair, history: History) -> None:
        sides: list[tuple[Side, str]] = [("caller", pair.caller), ("volunteer", pair.volunteer)]
        for side, cookie in sides:
            for number, door in enumerate(self._stage.inner_doors, 1):
                try:
                    history.finals[f"the {side} at node {number}"] = await read_all(door, cookie, side, pair.contact)
                except Unreadable as refused:
                    history.note(history.open(side), "refused", by="the last look", code=str(refused))


def _silences(blows: list[Blow], histories: list[History], began: float) -> list[Blow]:
    """Measure the longest time without a receipt anywhere, from each blow to the next (ten seconds after its end)."""
    receipts = sorted(
        said.acknowledged - began
        for history in histories
        for said in sayings(history).values()
        if said.acknowledged is not None
    )
    measured = []
    for blow, following in itertools.zip_longest(blows, blows[1:]):
        until = min(blow.ended + 10, following.began if following else math.inf)
        times = [blow.began, *(at for at in receipts if at > blow.began)]
        gaps = [min(later, until) - earlier for earlier, later in itertools.pairwise(times) if earlier < until]
        measured.append(dataclasses.replace(blow, silence=max(gaps, default=0.0)))
    return measured
