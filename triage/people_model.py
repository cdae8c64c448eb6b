"""The people of the simulated line: who comes, how long they wait and talk, how volunteers answer; drawn from a seed.

The figures are those that real lines publish, where they publish any; what is a guess is marked so and must give way
to the line's own data. Sources: 024 (Spain) for who comes and who stays silent, Crisis Text Line for what triage misses
and for 45 minutes of conversation; the rest are guesses.
"""

import dataclasses
import math
import random

MINUTE = 60.0
HOUR = 3600.0

#: Share of callers by how it stands with them (024: 3.8 and 8.1 %; the class of B is wider for a chat).
TRUTH = (("immediate", 0.04), ("high", 0.10), ("medium", 0.30), ("rest", 0.56))
SEEN_LOWER = 0.14  # of the immediate, whom triage takes for B (Crisis Text Line finds 86 % of them)
SEEN_HIGHER = 0.20  # of the rest, whom triage takes for C (a guess)
LEVELS = {"immediate": "A", "high": "B", "medium": "C"}
PATIENCE = {
    "A": 20 * MINUTE,
    "B": 20 * MINUTE,
    "C": 12 * MINUTE,
    "D": 10 * MINUTE,
    "E": 10 * MINUTE,
}  # medians; guesses
PATIENCE_SPREAD = math.sqrt(2 * math.log(1.5))  # of the logarithm, so that the mean is half as long again
TALK_MEDIAN, TALK_MEAN = 40 * MINUTE, 45 * MINUTE
TALK_SPREAD = math.sqrt(2 * math.log(TALK_MEAN / TALK_MEDIAN))
NOTE = 8 * MINUTE
SILENT = 0.09  # say no word: their conversation sleeps after ten minutes (024: 9 %)
SILENT_FOR = 10 * MINUTE
ANSWERED = 0.80  # of offers
ANSWER_SHAPE, ANSWER_MEAN = 3.0, 12.0  # a gamma distribution, in seconds
DECLINED = 0.5  # of the other offers; the rest expire
ON_A_PHONE = 0.70
DROPS_EVERY, DROP_SHORTEST, DROP_LONGEST = 6 * MINUTE, 5.0, 90.0
SAYS_YES_ABOVE = 0.70  # of volunteers, to an emergency above the limit (a guess)
RESTS_AFTER_EMERGENCY = 0.5  # of volunteers take the quarter of an hour offered (a guess)
SHIFT = 2 * HOUR

#: Minutes of a place that a contact takes: talk and note, or the silence.
WORK_MEAN = (1 - SILENT) * (TALK_MEAN + NOTE) + SILENT * SILENT_FOR


@dataclasses.dataclass(slots=True)
class Temper:
    """What is drawn for one caller when they come: how it stands, what is seen of it, patience and length (seconds)."""

    truth: str
    urgency: str
    patience: float
    talk: float
    silent: bool
    on_a_phone: bool


class People:
    """Draws people and their answers, always the same from the same seed."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311  people of a simulation, no secret

    def _truth(self) -> str:
        return self.dice.choices([name for name, _share in TRUTH], [share for _name, share in TRUTH])[0]

    def _seen(self, truth: str) -> str:
        level = LEVELS.get(truth) or self.dice.choice("DE")
        if truth == "immediate" and self.dice.random() < SEEN_LOWER:
            return "B"
        return "C" if truth == "rest" and self.dice.random() < SEEN_HIGHER else level

    def caller(self) -> Temper:
        """Draw who comes."""
        truth = self._truth()
        urgency, silent = self._seen(truth), self.dice.random() < SILENT
        return Temper(
            truth=truth,
            urgency=urgency,
            patience=self.dice.lognormvariate(math.log(PATIENCE[urgency]), PATIENCE_SPREAD),
            talk=SILENT_FOR if silent else self.dice.lognormvariate(math.log(TALK_MEDIAN), TALK_SPREAD),
            silent=silent,
            on_a_phone=self.dice.random() < ON_A_PHONE,
        )

    def answer(self, lasts: float) -> tuple[str, float]:
        """Draw what becomes of an offer that lasts so many seconds, and after how many."""
        if self.dice.random() < ANSWERED:
            after = self.dice.gammavariate(ANSWER_SHAPE, ANSWER_MEAN / ANSWER_SHAPE)
            return ("accepted", after) if after < lasts else ("expired", lasts)
        return ("declined", self.dice.uniform(3, 15)) if self.dice.random() < DECLINED else ("expired", lasts)

    def until_next(self, per_second: float) -> float:
        """Draw the seconds until the next of something that comes so often, without memory."""
        return self.dice.expovariate(per_second)

    def drop(self) -> tuple[float, float]:
        """Draw after how many seconds a telephone loses its connection, and for how many."""
        return self.dice.expovariate(1 / DROPS_EVERY), self.dice.uniform(DROP_SHORTEST, DROP_LONGEST)

    def happens(self, share: float) -> bool:
        """Throw the dice."""
        return self.dice.random() < share
