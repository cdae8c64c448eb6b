"""The scenarios: none leads into a dead end, every branch can be reached, each ends, and none names a method."""

import random
import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.house.source import ROOT
from training import scenarios, script, signs
from training.errors import ScenarioProblem
from training.scenarios import OTHERWISE, SILENCE, Scenario
from training.script import Heard, Place, Quiet
from triage.spelling import plain

CODES = list(scenarios.current())
#: Words of methods and means (WHO, Preventing suicide: a resource for media professionals): none is ever named.
METHODS = re.compile(
    r"\b(pastill\w*|soga\w*|ahorc\w*|cuchill\w*|navaja\w*|veneno\w*|raticida\w*|pistola\w*|arma\w*|azotea\w*|"
    r"puente\w*|tren\w*|gillette\w*|cort(ar|arme|es)\b|colgar\w*|dosis|sobredosis|gas)\b"
)
#: Words by which a trainee is taken for a woman or a man.
TAKEN_FOR = re.compile(
    r"\b(senorit[ao]|senor|senora|linda|lindo|bonita|guapa|guapo|(psicolog|amig|delicad|aburrid|vestid|solit)[ao]|"
    r"doctora?|(la|lo) voy a dejar)\b"
)
MOST = 200  # things that happen in one practice


@pytest.fixture(params=CODES)
def scenario(request: pytest.FixtureRequest) -> Scenario:
    return scenarios.current()[request.param]


def all_that_may_happen() -> list[Heard | Quiet]:
    known = signs.in_force().names
    return [Heard(frozenset()), *(Heard(frozenset({code})) for code in known), Quiet(10_000)]


def test_there_are_at_least_eight_and_each_waits_for_a_clinician() -> None:
    found = scenarios.current().values()

    assert len(found) >= 8
    assert {one.written.signed_by for one in found} == {""}
    assert all("sin firma" in path.read_text() for path in scenarios.SCENARIOS.rglob("*.toml"))


def test_every_file_of_the_folder_is_published() -> None:
    assert {path.stem for path in scenarios.SCENARIOS.rglob("*.toml")} == set(scenarios.DIGESTS)


def test_from_every_scene_whatever_happens_something_follows(scenario: Scenario) -> None:
    everything = frozenset(
        script.name_of(scene.name, number)
        for scene in scenario.written.scenes
        for number in range(len(scene.reactions))
    )
    for scene in scenario.scenes:
        for used in (frozenset[str](), everything):
            assert all(script.react(scenario, Place(scene, used), one) for one in all_that_may_happen())


def test_every_branch_can_be_reached(scenario: Scenario) -> None:
    """Walk on from each scene with every sign; a reaction that another one hides is found here."""
    seen: set[str] = set()
    due = [script.beginning(scenario)]
    known: set[Place] = set(due)
    while due and len(known) < 20_000:
        place = due.pop()
        for happened in [*all_that_may_happen(), *(Quiet(float(number)) for number in range(30, 300, 30))]:
            step = script.react(scenario, place, happened)
            if step is None:
                continue
            name = script.name_of(step.scene, step.number)
            new = name not in seen
            seen.add(name)
            if new and not step.reaction.ends and step.place not in known:
                known.add(step.place)
                due.append(step.place)
    every = {
        script.name_of(one.name, number) for one in scenario.written.scenes for number in range(len(one.reactions))
    }

    assert every - seen == set()


def _length(scenario: Scenario, happens: Any) -> int:
    place = script.beginning(scenario)
    for number in range(MOST):
        step = script.react(scenario, place, happens())
        assert step is not None
        if step.reaction.ends:
            return number + 1
        place = step.place
    return MOST


def test_it_ends_whatever_the_trainee_writes(scenario: Scenario) -> None:
    may_happen = all_that_may_happen()
    for one in may_happen:
        assert _length(scenario, lambda one=one: one) < MOST
    chance = random.Random(scenario.code)  # noqa: S311  a walk, no secret
    assert all(_length(scenario, lambda: chance.choice(may_happen)) < MOST for _try in range(200))


def test_no_line_names_a_method(scenario: Scenario) -> None:
    lines = [line for scene in scenario.written.scenes for one in scene.reactions for line in one.says]
    words = [*lines, scenario.written.arrives.words, scenario.written.about, scenario.title]

    assert [line for line in words if METHODS.search(plain(line))] == []


def test_no_line_takes_the_trainee_for_a_woman_or_a_man(scenario: Scenario) -> None:
    lines = [line for scene in scenario.written.scenes for one in scene.reactions for line in one.says]

    assert [line for line in [*lines, scenario.written.arrives.words] if TAKEN_FOR.search(plain(line))] == []


def test_these_tests_of_words_can_fail() -> None:
    assert METHODS.search(plain("Compré pastillas"))
    assert TAKEN_FOR.search(plain("sí, señorita"))


def test_asked_directly_risk_is_told_and_unasked_it_is_not() -> None:
    late = scenarios.current()["late_risk"]
    asked = script.react(late, script.beginning(late), Heard(frozenset({"asks_suicide"})))
    place, said = script.beginning(late), list[str]()
    while True:
        step = script.react(late, place, Heard(frozenset({"advises"})))
        assert step is not None
        said += step.reaction.says
        place = step.place
        if step.reaction.ends:
            break

    assert asked is not None
    assert asked.place.scene == "dice"
    assert "Sí" in " ".join(asked.reaction.says)
    assert place.scene != "dice"


