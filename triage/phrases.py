"""The phrase guard: reads what a caller wrote and tells how urgent it may be; it only ever raises, never lowers."""

import dataclasses
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from triage import lexicon
from triage.errors import PhrasesProblem
from triage.lexicon import EVERYTHING, WEAK, Lexicon, Rule, Tongue
from triage.pattern_walk import Found, Text
from triage.spelling import END, Words

NEGATION_REACHES = 7  # words
RECOVERY_BEFORE, RECOVERY_AFTER = 12, 30  # words between what is past and the telling that it is over
#: These begin with a person, which says nothing: here an exception counts that covers the end of the phrase alone.
ABOUT_SOMEBODY = frozenset({"T", "V", "X", "G"})
#: A long text tells of many things: one sign of these alone says nothing in it, two do.
PASSING, LONG = frozenset({"D", "G"}), 30  # codes, words
MOST_PLACES = 150  # in one text, the most urgent first; more of them say no more
LONGEST_TEXT = 20_000  # code points; a message has at most 4,000


@dataclasses.dataclass(frozen=True, slots=True)
class Match:
    """Words of the text that mean something: ``text`` as written, at ``start`` to ``end`` (code points).

    ``es`` explains it to the volunteer. ``negated``: said with a true «no», so it does not count, and is shown all
    the same. ``past``: told of another time.
    """

    code: str
    level: str
    es: str
    start: int
    end: int
    text: str
    negated: bool = False
    past: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """What was read: ``level`` A (most urgent) to D, or None when nothing fired; ``codes`` the most urgent first.

    Codes may be logged, matches never: they are a caller's words. ``understood``: phrases were found, and none of them
    counts, as each was denied or stands in an idiom with its complement.
    """

    level: str | None
    codes: tuple[str, ...]
    matches: tuple[Match, ...]
    understood: bool = False


NOTHING = Reading(None, (), ())


@dataclasses.dataclass(frozen=True, slots=True)
class _Context:
    """What stands around the phrases of one text."""

    words: Words
    exceptions: tuple[Found, ...]
    false_negations: tuple[Found, ...]
    past: tuple[Found, ...]
    long_ago: tuple[Found, ...]
    earlier: tuple[Found, ...]
    recent: tuple[Found, ...]
    recovered: tuple[Found, ...]
    earnest: tuple[Found, ...]

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """Return the bounds of the sentence in which a phrase stands."""
        keys = self.words.keys
        while start > 0 and keys[start - 1] != END:
            start -= 1
        while end < len(keys) and keys[end] != END:
            end += 1
        return start, end


def _around(phrases: Lexicon, words: Words, seen: Text) -> _Context:
    found: dict[int, list[Found]] = {}
    for one in set(phrases.context.find(seen)):
        found.setdefault(min(one.owner, 0), []).append(one)
    kinds = (
        lexicon.FALSE_NEGATION,
        lexicon.PAST,
        lexicon.LONG_AGO,
        lexicon.EARLIER,
        lexicon.RECENT,
        lexicon.RECOVERED,
        lexicon.EARNEST,
    )
    return _Context(words, tuple(found.get(0, ())), *(tuple(found.get(kind, ())) for kind in kinds))


def _overlaps(spans: Iterable[Found], start: int, end: int) -> bool:
    return any(span.start < end and start < span.end for span in spans)


# Exceptions ---------------------------------------------------------------------------------------------------------


def _is_excepted(phrases: Lexicon, found: Found, around: _Context) -> bool:
    rule = phrases.file.rules[found.owner]
    for one in around.exceptions:
        exception = phrases.file.exceptions[one.owner]
        if exception.light and around.earnest:
            continue
        if not ({EVERYTHING, rule.code} | ({WEAK} if rule.weak else set())) & set(exception.removes):
            continue
        start, end = one.start, one.end
        if exception.scope == "message":
            return True
        if exception.scope == "sentence":
            start, end = around.sentence(start, end)
        first = found.end - 1 if rule.code in ABOUT_SOMEBODY else found.start
        if start <= first and found.end <= end:
            return True
    return False


# Negation -----------------------------------------------------------------------------------------------------------


def _is_negated(found: Found, around: _Context, denying: frozenset[str], bridges: frozenset[str]) -> bool:
    """Tell whether exactly one true «no» stands before a phrase; two of them say yes, and so does one inside it."""
    words = around.words
    if any(words.keys[at] in denying for at in range(found.start, found.end)):
        return False
    noes = 0
    at = found.start
    while at > max(0, found.start - NEGATION_REACHES) and not words.paused[at]:
        at -= 1
        if words.keys[at] in denying:
            if _overlaps(around.false_negations, at, at + 1):
                return False
            noes += 1
        elif words.keys[at] not in bridges:
            break
    return noes == 1


# Time ---------------------------------------------------------------------------------------------------------------


def _is_recovered(found: Found, around: _Context) -> bool:
    near = (found.start - RECOVERY_BEFORE, found.end + RECOVERY_AFTER)
    return _overlaps(around.recovered, *near)


