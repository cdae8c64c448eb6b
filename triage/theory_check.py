"""Holds the simulation against formulas, where a formula holds: exponential talks, no rests, an answer at once."""

import dataclasses
import math
import statistics
from collections.abc import Callable, Iterable

from triage import queue
from triage.erlang import erlang_a, priority_waits
from triage.people_model import People, Temper
from triage.scenarios import DAY, Group
from triage.simulated_people import Caller, FirstCome, Policy, at
from triage.simulation import Setting, Simulation

WORK = 45 * 60.0  # seconds a talk takes on average
SHARES = (("A", 0.1), ("B", 0.3), ("C", 0.6))
PATIENCE = 12 * 60.0  # seconds on average, where people give up
BATCHES = 20  # of callers, from which the standard error is taken
FOR_EVER = 1e9  # seconds of a shift that does not end
WITHIN = 0.05  # of the formula a simulated mean must be


class Plain(People):
    """People as the formulas have them: without memory in all they do; ``patience`` is a mean in seconds."""

    def __init__(self, seed: int, patience: float = math.inf) -> None:
        super().__init__(seed)
        self.patience = patience

    def caller(self) -> Temper:
        """Draw who comes."""
        level = self.dice.choices([name for name, _share in SHARES], [share for _name, share in SHARES])[0]
        patience = self.dice.expovariate(1 / self.patience) if math.isfinite(self.patience) else math.inf
        # Without a word: no note is written, which the formulas do not know.
        return Temper(level, level, patience, self.dice.expovariate(1 / WORK), silent=True, on_a_phone=False)

    def answer(self, lasts: float) -> tuple[str, float]:
        """Accept at once."""
        del lasts
        return "accepted", 0.0


class ByClass(FirstCome):
    """The order of our queue, and nothing else of our rules."""

    name = "by class"

    def in_order(self, waiting: Iterable[Caller], now: float) -> list[Caller]:
        """Return who waits, in our order."""
        moment = at(now)
        return sorted(waiting, key=lambda one: queue.place(one, moment))


@dataclasses.dataclass(frozen=True, slots=True)
class Compared:
    """One figure by formula and by simulation; seconds, or a share.

    ``error`` is what chance alone is worth: one standard error, from batches of callers, as a share of the figure.
    """

    what: str
    formula: float
    simulated: float
    error: float

    @property
    def apart(self) -> float:
        """Return how far the simulation is from the formula, as a share of it."""
        return abs(self.simulated / self.formula - 1)

    @property
    def holds(self) -> bool:
        """Say whether it is near enough, chance allowed for."""
        return self.apart <= WITHIN + 2 * self.error


Figure = Callable[[list[Caller]], float]


def _wait_of(levels: str) -> Figure:
    return lambda callers: Group.of([one for one in callers if one.urgency in levels]).mean


def _gave_up(callers: list[Caller]) -> float:
    return sum(one.left is not None for one in callers) / len(callers)


def _compared(what: str, formula: float, callers: list[Caller], figure: Figure) -> Compared:
    """Compare one figure; batches of callers in the order in which they came tell how much it varies."""
    size = max(1, len(callers) // BATCHES)
    batches = [figure(callers[start : start + size]) for start in range(0, size * BATCHES, size)]
    simulated = figure(callers)
    return Compared(what, formula, simulated, statistics.stdev(batches) / math.sqrt(BATCHES) / simulated)


def compare(volunteers: int, load: float, *, days: float, seed: int) -> list[Compared]:
    """Return mean waits first come and by class, and the share that gives up, by formula and simulated."""
    slots = 2 * volunteers
    rate = load * slots / WORK
    setting = Setting(volunteers, lambda _now: rate, rate, shift=FOR_EVER, relief=False, breaks=False)

    def run(policy: Policy, people: People) -> list[Caller]:
        everybody = Simulation(people, policy, setting=setting).run(days * DAY)
        return [one for one in everybody if one.came > DAY]

    plain, ordered = run(FirstCome(), Plain(seed)), run(ByClass(), Plain(seed + 1))
    impatient = run(FirstCome(), Plain(seed + 2, PATIENCE))
    means = priority_waits(slots, [rate * share for _level, share in SHARES], WORK)
    theirs = erlang_a(slots, rate, WORK, PATIENCE)
    return [
        _compared("mean wait, first come", erlang_a(slots, rate, WORK).mean, plain, _wait_of("ABC")),
        *(
            _compared(f"mean wait of {level} by class", mean, ordered, _wait_of(level))
            for (level, _share), mean in zip(SHARES, means, strict=True)
        ),
        _compared("share that gives up", theirs.gives_up, impatient, _gave_up),
    ]
