"""Learns the weights of ``triage.resemblance`` from labelled phrases: logistic regression, always with one result."""

import itertools
import math
import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

from triage.resemblance import SIZE, Head, Model, digest_of, keys_of, of_a_gap, of_a_pair, of_a_word, stretches

ROUNDS, PACE, SHRINK = 30, 0.35, 2e-5  # passes over the phrases, AdaGrad's step, and what keeps weights small
#: From which likeness on each level counts: A only when nearly certain, as it rings at three people at once.
THRESHOLDS = {"A": 0.9, "B": 0.65}


class Example(NamedTuple):
    """A phrase, and the level that it must have at least; None or C to E where nobody need look at once.

    ``at_least``: it may well be more urgent, nobody has said; heads for more urgent levels do not learn from it.
    """

    text: str
    level: str | None
    at_least: bool = False

    def teaches(self, level: str) -> bool:
        """Tell whether the head for a level learns from it."""
        return not self.at_least or self.level is None or self.level <= level


Row = tuple[list[int], list[float]]


def _features(words: Sequence[str]) -> Row:
    found: dict[int, float] = {}
    features = [of_a_word(word) for word in words]
    features += [of_a_pair(*both) for both in itertools.pairwise(words)]
    features += [of_a_gap(*both) for both in zip(words, words[2:], strict=False)]
    for place, value in itertools.chain.from_iterable(features):
        found[place] = found.get(place, 0.0) + value
    share = 1 / math.sqrt(max(1, len(words)))
    return list(found), [value * share for value in found.values()]


def _rows(text: str) -> list[Row]:
    """Return the features of each stretch of a text."""
    words = keys_of(text)
    return [_features(words[start:end]) for start, end in stretches(len(words))]


def _most_alarming(rows: Sequence[Row], weights: Sequence[float]) -> tuple[float, Row]:
    """Return the stretch of a text that weighs most as yet: a text is judged by it, so it is what teaches."""
    weighed = [(sum(weights[at] * value for at, value in zip(*row, strict=True)), row) for row in rows]
    return max(weighed, key=lambda one: one[0])


def _head(texts: Sequence[Sequence[Row]], yes: Sequence[bool], level: str, tell: Callable[[], None]) -> Head:
    """Learn one question; both answers count as much, however many there are of each."""
    counts = {True: len(texts) / (2 * sum(yes)), False: len(texts) / (2 * (len(texts) - sum(yes)))}
    weights, steps, bias, bias_step = [0.0] * SIZE, [1e-6] * SIZE, 0.0, 1e-6
    order, dice = list(range(len(texts))), random.Random(1)  # noqa: S311  the same order each time, no secret
    for _round in range(ROUNDS):
        dice.shuffle(order)
        for index in order:
            total, (places, values) = _most_alarming(texts[index], weights)
            total += bias
            likely = 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
            wrong = (likely - yes[index]) * counts[yes[index]]
            bias_step += wrong * wrong
            bias -= PACE * wrong / math.sqrt(bias_step)
            for place, value in zip(places, values, strict=True):
                slope = wrong * value + SHRINK * weights[place]
                steps[place] += slope * slope
                weights[place] -= PACE * slope / math.sqrt(steps[place])
        tell()
    return Head(level, THRESHOLDS[level], bias, tuple(weights))


def train(examples: Sequence[Example], version: str, tell: Callable[[], None] = lambda: None) -> tuple[Model, str]:
    """Return a model and the digest of what it learnt from; ``tell`` is called 2 * ROUNDS times meanwhile."""
    texts = [_rows(example.text) for example in examples]
    heads = []
    for level in THRESHOLDS:
        taught = [number for number, example in enumerate(examples) if example.teaches(level)]
        urgent = [(examples[number].level or "E") <= level for number in taught]
        heads.append(_head([texts[number] for number in taught], urgent, level, tell))
    digest = digest_of([f"{example.level} {example.text}" for example in examples])
    return Model(version, "", tuple(heads)), digest
