"""Loads the scenarios: scripted callers as content, each checked to begin, to go on from everywhere, and to end."""

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping
from functools import cache, cached_property

from training import signs
from training.content_files import FOLDER, Part, published, read, refuse
from triage import questions

LANGUAGE = "es-PE"
SCENARIOS = FOLDER / "scenarios"
SILENCE, OTHERWISE = "silence", "otherwise"
ENDS = frozenset({"", "goodbye", "suddenly"})
LONGEST_LINE = 400  # code points of one message: people in distress write short ones
#: SHA-256 of each published file by its name, code and version: a change of one letter is a new version, never an edit.
DIGESTS: dict[str, str] = {
    "sleep-2026-1": "9e361b3c77b2bf91919966dbf0e3f171ecaab7d62b1631cf001a7f51b5f278ca",
    "silence-2026-1": "7c92a63820de1e6004cb31548fa4dba5c1633d3193bb2bb40284023b874d7c52",
    "anger-2026-1": "9de0d8d9edeecb58e8ef72b40444620fadde6436df4d85a2a02441cc945c5e5e",
    "late_risk-2026-2": "122ba8dd2bd4245b63e093fc319b6fdbcc0e95561dd2da4546adfdd4ba9e74c9",
    "minor-2026-2": "c4c608eee61f0d3f55378ee599185ef56cf90ca45fea810862120d09741f0cfa",
    "violence-2026-1": "333869621795df94d77a339d8af62c5ce2911a0ab47bffcf77fb927ac7e5362e",
    "grief-2026-2": "cdd7617ef448788f9eaeaa151e46ba5ce13ab674153e6c3343d2d8aa4161d1ff",
    "abuse-2026-2": "0b811dc58253c253939ce0c90e0a2695322e0f806bd7ff3b4db149db7d6c571e",
    "exams-2026-1": "e371b15fb933a3d1dfd2c4398cfdfe2fabd99f1bc6201e1a8cee01ff5968fd8f",
    "leaves-2026-1": "62ac0bd959380b18b47d2c4a2e62b20edf1a148f4fd39db9c454bd97fd0af20b",
}


class Reaction(Part, frozen=True, kw_only=True):
    """What the caller does: ``on`` any of these signs, «silence» of ``after`` seconds, or «otherwise».

    They say ``says``, message by message, and are then in the scene ``to``; or the contact ``ends``: «goodbye», or
    «suddenly» as by the quick exit. Each happens once in a practice, but for the last of its kind in a scene.
    """

    on: list[str]
    says: list[str] = []
    to: str = ""
    ends: str = ""
    after: int = 0


class Scene(Part, frozen=True, kw_only=True):
    """How the caller is just now, and what they do with what they hear."""

    name: str
    reactions: list[Reaction]


class Arrives(Part, frozen=True, kw_only=True):
    """What the caller answers before the conversation: codes of the questions, and their first words."""

    words: str
    danger: str = "no"
    thoughts: str = "unsaid"
    feeling: str
    age: str = ""

    @property
    def answers(self) -> dict[str, str]:
        """Return what they answer, by the codes of the questions; what they skip is left out."""
        given = {"danger": self.danger, "thoughts": self.thoughts, "feeling": self.feeling, "age": self.age}
        return {name: code for name, code in given.items() if code}


class Written(Part, frozen=True, kw_only=True):
    """A file as it is written; ``signed_by`` is empty while no clinician has signed it.

    What is to be done in it: ``risk``, ask about suicide; ``danger``, ask about being safe now; ``limit``, set a limit;
    ``honest``, say what cannot be kept secret. ``leaves_out``: items of the list that it does not call for.
    """

    code: str
    version: str
    language: str
    signed_by: str
    order: int
    title: str
    about: str
    practises: list[str]
    risk: bool
    danger: bool
    limit: bool = False
    honest: bool = False
    leaves_out: list[str] = []
    arrives: Arrives
    scenes: list[Scene]


@dataclasses.dataclass(frozen=True)
class Scenario:
    """One scripted caller."""

    written: Written
    digest: str

    @property
    def code(self) -> str:
        """Name it."""
        return self.written.code

    @property
    def file(self) -> str:
        """Name the file in which it is published."""
        return f"{self.code}-{self.written.version}.toml"

    @property
    def title(self) -> str:
        """Return what the trainee reads in the list."""
        return self.written.title

    @cached_property
    def scenes(self) -> Mapping[str, Scene]:
        """Return the scenes by name."""
        return {scene.name: scene for scene in self.written.scenes}

    @property
    def first(self) -> str:
        """Return the name of the scene in which the caller comes."""
        return self.written.scenes[0].name

    def reaction(self, scene: str, number: int) -> Reaction | None:
        """Return a reaction by its scene and number, or None."""
        found = self.scenes.get(scene)
        return found.reactions[number] if found and number < len(found.reactions) else None


