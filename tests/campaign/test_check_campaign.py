"""``check-campaign``: what is wrong, in which line, and what to write instead."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from campaign import content, safe_messaging
from tests.campaign.conftest import Edit

#: The shipped texts, in each language that has any.
OURS = sum(len(content.files(language)) for language in content.languages())


def checked(capsys: pytest.CaptureFixture[str], *given: str) -> tuple[str, str]:
    """Return what the command prints, and its refusal or nothing."""
    try:
        call_command("check_campaign", *given)
    except CommandError as error:
        return capsys.readouterr().out, str(error)
    return capsys.readouterr().out, ""


def test_the_shipped_pages_may_be_published(capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(capsys) == ("Nada impide publicar, según estas reglas. Falta que lo lea una persona.\n", "")


def test_a_fault_is_told_with_its_file_its_line_and_what_to_write(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "nota.txt"
    path.write_text(f"Hoy.\nCometió suicidio. {safe_messaging.MANDATORY_SENTENCE}.\n", encoding="utf-8")

    told, refusal = checked(capsys, str(path))

    assert told.startswith(f"{path}:2: NO SE PUBLICA: «Cometió» ")
    assert "murió por suicidio" in told
    assert refusal == "Por cambiar antes de publicar: 1."


def test_a_mere_advice_refuses_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "nota.txt"
    path.write_text("Los pacientes llaman.\n", encoding="utf-8")

    told, refusal = checked(capsys, str(path))

    assert f"{path}:1: aviso: «pacientes»" in told
    assert refusal == ""


def test_a_text_for_elsewhere_must_carry_the_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "nota.txt"
    path.write_text("Hablemos del suicidio. Llama al 113.\n", encoding="utf-8")

    told, refusal = checked(capsys, str(path))

    assert safe_messaging.MANDATORY_SENTENCE in told
    assert refusal != ""


def test_a_page_that_cannot_be_read_is_told_and_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "pagina.md"
    path.write_text('+++\ntitle = "x"\n+++\nTexto', encoding="utf-8")

    told, refusal = checked(capsys, str(path), str(tmp_path / "no_hay.md"))

    assert "pagina.md necesita en su cabecera: summary" in told
    assert "no_hay.md:1: NO SE PUBLICA" in told
    assert refusal == "Por cambiar antes de publicar: 2."


def test_a_changed_page_of_the_line_is_judged_without_naming_it(capsys: pytest.CaptureFixture[str], edit: Edit) -> None:
    edit("jovenes", "No guardes ese secreto.", "Es de cobardes.")

    told, refusal = checked(capsys)

    assert "jovenes.md:" in told
    assert refusal != ""


def test_what_waits_for_a_person_is_told_with_the_mark_of_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    told, refusal = checked(capsys, "--waiting")

    assert told.count("espera 9 respuestas de una persona") == OURS
    assert told.count("(texto ") == OURS
    assert refusal == ""


def test_programs_get_one_object(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "nota.txt"
    path.write_text("Fue una tragedia: un suicidio. Llama al 113.\n", encoding="utf-8")

    told, refusal = checked(capsys, str(path), "--json")
    said = json.loads(told)

    assert [(one["file"], one["line"], one["code"], one["hard"]) for one in said["faults"]] == [
        (str(path), 1, "no_sentence", True),
        (str(path), 1, "sensational", True),
    ]
    assert (said["ok"], said["waiting"]) == (False, [])
    assert refusal != ""


def test_the_pages_that_wait_are_listed_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    said = json.loads(checked(capsys, "--json")[0])

    assert (said["ok"], said["faults"], len(said["waiting"])) == (True, [], OURS)
