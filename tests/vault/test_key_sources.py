"""Where master keys come from: a private file taken up while the line runs, a variable, a command."""

import json
import threading
import time
from pathlib import Path

import pytest

from vault import key_sources, keyring, master_keys
from vault.errors import Damaged, KeyProblem
from vault.key_sources import Command, Given, KeyFile
from vault.sealing import Context, authenticate

HERE = Context("share", "vault_datakey", "sealed_share", "a-key")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "other.key"


def test_a_new_key_file_is_its_owner_s_alone_and_leaves_nothing_beside_it(path: Path) -> None:
    KeyFile(path).make()

    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(path.parent.iterdir()) == sorted({path, path.parent / "master.key"})
    assert len(KeyFile(path).load().keys) == 1


def test_a_key_file_that_stands_is_never_made_anew(path: Path) -> None:
    KeyFile(path).make()
    before = path.read_bytes()

    with pytest.raises(KeyProblem, match="stands already"):
        KeyFile(path).make()
    assert path.read_bytes() == before


def test_of_many_who_make_it_at_once_one_does_and_all_read_the_same(path: Path) -> None:
    made: list[str] = []

    def make() -> None:
        try:
            KeyFile(path).make()
        except KeyProblem:
            pass
        else:
            made.append("made")
        KeyFile(path).load()

    threads = [threading.Thread(target=make) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert made == ["made"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_file_that_others_can_read_is_refused_with_what_to_do(path: Path, mode: int) -> None:
    KeyFile(path).make()
    path.chmod(mode)

    with pytest.raises(KeyProblem, match=r"read by others; make it private: chmod 600 "):
        KeyFile(path).load()


def test_a_stricter_key_file_is_welcome(path: Path) -> None:
    KeyFile(path).make()
    path.chmod(0o400)

    assert KeyFile(path).load().keys


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
        '{"version": 1, "keys": ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="], "next": "AAAA"}',
        '{"version": 1, "keys": ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="], "next": null}',
        '{"version": 1, "keys": ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="], "nxet": "AAAA"}',
    ],
)
def test_a_broken_key_file_is_one_sentence(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o600)

    with pytest.raises(KeyProblem, match=r"is broken: it holds no master keys\. Restore them from the backup"):
        KeyFile(path).load()


def test_a_key_file_that_is_no_text_is_one_sentence(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")
    path.chmod(0o600)

    with pytest.raises(KeyProblem, match="cannot be read"):
        KeyFile(path).load()


def test_a_missing_key_file_is_one_sentence(path: Path) -> None:
    with pytest.raises(KeyProblem, match="is missing; restore it from the backup"):
        KeyFile(path).load()


def test_a_folder_that_is_not_there_is_one_sentence(path: Path) -> None:
    with pytest.raises(KeyProblem, match="cannot be written"):
        KeyFile(path.parent / "nowhere" / "master.key").make()


def test_after_rotating_the_new_key_seals_and_the_old_one_still_opens(path: Path) -> None:
    KeyFile(path).make()
    before = KeyFile(path).load()
    sealed = before.seal(HERE, b"a share")
    KeyFile(path).rotate()
    after = KeyFile(path).load()

    assert after.keys[1:] == before.keys
    assert after.unseal(HERE, sealed) == b"a share"
    assert (after.is_primary(sealed), after.is_primary(after.seal(HERE, b"a share"))) == (False, True)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Damaged):
        before.unseal(HERE, after.seal(HERE, b"a share"))


def test_what_another_process_sealed_under_a_key_of_just_now_opens_although_the_file_is_looked_at_rarely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(key_sources, "LOOKED_AFTER", 3600.0)
    file = master_keys.source()
    assert isinstance(file, KeyFile)
    before = key_sources.current(file)
    elsewhere = before.rotated()
    file.path.write_text(keyring.written(elsewhere))
    assert key_sources.current(file) == before

    told = ("grant", "a-key")
    assert master_keys.vouches(authenticate(elsewhere.secrets_for("vouching")[0], *told), *told)
    assert not master_keys.vouches(b"nobody's voucher, of thirty-two bytes", *told)
    later = elsewhere.rotated()
    file.path.write_text(keyring.written(later))
    assert master_keys.unseal(HERE, later.seal(HERE, b"a share")) == b"a share"


def test_whoever_changes_the_keys_uses_the_new_ones_at_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_sources, "LOOKED_AFTER", 3600.0)
    KeyFile(path).make()
    before = key_sources.current(KeyFile(path))
    KeyFile(path).rotate()
    assert key_sources.current(KeyFile(path)).keys[1:] == before.keys


def test_an_announced_key_opens_before_it_seals_so_that_no_node_meets_an_unknown_one(path: Path) -> None:
    KeyFile(path).make()
    KeyFile(path).announce()
    slow_node = KeyFile(path).load()  # it will not read the file again for a while
    KeyFile(path).announce()  # said twice is said once
    KeyFile(path).rotate()
    quick_node = KeyFile(path).load()

    assert not slow_node.is_primary(quick_node.seal(HERE, b"a share"))
    assert slow_node.unseal(HERE, quick_node.seal(HERE, b"a share")) == b"a share"
    assert quick_node.unseal(HERE, slow_node.seal(HERE, b"a share")) == b"a share"
    assert (quick_node.announced, quick_node.keys[1:]) == (None, slow_node.keys)
    assert slow_node.secrets_for("django-signing") == quick_node.secrets_for("django-signing")[1:]


