"""Reads chat Spanish as words: accents, k for qu, digits for letters, letters drawn out or apart; pure, no Django."""

import dataclasses
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

#: The key that stands for the end of a sentence.
END = "."
LONGEST_WORD = 60  # letters; what is longer is no word, and nobody looks for words inside it
SHORTEST_CLOSE = 6  # letters; one wrong letter in a shorter word makes another word too often
SHORTEST_RUN_TOGETHER = 8  # letters
LONG_RUN = 13  # letters; so many are hardly one word, and may be made of shorter ones
#: Words of two letters that may be a piece of words run together; other syllables are pieces of longer words.
SHORT_PIECES = frozenset(
    ("me", "te", "se", "no", "ya", "la", "de", "en", "mi", "tu", "el", "lo", "yo", "si", "ni", "su", "un", "al", "es")
)
LONGEST_REPEAT = 8  # words that are said again and again

_DIGITS = str.maketrans("4310578@$!€", "aeiostbasie")
#: No possessive quantifiers: Python before 3.11.5 reads past a group that fails in the middle («no!» lost its sign).
_TOKEN = re.compile(
    r"(?P<apart>(?<![^\W_])[^\W\d_](?:[ .\-_*]{1,2}[^\W\d_]){3,30}(?![^\W_]))"
    r"|(?P<dotted>[^\W_]{1,7}(?:[._][^\W_]{1,7}){1,12})"
    r"|(?P<word>[^\W_]+(?:['’`´@$*!€-][^\W_]+)*)"
    r"|(?P<sign>(?P<one>[^\w\s])(?:\s?(?P=one))*)"
)
_TWICE = re.compile(r"(.)\1+")
#: In this order; each sound has one letter then.
_SOUNDS = (
    ("ch", "ç"), ("que", "ke"), ("qui", "ki"), ("q", "k"), ("ce", "se"), ("ci", "si"), ("c", "k"), ("z", "s"),
    ("ll", "y"), ("ge", "je"), ("gi", "ji"), ("gue", "ge"), ("gui", "gi"), ("h", ""), ("v", "b"), ("nb", "mb"),
    ("np", "mp"),
)  # fmt: skip


def plain(word: str) -> str:
    """Return a word in lower case without accents; ñ becomes n, as many people write it."""
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word.lower())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def sound(word: str) -> str:
    """Return how a word sounds in Peru, so that «kiero», «qiero», «quieroooo» and «quiero» are one."""
    key = plain(word)
    for written, said in _SOUNDS:
        if written in key:
            key = key.replace(written, said)
    key = _TWICE.sub(r"\1", key)
    if key.endswith("y"):
        key = f"{key[:-1]}i"
    if len(key) > 3 and key.endswith(("ao", "aos")):
        key = key.replace("ao", "ado")
    return key or word


@dataclasses.dataclass(slots=True)
class Words:
    """A text as keys, each with its place in it: ``text[starts[i]:ends[i]]`` is what was written.

    ``paused[i]``: a comma, a line end or the like stands before the word. The key END closes each sentence.
    """

    keys: list[str] = dataclasses.field(default_factory=list)
    starts: list[int] = dataclasses.field(default_factory=list)
    ends: list[int] = dataclasses.field(default_factory=list)
    paused: list[bool] = dataclasses.field(default_factory=list)

    def add(self, keys: Iterable[str], start: int, end: int, *, paused: bool) -> None:
        """Add the words that one stretch of the text stands for."""
        for key in keys:
            self.keys.append(key)
            self.starts.append(start)
            self.ends.append(end)
            self.paused.append(paused)
            paused = False

    def close(self, at: int) -> None:
        """End a sentence, if one is open."""
        if self.keys and self.keys[-1] != END:
            self.add([END], at, at, paused=False)

    def leave_out_repeats(self) -> None:
        """Keep three of what is said again and again, word for word: more says no more, and costs time."""
        keys = self.keys
        if len(set(keys)) * 2 > len(keys):
            return  # nobody says the same thing many times with so many different words
        runs = [0] * LONGEST_REPEAT  # for each length: how many words are the same as those so many words before
        kept: list[int] = []
        for at, key in enumerate(keys):
            for length in range(1, min(at, LONGEST_REPEAT) + 1):
                runs[length - 1] = runs[length - 1] + 1 if keys[at - length] == key else 0
            if all(run <= 2 * length for length, run in enumerate(runs, 1)):
                kept.append(at)
        self.keys = [keys[at] for at in kept]
        self.starts = [self.starts[at] for at in kept]
        self.ends = [self.ends[at] for at in kept]
        self.paused = [self.paused[at] for at in kept]


