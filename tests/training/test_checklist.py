"""The list by which a practice is looked at: the program says only what it can know, and where it saw it."""

import dataclasses
import datetime

import msgspec
import pytest

from training import checklist, scenarios, signs
from training.checklist import Said, Seen, look
from training.errors import ScenarioProblem

BEGIN = datetime.datetime(2026, 3, 1, 20, tzinfo=datetime.UTC)


def said(*turns: str, pause: int = 20) -> list[Said]:
    """Return messages in turn, the caller's first; an empty one is the caller speaking again."""
    read, found = signs.in_force().read, []
    for number, text in enumerate(turns):
        trainee = number % 2 == 1
        at = BEGIN + datetime.timedelta(seconds=number * pause)
        found.append(Said(number + 1, "volunteer" if trainee else "caller", at, read(text) if trainee else frozenset()))
    return found


def seen(code: str, messages: list[Said], scenario: str = "late_risk") -> Seen:
    return look(checklist.in_force(), scenarios.current()[scenario].written, messages)[code]


def test_asking_about_suicide_is_found_where_it_was_asked() -> None:
    messages = said("hola", "Hola, ¿cómo estás?", "mal", "¿Has pensado en quitarte la vida?")

    assert seen("suicide", messages) == Seen("yes", [4])
    assert seen("suicide", messages[:2]) == Seen("no", [])


def test_what_a_scenario_does_not_call_for_is_not_missed_and_counts_all_the_same() -> None:
    assert seen("suicide", said("hola", "Hola"), "sleep") == Seen("unneeded", [])
    assert seen("suicide", said("hola", "¿Has pensado en suicidarte?"), "sleep") == Seen("yes", [2])


@pytest.mark.parametrize(
    ("turns", "verdict", "messages"),
    [
        (("hola", "Deberías salir a correr.", "no", "Debe ser muy pesado."), "no", [2]),
        (("hola", "Debe ser muy pesado.", "sí", "Deberías salir a correr."), "yes", []),
        (("hola", "¿Qué pasó?"), "yes", []),
        (("hola", "Deberías salir a correr."), "no", [2]),
    ],
)
def test_advice_before_listening_is_found(turns: tuple[str, ...], verdict: str, messages: list[int]) -> None:
    assert seen("listens", said(*turns)) == Seen(verdict, messages)


def test_false_promises_and_belittling_are_found_where_they_stand() -> None:
    messages = said("hola", "Todo va a estar bien.", "no sé", "No es para tanto.")

    assert seen("no_promises", messages) == Seen("no", [2])
    assert seen("no_minimising", messages) == Seen("no", [4])
    assert seen("no_promises", said("hola", "Te leo.")) == Seen("yes", [])


def test_letting_somebody_wait_is_found() -> None:
    assert seen("stays", said("hola", "Hola", pause=100)) == Seen("yes", [])
    assert seen("stays", said("hola", "Hola", pause=200)) == Seen("no", [2])


def test_what_only_a_person_can_know_is_left_to_people() -> None:
    assert seen("tone", said("hola", "Hola")) == Seen("person", [])


def test_the_callers_own_words_count_for_nothing() -> None:
    read = signs.in_force().read
    theirs = [Said(1, "caller", BEGIN, read("¿Has pensado en suicidarte? Todo va a estar bien."))]

    assert seen("suicide", theirs) == Seen("no", [])
    assert seen("no_promises", theirs) == Seen("yes", [])


def test_a_limit_is_looked_for_where_one_is_practised() -> None:
    messages = said("hola, corazón", "Te pido respeto. Si sigues, tendré que terminar.", "uy")

    assert seen("limits", messages, "abuse") == Seen("yes", [2])
    assert seen("limits", messages[:1], "abuse") == Seen("no", [])
    assert seen("limits", messages[:1], "sleep") == Seen("unneeded", [])


@pytest.mark.parametrize("scenario", ["minor", "late_risk"])
def test_what_cannot_be_kept_secret_is_looked_for_where_it_is_asked(scenario: str) -> None:
    messages = said("no le digas a nadie", "No te puedo prometer eso.")

    assert seen("honest", messages, scenario) == Seen("yes", [2])
    assert seen("honest", messages[:1], scenario) == Seen("no", [])
    assert seen("honest", messages[:1], "grief") == Seen("unneeded", [])


def test_what_a_scenario_leaves_out_is_not_missed_and_counts_where_it_is_seen() -> None:
    curt = said("hola, corazón", "Te pido respeto.", "uy", "Si sigues, tendré que terminar.")
    kind = said("hola, corazón", "Gracias por escribir, cuídate.")

    assert {seen(code, curt, "abuse").verdict for code in ("opens", "reflects", "step", "closes")} == {"unneeded"}
    assert seen("closes", kind, "abuse") == Seen("yes", [2])
    assert seen("closes", curt, "sleep") == Seen("no", [])


def test_what_every_scenario_practises_has_its_row() -> None:
    rows = {item.needs for item in checklist.in_force().items}
    reacts = {
        (sign, one.code)
        for one in scenarios.current().values()
        for scene in one.written.scenes
        for reaction in scene.reactions
        for sign in reaction.on
    }

    assert {"limit", "honest", "risk", "danger"} <= rows
    for sign, asked in (("limits", "limit"), ("honest", "honest")):
        wanted = {one.code for one in scenarios.current().values() if getattr(one.written, asked)}
        assert {code for shown, code in reacts if shown == sign} == wanted


def test_a_row_that_is_left_out_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    sleep = scenarios.current()["sleep"]
    wrong = dataclasses.replace(sleep, written=msgspec.structs.replace(sleep.written, leaves_out=["sings"]))
    monkeypatch.setattr(scenarios, "current", lambda: {"sleep": wrong})

    with pytest.raises(ScenarioProblem, match=r"sleep-2026-1\.toml, leaves_out.*«sings»"):
        checklist.in_force.__wrapped__()


def test_the_list_has_some_fifteen_rows_and_waits_for_a_clinician() -> None:
    assert 10 <= len(checklist.in_force().items) <= 15
    assert checklist.in_force().signed_by == ""
