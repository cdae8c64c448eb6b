"""What is measured and at what size, from the words of the command."""

import dataclasses
from collections.abc import Sequence

from bench.errors import CannotMeasure

#: In the order of the table; the first is the yardstick of all ratios.
SYSTEMS: tuple[str, ...] = ("relay", "naive", "sqlite", "postgresql", "two-nodes", "two-nodes-naive")
CURVES = ("length", "waiting", "sockets")
MEASURES = ("talk", "crowd", "vault", "claims", "queue", *CURVES)
OF_THE_LINE = frozenset({"vault", "claims", "queue"})  # what the yardsticks do not have
CURVE = "curve"  # all three of them
WORDS = (*SYSTEMS, *MEASURES, CURVE)
#: Systems whose cost is drawn as curves; the yardsticks know no conversation and nobody who waits.
LINES: tuple[str, ...] = ("sqlite", "postgresql")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is done: times in seconds, counts of pairs, of sockets, of messages."""

    few: int = 20
    many: int = 100
    seconds: float = 5.0  # of each saturation
    light_rate: float = 40.0  # messages a second
    light_seconds: float = 10.0
    crowd: int = 5_000  # sockets that are only open
    patience: float = 60.0  # for the crowd to be let in
    settle: float = 3.0  # before memory is read
    lengths: tuple[int, ...] = (10, 100, 1_000, 10_000)  # messages of a conversation
    waiting: tuple[int, ...] = (10, 100, 1_000, 10_000)  # callers
    sockets: tuple[int, ...] = (10, 100, 1_000, 10_000)
    keys: int = 50_000  # that are sealed anew
    claims: int = 3_000  # contacts that 16 volunteers claim
    queue: tuple[int, ...] = (10, 100, 1_000, 10_000, 100_000)  # callers while one is claimed and the router looks


FULL = Size()
QUICK = Size(
    many=40,
    seconds=1.5,
    light_seconds=2.5,
    crowd=300,
    settle=1.0,
    lengths=(10, 100, 500),
    waiting=(10, 100, 300),
    sockets=(10, 100, 300),
    keys=500,
    claims=120,
    queue=(10, 100),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """Which systems, what of them, how often in turn, and how much each time."""

    systems: tuple[str, ...]
    measures: tuple[str, ...]
    rounds: int
    size: Size


def _refuse_unknown(words: Sequence[str]) -> None:
    for word in words:
        if word not in WORDS:
            message = f"«{word}» names nothing that is measured; there are {', '.join(WORDS)}."
            raise CannotMeasure(message)


def _measures(words: Sequence[str]) -> tuple[str, ...]:
    named = {*words, *(CURVES if CURVE in words else ())}
    return tuple(name for name in MEASURES if name in named) or ("talk", "crowd", "vault")


def _systems(words: Sequence[str], measures: Sequence[str]) -> tuple[str, ...]:
    curves = set(measures) & set(CURVES)
    of_all = SYSTEMS
    if set(measures) == curves:
        of_all = ("postgresql",)
    elif set(measures) <= OF_THE_LINE:
        of_all = LINES
    systems = tuple(name for name in SYSTEMS if name in words) or of_all
    if curves and not set(systems) & set(LINES):
        message = f"Curves are drawn of the line itself; name {' or '.join(LINES)} with them."
        raise CannotMeasure(message)
    return systems


def plan_of(words: Sequence[str], *, quick: bool = False, rounds: int | None = None) -> Plan:
    """Return what the words ask for: systems and measures in any order; without one kind, all of it but the curves.

    Raises CannotMeasure for a word that names nothing, for no rounds, and for curves of a yardstick.
    """
    _refuse_unknown(words)
    rounds = (1 if quick else 3) if rounds is None else rounds
    if rounds < 1:
        message = "At least one round is needed."
        raise CannotMeasure(message)
    measures = _measures(words)
    return Plan(_systems(words, measures), measures, rounds, QUICK if quick else FULL)
