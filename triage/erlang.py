"""How long people wait for one of several slots: the formulas of Erlang and his followers; pure, seconds throughout.

A *slot* is one conversation that can be held: volunteers times the conversations each may have. ``rate`` is how many
people come per second, ``work`` the mean seconds that one of them takes of a slot, ``patience`` the mean seconds after
which somebody who waits gives up, ``load`` is ``rate * work`` (erlang: the slots that would be busy if nobody waited).
People come at random (Poisson), work and patience are exponential, whoever came first is served first unless said
otherwise. Nothing here knows of offers, shifts or two conversations that lengthen each other: docs/QUEUE.md.
"""

import bisect
import dataclasses
import itertools
import math
from collections.abc import Callable, Iterator, Sequence

FOR_EVER = 1e9  # seconds of patience from which on nobody gives up
NEGLIGIBLE = 40.0  # what is e^-40 of the largest is left out
PANELS = 16  # in which the range of an integral is cut: shares are then right to nine figures
MOST = 2000  # slots that ``fewest`` tries
#: Gauss and Legendre's rule of eight points on [-1, 1]: the positive points and their weights.
_POINTS = (
    (0.1834346424956498, 0.3626837833783620),
    (0.5255324099163290, 0.3137066458778873),
    (0.7966664774136267, 0.2223810344533745),
    (0.9602898564975363, 0.1012285362903763),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Waits:
    """What somebody who comes meets: shares of all who come, and the mean seconds waited by all who come.

    ``some_wait``: no slot is free at once; ``gives_up``: they leave unanswered; ``answered``: within the time asked
    for. ``mean`` is infinite where more come than can ever be answered and nobody gives up.
    """

    some_wait: float
    mean: float
    gives_up: float
    answered: float


def _check(slots: int, *amounts: float) -> None:
    if slots < 0 or any(amount < 0 or math.isnan(amount) for amount in amounts):
        message = "slots, rates and seconds are not negative"
        raise ValueError(message)


def _inverse_b(slots: int, load: float) -> float:
    """Return 1 / erlang_b for a load above zero; it grows without losing figures, and may be infinite."""
    inverse = 1.0
    for number in range(1, slots + 1):
        inverse = 1.0 + inverse * number / load
    return inverse


def erlang_b(slots: int, load: float) -> float:
    """Return the share that finds every slot busy where nobody can wait (M/M/c/c).

    A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone
    exchanges", 1917. Raises ValueError for negative numbers, as everything here.
    """
    _check(slots, load)
    if load == 0:
        return 0.0 if slots else 1.0
    return 1.0 / _inverse_b(slots, load)


def erlang_c(slots: int, load: float) -> float:
    """Return the share that waits where nobody gives up (M/M/c; Erlang 1917); 1.0 from saturation on."""
    _check(slots, load)
    if load >= slots:
        return 1.0
    blocked = erlang_b(slots, load)
    return blocked / (1 - (load / slots) * (1 - blocked))


# Somebody gives up --------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class _Queue:
    """The wait that would be offered to somebody endlessly patient, where all slots are busy, as a density."""

    rate: float
    drain: float  # conversations that end per second while every slot is busy
    give_up: float  # per second; 0 where nobody does

    def lasted(self, x: float) -> float:
        """Return the seconds that somebody waits on average if they would be answered after ``x``."""
        return -math.expm1(-self.give_up * x) / self.give_up if self.give_up else x

    def log(self, x: float) -> float:
        """Return the logarithm of the density at ``x``, without its constant."""
        return self.rate * self.lasted(x) - self.drain * x

    @property
    def peak(self) -> float:
        """Where the density is largest."""
        return math.log(self.rate / self.drain) / self.give_up if self.rate > self.drain else 0.0

    def range(self) -> tuple[float, float]:
        """Return from where to where the density is not negligible."""
        peak = self.peak
        least = self.log(peak) - NEGLIGIBLE
        step = 1.0 / self.drain
        while self.log(peak + step) > least:
            step *= 2
        low = self._edge(peak, 0.0, least) if self.log(0.0) < least else 0.0
        return low, self._edge(peak, peak + step, least)

    def _edge(self, inside: float, outside: float, least: float) -> float:
        for _turn in range(20):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if self.log(middle) > least else (inside, middle)
        return outside


def _panels(queue: _Queue, cut: float) -> list[float]:
    """Return where to cut the range: finely enough for the density and for patience, and at ``cut``."""
    low, high = queue.range()
    cuts = {low + (high - low) * number / PANELS for number in range(PANELS + 1)} | {high}
    if queue.give_up:
        cuts |= {NEGLIGIBLE / queue.give_up * number / PANELS for number in range(1, PANELS + 1)}
    cuts.add(cut)
    return sorted(one for one in cuts if low <= one <= high)


def _weighed(low: float, high: float) -> Iterator[tuple[float, float]]:
    half, middle = (high - low) / 2, (high + low) / 2
    for point, weight in _POINTS:
        yield middle - half * point, half * weight
        yield middle + half * point, half * weight


def _with_patience(slots: int, queue: _Queue, load: float, within: float) -> Waits:
    cuts, top = _panels(queue, within), queue.log(queue.peak)
    whole = lasted = soon = 0.0
    for low, high in itertools.pairwise(cuts):
        for x, weight in _weighed(low, high):
            mass = weight * math.exp(queue.log(x) - top)
            whole += mass
            lasted += mass * queue.lasted(x)
            soon += mass * math.exp(-queue.give_up * x) if high <= within else 0.0
    free = _inverse_b(slots - 1, load) * math.exp(-top)
    total = free + queue.rate * whole
    if math.isinf(free):
        return Waits(0.0, 0.0, 0.0, 1.0)
    mean = queue.rate * lasted / total
    return Waits(
        some_wait=queue.rate * whole / total,
        mean=mean,
        gives_up=min(1.0, queue.give_up * mean),
        answered=min(1.0, (free + queue.rate * soon) / total),
    )


def erlang_a(slots: int, rate: float, work: float, patience: float = math.inf, within: float = 0.0) -> Waits:
    """Return what people meet where some give up (M/M/c+M), exactly; ``answered`` is within ``within`` seconds.

    C. Palm, "Research on telephone traffic carried by full availability groups", Tele 1957; O. Garnett, A. Mandelbaum
    and M. Reiman, "Designing a call center with impatient customers", M&SOM 4 (2002). The wait is found from the
    density of F. Baccelli and G. Hebuterne, "On queues with impatient customers", Performance '81 (as in S. Zeltyn and
    A. Mandelbaum, Queueing Systems 51, 2005). Without patience given nobody gives up: Erlang C.
    Without slots everybody gives up; who came and left unanswered counts as not answered within any time.
    """
    _check(slots, rate, work, patience, within)
    load = rate * work
    if slots == 0:
        return Waits(1.0, patience, 0.0 if patience >= FOR_EVER else 1.0, 0.0)
    if load == 0:
        return Waits(0.0, 0.0, 0.0, 1.0)
    if patience == 0:
        blocked = erlang_b(slots, load)
        return Waits(blocked, 0.0, blocked, 1 - blocked)
    if patience >= FOR_EVER and load >= slots:
        return Waits(1.0, math.inf, 0.0, 0.0)
    give_up = 0.0 if patience >= FOR_EVER else 1 / patience
    return _with_patience(slots, _Queue(rate, slots / work, give_up), load, within)


# Some before others -------------------------------------------------------------------------------------------------


def priority_waits(slots: int, rates: Sequence[float], work: float) -> list[float]:
    """Return the mean wait in seconds of each class, the first served first of all, nobody interrupted or giving up.

    A. Cobham, "Priority assignment in waiting line problems", Operations Research 2 (1954). A class that cannot be
    kept up with waits for ever (infinite); those before it do not.
    """
    _check(slots, work, *rates)
    if not slots:
        return [math.inf for _rate in rates]
    busy = erlang_c(slots, sum(rates) * work)
    waits, used = [], 0.0
    for rate in rates:
        before, used = used, used + rate * work / slots
        waits.append(math.inf if used >= 1 else busy * work / slots / ((1 - before) * (1 - used)))
    return waits


def first_class_within(slots: int, rate: float, work: float, some_wait: float, within: float) -> float:
    """Return the share of the first class of all that is answered within some seconds; ``rate`` is that of the class.

    ``some_wait`` is the share of all who wait (``erlang_a`` or ``erlang_c``). O. Kella and U. Yechiali, "Waiting times
    in the non-preemptive priority M/M/c queue", Stochastic Models 1 (1985): whoever of them waits does so as if the
    others did not wait at all. That some of them give up is left out, which errs on the safe side.
    """
    _check(slots, rate, work, some_wait, within)
    if rate * work >= slots:
        return 0.0
    return 1.0 if work == 0 else 1 - some_wait * math.exp(-(slots / work - rate) * within)


def ageing_waits(slots: int, rates: Sequence[float], work: float, slopes: Sequence[float]) -> list[float]:
    """Return the mean wait of each class where rank grows with the time waited, ``slopes[i]`` per second for class i.

    L. Kleinrock, "A delay dependent queue discipline", Naval Research Logistics Quarterly 11 (1964), with the busy
    share of M/M/c. The slopes fall from class to class and stay above zero, else ValueError; in our queue
    (``triage.queue``) the slope of a class is one by its target. Infinite for all from saturation on.
    """
    _check(slots, work, *rates)
    if len(slopes) != len(rates) or any(slope <= 0 for slope in slopes) or sorted(slopes, reverse=True) != [*slopes]:
        message = "one slope above zero for each class, none above the one before"
        raise ValueError(message)
    load = sum(rates) * work
    if load >= slots:
        return [math.inf for _rate in rates]
    used = [rate * work / slots for rate in rates]
    alike = erlang_c(slots, load) * work / slots / (1 - load / slots)  # the mean wait where nobody goes first
    waits = [0.0 for _rate in rates]
    for own in reversed(range(len(rates))):
        after = sum(used[low] * waits[low] * (1 - slopes[low] / slopes[own]) for low in range(own + 1, len(rates)))
        before = sum(used[high] * (1 - slopes[own] / slopes[high]) for high in range(own))
        waits[own] = (alike - after) / (1 - before)
    return waits


# How many it takes --------------------------------------------------------------------------------------------------


def fewest(enough: Callable[[int], bool], most: int = MOST) -> int | None:
    """Return the smallest number that is enough, None if not even ``most`` are; more is never less than enough."""
    high = 1
    while high < most and not enough(high):
        high = min(most, 2 * high)
    if not enough(high):
        return None
    return bisect.bisect_left(range(high), 1, key=enough)


def fewest_slots(rate: float, work: float, within: float, share: float, patience: float = math.inf) -> int | None:
    """Return the fewest slots with which this share of all who come is answered within so many seconds."""
    return fewest(lambda slots: erlang_a(slots, rate, work, patience, within).answered >= share)
