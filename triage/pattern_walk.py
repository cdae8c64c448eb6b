"""Walks over a text once and finds all patterns of a set, in time that grows with its length alone; pure."""

import dataclasses
import itertools
from collections.abc import Iterable, Mapping, Sequence

FEW = 8  # ways of a place that are looked at one by one


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """A pattern of ``owner`` matches the words from ``start`` up to, not including, ``end``."""

    owner: int
    start: int
    end: int


@dataclasses.dataclass(frozen=True, slots=True)
class Gap:
    """How many words may be passed over, and whether also a «no» and the end of a sentence."""

    words: int = 0
    across: bool = False

    def __add__(self, other: "Gap") -> "Gap":
        if other is NO_GAP:  # nearly always
            return self
        return Gap(self.words + other.words, self.across or other.across)


NO_GAP = Gap()


@dataclasses.dataclass(slots=True)
class Text:
    """Words as patterns see them: at each place the labels that begin there, each with the place where it ends."""

    labels: list[list[tuple[str, int]]]
    halted: list[int]
    present: set[str]

    def add(self, label: str, start: int, end: int) -> None:
        """Add a label that reaches over several words."""
        self.labels[start].append((label, end))
        self.present.add(label)


@dataclasses.dataclass(slots=True, eq=False)
class _Way:
    """What may follow a place: a word with this label, at most so many words later, leads to the targets.

    Not frozen: there are tens of thousands, and making a frozen one takes three times as long.
    """

    number: int
    label: str
    words: int
    across: bool
    targets: tuple[int, ...]


#: Label → number of a way → until which word it is open, since which, whether across, the pattern's start, its targets.
_Waiting = dict[str, dict[int, tuple[int, int, bool, int, tuple[int, ...]]]]


class _OpenWays(dict[int, list[_Way]]):
    """The ways from each place whose words occur in a text at all, found when they are first asked for."""

    def __init__(self, laid: Sequence[Mapping[str, list[_Way]]], present: set[str]) -> None:
        super().__init__()
        self._laid = laid
        self.present = present

    def __missing__(self, place: int) -> list[_Way]:
        """Find them."""
        laid = self._laid[place]
        labels = laid.keys() & self.present if len(laid) > FEW else [one for one in laid if one in self.present]
        found = self[place] = [way for label in labels for way in laid[label]]
        return found


class Walker:
    """Places of patterns and the ways between them; finds all patterns in one walk."""

    def __init__(self, *, widest: bool) -> None:
        self.labels: list[str] = []
        self._widest = widest
        self._owners: dict[int, set[int]] = {}
        self._ways: dict[int, dict[tuple[str, Gap], list[int]]] = {}
        self._begin: dict[str, int] = {}
        self._laid: list[dict[str, list[_Way]]] = []
        self._named: frozenset[str] = frozenset()

    def place(self, label: str) -> int:
        """Make a place that a word with this label leads to."""
        self.labels.append(label)
        return len(self.labels) - 1

    def lead(self, source: int, target: int, gap: Gap) -> None:
        """Let one place be followed by another."""
        targets = self._ways.setdefault(source, {}).setdefault((self.labels[target], gap), [])
        if target not in targets:
            targets.append(target)

    def begin(self, first: Iterable[int], last: frozenset[int], owner: int) -> None:
        """Let a pattern begin at its first places and end at its last ones.

        All patterns that begin alike share one place, so that a word with which many begin costs no more than another.
        """
        for place in last:
            self._owners.setdefault(place, set()).add(owner)
        for place in first:
            label = self.labels[place]
            if label not in self._begin:
                self._begin[label] = self.place(label)
            shared = self._begin[label]
            if place in last:
                self._owners.setdefault(shared, set()).add(owner)
            for (_label, gap), targets in self._ways.get(place, {}).items():
                for target in targets:
                    self.lead(shared, target, gap)

    def lay(self) -> None:
        """Fix the ways; no pattern is added afterwards."""
        numbers = itertools.count()
        self._laid = [{} for _ in self.labels]
        for place, ways in self._ways.items():
            for (label, gap), targets in ways.items():
                way = _Way(next(numbers), label, gap.words, gap.across, tuple(targets))
                self._laid[place].setdefault(label, []).append(way)
        self._named = frozenset(self.labels)

    def walk(self, text: Text) -> list[Found]:
        """Return every place where a pattern matches."""
        ways = _OpenWays(self._laid, text.present & self._named)
        begins = self._begins(ways)
        if not begins:
            return []
        arrived: list[dict[int, int]] = [{} for _ in range(len(text.labels) + 1)]
        waiting: _Waiting = {label: {} for label in ways.present}
        found: list[Found] = []
        for at, labels in enumerate((*text.labels, ())):
            for place, start in arrived[at].items():
                found += [Found(owner, start, at) for owner in self._owners.get(place, ())]
                for way in ways[place]:
                    waiting[way.label][way.number] = (at + way.words, at, way.across, start, way.targets)
            for label, end in labels:
                if label in begins:
                    arrived[end][begins[label]] = at
                if waiting.get(label):
                    self._step(at, text.halted[at], waiting[label], arrived[end])
        return found

    def _begins(self, ways: _OpenWays) -> dict[str, int]:
        """Return the first places from which a pattern may go on, or end, in this text."""
        begins = {label: self._begin[label] for label in self._begin.keys() & ways.present}
        return {label: place for label, place in begins.items() if ways[place] or place in self._owners}

    def _step(
        self,
        at: int,
        halted: int,
        waiting: dict[int, tuple[int, int, bool, int, tuple[int, ...]]],
        held: dict[int, int],
    ) -> None:
        """Enter the places that a word leads to from here, each with the start of its pattern."""
        gone = []
        for number, (until, since, across, start, targets) in waiting.items():
            if at > until or (halted >= since and not across):
                gone.append(number)
                continue
            for target in targets:
                before = held.get(target)
                if before is None or (start < before) is self._widest:
                    held[target] = start
        for number in gone:
            del waiting[number]
