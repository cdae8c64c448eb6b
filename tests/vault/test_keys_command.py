"""``python -m hotline keys``: one line of words or one JSON object, and an exit code that can be trusted."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from vault import actions
from vault.key_sources import KeyFile
from vault.models import DataKey

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def key() -> DataKey:
    return actions.issue_key()


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("keys", *arguments)
    return capsys.readouterr().out


@pytest.mark.usefixtures("key")
def test_check_says_that_all_belong_together(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "check").endswith("master.key opens this keystore (master keys: 1).\n")
    assert json.loads(said(capsys, "check", "--json"))["ok"] is True


@pytest.mark.usefixtures("key")
def test_rotate_and_rewrap_say_how_many_seals_were_renewed(capsys: pytest.CaptureFixture[str]) -> None:
    assert "A new master key is in force" in said(capsys, "rotate")
    assert said(capsys, "rewrap").startswith("2 seals renewed")
    assert said(capsys, "rewrap").startswith("0 seals renewed")


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize("act", ["check", "rotate"])
def test_a_missing_key_file_is_one_sentence_in_either_form(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], act: str
) -> None:
    settings.KEY_FILE = tmp_path / "lost.key"

    with pytest.raises(CommandError, match="is missing; restore it from the backup"):
        call_command("keys", act, "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["act"]) == (False, act)


@pytest.mark.usefixtures("key")
def test_check_fails_for_the_key_file_of_another_line(settings: Settings, tmp_path: Path) -> None:
    settings.KEY_FILE = tmp_path / "other.key"
    KeyFile(settings.KEY_FILE).make()

    with pytest.raises(CommandError, match="does not hold what sealed this keystore"):
        call_command("keys", "check")


def test_rewrap_passes_a_damaged_seal_by_renews_the_others_and_says_so(key: DataKey) -> None:
    for _number in range(2):
        actions.issue_key()
    DataKey.objects.filter(pk=key.pk).update(sealed_share=bytes(80))
    call_command("keys", "rotate")

    with pytest.raises(CommandError, match=r"^3 seals renewed\. 1 are damaged"):
        call_command("keys", "rewrap")


def test_make_refuses_what_stands_and_what_would_open_nothing(
    key: DataKey, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match="stands already"):
        call_command("keys", "make")
    settings.KEY_FILE = tmp_path / "lost.key"
    with pytest.raises(CommandError, match="is missing; restore it"):
        call_command("keys", "make")
    actions.destroy_key(key.pk)
    DataKey.objects.all().delete()

    with pytest.raises(CommandError, match="is missing"):  # epoch keys still stand
        call_command("keys", "make")
    assert capsys.readouterr().out == ""


def test_make_makes_the_first_one(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings.KEY_FILE = tmp_path / "new.key"

    assert said(capsys, "make") == f"The key file {settings.KEY_FILE} was made.\n"
    assert settings.KEY_FILE.stat().st_mode & 0o777 == 0o600


# Keys that the operator keeps elsewhere -----------------------------------------------------------------------------


def test_fresh_keys_are_printed_in_one_line_and_serve_as_a_variable(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = said(capsys, "make", "--print")
    settings.MASTER_KEYS = printed.strip()
    actions.issue_key()

    assert printed.count("\n") == 1
    assert said(capsys, "check") == "The variable HOTLINE_KEYS opens this keystore (master keys: 1).\n"


def test_keys_of_a_variable_are_rotated_where_they_are_kept(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.MASTER_KEYS = said(capsys, "make", "--print")
    actions.issue_key()

    for act in ("rotate", "make"):
        with pytest.raises(CommandError, match="keys make --print"):
            call_command("keys", act)
    older = json.loads(settings.MASTER_KEYS)
    newer = json.loads(said(capsys, "make", "--print"))
    settings.MASTER_KEYS = json.dumps({"version": 1, "keys": newer["keys"] + older["keys"]})
    assert said(capsys, "rewrap").startswith("2 seals renewed")
    settings.MASTER_KEYS = json.dumps(newer)
    assert said(capsys, "check").startswith("The variable HOTLINE_KEYS opens")


def test_a_command_that_gives_the_wrong_keys_is_refused(settings: Settings, tmp_path: Path) -> None:
    actions.issue_key()
    other = tmp_path / "other.key"
    KeyFile(other).make()
    settings.KEY_COMMAND = f"cat {other}"

    with pytest.raises(CommandError, match="The command of HOTLINE_KEY_COMMAND does not hold what sealed"):
        call_command("keys", "check")


def test_print_goes_with_make_alone() -> None:
    with pytest.raises(CommandError, match="goes with make alone"):
        call_command("keys", "rotate", "--print")
