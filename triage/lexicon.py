"""Loads the phrases that may mean danger, which people who do not read code write, and says what is malformed."""

import dataclasses
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from triage.errors import PatternProblem, PhrasesProblem
from triage.patterns import Classes, Patterns
from triage.spelling import Spelling, sound

PUBLISHED = Path(__file__).parent / "content" / "es-PE" / "phrases-2026-1.toml"
EVERYTHING, WEAK = "all", "weak"

#: Codes of domain terms that a phrase may carry, beside those of the languages.
CODES = frozenset(["S1", "S2", "S3", "S4", "S5", "S5P", "N", "V", "X", "M", "H", "P", "T", "G", "D", "U", "PAST"])


class _Part(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What every part of the file shares: an unknown key is a typing mistake."""


class Older(_Part, frozen=True, kw_only=True):
    """What a phrase counts as when it tells of something long ago."""

    code: str
    level: str


class Rule(_Part, frozen=True, kw_only=True):
    """Phrases that mean one thing. ``fires`` must be read as at least ``level``; ``silent`` must not be read at all.

    ``weak``: the words alone say little, so that a topic (homework, news, a game) takes them away.
    """

    code: str
    level: str
    es: str
    patterns: tuple[str, ...]
    fires: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    weak: bool = False
    earlier: Older | None = None
    older: Older | None = None


class Except(_Part, frozen=True, kw_only=True):
    """Words that take phrases away: those inside the words, or in their sentence, or in the whole message.

    ``removes`` holds codes, «weak» or «all». ``light``: not where the message
    says that it is in earnest. ``silent`` must not fire, ``fires`` must fire all the same.
    """

    es: str
    patterns: tuple[str, ...]
    scope: str = "words"
    light: bool = False
    removes: tuple[str, ...] = (EVERYTHING,)
    fires: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()


class Negation(_Part, frozen=True, kw_only=True):
    """``words`` deny a phrase that follows them directly or over ``bridges``, unless inside a ``false`` one."""

    words: tuple[str, ...]
    bridges: tuple[str, ...]
    false: tuple[str, ...]
    fires: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()


class Time(_Part, frozen=True, kw_only=True):
    """``past`` and ``recovered`` together make PAST of a phrase with one of ``codes``.

    ``recent`` and ``earlier`` (days to months ago) forbid that; ``long_ago`` is years ago.
    """

    codes: tuple[str, ...]
    past: tuple[str, ...]
    long_ago: tuple[str, ...]
    earlier: tuple[str, ...]
    recent: tuple[str, ...]
    recovered: tuple[str, ...]
    es: str
    fires: tuple[str, ...] = ()


class Writing(_Part, frozen=True, kw_only=True):
    """How words are written; see ``triage.spelling.Spelling``."""

    short: dict[str, str]
    close: tuple[str, ...]
    not_close: tuple[str, ...]
    known: tuple[str, ...] = ()


class Language(_Part, frozen=True, kw_only=True):
    """Another language, known by ``words`` and ``endings``; what is written in it is at least ``level``."""

    code: str
    level: str
    es: str
    words: tuple[str, ...]
    endings: tuple[str, ...]
    fires: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()


class File(_Part, frozen=True, kw_only=True):
    """The whole file."""

    version: str
    language: str
    signed_by: str
    writing: Writing
    negation: Negation
    earnest: tuple[str, ...]
    time: Time
    classes: dict[str, tuple[str, ...]]
    rules: tuple[Rule, ...]
    exceptions: tuple[Except, ...]
    languages: tuple[Language, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Lexicon:
    """A file that was read: its parts, and what finds them in words."""

    file: File
    spelling: Spelling
    classes: Classes
    rules: Patterns
    context: Patterns
    denying: frozenset[str]
    bridges: frozenset[str]
    tongues: tuple["Tongue", ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Tongue:
    """A language as keys: of whole words, and of endings."""

    language: Language
    words: frozenset[str]
    endings: tuple[str, ...]


#: The owners of context patterns that are no exception.
FALSE_NEGATION, PAST, LONG_AGO, EARLIER, RECENT, RECOVERED, EARNEST = -1, -2, -3, -4, -5, -6, -7


def _refuse(message: str) -> None:
    raise PhrasesProblem(message)


def _name(part: Rule | Except | Language, number: int) -> str:
    kind = {Rule: "la frase", Except: "la excepción", Language: "la lengua"}[type(part)]
    code = "" if isinstance(part, Except) else f" de código {part.code}"
    return f"{kind} número {number}{code} («{part.es[:60]}»)"


def _check_level(code: str, level: str, name: str, codes: Iterable[str]) -> None:
    if level not in {"A", "B", "C", "D"}:
        _refuse(f"En {name} el nivel «{level}» no existe; puede ser A, B, C o D.")
    if code not in codes:
        _refuse(f"En {name} el código «{code}» no existe; puede ser {', '.join(sorted(codes))}.")


def _check(file: File) -> None:
    for number, rule in enumerate(file.rules, 1):
        name = _name(rule, number)
        _check_level(rule.code, rule.level, name, CODES)
        for other_time in filter(None, (rule.earlier, rule.older)):
            _check_level(other_time.code, other_time.level, name, CODES)
        if not rule.es.strip() or not rule.patterns:
            _refuse(f"En {name} falta la explicación («es») o no hay ninguna forma («patterns»).")
    for number, other in enumerate(file.exceptions, 1):
        name = _name(other, number)
        if other.scope not in {"words", "sentence", "message"}:
            _refuse(f"En {name} el alcance «{other.scope}» no existe; puede ser words, sentence o message.")
        unknown = set(other.removes) - CODES - {EVERYTHING, WEAK}
        if unknown or not other.removes:
            _refuse(f"En {name} «removes» nombra lo que no existe: {', '.join(sorted(unknown)) or 'nada'}.")
    for number, language in enumerate(file.languages, 1):
        _check_level(language.code, language.level, _name(language, number), {language.code})


def _add(patterns: Patterns, owner: int, texts: Iterable[str], name: str) -> None:
    for text in texts:
        try:
            patterns.add(owner, text)
        except PatternProblem as error:
            message = f"En {name}: {error}"
            raise PhrasesProblem(message) from error


def _classes(file: File) -> Classes:
    try:
        return Classes(file.classes, file.negation.words)
    except PatternProblem as error:
        message = f"En las clases («classes»): {error}"
        raise PhrasesProblem(message) from error


def _rules(file: File, classes: Classes) -> Patterns:
    patterns = Patterns(classes)
    for number, rule in enumerate(file.rules):
        _add(patterns, number, rule.patterns, _name(rule, number + 1))
    patterns.lay()
    return patterns


def _context(file: File, classes: Classes) -> Patterns:
    patterns = Patterns(classes, widest=True)
    for number, other in enumerate(file.exceptions):
        _add(patterns, number, other.patterns, _name(other, number + 1))
    _add(patterns, FALSE_NEGATION, file.negation.false, "la negación («false»)")
    _add(patterns, EARNEST, file.earnest, "«earnest»")
    _add(patterns, PAST, file.time.past, "el tiempo («past»)")
    _add(patterns, LONG_AGO, file.time.long_ago, "el tiempo («long_ago»)")
    _add(patterns, EARLIER, file.time.earlier, "el tiempo («earlier»)")
    _add(patterns, RECENT, file.time.recent, "el tiempo («recent»)")
    _add(patterns, RECOVERED, file.time.recovered, "el tiempo («recovered»)")
    patterns.lay()
    return patterns


def _tongue(language: Language) -> Tongue:
    words = frozenset(sound(word) for word in language.words)
    return Tongue(language, words, tuple(sound(ending) for ending in language.endings))


def _spelling(file: File, classes: Classes) -> Spelling:
    negation = {*file.negation.words, *file.negation.bridges}
    writing = file.writing
    known = classes.vocabulary | negation | set(writing.known)
    return Spelling(known, _short(writing.short), writing.close, writing.not_close, classes.stems)


def _short(short: Mapping[str, str]) -> dict[str, str]:
    return {written.lower(): said.lower() for written, said in short.items()}


def parse(raw: bytes) -> Lexicon:
    """Read a file of phrases. Raises PhrasesProblem, one sentence that says which entry is wrong, and how."""
    try:
        file = msgspec.convert(tomllib.loads(raw.decode("utf-8-sig")), File)
    except UnicodeDecodeError as error:
        message = "El archivo de frases no está en UTF-8; guárdalo así."
        raise PhrasesProblem(message) from error
    except tomllib.TOMLDecodeError as error:
        message = f"El archivo de frases no es TOML: {error}."
        raise PhrasesProblem(message) from error
    except msgspec.ValidationError as error:
        message = f"El archivo de frases tiene algo que no se entiende: {_in_spanish(str(error))}."
        raise PhrasesProblem(message) from error
    _check(file)
    classes = _classes(file)
    rules, context = _rules(file, classes), _context(file, classes)
    classes.lay()
    spelling = _spelling(file, classes)
    denying = frozenset(sound(word) for word in file.negation.words)
    bridges = frozenset(sound(word) for word in file.negation.bridges)
    return Lexicon(file, spelling, classes, rules, context, denying, bridges, tuple(map(_tongue, file.languages)))


def _in_spanish(said: str) -> str:
    """Return what msgspec says of a wrong place in words for whoever edits the file."""
    words = {
        "Object contains unknown field": "sobra la clave",
        "Object missing required field": "falta la clave",
        "Expected": "se esperaba",
        ", got": ", hay",
        " - at": ", en",
    }
    for theirs, ours in words.items():
        said = said.replace(theirs, ours)
    return said


def load(path: Path) -> Lexicon:
    """Read the file at a path; raises as ``parse``, also when it cannot be opened."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        message = f"El archivo de frases {path} no se puede leer ({error.strerror})."
        raise PhrasesProblem(message) from error
    try:
        return parse(raw)
    except PhrasesProblem as error:
        message = f"{path}: {error}"
        raise PhrasesProblem(message) from error


def examples(file: File) -> list[tuple[str, str, str, bool]]:
    """Return all examples of a file: entry, text, the level that it must reach at least, and whether it must fire."""
    found: list[tuple[str, str, str, bool]] = []
    parts: tuple[Rule | Except | Language, ...] = (*file.rules, *file.exceptions, *file.languages)
    for number, part in enumerate(parts, 1):
        place = number
        if isinstance(part, Except):
            place -= len(file.rules)
        elif isinstance(part, Language):
            place -= len(file.rules) + len(file.exceptions)
        name = _name(part, place)
        level = "D" if isinstance(part, Except) else part.level
        found += [(name, text, level, True) for text in part.fires]
        found += [(name, text, "E", False) for text in part.silent]
    found += [("la negación", text, "D", True) for text in file.negation.fires]
    found += [("la negación", text, "E", False) for text in file.negation.silent]
    return found + [("el tiempo", text, "D", True) for text in file.time.fires]
