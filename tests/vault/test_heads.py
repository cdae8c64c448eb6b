"""Heads that witnesses keep: whoever rewrites, cuts or chains anew what they saw is caught, and where is named."""

import datetime
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from vault import actions, heads, trail, witnesses
from vault.key_sources import KeyFile
from vault.models import Entry, Head, Watch

pytestmark = pytest.mark.django_db(databases="__all__")
NOW = datetime.datetime(2026, 11, 26, 5, 0, tzinfo=datetime.UTC)


def record(count: int = 1) -> None:
    for number in range(count):
        actions.record(actor="line", act="test", subject_kind="contact", subject=str(number))


def chain_anew(seq: int, *, actor: str) -> None:
    """Rewrite a link and make all that follow fit again, as whoever holds the database can."""
    previous = bytes(Entry.objects.get(pk=seq - 1).digest) if seq > 1 else b""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE vault_entry SET actor = %s WHERE seq = %s", [actor, seq])
        for entry in Entry.objects.filter(seq__gte=seq).order_by("seq"):
            previous = trail.digest_of(previous, entry)
            cursor.execute("UPDATE vault_entry SET digest = %s WHERE seq = %s", [previous, entry.seq])
    Head.objects.update(digest=previous)


def cut_off(seq: int) -> None:
    """Take the end away and say that the trail ends before it."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM vault_entry WHERE seq > %s", [seq])
    Head.objects.update(seq=seq, digest=Entry.objects.get(pk=seq).digest)


@pytest.fixture
def kept(settings: Settings, tmp_path: Path) -> Path:
    """Let a folder be the only witness."""
    settings.WITNESSES = [f"folder:{tmp_path / 'outside'}"]
    return tmp_path / "outside"


def told(*arguments: str) -> str:
    with pytest.raises(CommandError) as error:
        call_command("audit", "verify", *arguments)
    return str(error.value)


# What a witness has seen --------------------------------------------------------------------------------------------


def test_a_trail_that_nobody_touched_is_what_the_witness_has_seen(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record(5)
    assert witnesses.hand_out(NOW) == 1
    record(3)
    call_command("audit", "verify", "--heads", str(kept), "--json")

    facts = json.loads(capsys.readouterr().out)
    assert facts == facts | {"ok": True, "checked": 8, "first_bad": None, "heads": 1, "vouched": 5, "until": None}


def test_a_trail_that_was_chained_anew_fits_itself_and_not_the_witness(kept: Path) -> None:
    record(4)
    witnesses.hand_out(NOW)
    record(4)
    witnesses.hand_out(NOW + datetime.timedelta(minutes=10))
    chain_anew(6, actor="another")

    assert trail.verify().first_bad is None
    assert told("--heads", str(kept)).startswith("entries 5 to 8 are not what a witness has seen")


def test_a_trail_whose_end_was_cut_off_is_caught_at_the_first_that_is_missing(kept: Path) -> None:
    record(6)
    witnesses.hand_out(NOW)
    cut_off(4)

    assert trail.verify().first_bad is None
    assert told("--heads", str(kept)) == "entry 5 is not what was written"


def test_what_came_after_the_last_head_can_be_rewritten_unseen_and_nothing_else(kept: Path) -> None:
    """The honest limit: hence a head each ten minutes."""
    record(4)
    witnesses.hand_out(NOW)
    record(2)
    chain_anew(6, actor="another")
    assert trail.verify(witnesses.heads_in(kept)).first_bad is None
    chain_anew(4, actor="another")
    assert trail.verify(witnesses.heads_in(kept)).first_bad is not None


@pytest.mark.parametrize(("harm", "first"), [(lambda: chain_anew(1, actor="another"), 1), (lambda: cut_off(1), 2)])
def test_the_very_first_links_are_no_exception(kept: Path, harm: Callable[[], None], first: int) -> None:
    record(3)
    witnesses.hand_out(NOW)
    harm()

    assert trail.verify(witnesses.heads_in(kept)).first_bad == first


def test_heads_are_read_from_whatever_a_witness_kept_them_in(tmp_path: Path) -> None:
    record(2)
    line = heads.signed(*trail.end(), NOW)
    (tmp_path / "journal.txt").write_text(f"Nov 26 00:00:00 linea hotline[77]: {line}\nready http://127.0.0.1:8000/\n")
    (tmp_path / "mail.eml").write_text(f"Subject: Registro\n\nGuarda este correo.\n\n{line}\n")

    assert witnesses.heads_in(tmp_path) == {2: trail.end()[1]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda line: line.replace('"seq": 2', '"seq": 3'), "signature does not fit"),
        (lambda line: line[:-20], "is damaged"),
        (lambda line: line.replace('"signature": "', '"signature": "00'), "signature does not fit"),
        (lambda line: f"{line}\n{heads.signed(2, bytes(32), NOW)}", "says another thing about entry 2"),
    ],
)
def test_heads_that_somebody_changed_are_refused_in_one_sentence(
    tmp_path: Path, change: Callable[[str], str], words: str
) -> None:
    record(2)
    kept = tmp_path / "heads.txt"
    kept.write_text(change(heads.signed(*trail.end(), NOW)))

    assert words in told("--heads", str(kept))


def test_heads_of_another_line_are_refused(settings: Settings, tmp_path: Path) -> None:
    record(2)
    kept, own = tmp_path / "heads.txt", settings.KEY_FILE
    settings.KEY_FILE = tmp_path / "other.key"
    KeyFile(settings.KEY_FILE).make()
    kept.write_text(heads.signed(*trail.end(), NOW))
    settings.KEY_FILE = own

    assert "signed by a key that is not this line's" in told("--heads", str(kept))


def test_a_file_without_heads_or_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("nothing\n")

    assert "holds no head" in told("--heads", str(tmp_path / "empty.txt"))
    assert "No such file" in told("--heads", str(tmp_path / "missing.txt"))


def test_heads_that_were_signed_before_a_rotation_still_count(settings: Settings, kept: Path) -> None:
    record(2)
    before = heads.public_key()
    witnesses.hand_out(NOW)
    KeyFile(settings.KEY_FILE).rotate()
    record(2)
    witnesses.hand_out(NOW + datetime.timedelta(minutes=10))

    assert heads.public_key() == before
    assert set(witnesses.heads_in(kept)) == {2, 4}


def test_the_command_prints_a_head_and_the_key_that_signed_it(capsys: pytest.CaptureFixture[str]) -> None:
    record(2)
    call_command("audit", "head")
    call_command("audit", "key")
    head, key = capsys.readouterr().out.splitlines()

    assert heads.read([head]) == {2: trail.end()[1]}
    assert json.loads(head.removeprefix("pmpt-head "))["key"] == key


# When, and to whom --------------------------------------------------------------------------------------------------


def test_a_head_is_handed_out_after_ten_minutes_or_a_hundred_entries_and_only_if_there_is_something_new(
    kept: Path,
) -> None:
    assert witnesses.hand_out(NOW) == 0  # nothing yet
    record()
    assert witnesses.hand_out(NOW) == 1
    record()
    assert witnesses.hand_out(NOW + datetime.timedelta(minutes=9)) == 0
    assert witnesses.hand_out(NOW + datetime.timedelta(minutes=10)) == 1
    assert witnesses.hand_out(NOW + datetime.timedelta(minutes=30)) == 0
    record(100)
    assert witnesses.hand_out(NOW + datetime.timedelta(minutes=31)) == 1
    assert len(kept.joinpath(f"heads-{timezone.now():%Y-%m}.txt").read_text().splitlines()) == 3


def test_each_witness_has_its_own_turn_and_one_that_is_away_keeps_none_waiting(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocked = tmp_path / "a file, no folder"
    blocked.write_text("")
    settings.WITNESSES = ["print", "mail:socia@example.org", f"folder:{blocked}"]
    record()
    assert witnesses.hand_out(NOW) == 2
    failing = Watch.objects.get(name=f"folder:{blocked}")
    assert (failing.seq, failing.failing_since) == (0, NOW)
    blocked.unlink()
    assert witnesses.hand_out(NOW + datetime.timedelta(minutes=1)) == 1
    assert Watch.objects.get(name=f"folder:{blocked}").failing_since is None

    printed, mailed = capsys.readouterr().out.splitlines(), mail.outbox[0]
    assert heads.read(printed) == heads.read(mailed.body.splitlines()) == witnesses.heads_in(blocked)
    assert mailed.to == ["socia@example.org"]


def test_a_broken_trail_is_handed_to_nobody_and_said_once(kept: Path, caplog: pytest.LogCaptureFixture) -> None:
    record(4)
    witnesses.hand_out(NOW)
    record(4)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE vault_entry SET actor = 'another' WHERE seq = 6")

    for minute in (10, 20):
        assert witnesses.hand_out(NOW + datetime.timedelta(minutes=minute)) == 0
    assert [one.getMessage() for one in caplog.records] == ["the trail is broken at entry 6"]
    assert Watch.objects.get(name=Watch.LINE).first_bad == 6
    assert set(witnesses.heads_in(kept)) == {4}


def test_the_line_itself_notices_an_end_that_was_cut_off_since_it_looked(kept: Path) -> None:
    record(6)
    witnesses.hand_out(NOW)
    cut_off(4)

    assert witnesses.hand_out(NOW + datetime.timedelta(minutes=10)) == 0
    assert Watch.objects.get(name=Watch.LINE).first_bad == 5
    assert set(witnesses.heads_in(kept)) == {6}


# The form -----------------------------------------------------------------------------------------------------------


@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=6, max_size=6), st.integers(1, 2**40))
def test_the_canonical_form_is_plain_json_whatever_stands_in_a_link(told: list[str], seq: int) -> None:
    """``msgspec`` is fast; the form is the one that docs/CRYPTOGRAPHY.md gives to a second implementation."""
    names = ("actor", "act", "subject_kind", "subject", "result", "reason")
    entry = Entry(seq=seq, at=NOW, **dict(zip(names, told, strict=True)))
    stamp = "2026-11-26T05:00:00.000000+00:00"
    plain = json.dumps([seq, stamp, *told], ensure_ascii=False, separators=(",", ":"))

    assert trail.digest_of(b"before", entry) == hashlib.sha256(b"before" + plain.encode()).digest()


@pytest.mark.parametrize("microsecond", [0, 1, 100_000, 999_999])
def test_a_moment_is_read_back_from_the_rows_as_it_was_chained(
    monkeypatch: pytest.MonkeyPatch, microsecond: int
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW.replace(microsecond=microsecond))
    record()

    assert trail.verify().checked == 1
    assert trail.verify().first_bad is None
