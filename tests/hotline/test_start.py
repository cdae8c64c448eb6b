"""What stops a start: one sentence on stderr, exit code 1, within seconds, and never a traceback."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ops.proxy import free_port
from tests.running_line import ROOT, RunningLine

WITHIN = 60.0  # seconds: a database that does not answer is given five, and other tests may have the cores


def started(folder: Path, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Try to start a line, or to run a command; return how that ended."""
    environment = RunningLine(folder / "data").environment | variables
    return subprocess.run(
        [sys.executable, "-m", "hotline", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=WITHIN,
    )


def sentence(done: "subprocess.CompletedProcess[str]") -> str:
    """Return the one sentence with which a start was refused."""
    lines = done.stderr.splitlines()
    assert done.returncode == 1, done
    assert len(lines) == 1, done.stderr
    assert lines[0].endswith((".", "chmod 600 " + lines[0].rsplit(" ", 1)[-1])), lines[0]
    assert "ready http" not in done.stdout
    return lines[0]


# Settings -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"HOTLINE_COLOUR": "blue"}, "HOTLINE_COLOUR is not a setting"),
        ({"HOTLINE_CONTACT": "a", "HOTLINE_CONTACT_FILE": "/dev/null"}, "HOTLINE_CONTACT_FILE are both set"),
        ({"HOTLINE_LOG_LEVEL": "loud"}, "HOTLINE_LOG_LEVEL must be one of"),
        ({"DATABASE_URL": "mysql://a/b"}, "DATABASE_URL must be postgres"),
        ({"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}, "The database of DATABASE_URL cannot be reached"),
        ({"HOTLINE_KEYSTORE_URL": "sqlite:////nowhere/x"}, "The database of HOTLINE_KEYSTORE_URL cannot be reached"),
        ({"HOTLINE_ORIGINS": "linea.example"}, "linea.example is not an origin"),
        ({"HOTLINE_EXIT_URL": "javascript:alert(1)"}, "HOTLINE_EXIT_URL must be"),
        ({"HOTLINE_MAIL_URL": "pop3://mail"}, "HOTLINE_MAIL_URL must be smtp"),
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "REDIS_URL is for several nodes"),
        ({"HOTLINE_HOST": "0.0.0.0"}, "listens on loopback only"),  # noqa: S104
        ({"HOTLINE_HOST": "192.0.2.7"}, "192.0.2.7 cannot be used"),
        ({"HOTLINE_DEMO": "0"}, "HOTLINE_ORIGINS must be https origins outside the demonstration"),
    ],
)
def test_a_setting_that_cannot_be_is_one_sentence(tmp_path: Path, variables: dict[str, str], named: str) -> None:
    assert named in sentence(started(tmp_path, **variables))


def test_both_halves_of_the_keys_in_one_database_are_refused(tmp_path: Path) -> None:
    one = f"sqlite:///{tmp_path}/one.sqlite3"

    assert "are one database" in sentence(started(tmp_path, DATABASE_URL=one, HOTLINE_KEYSTORE_URL=one))
    assert not (tmp_path / "one.sqlite3").exists()


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", free_port()))
        taken.listen()
        told = sentence(started(tmp_path, HOTLINE_PORT=str(taken.getsockname()[1])))

    assert "Address already in use" in told
    assert "HOTLINE_PORT" in told


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "in the way").write_text("")
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    folder = str(tmp_path / "in the way" / "data") if os.access(locked, os.W_OK) else str(locked)

    told = sentence(started(tmp_path, HOTLINE_DATA=folder))
    assert "cannot be written" in told
    assert "HOTLINE_DATA" in told


def test_the_text_of_another_program_where_the_database_should_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "line.sqlite3").write_bytes(b"no database at all" * 100)

    assert "not a database" in sentence(started(tmp_path))


# The key file -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> RunningLine:
    """Return a line that has lived: it sealed something, and stopped."""
    line = RunningLine(tmp_path_factory.mktemp("lived"))
    line.start()
    line.pairs(2)
    assert line.stop() == 0
    return line


