"""Walks over a text once and finds all patterns of a set, in time that grows with its length alone; pure."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import NamedTuple

FEW = 8  # ways of a place that are looked at one by one
OUTSIDE = "{!"  # how a label begins that all words have which are not of a class


class Found(NamedTuple):
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
    """Words as patterns see them: the labels that begin at each place, and where each label begins and ends.

    ``halts``: for each place, its end included, the first word from there on over which no gap reaches.
    """

    labels: list[list[str]]
    places: dict[str, dict[int, tuple[int, ...]]]
    halts: list[int]

    def add(self, label: str, start: int, end: int) -> None:
        """Add a label that reaches over several words."""
        begun = self.places.setdefault(label, {})
        if start not in begun:
            self.labels[start].append(label)
        begun[start] = (*begun.get(start, ()), end)


@dataclasses.dataclass(slots=True, eq=False)
class _Way:
    """What may follow a place: a word with a certain label, at most so many words later, leads to the targets.

    Not frozen: there are tens of thousands, and making a frozen one takes three times as long.
    """

    words: int
    across: bool
    targets: tuple[int, ...]


#: Where a label begins in a text, each place with those at which it ends there.
_Begun = Mapping[int, tuple[int, ...]]
#: Ways whose words occur in a text, and where they do.
_Open = list[tuple[_Way, _Begun]]


class _OpenWays(dict[int, _Open]):
    """The ways from each place whose words occur in a text, and where; found when they are first asked for."""

    def __init__(self, laid: Mapping[int, Mapping[str, list[_Way]]], places: Mapping[str, _Begun]) -> None:
        super().__init__()
        self._laid, self._places = laid, places

    def __missing__(self, place: int) -> _Open:
        """Find them."""
        laid, places = self._laid[place], self._places
        labels = laid.keys() & places.keys() if len(laid) > FEW else [one for one in laid if one in places]
        found = self[place] = [(way, places[label]) for label in labels for way in laid[label]]
        return found


#: Where a walk has arrived in a text: the number of words behind it → places, each with the start of its pattern.
_Arrived = dict[int, dict[int, int]]


class Walker:
    """Places of patterns and the ways between them; finds all patterns in one walk."""

    def __init__(self, *, widest: bool) -> None:
        self.labels: list[str] = []
        self._widest = widest
        self._owners: dict[int, set[int]] = {}
        self._ways: dict[int, dict[tuple[str, Gap], list[int]]] = {}
        self._begin: dict[str, int] = {}
        #: Place → label of the very next word → targets; and the ways that may pass over words, or ask for OUTSIDE.
        self._next: dict[int, dict[str, tuple[int, ...]]] = {}
        self._later: dict[int, dict[str, list[_Way]]] = {}

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
        """Fix the ways, those to the very next word apart from the others; no pattern is added afterwards."""
        for place, ways in self._ways.items():
            for (label, gap), targets in ways.items():
                if gap.words or label.startswith(OUTSIDE):
                    laid = self._later.setdefault(place, {}).setdefault(label, [])
                    laid.append(_Way(gap.words, gap.across, tuple(targets)))
                else:
                    following = self._next.setdefault(place, {})
                    following[label] = (*following.get(label, ()), *targets)

    def walk(self, text: Text) -> list[Found]:
        """Return every place where a pattern matches."""
        arrived = self._begun(text)
        later = _OpenWays(self._later, text.places)
        found: list[Found] = []
        for at in range(len(text.halts)) if arrived else ():
            if at in arrived:
                found += self._go_on(text, at, arrived, later)
        return found

    def _begun(self, text: Text) -> _Arrived:
        """Enter the first places of patterns."""
        arrived: _Arrived = {}
        for label in self._begin.keys() & text.places.keys():
            place = self._begin[label]
            for start, ends in text.places[label].items():
                self._enter(arrived, ends, (place,), start)
        return arrived

    def _go_on(self, text: Text, at: int, arrived: _Arrived, later: _OpenWays) -> list[Found]:
        """Enter what follows the places where the walk has arrived; return the patterns that end there."""
        found: list[Found] = []
        for place, start in arrived[at].items():
            if place in self._owners:
                found += [Found(owner, start, at) for owner in self._owners[place]]
            if place in self._next:
                following = self._next[place]
                for label in text.labels[at]:
                    if label in following:
                        self._enter(arrived, text.places[label][at], following[label], start)
            if place in self._later:
                self._pass_over(text.halts[at], at, arrived, later[place], start)
        return found

    def _pass_over(self, halt: int, at: int, arrived: _Arrived, ways: _Open, start: int) -> None:
        """Enter what follows after some words, or none."""
        for way, begun in ways:
            last = at + way.words
            if halt < last and not way.across:
                last = halt
            for word in range(at, last + 1):
                if word in begun:
                    self._enter(arrived, begun[word], way.targets, start)

    def _enter(self, arrived: _Arrived, ends: Iterable[int], places: Iterable[int], start: int) -> None:
        """Arrive at places behind a word, or behind several; of two starts one is kept."""
        for end in ends:
            held = arrived.setdefault(end, {})
            for place in places:
                before = held.get(place)
                if before is None or (start < before) is self._widest:
                    held[place] = start