def test_silence_is_heard_only_after_its_time() -> None:
    sleep = scenarios.current()["sleep"]
    beginning = script.beginning(sleep)

    assert script.react(sleep, beginning, Quiet(60)) is None
    first = script.react(sleep, beginning, Quiet(91))
    assert first is not None
    assert first.reaction.says == ["¿hay alguien?"]
    assert script.react(sleep, first.place, Quiet(91)) is None  # it is said once


def test_a_file_is_named_by_its_code_and_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / scenarios.LANGUAGE
    folder.mkdir()
    raw = (scenarios.SCENARIOS / scenarios.LANGUAGE / "sleep-2026-1.toml").read_bytes()
    (folder / "sleep-2026-9.toml").write_bytes(raw)
    monkeypatch.setattr(scenarios, "SCENARIOS", tmp_path)
    monkeypatch.setattr(scenarios, "DIGESTS", {"sleep-2026-9": scenarios.DIGESTS["sleep-2026-1"]})

    with pytest.raises(ScenarioProblem, match=r"sleep-2026-9\.toml.*sleep-2026-1\.toml"):
        scenarios.current.__wrapped__()


# Files that are wrong -----------------------------------------------------------------------------------------------


def written() -> dict[str, Any]:
    path = ROOT / "training/scenarios/es-PE/sleep-2026-1.toml"
    return tomllib.loads(path.read_text())


def refused(facts: dict[str, Any]) -> str:
    with pytest.raises(ScenarioProblem) as caught:
        scenarios.parse(_toml(facts), "x.toml")
    return str(caught.value)


def _toml(facts: dict[str, Any]) -> bytes:
    """Write facts as TOML, as far as a scenario needs it."""
    scenes = facts.pop("scenes")
    arrives = facts.pop("arrives")
    lines = [f"{name} = {msgspec.json.encode(value).decode()}" for name, value in facts.items()]
    lines += ["[arrives]", *(f"{name} = {msgspec.json.encode(value).decode()}" for name, value in arrives.items())]
    for scene in scenes:
        lines += ["[[scenes]]", f"name = {msgspec.json.encode(scene['name']).decode()}"]
        for one in scene["reactions"]:
            lines.append("[[scenes.reactions]]")
            lines += [f"{name} = {msgspec.json.encode(value).decode()}" for name, value in one.items()]
    return "\n".join(lines).encode()


def test_a_scenario_as_it_is_is_taken() -> None:
    assert scenarios.parse(_toml(written()), "x.toml").code == "sleep"


def test_an_unknown_key_is_named_with_its_place() -> None:
    facts = written()
    facts["scenes"][1]["reactions"][0]["shouts"] = True

    assert re.search(r"x\.toml, scenes\[.*reactions\[.*shouts", refused(facts))


def test_a_line_that_is_no_toml_is_named() -> None:
    with pytest.raises(ScenarioProblem, match="line 2"):
        scenarios.parse(b'code = "x"\nversion = \n', "x.toml")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"on": ["sings"]}, "no existe"),
        ({"to": "nowhere"}, "no existe"),
        ({"ends": "goodbye"}, "«to»"),
        ({"to": ""}, "«to»"),
        ({"after": 3}, "«after»"),
        ({"says": [" "]}, "vacía"),
        ({"on": ["reflects", "silence"], "after": 5}, "solas"),
    ],
)
def test_a_reaction_that_cannot_be_is_named(change: dict[str, Any], told: str) -> None:
    facts = written()
    facts["scenes"][0]["reactions"][0] |= change

    assert "escena «llega», reacción 1" in (problem := refused(facts))
    assert told in problem


@pytest.mark.parametrize(("kind", "told"), [(SILENCE, "sin salida"), (OTHERWISE, "sin salida")])
def test_a_scene_without_a_way_out_is_refused(kind: str, told: str) -> None:
    facts = written()
    facts["scenes"][2]["reactions"] = [one for one in facts["scenes"][2]["reactions"] if kind not in one["on"]]

    assert "escena «cuenta»" in (problem := refused(facts))
    assert told in problem


def test_a_scene_that_nothing_leads_to_is_refused() -> None:
    facts = written()
    lonely = {"name": "sola", "reactions": facts["scenes"][1]["reactions"]}

    assert "nada lleva" in refused({**facts, "scenes": [*facts["scenes"], lonely]})


def test_a_script_that_goes_round_is_refused() -> None:
    facts = written()
    facts["scenes"][2]["reactions"][-1]["to"] = "llega"

    assert "sin fin" in refused(facts)


def test_an_answer_that_the_questions_do_not_have_is_refused() -> None:
    facts = written()
    facts["arrives"]["feeling"] = "9"

    assert "feeling" in refused(facts)


def test_a_published_file_is_not_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(scenarios.DIGESTS, "sleep-2026-1", "0" * 64)

    with pytest.raises(ScenarioProblem, match=r"sleep-2026-1\.toml.*cambió"):
        scenarios.current.__wrapped__()
