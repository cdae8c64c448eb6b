"""``triage-report``: what was found, missed and raised for nothing, its targets, and files that cannot be read."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from triage import phrase_report, phrases
from triage.phrase_report import Judged, Row

OURS = Path("triage/content/es-PE/phrases-dev.csv")
HEAD = "id,code,floor_level,should_fire,text,note\n"
GOOD = "1,S2,B,1,me quiero matar,\n"
QUIET = "2,NEG,E,0,me muero de risa,\n"
MISSED = "3,S2,B,1,la luna está linda,\n"
FALSE = "4,NEG,E,0,me quiero morir,\n"
LOW = "5,S5,A,1,me quiero morir,\n"


@pytest.fixture
def report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Return a function that runs the command on a file with this text; what it prints, and its refusal or nothing."""

    def run(text: str | bytes, *options: str) -> tuple[str, str]:
        path = tmp_path / "frases.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        try:
            call_command("triage_report", str(path), *options)
        except CommandError as error:
            return capsys.readouterr().out, str(error)
        return capsys.readouterr().out, ""

    return run


def judged(*rows: tuple[str, bool, str, str | None]) -> list[Judged]:
    """Return rows of code, should it fire, floor and the level it was read as."""
    return [Judged(Row("1", "x", code, fires, floor), level) for code, fires, floor, level in rows]


def test_the_phrases_of_the_project_hold_every_target() -> None:
    found = [Judged(row, phrases.read(row.text).level) for row in phrase_report.rows(OURS, labelled=True)]
    assert len(found) > 400
    assert phrase_report.not_held(found, strict=True) == []


def test_figures_are_what_one_counts_by_hand() -> None:
    figures = phrase_report.Figures(
        tuple(judged(("S2", True, "B", "B"), ("S2", True, "B", None), ("S1", True, "C", "D"), ("NEG", False, "E", "C")))
    )
    assert figures.found == 2
    assert figures.recall == pytest.approx(2 / 3)
    assert figures.precision == pytest.approx(2 / 3)
    assert figures.f1 == pytest.approx(2 / 3)
    assert figures.count(lambda one: one.too_low) == figures.count(lambda one: one.false_alarm) == 1


def test_of_nothing_there_is_no_share() -> None:
    figures = phrase_report.Figures(())
    assert figures.recall is figures.precision is figures.f1 is None


def test_the_report_names_every_row_that_went_wrong(report: Any) -> None:
    said, refused = report(HEAD + GOOD + QUIET + MISSED + FALSE + LOW)
    assert "no vista [3 S2] – en vez de B: la luna está linda" in said
    assert "falsa alarma [4 NEG] B: me quiero morir" in said
    assert "nivel bajo [5 S5] B en vez de A: me quiero morir" in said
    assert "cobertura 66,7 %, precisión 66,7 %, F1 0,667" in said
    assert "CMD-1" in said
    assert refused.startswith("No se cumple: frases A y B con su nivel: 33,3 %, meta 95,0 %")


def test_the_report_counts_by_code_and_in_all(report: Any) -> None:
    said, _refused = report(HEAD + GOOD + MISSED + FALSE)
    lines = {line.split()[0]: line.split()[1:] for line in said.splitlines() if line[:3] in {"S2 ", "NEG", "tod"}}
    assert lines["S2"] == ["2", "2", "1", "1", "0", "0"]
    assert lines["NEG"] == ["1", "0", "0", "0", "0", "1"]
    assert lines["todas"] == ["3", "2", "1", "1", "0", "1"]


