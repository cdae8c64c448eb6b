"""The scenarios of ``rehearse-queue``, what each must hold, and what became of those who came in it."""

import dataclasses
import math
import statistics
from collections.abc import Sequence

from triage import queue
from triage.people_model import HOUR, WORK_MEAN, People
from triage.routing import LIMIT
from triage.simulated_people import Caller, FirstCome, Policy
from triage.simulation import LEFT_AT_ONCE, Setting, Simulation

DAY = 24 * HOUR
WARM_UP, LEAD_OUT = 4 * HOUR, 3 * HOUR  # at either end of the simulated time, whose callers are not counted
SURGE_EVERY, SURGE_AT, SURGE_LASTS, SURGE = 14 * HOUR, 6 * HOUR, 2 * HOUR, 10.0
NORMAL = 0.7  # the load at which the shift is filled as the forecast asks
VOLUNTEERS, DAYS, SEED = 14, 7.0, 1
POLICIES: tuple[type[Policy], ...] = (Policy, FirstCome)


@dataclasses.dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of day; ``load`` is the work that comes over what the volunteers' places hold (two each)."""

    name: str
    load: float
    surge: bool = False

    def setting(self, volunteers: int, *, relief: bool = True) -> Setting:
        """Return the line and its demand."""
        usual = self.load * volunteers * LIMIT / WORK_MEAN
        if not self.surge:
            return Setting(volunteers, lambda _now: usual, usual, relief=relief)
        peak = usual * SURGE
        return Setting(volunteers, lambda now: peak if in_surge(now) else usual, peak, relief=relief)

    def counts(self, caller: Caller, seconds: float) -> bool:
        """Say whether this caller is one of those whom the scenario is about."""
        inside = WARM_UP <= caller.came < seconds - LEAD_OUT
        return inside and (not self.surge or in_surge(caller.came))


def in_surge(now: float) -> bool:
    """Say whether the two hours of a surge run."""
    return SURGE_AT <= now % SURGE_EVERY < SURGE_AT + SURGE_LASTS


SCENARIOS = (
    Scenario("load 0.7", NORMAL),
    Scenario("load 0.9", 0.9),
    Scenario("load 1.2", 1.2),
    Scenario("load 2.4", 2.4),
    Scenario("surge x10", NORMAL, surge=True),
)
#: Beside those of the protocol: twice the normal load.
TWICE = Scenario("load 1.4", 2 * NORMAL)