@pytest.fixture
def data(lived: RunningLine, tmp_path: Path) -> Path:
    """Return a copy of its folder."""
    shutil.copytree(lived.folder, tmp_path / "data")
    return tmp_path / "data"


@pytest.mark.parametrize(
    ("harm", "named"),
    [
        (lambda key: key.unlink(), "is missing; restore it from the backup"),
        (lambda key: key.write_text("{"), "is broken: it holds no master keys. Restore them from the backup"),
        (lambda key: key.chmod(0o644), "can be read by others; make it private: chmod 600"),
        (lambda key: key.write_text(key.read_text().replace('"', '"AAAA', 5)), "is broken"),
    ],
    ids=["missing", "broken", "readable by others", "damaged"],
)
def test_a_key_file_that_came_to_harm_is_one_sentence_and_nothing_is_changed(
    data: Path, tmp_path: Path, harm: object, named: str
) -> None:
    assert callable(harm)
    harm(data / "master.key")
    before = {path.name: path.read_bytes() for path in data.glob("master.key*")}

    assert named in sentence(started(tmp_path))
    assert {path.name: path.read_bytes() for path in data.glob("master.key*")} == before


def test_the_key_file_of_another_line_is_one_sentence(data: Path, tmp_path: Path) -> None:
    other = RunningLine(tmp_path / "other")
    other.command("keys", "make")
    shutil.copy(other.folder / "master.key", data / "master.key")

    assert "does not hold what sealed this keystore; restore the right master keys" in sentence(started(tmp_path))


def test_a_keystore_that_was_lost_is_one_sentence(data: Path, tmp_path: Path) -> None:
    for file in data.glob("keystore.sqlite3*"):
        file.unlink()

    assert "The keystore of HOTLINE_KEYSTORE_URL is not the one of this database" in sentence(started(tmp_path))


# Commands -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("audit", "verify"), "The database cannot be used: no such table: vault_head."),
        (("keys", "check"), "is missing; restore it from the backup"),
        (("runserver",), "would have no guard"),
        (("rehearse", "--pairs", "1"), "The database cannot be used: no such table"),
    ],
)
def test_a_command_on_an_empty_folder_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...], named: str) -> None:
    done = started(tmp_path, *arguments)

    assert named in done.stderr
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)


def test_django_s_own_checks_for_deployment_find_nothing(tmp_path: Path) -> None:
    filled = dict.fromkeys(("CONTROLLER", "CONTROLLER_ADDRESS", "CONTACT", "HOSTED_IN", "TEXTS_SIGNED_BY"), "x")
    outside = {"HOTLINE_DEMO": "0", "HOTLINE_ORIGINS": "https://linea.example"}
    variables = outside | {f"HOTLINE_{name}": value for name, value in filled.items()}
    done = started(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **variables)

    assert done.returncode == 0, done.stderr


# Starting and leaving -----------------------------------------------------------------------------------------------


def test_a_second_line_on_the_same_folder_is_refused(data: Path, tmp_path: Path) -> None:
    first = RunningLine(data).start()
    try:
        assert "Another line runs on the folder" in sentence(started(tmp_path, HOTLINE_PORT=str(free_port())))
    finally:
        first.close()


def test_a_line_that_is_told_to_stop_leaves_with_zero_and_keeps_everything(data: Path) -> None:
    line = RunningLine(data).start()
    kept = line.command("shell", "-v", "0", "-c", "from triage.models import Contact; print(Contact.objects.count())")
    began = time.monotonic()

    assert line.stop() == 0
    assert time.monotonic() - began < 10
    assert kept.stdout.strip() == "2"
    assert "Traceback" not in line.output


def test_the_start_of_a_demonstration_says_so_and_how_to_sign_in(lived: RunningLine) -> None:
    assert "demonstration, not for real callers" in lived.output
    assert f"Sign in at {lived.url}/equipo/entrar/" in lived.output
    assert "rosa@demo.pe" in lived.output
    assert f"ready http://127.0.0.1:{lived.port}/" in lived.output