# Checking -----------------------------------------------------------------------------------------------------------


def lasting(scene: Scene) -> list[Reaction]:
    """Return what of a scene may happen again and again: its last silence, and what is left when nothing else fits."""
    silences = [one for one in scene.reactions if SILENCE in one.on]
    return [*silences[-1:], *(one for one in scene.reactions if OTHERWISE in one.on)]


def _reaction_problem(one: Reaction, names: set[str], known: set[str]) -> str:
    unknown = set(one.on) - known - {SILENCE, OTHERWISE}
    checks = {
        "«on» está vacío o nombra una señal que no existe": not one.on or unknown,
        "«silence» y «otherwise» van solas": len(one.on) > 1 and {SILENCE, OTHERWISE} & set(one.on),
        "«silence» pide «after», y nada más lo pide": (SILENCE in one.on) != (one.after > 0),
        "«ends» es goodbye o suddenly": one.ends not in ENDS,
        "o lleva «to» a una escena que existe, o termina con «ends»": bool(one.to) == bool(one.ends),
        "«to» nombra una escena que no existe": one.to and one.to not in names,
        "una línea está vacía o es muy larga": any(not 0 < len(line.strip()) <= LONGEST_LINE for line in one.says),
    }
    return next((what for what, wrong in checks.items() if wrong), "")


def _scene_problem(scene: Scene) -> str:
    others = [number for number, one in enumerate(scene.reactions) if OTHERWISE in one.on]
    last = lasting(scene)
    if len(last) != 2:
        return "falta «silence» o «otherwise»: la persona se quedaría sin salida"
    if others != [len(scene.reactions) - 1]:
        return "«otherwise» va una vez y al final"
    if any(one.to == scene.name for one in last):
        return "la última «silence» y «otherwise» llevan a otra escena o terminan: si no, no acabaría nunca"
    return ""


def _problems(written: Written) -> Iterator[tuple[str, str]]:
    names, known = {scene.name for scene in written.scenes}, set(signs.in_force().names)
    if len(names) < len(written.scenes):
        yield "scenes", "dos escenas tienen el mismo nombre"
    for scene in written.scenes:
        for number, one in enumerate(scene.reactions):
            if what := _reaction_problem(one, names, known):
                yield f"escena «{scene.name}», reacción {number + 1}", what
        if what := _scene_problem(scene):
            yield f"escena «{scene.name}»", what


def _reached(written: Written) -> set[str]:
    scenes = {scene.name: scene for scene in written.scenes}
    seen, due = set[str](), [written.scenes[0].name]
    while due:
        name = due.pop()
        if name not in seen:
            seen.add(name)
            due += [one.to for one in scenes[name].reactions if one.to]
    return seen


def _goes_round(written: Written) -> str:
    """Return a scene from which what happens again and again leads back to itself, or nothing.

    All else happens once: where this goes round nowhere, every practice ends, whatever the trainee writes.
    """
    leads = {scene.name: {one.to for one in lasting(scene) if one.to} for scene in written.scenes}
    while leads:
        ends = [name for name, to in leads.items() if not to & leads.keys()]
        if not ends:
            return next(iter(leads))
        for name in ends:
            del leads[name]
    return ""


def _answers_problem(arrives: Arrives) -> str:
    asked = {question.code: question for question in questions.current(LANGUAGE).questions}
    return next(
        (f"«{name}» no es una respuesta" for name, code in arrives.answers.items() if not asked[name].option(code)), ""
    )


def parse(raw: bytes, file: str) -> Scenario:
    """Read one file. Raises ScenarioProblem, which names file, scene and reaction."""
    written = read(raw, Written, file)
    if not written.scenes:
        raise refuse(file, "scenes", "no hay ninguna escena")
    for where, what in _problems(written):
        raise refuse(file, where, what)
    if what := _answers_problem(written.arrives):
        raise refuse(file, "arrives", what)
    if unreached := {scene.name for scene in written.scenes} - _reached(written):
        raise refuse(file, f"escena «{sorted(unreached)[0]}»", "nada lleva a ella")
    if name := _goes_round(written):
        raise refuse(file, f"escena «{name}»", "da vueltas sin fin: su silencio o su «otherwise» vuelve a ella")
    return Scenario(written, hashlib.sha256(raw).hexdigest())


@cache
def current() -> Mapping[str, Scenario]:
    """Return the published scenarios by code, the gentlest first. Raises ScenarioProblem."""
    found = []
    for name, digest in DIGESTS.items():
        path = SCENARIOS / LANGUAGE / f"{name}.toml"
        one = parse(published(path, digest), path.name)
        if one.file != path.name:
            raise refuse(path.name, "code", f"por lo que dice adentro se llamaría {one.file}")
        found.append(one)
    return {one.code: one for one in sorted(found, key=lambda one: one.written.order)}
