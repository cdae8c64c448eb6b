"""What is computed from many observations: percentiles, medians and ratios."""

import dataclasses
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence

Figures = dict[str, float]  # what one measurement found: name of the figure → its value


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What came of one load: ``latencies`` and ``cpu`` (of the whole system under test) in seconds.

    ``lost`` messages were never heard; ``generator`` is the share of its core that the generator itself used, and
    ``others`` the share of the system's core that something else used, which is missing from its rate. ``resting`` is
    the share of the core that the system used just before, while nobody said anything.
    """

    messages: int
    seconds: float
    latencies: Sequence[float]
    cpu: float
    generator: float
    others: float = 0.0
    lost: int = 0
    resting: float = 0.0

    @property
    def rate(self) -> float:
        """Messages delivered in a second."""
        return self.messages / self.seconds if self.seconds else math.nan

    @property
    def cpu_each(self) -> float:
        """Microseconds of CPU for each message delivered."""
        return self.cpu / self.messages * 1e6 if self.messages else math.nan

    @property
    def own_cpu_each(self) -> float:
        """Microseconds of CPU for each message delivered, without what the system uses at rest in that time."""
        return (self.cpu - self.resting * self.seconds) / self.messages * 1e6 if self.messages else math.nan

    def percentile(self, share: float) -> float:
        """Return the latency in milliseconds that a share (0 to 1) of the messages did not exceed."""
        return percentile(self.latencies, share) * 1e3


def percentile(values: Iterable[float], share: float) -> float:
    """Return the smallest value that at least ``share`` (0 to 1) of the values do not exceed; NaN of nothing."""
    ordered = sorted(values)
    if not ordered:
        return math.nan
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def medians(rounds: Iterable[Mapping[str, float]]) -> Figures:
    """Return the median of each figure over the rounds that have it."""
    return {name: statistics.median(values) for name, values in _gathered(rounds).items()}


def spans(rounds: Iterable[Mapping[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the lowest and the highest of each figure."""
    return {name: (min(values), max(values)) for name, values in _gathered(rounds).items()}


def _gathered(rounds: Iterable[Mapping[str, float]]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for one in rounds:
        for name, value in one.items():
            if not math.isnan(value):
                found.setdefault(name, []).append(value)
    return found


def ratio(value: float | None, base: float | None) -> float | None:
    """Return value / base, or None where either is missing or the base is nought."""
    return value / base if value is not None and base else None