@dataclasses.dataclass(frozen=True, slots=True)
class Group:
    """What became of some callers; shares are of all of them, times are seconds of those who were answered."""

    arrived: int
    within_25: float
    within_60: float
    within_120: float
    within_300: float
    lost: float  # left before a human word, after at least 30 s
    at_once: float  # left within 30 s
    answered: float  # of those who stayed 30 s
    median: float
    p95: float
    mean: float

    @classmethod
    def of(cls, callers: Sequence[Caller]) -> "Group":
        """Sum up; of nobody everything is 0."""
        waits = sorted(one.waited for one in callers if one.waited is not None)
        gone = [one.left - one.came for one in callers if one.left is not None]
        count, at_once = len(callers), sum(after < LEFT_AT_ONCE for after in gone)
        stayed = count - at_once

        def share(seconds: float) -> float:
            return sum(waited <= seconds for waited in waits) / count if count else 0.0

        return cls(
            arrived=count,
            within_25=share(25),
            within_60=share(60),
            within_120=share(120),
            within_300=share(300),
            lost=(len(gone) - at_once) / count if count else 0.0,
            at_once=at_once / count if count else 0.0,
            answered=len(waits) / stayed if stayed else 0.0,
            median=statistics.median(waits) if waits else 0.0,
            p95=waits[min(len(waits) - 1, int(0.95 * len(waits)))] if waits else 0.0,
            mean=statistics.fmean(waits) if waits else 0.0,
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """What one scenario came to under one policy."""

    scenario: Scenario
    policy: str
    volunteers: int
    callers: Sequence[Caller]
    said_right: float  # share of the answered whose wait was within 30 % of the range that they were told
    said_too_little: float  # share of those told of MINUTES or more who, though answered, waited longer than that
    signed_up: float  # volunteers who were there on average, those who finish a shift included
    load_each: float  # share of their time in which a volunteer talks or writes a note, counted once for each person

    def group(self, levels: str) -> Group:
        """Return what became of the callers at these levels."""
        return Group.of([one for one in self.callers if one.urgency in levels])


def _said_right(callers: Sequence[Caller]) -> float:
    """Return the share of the answered who waited as long as they were told, give or take 30 %."""
    told = [(one.said, one.waited) for one in callers if one.said is not None and one.waited is not None]
    return sum(queue.was_right(said, waited) for said, waited in told) / len(told) if told else 0.0


@dataclasses.dataclass(frozen=True, slots=True)
class Trial:
    """How long, with how many volunteers, from which seed, and with relief at the end of shifts or without."""

    volunteers: int = VOLUNTEERS
    days: float = DAYS
    seed: int = SEED
    relief: bool = True

    @property
    def seconds(self) -> float:
        """Return the simulated time."""
        return self.days * DAY


#: Who is told of so many seconds or more found no open hand.
MINUTES = queue.EDGES[1]


def _said_too_little(callers: Sequence[Caller]) -> float:
    """Return the share of the answered who had found every hand full, and then waited longer than they were told."""
    told = [(one.said, one.waited) for one in callers if one.waited is not None and (one.said or 0) >= MINUTES]
    longer = sum(one > 1.3 * (queue.said_range(said or 0)[1] or math.inf) for said, one in told)
    return longer / len(told) if told else 0.0


def play(scenario: Scenario, policy: Policy, trial: Trial) -> Result:
    """Simulate one scenario under one policy."""
    setting = scenario.setting(trial.volunteers, relief=trial.relief)
    simulation = Simulation(People(trial.seed), policy, setting=setting)
    everybody = simulation.run(trial.seconds)
    counted = [one for one in everybody if scenario.counts(one, trial.seconds)]
    return Result(
        scenario=scenario,
        policy=policy.name,
        volunteers=trial.volunteers,
        callers=counted,
        said_right=_said_right(counted),
        said_too_little=_said_too_little(counted),
        signed_up=simulation.there_for / trial.seconds,
        load_each=simulation.worked_for / simulation.there_for if simulation.there_for else 0.0,
    )


# What must hold -----------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class Goal:
    """A figure of the line's own rules that must reach so much (shares) or stay under it (seconds)."""

    scenario: str
    levels: str
    figure: str
    bound: float

    @property
    def at_least(self) -> bool:
        """Whether the figure is a share, which must be reached."""
        return self.figure != "median"

    def holds(self, group: Group) -> bool:
        """Say whether it does."""
        reached = float(getattr(group, self.figure))
        return reached >= self.bound if self.at_least else reached <= self.bound


GOALS = (
    Goal("load 0.7", "AB", "within_120", 0.99),
    Goal("load 0.9", "AB", "within_120", 0.99),
    Goal("load 1.2", "AB", "within_120", 0.97),
    Goal("load 2.4", "AB", "within_120", 0.95),
    Goal("load 2.4", "AB", "within_300", 0.99),
    Goal("surge x10", "A", "within_60", 0.95),
    Goal("load 0.7", "A", "median", 25),
    Goal("load 0.7", "A", "within_60", 0.95),
    Goal("load 1.2", "A", "median", 25),
    Goal("load 1.2", "A", "within_60", 0.95),
    Goal("load 1.4", "A", "median", 25),
    Goal("load 1.4", "A", "within_60", 0.95),
    Goal("load 0.7", "ABCDE", "within_60", 0.90),
    Goal("load 0.7", "ABCDE", "answered", 0.96),
)


def missed(results: Sequence[Result]) -> list[tuple[Goal, float]]:
    """Return the goals that our rules do not reach in these results, with what they reached."""
    ours = {result.scenario.name: result for result in results if result.policy == Policy.name}
    found = []
    for goal in GOALS:
        if goal.scenario in ours:
            group = ours[goal.scenario].group(goal.levels)
            if not goal.holds(group):
                found.append((goal, float(getattr(group, goal.figure))))
    return found
