"""Learns the weights of ``triage.resemblance`` from labelled phrases: logistic regression, always with one result."""

import math
import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

from triage.resemblance import SIZE, Head, Model, digest_of, keys_of, of_a_word, of_pairs, stretches

ROUNDS, PACE, SHRINK = 30, 0.35, 2e-5  # passes over the phrases, AdaGrad's step, and what keeps weights small
#: From which likeness on each level counts: A only when nearly certain, as it rings at three people at once.
THRESHOLDS = {"A": 0.9, "B": 0.6}


class Example(NamedTuple):
    """A phrase, and the level that it must have at least; None or C to E where nobody need look at once."""

    text: str
    level: str | None


Row = tuple[list[int], list[float]]


def _features(text: str) -> Row:
    """Return the features of the first stretch: what is learnt from is short."""
    words = next(stretches(keys_of(text)))
    found: dict[int, float] = {}
    for place, value in (*(one for word in words for one in of_a_word(word)), *of_pairs(words)):
        found[place] = found.get(place, 0.0) + value
    share = 1 / math.sqrt(max(1, len(words)))
    return list(found), [value * share for value in found.values()]


def _head(rows: Sequence[Row], yes: Sequence[bool], level: str, tell: Callable[[], None]) -> Head:
    """Learn one question; both answers count as much, however many there are of each."""
    counts = {True: len(rows) / (2 * sum(yes)), False: len(rows) / (2 * (len(rows) - sum(yes)))}
    weights, steps, bias, bias_step = [0.0] * SIZE, [1e-6] * SIZE, 0.0, 1e-6
    order, dice = list(range(len(rows))), random.Random(1)  # noqa: S311  the same order each time, no secret
    for _round in range(ROUNDS):
        dice.shuffle(order)
        for index in order:
            places, values = rows[index]
            total = bias + sum(weights[place] * value for place, value in zip(places, values, strict=True))
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
    rows = [_features(example.text) for example in examples]
    heads = tuple(
        _head(rows, [example.level is not None and example.level <= level for example in examples], level, tell)
        for level in THRESHOLDS
    )
    return Model(version, "", heads), digest_of([f"{example.level} {example.text}" for example in examples])