def _dated(phrases: Lexicon, rule: Rule, found: Found, around: _Context) -> tuple[str, str, bool]:
    """Return code and level of a phrase at its time, and whether it is past."""
    sentence = around.sentence(found.start, found.end)
    long_ago = _overlaps(around.long_ago, *sentence)
    earlier = _overlaps(around.earlier, *sentence)
    if earlier and not long_ago and rule.earlier:
        return rule.earlier.code, rule.earlier.level, True
    if _overlaps(around.recent, *sentence) or (earlier and not long_ago):
        return rule.code, rule.level, False
    past = long_ago or _overlaps(around.past, found.start - 3, found.end)
    if past and rule.code in phrases.file.time.codes and _is_recovered(found, around):
        return "PAST", "D", True
    if long_ago and rule.older:
        return rule.older.code, rule.older.level, True
    return rule.code, rule.level, past


# Reading ------------------------------------------------------------------------------------------------------------


def _match(phrases: Lexicon, found: Found, around: _Context, text: str) -> Match:
    rule = phrases.file.rules[found.owner]
    code, level, past = _dated(phrases, rule, found, around)
    start, end = around.words.starts[found.start], around.words.ends[found.end - 1]
    negated = _is_negated(found, around, phrases.denying, phrases.bridges)
    return Match(code, level, rule.es, start, end, text[start:end], negated, past)


def _tongue(tongue: Tongue, words: Words, text: str) -> list[Match]:
    """Return each sentence of which at least two words, and a third of all, are of a language."""
    matches = []
    first = 0
    for last in (at for at, key in enumerate(words.keys) if key == END):
        if _is_of(tongue, words.keys[first:last]):
            language = tongue.language
            start, end = words.starts[first], words.ends[last - 1]
            matches.append(Match(language.code, language.level, language.es, start, end, text[start:end]))
        first = last + 1
    return matches


def _is_of(tongue: Tongue, keys: Sequence[str]) -> bool:
    certain = {key for key in keys if key in tongue.words}
    if not certain:
        return False
    likely = {key for key in keys if len(key) > 5 and key.endswith(tongue.endings)}
    told = sum(key in certain or key in likely for key in keys)
    return len(certain | likely) >= min(2, len(keys)) and told * 3 >= len(keys)


def _weight(match: Match) -> tuple[bool, str, int, int, str, bool, str]:
    """Order matches: what counts, then the most urgent, then the longest; what is equal in these always alike."""
    return match.negated, match.level, match.start - match.end, match.start, match.code, match.past, match.es


def _without_repeats(matches: Sequence[Match]) -> list[Match]:
    """Leave out what lies inside another match that says as much."""
    kept: list[Match] = []
    for one in sorted(set(matches), key=_weight):
        if not any(
            other.start <= one.start and one.end <= other.end and other.negated == one.negated
            and (other.code == one.code or one.level > other.level)
            for other in kept
        ):  # fmt: skip
            kept.append(one)
    return kept


def _without_passing(matches: list[Match], words: Words) -> list[Match]:
    """Leave out a lone sign of distress or grief in a long text."""
    told = [match for match in matches if not match.negated]
    if len(told) == 1 and told[0].code in PASSING and len(words.keys) > LONG:
        return [match for match in matches if match.negated]
    return matches


def read_with(phrases: Lexicon, text: str) -> Reading:
    """Read a text with these phrases; never raises, whatever the text."""
    text = text[:LONGEST_TEXT]
    words = phrases.spelling.words(text)
    if not words.keys:
        return NOTHING
    seen = phrases.classes.text(words.keys)
    rules = phrases.file.rules
    found = sorted(set(phrases.rules.find(seen)), key=lambda one: (rules[one.owner].level, one.start))[:MOST_PLACES]
    matches: list[Match] = []
    if found:
        around = _around(phrases, words, seen)
        kept = {one for one in found if not _is_excepted(phrases, one, around)}
        matches = [_match(phrases, one, around, text) for one in kept]
    for tongue in phrases.tongues:
        matches += _tongue(tongue, words, text)
    matches = _without_passing(_without_repeats(matches), words)
    told = [match for match in matches if not match.negated]
    codes = tuple(dict.fromkeys(match.code for match in told))
    ordered = tuple(sorted(matches, key=lambda match: (match.start, match.end)))
    return Reading(min((match.level for match in told), default=None), codes, ordered, bool(found) and not told)


def proven(phrases: Lexicon) -> Lexicon:
    """Return these phrases, or raise PhrasesProblem naming the first of their own examples that they read wrongly."""
    for name, text, level, fires in lexicon.examples(phrases.file):
        read_as = read_with(phrases, text).level
        if fires and (read_as is None or read_as > level):
            message = f"En {name} el ejemplo «{text}» debe dar al menos {level} y da {read_as or 'nada'}."
            raise PhrasesProblem(message)
        if not fires and read_as is not None:
            message = f"En {name} el ejemplo «{text}» no debe dar nada y da {read_as}."
            raise PhrasesProblem(message)
    return phrases


@cache
def _proven_file(path: Path) -> Lexicon:
    return proven(lexicon.load(path))


_chosen: list[Path] = [lexicon.PUBLISHED]


def use(path: Path | None) -> None:
    """Let the phrases of this file be in force; None: those published here. It is read when first needed."""
    _chosen[:] = [path or lexicon.PUBLISHED]


def in_force() -> Lexicon:
    """Return the phrases in force. Raises PhrasesProblem when their file is malformed or its own examples fail."""
    return _proven_file(_chosen[0])


def read(text: str) -> Reading:
    """Read what a caller wrote (any text) with the phrases in force; raises as ``in_force``, never for the text."""
    return read_with(in_force(), text)