def test_a_file_that_holds_the_targets_exits_well(report: Any) -> None:
    assert report(HEAD + GOOD + QUIET)[1] == ""


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (GOOD * 19 + MISSED, ""),
        (GOOD * 18 + MISSED, "frases A y B"),
        (GOOD * 2 + QUIET * 19 + FALSE, ""),
        (GOOD * 2 + QUIET * 18 + FALSE, "modismos"),
        ("1,S,C,1,quiero morir,\n" * 8 + "2,S,C,1,llueve,\n" * 2, ""),
        ("1,S,C,1,quiero morir,\n" * 7 + "2,S,C,1,llueve,\n" * 2, "cobertura"),
        ("1,S,C,1,quiero morir,\n" * 11 + FALSE * 9, ""),
        ("1,S,C,1,quiero morir,\n" * 5 + FALSE * 5, "precisión"),
    ],
)
def test_each_target_is_held_up_to_its_edge(report: Any, rows: str, said: str) -> None:
    refused = report(HEAD + rows)[1]
    assert said in refused
    assert bool(said) == bool(refused)


def test_strictly_one_miss_is_too_many(report: Any) -> None:
    assert report(HEAD + GOOD * 30 + MISSED)[1] == ""
    assert "meta 100,0 %" in report(HEAD + GOOD * 30 + MISSED, "--strict")[1]


def test_json_gives_the_level_of_each_row_in_order(report: Any) -> None:
    said, refused = report(HEAD + GOOD + QUIET, "--json")
    assert json.loads(said) == {"phrases": [{"id": "1", "level": "B"}, {"id": "2", "level": None}]}
    assert refused == ""


def test_json_needs_the_text_alone(report: Any) -> None:
    said, refused = report("text\nme quiero matar\nhola\n", "--json")
    assert json.loads(said) == {"phrases": [{"id": "2", "level": "B"}, {"id": "3", "level": None}]}
    assert refused == ""


def test_json_exits_badly_where_the_words_would(report: Any) -> None:
    said, refused = report(HEAD + MISSED, "--json")
    assert json.loads(said)["phrases"] == [{"id": "3", "level": None}]
    assert "No se cumple" in refused


def test_columns_come_in_any_order_with_others_and_a_mark_before_them(report: Any) -> None:
    text = "\ufefftext,ciudad,should_fire,floor_level\n" + '"me quiero matar, ya",Tacna,1,B\n'
    said, refused = report(text)
    assert refused == ""
    assert "cobertura 100,0 %" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,texto\n1,hola\n", "línea 1: falta la columna text, should_fire, floor_level"),
        ("text,text,should_fire,floor_level\na,b,1,B\n", "línea 1: hay dos columnas con el mismo nombre"),
        (HEAD + GOOD + "2,S2,B,1\n", "línea 3: no tiene tantas celdas como el encabezado"),
        (HEAD + "2,S2,B,1,hola,,sobra\n", "línea 2: no tiene tantas celdas como el encabezado"),
        (HEAD + "2,S2,B,1,,\n", "línea 2: la frase está vacía"),
        (HEAD + "2,S2,B,sí,hola,\n", "línea 2: should_fire es «sí» y debe ser 0 o 1"),
        (HEAD + "2,S2,F,1,hola,\n", "línea 2: floor_level es «F» y debe ser A, B, C, D o E"),
        (HEAD + "2,S2,E,1,hola,\n", "línea 2: debe disparar y su nivel mínimo es E"),
        (HEAD + '2,S2,B,1,"hola"x,\n', "línea 2: no es CSV"),
        ((HEAD + GOOD).encode() + "2,S2,B,1,ñandú,\n".encode("latin-1"), "línea 3: no está en UTF-8"),
        ("", "línea 1: falta la columna"),
    ],
)
def test_a_bad_row_is_named_in_one_sentence(report: Any, text: str | bytes, said: str) -> None:
    printed, refused = report(text)
    assert printed == ""
    assert f"frases.csv, {said}" in refused
    assert refused.count("\n") == 0


def test_a_file_with_one_label_alone_is_refused_also_for_json(report: Any) -> None:
    assert "van juntas" in report("text,should_fire\nhola,0\n", "--json")[1]


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(CommandError, match=r"no-hay\.csv no se puede leer"):
        call_command("triage_report", "no-hay.csv")
