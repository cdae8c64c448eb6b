"""The file of the master keys: private, whole, never made anew, taken up while the line runs."""

import json
import threading
from pathlib import Path

import pytest

from vault import keyring
from vault.errors import Damaged, KeyFileProblem
from vault.sealing import Context

HERE = Context("share", "vault_datakey", "sealed_share", "a-key")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "other.key"


def test_a_new_key_file_is_its_owner_s_alone_and_leaves_nothing_beside_it(path: Path) -> None:
    keyring.make(path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(path.parent.iterdir()) == sorted({path, path.parent / "master.key"})
    assert len(keyring.load(path).keys) == 1


def test_a_key_file_that_stands_is_never_made_anew(path: Path) -> None:
    keyring.make(path)
    before = path.read_bytes()

    with pytest.raises(KeyFileProblem, match="stands already"):
        keyring.make(path)
    assert path.read_bytes() == before


def test_of_many_who_make_it_at_once_one_does_and_all_read_the_same(path: Path) -> None:
    made: list[str] = []

    def make() -> None:
        try:
            keyring.make(path)
        except KeyFileProblem:
            pass
        else:
            made.append("made")
        keyring.load(path)

    threads = [threading.Thread(target=make) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert made == ["made"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_file_that_others_can_read_is_refused_with_what_to_do(path: Path, mode: int) -> None:
    keyring.make(path)
    path.chmod(mode)

    with pytest.raises(KeyFileProblem, match=r"read by others; make it private: chmod 600 "):
        keyring.load(path)


def test_a_stricter_key_file_is_welcome(path: Path) -> None:
    keyring.make(path)
    path.chmod(0o400)

    assert keyring.load(path).keys


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"version": 1}',
        '{"version": 1, "keys": []}',
        '{"version": 2, "keys": ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]}',
        '{"version": 1, "keys": ["AAAA"]}',
        '{"version": 1, "keys": ["not base64!"]}',
        '{"version": 1, "keys": [7]}',
        '{"version": 1, "keys": "AAAA"}',
    ],
)
def test_a_broken_key_file_is_one_sentence(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o600)

    with pytest.raises(KeyFileProblem, match="is broken; restore it from the backup"):
        keyring.load(path)


def test_a_key_file_that_is_no_text_is_one_sentence(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")
    path.chmod(0o600)

    with pytest.raises(KeyFileProblem, match="cannot be read"):
        keyring.load(path)


def test_a_missing_key_file_is_one_sentence(path: Path) -> None:
    with pytest.raises(KeyFileProblem, match="is missing; restore it from the backup"):
        keyring.load(path)


def test_a_folder_that_is_not_there_is_one_sentence(path: Path) -> None:
    with pytest.raises(KeyFileProblem, match="cannot be written"):
        keyring.make(path.parent / "nowhere" / "master.key")


def test_after_rotating_the_new_key_seals_and_the_old_one_still_opens(path: Path) -> None:
    keyring.make(path)
    before = keyring.load(path)
    sealed = before.seal(HERE, b"a share")
    keyring.rotate(path)
    after = keyring.load(path)

    assert after.keys[1:] == before.keys
    assert after.unseal(HERE, sealed) == b"a share"
    assert (after.is_primary(sealed), after.is_primary(after.seal(HERE, b"a share"))) == (False, True)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Damaged):
        before.unseal(HERE, after.seal(HERE, b"a share"))


def test_a_running_line_takes_a_rotated_file_up_by_itself(path: Path) -> None:
    keyring.make(path)
    before = keyring.current(path)
    keyring.rotate(path)

    assert keyring.current(path).keys[1:] == before.keys


def test_an_unchanged_file_is_read_once(path: Path) -> None:
    keyring.make(path)

    assert keyring.current(path) is keyring.current(path)


@pytest.mark.parametrize("accident", ["gone", "broken", "another"])
def test_a_running_line_goes_on_when_its_file_comes_to_harm(path: Path, accident: str) -> None:
    keyring.make(path)
    before = keyring.current(path)
    path.unlink()
    if accident == "broken":
        path.write_text("{")
    elif accident == "another":
        keyring.make(path)

    assert keyring.current(path) == before


def test_secrets_of_the_line_come_from_every_key_and_tell_nothing_of_them(path: Path) -> None:
    keyring.make(path)
    keyring.rotate(path)
    ring = keyring.load(path)
    secrets = ring.secrets_for("django-signing")

    assert len(set(secrets) | set(ring.keys) | set(ring.secrets_for("other"))) == 6


def test_the_form_of_the_file_is_the_documented_one(path: Path) -> None:
    keyring.make(path)
    stored = json.loads(path.read_text())

    assert list(stored) == ["version", "keys"]
    assert path.stat().st_size < 200
