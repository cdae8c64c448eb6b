"""Two loads on open conversations: people who write now and then, and pairs that answer each other without pause."""

import asyncio
import functools
import itertools
import random
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from bench.errors import CannotMeasure
from bench.figures import Load

Cpu = Callable[[], float]  # seconds that the system under test has used so far
clock = time.perf_counter

WARM_UP = 0.5  # seconds that do not count
DRAIN = 3.0  # seconds after which a message counts as lost
SPIN = 0.002  # seconds before a message is due from which on the loop's coarse timers are not trusted
SEED = 20200401
#: Never the same number twice, so that a late message of one load is nothing to the next.
NUMBERS = itertools.count()


class Speaker(Protocol):
    """One side of a conversation: it says the words of a number, and calls ``heard`` with each number that it hears."""

    heard: Callable[[int], object]

    def say(self, number: int) -> None:
        """Say the words of a number."""


Pairs = Sequence[tuple[Speaker, Speaker]]


class Recorder:
    """Knows which messages are under way and since when they were due; collects how long each took, in seconds."""

    def __init__(self) -> None:
        self.due: dict[int, float] = {}
        self.latencies: list[float] = []

    def new(self, due: float) -> int:
        """Return the number of a message that was due at that moment."""
        number = next(NUMBERS)
        self.due[number] = due
        return number

    def came(self, number: int) -> bool:
        """Note that a message was heard; say whether it was one of these, heard for the first time."""
        due = self.due.pop(number, None)
        if due is None:
            return False
        self.latencies.append(clock() - due)
        return True

    async def drain(self) -> int:
        """Wait for what is under way; return how many were lost."""
        end = clock() + DRAIN
        while self.due and clock() < end:  # noqa: ASYNC110  each message that comes would have to set an event
            await asyncio.sleep(0.01)
        return len(self.due)


async def _until(moment: float) -> float:
    """Return the time once that moment has come: asleep at first, awake for the last two milliseconds."""
    left = moment - clock()
    if left > SPIN:
        await asyncio.sleep(left - SPIN)
    while (now := clock()) < moment:  # noqa: ASYNC110  nothing but time is awaited
        await asyncio.sleep(0)
    return now


async def light(pairs: Pairs, rate: float, seconds: float, cpu: Cpu) -> Load:
    """Let somebody write ``rate`` times a second at random moments, whether or not the last message was heard yet.

    A message's time runs from the moment at which it was due, not from when it was sent: a server that stalls cannot
    hide its queue. What was never heard counts with the time that was waited for it.
    """
    recorder = Recorder()
    ends = [end for pair in pairs for end in pair]
    for end in ends:
        end.heard = recorder.came
    chance = random.Random(SEED)  # noqa: S311  the same moments for everybody
    began, used, own = clock(), cpu(), time.process_time()
    due = began
    for _message in range(max(1, int(rate * seconds))):
        due += chance.expovariate(rate)
        await _until(due)
        chance.choice(ends).say(recorder.new(due))
    took, own = clock() - began, time.process_time() - own
    lost = await recorder.drain()
    used = cpu() - used
    late = [clock() - moment for moment in recorder.due.values()]
    return Load(
        messages=len(recorder.latencies),
        seconds=took,
        latencies=[*recorder.latencies, *late],
        cpu=used,
        generator=own / took,
        lost=lost,
    )


class PingPong:
    """Pairs that answer each other at once, with ``window`` messages under way in each."""

    def __init__(self, pairs: Pairs, window: int = 1) -> None:
        self.recorder = Recorder()
        self.running = True
        for pair in pairs:
            for end in pair:
                end.heard = functools.partial(self._answer, end)
        for caller, _volunteer in pairs:
            for _one in range(window):
                caller.say(self.recorder.new(clock()))

    def _answer(self, end: Speaker, number: int) -> None:
        if self.recorder.came(number) and self.running:
            end.say(self.recorder.new(clock()))

    async def stop(self) -> int:
        """Let the last ones arrive; return how many were lost."""
        self.running = False
        return await self.recorder.drain()


async def saturate(pairs: Pairs, seconds: float, cpu: Cpu, *, window: int = 1) -> Load:
    """Let all pairs answer each other as fast as the system can, for some seconds after a short warm-up."""
    talk = PingPong(pairs, window)
    await asyncio.sleep(WARM_UP)
    before = len(talk.recorder.latencies)
    began, used, own = clock(), cpu(), time.process_time()
    await asyncio.sleep(seconds)
    took, used, own = clock() - began, cpu() - used, time.process_time() - own
    latencies = talk.recorder.latencies[before:]
    lost = await talk.stop()
    return Load(messages=len(latencies), seconds=took, latencies=latencies, cpu=used, generator=own / took, lost=lost)


async def exchange(pairs: Pairs, messages: int, cpu: Cpu, *, window: int = 1) -> Load:
    """Let the pairs say so many messages in all, as fast as they can. Raises CannotMeasure when they fall silent."""
    began, used, own = clock(), cpu(), time.process_time()
    talk = PingPong(pairs, window)
    heard, since = 0, began
    while heard < messages:
        await asyncio.sleep(0.005)
        if len(talk.recorder.latencies) > heard:
            heard, since = len(talk.recorder.latencies), clock()
        elif clock() - since > DRAIN:
            message = f"Nothing more was heard after {heard} of {messages} messages."
            raise CannotMeasure(message)
    lost = await talk.stop()
    took, used, own = clock() - began, cpu() - used, time.process_time() - own
    latencies = talk.recorder.latencies
    return Load(messages=len(latencies), seconds=took, latencies=latencies, cpu=used, generator=own / took, lost=lost)
