"""Judges a public text by the rules of safe messaging: what is never said of suicide, and what always is; pure.

The rules with their reasons stand in ``content/<language>/reglas.toml`` (WHO, *Preventing suicide: a resource for media
professionals*, 2000 and 2017). A clinician has not signed them yet.
"""

import dataclasses
import functools
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content"
SPANISH = "es-PE"
RULES = CONTENT / SPANISH / "reglas.toml"
#: DS 007-2020-SA art. 40 demands it, whole and unchanged, wherever suicide is spoken of in public.
MANDATORY_SENTENCE = (
    "Un suicidio puede evitarse si lo hablamos a tiempo. Si necesitas consejo, orientación o ayuda, "
    "llama gratis al 113, opción 5. Aquí estamos para ayudarte"
)
#: What makes a text one on suicide, in folded letters, in Spanish or in English.
ABOUT_SUICIDE = re.compile(
    r"suicid|\bautoelimin|\bquit(?:ar|o|arse|arme|arte|aron)\W+la\W+vida|\bse\W+quit\w+\W+la\W+vida|\bmatar(?:se|me|te)\b"
    r"|\b(?:acab|termin)\w*\W+con\W+(?:su|sus|mi|tu|la)\W+(?:propias?\W+)?vidas?\b|\b(?:poner|puso|pone|pusieron)\W+fin\W+a\W+(?:su|mi|tu)\W+(?:vida|existencia)\b"
    r"|\bse\W+(?:mato|mataron)\b|\bse\W+mata\W+(?:y|tras|por|con|despues|luego)\b|\bdecidi\w+\W+(?:partir|irse)\W+(?:antes|para\W+siempre)\b"
    r"|\b(?:piens|pens|quier|quer|gan|dese)\w*\W+(?:en\W+|de\W+)?mor(?:ir|irse|irte|irme)\b"
    r"|\bse\W+(?:ahorc|enveneno|degollo)\w*|\bse\W+colgo\W+(?:en|de|del|con)\b|\bahorc(?:arse|ad[oa]s?|amientos?)\b"
    r"|\bse\W+(?:lanz|arroj|tir|avent)\w+\W+(?:de|del|desde)\W+(?:(?:el|la|lo|un|una)\W+)?(?:\w+\W+)?(?:alto|puente|azotea|edificio|piso|techo|acantilado)"
    r"|\b(?:tak|took|end)\w*\W+(?:his|her|their|my|your|one.s)\W+(?:own\W+)?(?:life|lives)\b"
    r"|\bkill\w*\W+(?:himself|herself|themsel\w+|myself|yourself|oneself)\b|\bhang(?:ed|ing)?\W+(?:himself|herself|themsel\w+|myself)\b"
    r"|\b(?:want|wish|think|thought|thinking)\w*\W+(?:to|of|about)\W+(?:die|dying)\b"
)
#: A place of help that a reader can go to from the text itself.
HELP_NAMED = re.compile(r"\b(?:113|106|100)\b|/hablar/|/recursos/|\bconversar ahora\b|\btalk now\b")
BEGINS_LIKE_THE_SENTENCE = re.compile(r"un\W+suicidio\W+puede\W+evitarse")
BETWEEN_WORDS = r"""[\s*_`"'«»“”()>#-]+"""


class RulesProblem(Exception):
    """The file of rules cannot be used; one sentence for whoever wrote it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend: in which line (from 1), by which rule, what was found, why not, and what to write.

    A page with a ``hard`` one is not served.
    """

    line: int
    code: str
    wrong: str
    instead: str
    found: str = ""
    hard: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """Words that are not for public texts; ``when`` is suicide (texts on it alone) or always."""

    code: str
    when: str
    hard: bool
    pattern: re.Pattern[str]
    wrong: str
    instead: str
    bad: tuple[str, ...]
    good: tuple[str, ...]


#: What is judged by more than words: code → what is wrong, what to write.
WHOLE_TEXT = {
    "no_sentence": (
        "Habla del suicidio y no lleva entera la frase que manda el DS 007-2020-SA, art. 40.",
        f"Agrega, sin cambiar nada: «{MANDATORY_SENTENCE}».",
    ),
    "sentence_changed": (
        "Lleva la frase del DS 007-2020-SA, art. 40, pero cambiada.",
        f"Cópiala entera, sin cambiar nada: «{MANDATORY_SENTENCE}».",
    ),
    "no_help": (
        "Habla del suicidio y no dice dónde encontrar ayuda.",
        "Agrega un lugar de ayuda: «Puedes llamar gratis al 113, opción 5», o un enlace a /hablar/ o /recursos/.",
    ),
}
#: Why a text in a language without rules is not published, and what to do.
NO_RULES = (
    "En este idioma nadie escribió todavía las reglas para hablar del suicidio con cuidado.",
    "Alguien que lo hable las escribe en su carpeta, como es-PE/reglas.toml, y las lee una persona clínica.",
)


