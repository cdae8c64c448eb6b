"""Finds many patterns of words in one walk over a text, in time that grows with its length alone; pure."""

import dataclasses
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence

from triage.errors import PatternProblem
from triage.spelling import END, sound

NUMBER = "#"
LONGEST_GAP = 12  # words
FEW = 8  # ways of a place that are looked at one by one
SHORTEST_STEM = 3  # letters before a star
_SIGNS = re.compile(r"\{[^{}]*\}|~~?\d+|[()|?]|[^\s(){}|?~]+|\S")
_WORD = re.compile(r"[^\W_]+\*?|#|\.")
_SINGLE = re.compile(r"[^\W_]+\*?")


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """A pattern of ``owner`` matches the words from ``start`` up to, not including, ``end``."""

    owner: int
    start: int
    end: int


@dataclasses.dataclass(frozen=True, slots=True)
class _Gap:
    """How many words may be passed over, and whether also a «no» and the end of a sentence."""

    words: int = 0
    across: bool = False

    def __add__(self, other: "_Gap") -> "_Gap":
        return _Gap(self.words + other.words, self.across or other.across)


_NONE = _Gap()


@dataclasses.dataclass(slots=True)
class _Part:
    """A piece of a pattern: where it may begin and end (with gaps before and after), and how it may be left out."""

    first: list[tuple[int, _Gap]]
    last: list[tuple[int, _Gap]]
    empty: _Gap | None


@dataclasses.dataclass(slots=True)
class _Cursor:
    """The signs of one pattern, and how far they were read."""

    pattern: str
    signs: list[str]
    at: int = 0

    def peek(self) -> str:
        return self.signs[self.at] if self.at < len(self.signs) else ""

    def take(self) -> str:
        sign = self.peek()
        self.at += 1
        return sign


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


@dataclasses.dataclass(frozen=True, slots=True)
class _Way:
    """What may follow a place: a word with this label, at most so many words later, leads to the targets."""

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


class _Walker:
    """Places of patterns and the ways between them; finds all patterns in one walk."""

    def __init__(self, *, widest: bool) -> None:
        self.labels: list[str] = []
        self._widest = widest
        self._owners: dict[int, set[int]] = {}
        self._ways: dict[int, dict[tuple[str, _Gap], list[int]]] = {}
        self._begin: dict[str, int] = {}
        self._laid: list[dict[str, list[_Way]]] = []
        self._named: frozenset[str] = frozenset()

    def place(self, label: str) -> int:
        """Make a place that a word with this label leads to."""
        self.labels.append(label)
        return len(self.labels) - 1

    def lead(self, source: int, target: int, gap: _Gap) -> None:
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


class Classes:
    """Named groups of words and patterns, and the words over which no gap reaches.

    Raises PatternProblem for an entry that cannot be read.
    """

    def __init__(self, classes: Mapping[str, Sequence[str]], halting: Iterable[str] = ()) -> None:
        self._entries = classes
        self._halting = frozenset(sound(word) for word in halting) | {END}
        self._labels: dict[str, set[str]] = {}
        self._stems: dict[str, set[str]] = {}
        #: The words that patterns name, as they are written there.
        self.vocabulary: set[str] = set()
        #: The stems that patterns name, without their star.
        self.stems: set[str] = set()
        self._known: dict[str, frozenset[str]] = {}
        self._outside: set[str] = set()
        self._names: list[str] = []
        self._layers: list[Patterns] = []
        depths = {name: self._depth(name, ()) for name in classes}
        for depth in range(max(depths.values(), default=-1) + 1):
            self._layers.append(Patterns(self))
            for name in [name for name in classes if depths[name] == depth]:
                self._fill(name)
            self._layers[-1].lay()

    def _depth(self, name: str, inside: tuple[str, ...]) -> int:
        if name in inside:
            message = f"La clase {{{name}}} se contiene a sí misma."
            raise PatternProblem(message)
        named = {other for entry in self._entries[name] for other in re.findall(r"\{!?([^{}]*)\}", entry)}
        return max((self._depth(other, (*inside, name)) + 1 for other in named if other in self._entries), default=0)

    def _fill(self, name: str) -> None:
        self._names.append(name)
        for entry in self._entries[name]:
            if _SINGLE.fullmatch(entry):
                self.label(entry, f"{{{name}}}")
            else:
                self._layers[-1].add(len(self._names) - 1, entry)

    def has(self, sign: str) -> bool:
        """Tell whether a sign in braces names a class."""
        name = sign.strip("{!}")
        if sign.startswith("{!") and name in self._entries:
            self._outside.add(name)
        return name in self._entries

    def label(self, word: str, name: str = "") -> str:
        """Return the label of a word, a stem, a number or the end of a sentence; ``name`` is one more label of it."""
        if word in {NUMBER, END}:
            return word
        if not word.endswith("*"):
            self.vocabulary.add(word)
            self._labels.setdefault(sound(word), set()).add(name or sound(word))
            return sound(word)
        self.stems.add(word[:-1])
        stem = sound(word[:-1])
        self._stems.setdefault(stem, set()).add(name or f"{stem}*")
        return f"{stem}*"

    def text(self, keys: Sequence[str]) -> Text:
        """Return words (keys of ``triage.spelling``) as patterns see them, classes of several words included."""
        seen: dict[str, frozenset[str]] = {}
        labels: list[list[tuple[str, int]]] = []
        halted = []
        last = -1
        for at, key in enumerate(keys):
            if key not in seen:
                seen[key] = self._known.get(key) or self._labels_of(key)
            labels.append([(label, at + 1) for label in seen[key]])
            halted.append(last)
            if key in self._halting:
                last = at
        text = Text(labels, halted, set().union(*seen.values()))
        for layer in self._layers:
            for found in set(layer.find(text)):
                text.add(f"{{{self._names[found.owner]}}}", found.start, found.end)
        return text

    def lay(self) -> None:
        """Remember the labels of the words that patterns name; no pattern is added afterwards."""
        self._known = {key: self._labels_of(key) for key in self._labels}

    def _labels_of(self, key: str) -> frozenset[str]:
        if key == END:
            return frozenset((END,))
        labels = set(self._labels.get(key, ()))
        for length in range(SHORTEST_STEM - 1, len(key) + 1):  # a stem may have lost its h
            labels |= self._stems.get(key[:length], set())
        if key.isdecimal():
            labels.add(NUMBER)
        labels |= {f"{{!{name}}}" for name in self._outside if f"{{{name}}}" not in labels}
        return frozenset(labels)


