"""Says how much a text resembles what people in danger write: a second reader beside the phrases, which only raises.

It knows no rule: a weight for each piece of a word and each pair of words, learnt (``triage.resemblance_training``)
from phrases written for this project, none of them a caller's. It finds what nobody thought of as a pattern, explains
nothing, and so stands below the phrases: what it alone finds is shown as such. Its file waits for the clinical lead.
"""

import base64
import dataclasses
import functools
import hashlib
import itertools
import json
import math
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from triage.errors import PhrasesProblem
from triage.spelling import sound

PUBLISHED = Path(__file__).parent / "content" / "es-PE" / "resemblance-2026-1.json"
SIZE = 2**17  # weights; pieces share them by a digest
PIECES = (3, 4, 5)  # letters of a piece, the word's edges counted
OF_A_PIECE = 0.5  # what a piece counts beside a whole word
OF_A_GAP, OF_BEGINNINGS = 0.7, 0.7  # what a pair with a gap counts beside a pair, and the beginnings of a pair
BEGINNING = 4  # letters of a word that say what it is, whoever does it and when
FEWEST_WORDS = 3
STRETCH, STEP = 24, 12  # words that are read together, so that danger at the end of a long message is not thinned out
LONGEST = 1500  # words of a text that are read
_WORD = re.compile(r"[^\W_]+")
_sound = functools.lru_cache(maxsize=8192)(sound)


def keys_of(text: str) -> list[str]:
    """Return the words of a text as they sound."""
    return [_sound(word) for word in _WORD.findall(text)[:LONGEST]]


def is_short(text: str) -> bool:
    """Tell whether a text is one stretch, read as a whole."""
    return len(_WORD.findall(text)) <= STRETCH


def _place(feature: str) -> int:
    return zlib.crc32(feature.encode()) % SIZE


def of_a_word(word: str) -> Iterator[tuple[int, float]]:
    """Return the features of one word: itself, and its pieces."""
    yield _place(f"1{word}"), 1.0
    edged = f"^{word}$"
    for length in PIECES:
        for start in range(len(edged) - length + 1):
            yield _place(edged[start : start + length]), OF_A_PIECE


def of_a_pair(first: str, second: str) -> Iterator[tuple[int, float]]:
    """Return the features of two words that stand together."""
    yield _place(f"2{first} {second}"), 1.0
    yield _place(f"5{first[:BEGINNING]} {second[:BEGINNING]}"), OF_BEGINNINGS


def of_a_gap(first: str, second: str) -> Iterator[tuple[int, float]]:
    """Return the features of two words with one between."""
    yield _place(f"3{first} {second}"), OF_A_GAP


def stretches(words: int) -> list[tuple[int, int]]:
    """Return where the stretches of a text of so many words begin and end, each at most STRETCH words; they overlap."""
    if words <= STRETCH:
        return [(0, words)]
    return [(start, min(start + STRETCH, words)) for start in range(0, words - STEP, STEP)]


@dataclasses.dataclass(frozen=True, slots=True)
class Head:
    """Weights learnt for one question; from a likeness of ``threshold`` (0 to 1) on the answer counts as yes."""

    level: str
    threshold: float
    bias: float
    weights: tuple[float, ...]

    def likeness(self, total: float, words: int) -> float:
        """Return the likeness of a stretch of so many words whose features weigh ``total``."""
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, self.bias + total / math.sqrt(words)))))


