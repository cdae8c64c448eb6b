"""The list by which a practice is looked at, and what of it a program can honestly know, message by message; pure."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Literal, NamedTuple

from training import scenarios, signs
from training.content_files import FOLDER, Part, published, read, refuse
from training.scenarios import Written

FILE = FOLDER / "content" / "es-PE" / "checklist-2026-2.toml"
DIGEST = "7f8bdf9f5a681dbc0272ae15a67a77fce7e19d7c7c3a83f1dfc7aa1a263c6a8a"
CALLER, TRAINEE = "caller", "volunteer"


class Item(Part, frozen=True, kw_only=True):
    """One behaviour; what the fields mean stands at the head of the file."""

    code: str
    words: str
    kind: Literal["seen", "never", "before", "wait", "person"]
    signs: list[str] = []
    after: list[str] = []
    least: int = 1
    seconds: int = 0
    needs: Literal["", "risk", "danger", "limit", "honest"] = ""


class Checklist(Part, frozen=True, kw_only=True):
    """The whole list; ``signed_by`` is empty while no clinician has signed it."""

    version: str
    language: str
    signed_by: str
    items: list[Item]


class Said(NamedTuple):
    """One message of a practice: its number, who said it, when, and the signs it shows (none of the caller's)."""

    seq: int
    by: str
    at: datetime.datetime
    signs: frozenset[str]


class Seen(NamedTuple):
    """What the program knows of one item: «yes», «no», «unneeded» or «person», and in which messages."""

    verdict: str
    messages: list[int]


@cache
def in_force() -> Checklist:
    """Return the published list. Raises ScenarioProblem."""
    found = read(published(FILE, DIGEST), Checklist, FILE.name)
    known = set(signs.in_force().names)
    for item in found.items:
        if {*item.signs, *item.after} - known:
            raise refuse(FILE.name, item.code, "nombra una señal que no existe")
    rows = {item.code for item in found.items}
    for scenario in scenarios.current().values():
        if unknown := set(scenario.written.leaves_out) - rows:
            raise refuse(scenario.file, "leaves_out", f"«{min(unknown)}» no es una fila de la lista")
    return found


def _with(said: Sequence[Said], codes: Sequence[str]) -> list[int]:
    return [one.seq for one in said if one.by == TRAINEE and one.signs & set(codes)]


def _seen(item: Item, said: Sequence[Said]) -> Seen:
    found = _with(said, item.signs)
    return Seen("yes" if len(found) >= item.least else "no", found)


def _never(item: Item, said: Sequence[Said]) -> Seen:
    found = _with(said, item.signs)
    return Seen("no" if found else "yes", found)


def _before(item: Item, said: Sequence[Said]) -> Seen:
    found, after = _with(said, item.signs), _with(said, item.after)
    early = [seq for seq in found if not after or seq < after[0]]
    return Seen("no" if early else "yes", early)


def _wait(item: Item, said: Sequence[Said]) -> Seen:
    """Find the answers that came too late: since the first message of the caller that had none."""
    late, since = [], None
    for one in said:
        if one.by == CALLER:
            since = since or one.at
        elif one.by == TRAINEE:
            if since and (one.at - since).total_seconds() > item.seconds:
                late.append(one.seq)
            since = None
    return Seen("no" if late else "yes", late)


def _person(_item: Item, _said: Sequence[Said]) -> Seen:
    return Seen("person", [])


KINDS: dict[str, Callable[[Item, Sequence[Said]], Seen]] = {
    "seen": _seen,
    "never": _never,
    "before": _before,
    "wait": _wait,
    "person": _person,
}


def look(checklist: Checklist, scenario: Written, said: Sequence[Said]) -> Mapping[str, Seen]:
    """Return, by the code of each item, what can be known of it in these messages, oldest first.

    A behaviour that the scenario does not call for counts where it is seen, and is not missed where it is not.
    """
    needed = {
        "": True,
        "risk": scenario.risk,
        "danger": scenario.danger,
        "limit": scenario.limit,
        "honest": scenario.honest,
    }
    found = {item.code: KINDS[item.kind](item, said) for item in checklist.items}
    unneeded = {item.code for item in checklist.items if not needed[item.needs]} | set(scenario.leaves_out)
    return {
        code: Seen("unneeded", []) if code in unneeded and seen.verdict == "no" else seen
        for code, seen in found.items()
    }