class Patterns:
    """A set of patterns over the words of ``classes``, each belonging to an owner (any number).

    ``widest``: of two ways to one place, the one that begins first; else the one that begins last.
    """

    def __init__(self, classes: Classes, *, widest: bool = False) -> None:
        self._classes = classes
        self._walker = _Walker(widest=widest)

    def find(self, text: Text) -> list[Found]:
        """Return every place where a pattern matches."""
        return self._walker.walk(text)

    def lay(self) -> None:
        """Make ready to find; no pattern is added afterwards."""
        self._walker.lay()

    def add(self, owner: int, pattern: str) -> None:
        """Add one pattern. Raises PatternProblem, whose text is one sentence for whoever edits it."""
        cursor = _Cursor(pattern, _SIGNS.findall(pattern))
        part = self._choice(cursor)
        if cursor.peek():
            message = f"«{pattern}» cierra un paréntesis que no abrió."
            raise PatternProblem(message)
        if part.empty is not None or not part.first:
            message = f"«{pattern}» también acepta no encontrar nada."
            raise PatternProblem(message)
        if any(gap.words for _place, gap in part.first):
            message = f"«{pattern}» empieza con un espacio (~); empieza con una palabra."
            raise PatternProblem(message)
        self._walker.begin([place for place, _gap in part.first], frozenset(place for place, _gap in part.last), owner)

    def _choice(self, cursor: _Cursor) -> _Part:
        whole = self._sequence(cursor)
        while cursor.peek() == "|":
            cursor.take()
            other = self._sequence(cursor)
            empties = [one.empty for one in (whole, other) if one.empty is not None]
            widest = max(empties, key=lambda gap: gap.words, default=None)
            whole = _Part(whole.first + other.first, whole.last + other.last, widest)
        return whole

    def _sequence(self, cursor: _Cursor) -> _Part:
        whole = _Part([], [], _NONE)
        while cursor.peek() not in {"", "|", ")"}:
            part = self._one(cursor)
            if cursor.peek() == "?":
                cursor.take()
                part.empty = part.empty or _NONE
            whole = self._joined(whole, part)
        return whole

    def _one(self, cursor: _Cursor) -> _Part:
        sign = cursor.take()
        if sign == "(":
            part = self._choice(cursor)
            if cursor.take() != ")":
                message = f"«{cursor.pattern}» abre un paréntesis que no cierra."
                raise PatternProblem(message)
            return part
        if sign.startswith("~") and len(sign) > 1:
            return self._gap(sign, cursor.pattern)
        place = self._walker.place(self._label(sign, cursor.pattern))
        return _Part([(place, _NONE)], [(place, _NONE)], None)

    def _label(self, sign: str, pattern: str) -> str:
        if sign.startswith("{"):
            if not self._classes.has(sign):
                message = f"«{pattern}» nombra una clase que no existe: {sign}."
                raise PatternProblem(message)
            return sign
        if not _WORD.fullmatch(sign):
            message = f"«{pattern}» tiene un signo que no se entiende: «{sign}»."
            raise PatternProblem(message)
        if sign.endswith("*") and len(sign) <= SHORTEST_STEM:
            message = f"«{pattern}» tiene una raíz de menos de {SHORTEST_STEM} letras: «{sign}»."
            raise PatternProblem(message)
        return self._classes.label(sign)

    @staticmethod
    def _gap(sign: str, pattern: str) -> _Part:
        words = int(sign.strip("~"))
        if not 0 < words <= LONGEST_GAP:
            message = f"«{pattern}» salta {words} palabras; puede saltar de 1 a {LONGEST_GAP}."
            raise PatternProblem(message)
        return _Part([], [], _Gap(words, across=sign.startswith("~~")))

    def _joined(self, left: _Part, right: _Part) -> _Part:
        for (source, after), (target, before) in itertools.product(left.last, right.first):
            self._walker.lead(source, target, after + before)
        first, last = list(left.first), list(right.last)
        if left.empty is not None:
            first += [(place, left.empty + gap) for place, gap in right.first]
        if right.empty is not None:
            last += [(place, gap + right.empty) for place, gap in left.last]
        both = left.empty + right.empty if left.empty is not None and right.empty is not None else None
        return _Part(first, last, both)