@dataclasses.dataclass(frozen=True, slots=True, eq=False)  # told apart by identity: to compare weights takes long
class Model:
    """What was learnt: a head for level B (somebody should look at once) and one for A (an act under way)."""

    version: str
    signed_by: str
    heads: tuple[Head, ...]

    def likeness(self, text: str) -> dict[str, float]:
        """Return for each level how much the most alarming stretch of a text resembles it, from 0 to 1."""
        words = keys_of(text)
        if not words:
            return {head.level: 0.0 for head in self.heads}
        weighed = _cached(self)
        alone = [weighed(of_a_word, word) for word in words]
        pairs = [weighed(of_a_pair, *both) for both in itertools.pairwise(words)]
        gaps = [weighed(of_a_gap, *both) for both in zip(words, words[2:], strict=False)]
        found = {}
        for number, head in enumerate(self.heads):
            sums = [[0.0, *itertools.accumulate(one[number] for one in kind)] for kind in (alone, pairs, gaps)]
            found[head.level] = max(
                head.likeness(sum(map(_between, sums, (start,) * 3, (end, end - 1, end - 2))), end - start)
                for start, end in stretches(len(words))
            )
        return found

    def level(self, text: str, *, at_least: float = 0.0) -> str | None:
        """Return the most urgent level whose threshold, and a likeness of ``at_least``, a text reaches, or None.

        A level counts only where every calmer one is reached too. One or two words are too little to tell.
        """
        if len(_WORD.findall(text)) < FEWEST_WORDS:
            return None
        alike, found = self.likeness(text), None
        for head in sorted(self.heads, key=lambda one: one.level, reverse=True):
            if alike[head.level] < max(head.threshold, at_least):
                break
            found = head.level
        return found


def _between(sums: Sequence[float], start: int, end: int) -> float:
    """Return what stands between two places, of sums from the beginning; nothing where none fits between."""
    return sums[end] - sums[start] if end > start else 0.0


@functools.lru_cache(maxsize=2)
def _cached(model: Model) -> Callable[..., tuple[float, ...]]:
    """Return what words weigh for each head, remembered for those that people use again and again."""

    @functools.lru_cache(maxsize=16384)
    def weighed(kind: Callable[..., Iterator[tuple[int, float]]], *words: str) -> tuple[float, ...]:
        features = list(kind(*words))
        return tuple(sum(head.weights[place] * value for place, value in features) for head in model.heads)

    return weighed


def _packed(head: Head) -> dict[str, object]:
    scale = max(abs(weight) for weight in head.weights) / 127 or 1.0
    packed = bytes(round(weight / scale) & 0xFF for weight in head.weights)
    return {
        "level": head.level,
        "threshold": head.threshold,
        "bias": round(head.bias, 6),
        "scale": round(scale, 8),
        "weights": base64.b85encode(zlib.compress(packed, 9)).decode(),
    }


def _unpacked(facts: dict[str, Any]) -> Head:
    signed = memoryview(zlib.decompress(base64.b85decode(facts["weights"]))).cast("b")
    weights = tuple(value * float(facts["scale"]) for value in signed)
    return Head(str(facts["level"]), float(facts["threshold"]), float(facts["bias"]), weights)


def written(model: Model, *, learnt_from: str) -> str:
    """Return a model as its file has it; ``learnt_from`` is the digest of what it learnt from."""
    facts = {
        "version": model.version,
        "signed_by": model.signed_by,
        "learnt_from": learnt_from,
        "heads": [_packed(head) for head in model.heads],
    }
    return json.dumps(facts, indent=1, sort_keys=True) + "\n"


def load(path: Path = PUBLISHED) -> Model:
    """Read a model. Raises PhrasesProblem, in one sentence, when the file is not one."""
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        model = Model(facts["version"], facts["signed_by"], tuple(map(_unpacked, facts["heads"])))
    except (OSError, ValueError, KeyError, TypeError, zlib.error) as error:
        message = f"{path.name} no es un archivo de parecido ({type(error).__name__})."
        raise PhrasesProblem(message) from None
    if any(len(head.weights) != SIZE for head in model.heads):
        message = f"{path.name} no tiene {SIZE} pesos para cada nivel."
        raise PhrasesProblem(message)
    return model


@functools.cache
def in_force() -> Model:
    """Return the published model."""
    return load()


def digest_of(texts: Sequence[str]) -> str:
    """Return what a model learnt from, as one digest."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()