def _one_apart(word: str, other: str) -> bool:
    """Tell whether one letter left out, put in, mistaken or two changed about make one word of the other."""
    if len(word) > len(other):
        word, other = other, word
    at = next((place for place, letter in enumerate(word) if letter != other[place]), len(word))
    if len(word) < len(other):
        return word[at:] == other[at + 1 :]
    swapped = word[at : at + 2] == other[at : at + 2][::-1] and word[at + 2 :] == other[at + 2 :]
    return swapped or word[at + 1 :] == other[at + 1 :]


def _without_a_letter(word: str) -> set[str]:
    return {word[:place] + word[place + 1 :] for place in range(len(word))} | {word}


class Spelling:
    """Reads texts into words, knowing a vocabulary.

    ``known``: words as they are rightly written. ``short``: what abbreviations and signs stand for. ``close``: words
    that are recognised with one wrong letter, ``not_close``: words that are not taken for one of those. ``stems``: how
    words that are known begin.
    """

    def __init__(
        self,
        known: Iterable[str],
        short: Mapping[str, str],
        close: Iterable[str] = (),
        not_close: Iterable[str] = (),
        stems: Iterable[str] = (),
    ) -> None:
        self._stems = frozenset(sound(stem) for stem in stems)
        right = set(known) | set(close) | set(not_close) | {word for said in short.values() for word in said.split()}
        self._vocabulary = frozenset(sound(word) for word in right)
        self._longest = max(map(len, self._vocabulary), default=0)
        self._written: dict[str, tuple[str, ...]] = {
            word: (sound(word),) for word in right | {plain(word) for word in right}
        }
        self._written |= {word: tuple(sound(one) for one in said.split()) for word, said in short.items()}
        self._close: dict[str, set[str]] = {}
        for word in {sound(word) for word in close}:
            if len(word) >= SHORTEST_CLOSE:
                for rest in _without_a_letter(word):
                    self._close.setdefault(rest, set()).add(word)

    def words(self, text: str) -> Words:
        """Read a text; any text at all."""
        found = Words()
        last = 0
        paused = False
        for match in _TOKEN.finditer(text):
            start, end = match.span()
            paused = paused or "\n" in text[last:start]
            last = end
            kind = match.lastgroup
            if kind == "sign":
                paused = self._sign(found, match, paused=paused)
                continue
            if kind == "word":
                found.add(self._keys(match[0]), start, end, paused=paused)
                self._join(found)
            elif kind == "apart":
                self._letters(found, match, paused=paused)
            else:
                self._dotted(found, match, paused=paused)
            paused = False
        found.close(len(text))
        found.leave_out_repeats()
        return found

    def _sign(self, found: Words, match: re.Match[str], *, paused: bool) -> bool:
        """Take a sign: a full stop ends the sentence, dots and commas make a pause, quotation marks nothing."""
        sign = match["one"]
        if sign in self._written:
            found.add(self._written[sign], *match.span(), paused=paused)
            return False
        if sign in "!?;" or match[0] == ".":
            found.close(match.start())
            return False
        if sign in ",:…-–—()/." and found.keys:
            if found.keys[-1] in {"no", "ni"}:
                found.keys[-1] = "no,"  # «no, quiero vivir» says another thing than «no quiero vivir»
            return True
        return paused

    def _letters(self, found: Words, match: re.Match[str], *, paused: bool) -> None:
        """Take letters that stand apart: a word that was drawn out, or else so many letters."""
        start, end = match.span()
        joined = re.sub(r"[^\w]|_", "", match[0])
        keys = self._keys(joined)
        if all(key in self._vocabulary for key in keys):
            found.add(keys, start, end, paused=paused)
            return
        for letter in re.finditer(r"[^\W_]", match[0]):
            place = start + letter.start()
            found.add(self._keys(letter[0]), place, place + 1, paused=paused)

    def _dotted(self, found: Words, match: re.Match[str], *, paused: bool) -> None:
        """Take syllables with dots between them: one word, or sentences without a space after their full stop."""
        start, end = match.span()
        keys = self._keys(re.sub(r"[._]", "", match[0]))
        if len(keys) == 1 and len(keys[0]) >= SHORTEST_CLOSE and keys[0] in self._vocabulary:
            found.add(keys, start, end, paused=paused)
            return
        for piece in re.finditer(r"[^\W_]+|\.", match[0]):
            if piece[0] == ".":
                found.close(start + piece.start())
            else:
                found.add(self._keys(piece[0]), start + piece.start(), start + piece.end(), paused=paused)

    def _join(self, found: Words) -> None:
        """Make one word of two unknown ones that are one word together («sui cidarme»)."""
        if len(found.keys) < 2 or found.keys[-1] in self._vocabulary or found.keys[-2] in self._vocabulary:
            return
        joined = found.keys[-2] + found.keys[-1]
        if len(joined) >= SHORTEST_CLOSE and joined in self._vocabulary and not found.paused[-1]:
            for column in (found.keys, found.starts, found.paused):
                column.pop()
            found.keys[-1] = joined
            found.ends[-2:] = found.ends[-1:]

    def _keys(self, written: str) -> tuple[str, ...]:
        """Return the keys of one written word; several where it is an abbreviation or words run together."""
        word = written.lower()
        keys = self._written.get(word) or self._written.get(plain(word))
        if keys:
            return keys
        if len(word) > LONGEST_WORD * 3 or word.isdecimal():
            return (word[:LONGEST_WORD],)
        if not word.isalpha():
            return self._masked(word)
        key = sound(word)
        return self._right(key) or (key,)

    def _masked(self, word: str) -> tuple[str, ...]:
        """Read digits and signs as the letters they stand for, where that makes a word; else leave them out."""
        bare = plain(re.sub(r"[^\w]", "", word))
        for guess in (word.translate(_DIGITS), bare, bare.translate(_DIGITS)):
            keys = self._written.get(guess) or self._right(sound(re.sub(r"[\W\d]", "", guess)))
            if keys and (guess.isalpha() or len(keys[0]) >= 4):
                return keys
        if "-" in word:
            return tuple(key for part in word.split("-") if part for key in self._keys(part))
        return (sound(bare),)

    def _right(self, key: str) -> tuple[str, ...]:
        """Return the known words that a key stands for: itself, one with a wrong letter, several run together."""
        if key in self._vocabulary or any(key[:length] in self._stems for length in range(2, len(key))):
            return (key,)
        return self._nearest(key) or self._run_together(key)

    def _nearest(self, key: str) -> tuple[str, ...]:
        if not SHORTEST_CLOSE - 1 <= len(key) <= LONGEST_WORD // 2:
            return ()
        for rest in _without_a_letter(key):
            for word in self._close.get(rest, ()):
                if word[0] == key[0] and _one_apart(key, word) and self._same_person(key, word):
                    return (word,)
        return ()

    @staticmethod
    def _same_person(key: str, word: str) -> bool:
        """Tell whether the ends agree: one letter there makes «matarte» of «matarme»."""
        return key[-2:] == word[-2:] and (len(key) != len(word) or key[-3:] == word[-3:] or key[-3] != word[-3] == "r")

    def _run_together(self, key: str) -> tuple[str, ...]:
        """Return the fewest known words that make up a key, if all of it is made of known words.

        Two words may share the letter between them: «de esta» run together sounds «desta».
        """
        if not SHORTEST_RUN_TOGETHER <= len(key) <= LONGEST_WORD:
            return ()
        best: list[tuple[str, ...] | None] = [(), *[None] * len(key)]
        for at in range(len(key) - 1):
            before = best[at]
            if before is not None and len(before) <= at // 2:
                for word, end in self._words_from(key, at):
                    kept = best[end]
                    if kept is None or len(before) + 1 < len(kept):
                        best[end] = (*before, word)
        words = best[-1] or ()
        longest, most = (4, 1 + len(key) // 3) if len(key) > LONG_RUN else (5, len(key) // 3)
        if max(map(len, words), default=0) < longest or len(words) > most:
            return ()
        # Two words make up many a third one that nobody ran together: «escondido» is no «escondí ido».
        return words if len(words) > 2 or (min(map(len, words)) >= 4 and sum(map(len, words)) == len(key)) else ()

    def _words_from(self, key: str, at: int) -> Iterator[tuple[str, int]]:
        for start in (at - 1, at) if at else (at,):
            for end in range(at + 1, min(len(key), start + self._longest) + 1):
                word = key[start:end]
                if word in self._vocabulary and (len(word) > 2 or word == "i" or word in SHORT_PIECES):
                    yield word, end
                elif word == "y" and start == at:
                    yield "i", end
