"""How easy Spanish reads: the perspicuity of Szigriszt-Pazos on the INFLESZ scale; pure.

Francisco Szigriszt Pazos, *Sistemas predictivos de legilibilidad del mensaje escrito*, Universidad Complutense 1993:
206.835 − 62.3 · syllables/words − words/sentences. The scale is that of Inés Barrio-Cantalejo and others, «Validación
de la Escala INFLESZ para evaluar la legibilidad de los textos dirigidos a pacientes», Anales del Sistema Sanitario de
Navarra 31 (2008), 135–152: under 40 very hard, 40–55 rather hard, 55–65 normal, 65–80 fairly easy, then very easy.
"""

import dataclasses
import re

NORMAL, FAIRLY_EASY, VERY_EASY = 55, 65, 80
WORD = re.compile(r"[^\W\d_]+")
#: Where a sentence ends, for the formula: also at a colon and a semicolon, as the authors of the scale count.
END = re.compile(r"[.!?…:;]+(?=\s|$|[»)”])|\n+")
SILENT = re.compile(r"(?<=q)u(?=[eiéí])|(?<=g)u(?=[eiéí])")
VOWELS = re.compile(r"[aeiouáéíóúü]+")
STRONG = re.compile(r"[aeoáéóíú]")  # each is the middle of a syllable; i and u only lean on one


@dataclasses.dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it is read, its words and their syllables."""

    text: str
    words: int
    syllables: int

    @property
    def score(self) -> float:
        """Return how easy it reads by itself (only to find the hard ones: the scale is for whole texts)."""
        return _score(self.words, self.syllables, 1)


def _score(words: int, syllables: int, sentences: int) -> float:
    return 206.835 - 62.3 * syllables / words - words / sentences


def syllables(word: str) -> int:
    """Return how many syllables a Spanish word has; at least one."""
    heard = SILENT.sub("", word.lower())
    heard = re.sub(r"y(?![aeiouáéíóúü])", "i", heard)
    return sum(max(1, len(STRONG.findall(group))) for group in VOWELS.findall(heard)) or 1


def sentences(text: str) -> list[Sentence]:
    """Return the sentences of a text that hold words; numbers in digits are no words (they are easy to read)."""
    found = []
    for part in END.split(text):
        words = WORD.findall(part)
        if words:
            found.append(Sentence(part.strip(), len(words), sum(map(syllables, words))))
    return found


def score(text: str) -> float:
    """Return how easy a text reads: the higher the easier. Raises ValueError for one without words."""
    read = sentences(text)
    if not read:
        message = "there is no word in this text"
        raise ValueError(message)
    return _score(sum(one.words for one in read), sum(one.syllables for one in read), len(read))
