"""Two loads on open conversations: people who write now and then, and pairs that answer each other without pause."""

import asyncio
import dataclasses
import functools
import itertools
import random
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from bench.errors import CannotMeasure
from bench.figures import Load

#: Seconds of CPU so far: of the system under test, and of anybody on its core.
Cpu = Callable[[], tuple[float, float]]
clock = time.perf_counter

WARM_UP = 0.5  # seconds that do not count
DRAIN = 10.0  # seconds after which a message counts as lost
SPIN = 0.002  # seconds before a message is due from which on the loop's coarse timers are not trusted
SEED = 20200401
#: Never the same number twice, so that a late message of one load is nothing to the next.
NUMBERS = itertools.count()


class Watch:
    """Takes the time of a load, and the CPU that the system, others on its core, and the generator use meanwhile."""

    def __init__(self, cpu: Cpu) -> None:
        self._cpu = cpu
        self._system, self._core = cpu()
        self._own = time.process_time()
        self._began = clock()

    def stop(self, latencies: list[float], *, slow: Sequence[float] = (), lost: int = 0) -> Load:
        """Return what came meanwhile; ``slow`` are the times that were waited for what never came."""
        took = clock() - self._began
        own = time.process_time() - self._own
        system, core = (now - before for now, before in zip(self._cpu(), (self._system, self._core), strict=True))
        return Load(
            messages=len(latencies),
            seconds=took,
            latencies=[*latencies, *slow],
            cpu=system,
            generator=own / took,
            others=max(0.0, core - system) / took,
            lost=lost,
        )


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


async def _until(moment: float) -> None:
    """Return once that moment has come: asleep at first, awake for the last two milliseconds."""
    await asyncio.sleep(max(0.0, moment - SPIN - clock()))
    while clock() < moment:  # noqa: ASYNC110  nothing but time is awaited
        await asyncio.sleep(0)


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
    watch = Watch(cpu)
    due = clock()
    for _message in range(max(1, int(rate * seconds))):
        due += chance.expovariate(rate)
        await _until(due)
        chance.choice(ends).say(recorder.new(due))
    lost = await recorder.drain()
    return watch.stop(recorder.latencies, slow=[clock() - moment for moment in recorder.due.values()], lost=lost)


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
    watch = Watch(cpu)
    await asyncio.sleep(seconds)
    load = watch.stop(talk.recorder.latencies[before:])
    return dataclasses.replace(load, lost=await talk.stop())


async def exchange(pairs: Pairs, messages: int, cpu: Cpu, *, window: int = 1) -> Load:
    """Let the pairs say so many messages in all, as fast as they can. Raises CannotMeasure when they fall silent."""
    watch = Watch(cpu)
    talk = PingPong(pairs, window)
    heard, since = 0, clock()
    while heard < messages:
        await asyncio.sleep(0.005)
        if len(talk.recorder.latencies) > heard:
            heard, since = len(talk.recorder.latencies), clock()
        elif clock() - since > DRAIN:
            message = f"Nothing more was heard after {heard} of {messages} messages."
            raise CannotMeasure(message)
    lost = await talk.stop()
    return watch.stop(talk.recorder.latencies, lost=lost)
