"""The scripted caller as a pure engine: where they are, what happened; what they say, where they are then."""

from typing import NamedTuple

from training.scenarios import OTHERWISE, SILENCE, Reaction, Scenario, Scene, lasting

#: Seconds before writing; characters a second, as of quick thumbs on a telephone (a judgement); seconds at most.
READS, WRITES, AT_MOST = 3.0, 5.0, 30.0


class Place(NamedTuple):
    """Where the caller is: a scene, and the reactions that have happened, as «scene number»."""

    scene: str
    used: frozenset[str]


class Heard(NamedTuple):
    """The trainee wrote something that shows these signs."""

    signs: frozenset[str]


class Quiet(NamedTuple):
    """Nobody has written for so many seconds."""

    seconds: float


class Step(NamedTuple):
    """What follows: the reaction (scene and number), and where the caller is after it."""

    scene: str
    number: int
    reaction: Reaction
    place: Place


def beginning(scenario: Scenario) -> Place:
    """Return where the caller is when they come."""
    return Place(scenario.first, frozenset())


def name_of(scene: str, number: int) -> str:
    """Return how a reaction is called where it is noted as used."""
    return f"{scene} {number}"


def _fits(one: Reaction, happened: Heard | Quiet) -> bool:
    if isinstance(happened, Quiet):
        return SILENCE in one.on and happened.seconds >= one.after
    return OTHERWISE in one.on or bool(happened.signs & set(one.on))


def _is_left(scene: Scene, number: int, used: frozenset[str]) -> bool:
    one = scene.reactions[number]
    return one in lasting(scene) or name_of(scene.name, number) not in used


def react(scenario: Scenario, place: Place, happened: Heard | Quiet) -> Step | None:
    """Return what the caller does: the first reaction of the scene that fits and is left; None: nothing yet."""
    scene = scenario.scenes[place.scene]
    for number, one in enumerate(scene.reactions):
        if _fits(one, happened) and _is_left(scene, number, place.used):
            used = place.used | {name_of(scene.name, number)}
            return Step(scene.name, number, one, Place(one.to or scene.name, used))
    return None


def pace(line: str) -> float:
    """Return the seconds until the caller has said one message: they read first, then they write."""
    return READS + writing(line)


def writing(line: str) -> float:
    """Return for how many of these seconds, the last ones, the caller is writing."""
    return min(AT_MOST, len(line) / WRITES)
