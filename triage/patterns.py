"""Patterns of words as people write them in a file, and the classes of words they name; pure."""

import dataclasses
import functools
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence

from triage.errors import PatternProblem
from triage.pattern_walk import NO_GAP, OUTSIDE, Found, Gap, Text, Walker
from triage.spelling import END, sound

NUMBER = "#"
LONGEST_GAP = 12  # words
SHORTEST_STEM = 3  # letters before a star
_SIGNS = re.compile(r"\{[^{}]*\}|~~?\d+|[()|?]|[^\s(){}|?~]+|\S")
_WORD = re.compile(r"[^\W_]+\*?|#|\.")
_SINGLE = re.compile(r"[^\W_]+\*?")
#: Patterns name a word ten times over; what is kept here are the words of files, never a caller's.
_sound = functools.cache(sound)


@dataclasses.dataclass(slots=True)
class _Part:
    """A piece of a pattern: where it may begin and end (with gaps before and after), and how it may be left out."""

    first: list[tuple[int, Gap]]
    last: list[tuple[int, Gap]]
    empty: Gap | None


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
        if sign.startswith(OUTSIDE) and name in self._entries:
            self._outside.add(name)
        return name in self._entries

    def label(self, word: str, name: str = "") -> str:
        """Return the label of a word, a stem, a number or the end of a sentence; ``name`` is one more label of it."""
        if word in {NUMBER, END}:
            return word
        if not word.endswith("*"):
            self.vocabulary.add(word)
            self._labels.setdefault(_sound(word), set()).add(name or _sound(word))
            return _sound(word)
        self.stems.add(word[:-1])
        stem = _sound(word[:-1])
        self._stems.setdefault(stem, set()).add(name or f"{stem}*")
        return f"{stem}*"

    def text(self, keys: Sequence[str]) -> Text:
        """Return words (keys of ``triage.spelling``) as patterns see them, classes of several words included."""
        places: dict[str, dict[int, tuple[int, ...]]] = {}
        labels = [self._known.get(key) or self._labels_of(key) for key in keys]
        for at, ones in enumerate(labels):
            ends = (at + 1,)
            for label in ones:
                places.setdefault(label, {})[at] = ends
        self._add_outside(places, keys)
        text = Text([*map(list, labels), []], places, self._halts(keys))
        for layer in self._layers:
            for found in set(layer.find(text)):
                text.add(f"{{{self._names[found.owner]}}}", found.start, found.end)
        return text

    def _add_outside(self, places: dict[str, dict[int, tuple[int, ...]]], keys: Sequence[str]) -> None:
        """Add what is not of a class, for the classes of which patterns ask that; most of them share it all."""
        words: dict[int, tuple[int, ...]] = {at: (at + 1,) for at, key in enumerate(keys) if key != END}
        for name in self._outside:
            inside = places.get(f"{{{name}}}")
            others = {at: ends for at, ends in words.items() if at not in inside} if inside else words
            places[f"{OUTSIDE}{name}}}"] = others

    def _halts(self, keys: Sequence[str]) -> list[int]:
        """Return for each place, and the end, the first word from there on over which no gap reaches."""
        halts = [len(keys)] * (len(keys) + 1)
        for at in range(len(keys) - 1, -1, -1):
            halts[at] = at if keys[at] in self._halting else halts[at + 1]
        return halts

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
        return frozenset(labels)


class Patterns:
    """A set of patterns over the words of ``classes``, each belonging to an owner (any number).

    ``widest``: of two ways to one place, the one that begins first; else the one that begins last.
    """

    def __init__(self, classes: Classes, *, widest: bool = False) -> None:
        self._classes = classes
        self._walker = Walker(widest=widest)

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
        whole = _Part([], [], NO_GAP)
        while cursor.peek() not in {"", "|", ")"}:
            part = self._one(cursor)
            if cursor.peek() == "?":
                cursor.take()
                part.empty = part.empty or NO_GAP
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
        return _Part([(place, NO_GAP)], [(place, NO_GAP)], None)

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
        return _Part([], [], Gap(words, across=sign.startswith("~~")))

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