def test_a_running_line_takes_a_rotated_file_up_by_itself(path: Path) -> None:
    KeyFile(path).make()
    before = key_sources.current(KeyFile(path))
    KeyFile(path).rotate()

    assert key_sources.current(KeyFile(path)).keys[1:] == before.keys


def test_an_unchanged_file_is_read_once(path: Path) -> None:
    KeyFile(path).make()

    assert key_sources.current(KeyFile(path)) is key_sources.current(KeyFile(path))


@pytest.mark.parametrize("accident", ["gone", "broken", "another"])
def test_a_running_line_goes_on_when_its_file_comes_to_harm(path: Path, accident: str) -> None:
    KeyFile(path).make()
    before = key_sources.current(KeyFile(path))
    path.unlink()
    if accident == "broken":
        path.write_text("{")
    elif accident == "another":
        KeyFile(path).make()

    assert key_sources.current(KeyFile(path)) == before


def test_secrets_of_the_line_come_from_every_key_and_tell_nothing_of_them(path: Path) -> None:
    KeyFile(path).make()
    KeyFile(path).rotate()
    ring = KeyFile(path).load()
    secrets = ring.secrets_for("django-signing")

    assert len(set(secrets) | set(ring.keys) | set(ring.secrets_for("other"))) == 6


def test_the_form_of_the_file_is_the_documented_one(path: Path) -> None:
    KeyFile(path).make()
    stored = json.loads(path.read_text())

    assert list(stored) == ["version", "keys"]
    assert path.stat().st_size < 200


# A variable, a command ----------------------------------------------------------------------------------------------

KEYS = keyring.written(keyring.fresh())


def printing(path: Path, text: str = KEYS) -> Command:
    """Return a command that prints what stands in a file at that time."""
    path.write_text(text)
    return Command(f"cat '{path}'")


def test_a_variable_and_a_command_hold_what_a_file_holds(path: Path) -> None:
    given, asked = Given(KEYS).load(), printing(path).load()

    assert given == asked
    assert given.unseal(HERE, asked.seal(HERE, b"a share")) == b"a share"


@pytest.mark.parametrize("text", ["", "AAAA", '{"version": 1, "keys": []}', "{" + "x" * 40])
def test_what_holds_no_keys_is_one_sentence_without_what_it_held(path: Path, text: str) -> None:
    for source in (Given(text), printing(path, text)):
        with pytest.raises(KeyProblem, match="is broken: it holds no master keys") as told:
            source.load()
        assert not text or text not in str(told.value)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("no-such-program-anywhere", "cannot be run"),
        ("'", "cannot be run"),
        (" ", "cannot be run"),
        ("false", "failed .exit code 1."),
        ("head -c 8 /dev/zero", "is broken"),
    ],
)
def test_a_command_that_does_not_help_is_one_sentence(line: str, words: str) -> None:
    with pytest.raises(KeyProblem, match=f"^The command of HOTLINE_KEY_COMMAND ({words})"):
        Command(line).load()


def test_a_command_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_sources, "PATIENCE", 0.2)

    with pytest.raises(KeyProblem, match=r"did not answer within 0\.2 s"):
        Command("sleep 30").load()


def test_no_shell_reads_the_command(path: Path) -> None:
    with pytest.raises(KeyProblem, match="is broken: it holds no master keys"):
        Command(f"echo here; touch {path}").load()
    assert not path.exists()


@pytest.mark.parametrize("source", [Given(KEYS), Command("cat keys")], ids=["variable", "command"])
def test_what_the_operator_keeps_elsewhere_is_never_written_by_the_line(source: key_sources.Source) -> None:
    assert source.stands()
    for act in (source.make, source.announce, source.rotate):
        with pytest.raises(KeyProblem, match="keys make --print"):
            act()


def test_keys_are_named_nowhere_by_what_names_their_source() -> None:
    source = Given(KEYS)

    assert KEYS[30:50] not in f"{source} {source!r}"


def test_a_command_is_asked_again_when_a_key_is_unknown_but_not_by_each_who_asks(path: Path) -> None:
    source = printing(path)
    before = key_sources.current(source)
    path.write_text(keyring.written(before.rotated()))

    assert key_sources.current(source) is before
    assert key_sources.asked_again(source) is before  # it was asked a moment ago
    later = key_sources.asked_again(source, now=time.monotonic() + key_sources.ASKED_AGAIN_AFTER)
    assert later.keys[1:] == before.keys
    assert key_sources.current(source) is later


@pytest.mark.parametrize("text", ["{", keyring.written(keyring.fresh())], ids=["broken", "others"])
def test_a_line_goes_on_when_its_command_forgets_a_key(path: Path, text: str) -> None:
    source = printing(path)
    before = key_sources.current(source)
    path.write_text(text)

    later = time.monotonic() + key_sources.ASKED_AGAIN_AFTER
    assert key_sources.asked_again(source, now=later) is before
    path.write_text(keyring.written(before.rotated()))
    assert key_sources.asked_again(source, now=later + 1) is before  # not by each who asks, here either