def folded(text: str) -> str:
    """Return the text in small letters without accents, each letter in its place: one for one."""
    plain = unicodedata.normalize("NFC", text)
    return "".join(unicodedata.normalize("NFD", letter)[0].lower()[:1] for letter in plain)


def is_about_suicide(text: str) -> bool:
    """Say whether a text speaks of suicide, hence must carry MANDATORY_SENTENCE."""
    return ABOUT_SUICIDE.search(folded(text)) is not None


def carries_sentence(text: str) -> bool:
    """Say whether MANDATORY_SENTENCE stands in the text, whole; lines may break in it, quoted by > or not."""
    return MANDATORY_SENTENCE in " ".join(re.sub(r"^\s*>", "", text, flags=re.MULTILINE).split())


def _pattern(words: list[str], signs: str) -> re.Pattern[str]:
    spoken = "|".join(word.replace(" ", BETWEEN_WORDS) for word in words)
    return re.compile(rf"(?<!\w)(?:{spoken})(?!\w)" + (f"|[{re.escape(signs)}]" if signs else ""))


def _rule(entry: dict[str, Any]) -> Rule:
    pattern = _pattern(entry.pop("words"), entry.pop("signs", ""))
    bad, good = tuple(entry.pop("bad")), tuple(entry.pop("good"))
    if entry["when"] not in {"suicide", "always"}:
        raise ValueError(entry["when"])
    return Rule(pattern=pattern, bad=bad, good=good, **entry)


@functools.cache
def rules(path: Path = RULES) -> tuple[Rule, ...]:
    """Return the rules of a file. Raises RulesProblem."""
    try:
        with path.open("rb") as file:
            return tuple(_rule(entry) for entry in tomllib.load(file)["rules"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, re.error) as error:
        message = f"{path.name} no es una lista de reglas entera ({type(error).__name__}: {error})."
        raise RulesProblem(message) from error


def faults(text: str, *, carried: bool = False, language: str = SPANISH) -> list[Fault]:
    """Return what a public text must not say, or lacks, in the order of its lines; empty when it may be published.

    ``carried`` is true of what this site shows: it puts the sentence of the law there itself. ``language`` is a tag; a
    text in a language that nobody has written rules for may not be published. Raises RulesProblem.
    """
    file = CONTENT / language / RULES.name
    if not file.is_file():
        return [Fault(1, "no_rules", *NO_RULES)]
    whole = unicodedata.normalize("NFC", text)
    about = is_about_suicide(whole)
    found = [*_by_words(whole, rules(file), about=about), *(_by_whole(whole, carried=carried) if about else ())]
    return sorted(found, key=lambda fault: (fault.line, fault.code))


def _by_words(text: str, known: tuple[Rule, ...], *, about: bool) -> Iterator[Fault]:
    plain = folded(text)
    for rule in known:
        if rule.when == "suicide" and not about:
            continue
        for match in rule.pattern.finditer(plain):
            words = " ".join(text[match.start() : match.end()].split())
            yield Fault(_line(plain, match), rule.code, rule.wrong, rule.instead, words, rule.hard)


def _by_whole(text: str, *, carried: bool) -> Iterator[Fault]:
    plain = folded(text)
    here, like = carries_sentence(text), BEGINS_LIKE_THE_SENTENCE.search(plain)
    if like and not here:
        yield Fault(_line(plain, like), "sentence_changed", *WHOLE_TEXT["sentence_changed"])
    elif not here and not carried:
        yield Fault(_line(plain, ABOUT_SUICIDE.search(plain)), "no_sentence", *WHOLE_TEXT["no_sentence"])
    if not HELP_NAMED.search(plain):
        yield Fault(_line(plain, ABOUT_SUICIDE.search(plain)), "no_help", *WHOLE_TEXT["no_help"])


def _line(text: str, found: re.Match[str] | None) -> int:
    return text.count("\n", 0, found.start()) + 1 if found else 1
