"""The trail: one chain that many append to at once, and whose first changed link is named."""

import json
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from vault import actions, trail
from vault.models import AppendOnly, Entry, Head

together = pytest.mark.django_db(databases="__all__")
in_earnest = pytest.mark.django_db(transaction=True, databases="__all__")
LINKS = 6


def record(number: int = 1) -> None:
    actions.record(actor="line", act="test", subject_kind="contact", subject=str(uuid.UUID(int=number)))


@pytest.fixture
def links() -> None:
    for number in range(LINKS):
        record(number)


def run(statement: str, *values: Any) -> None:
    """Change the tables as whoever writes the database can."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def edit(seq: int) -> None:
    run("UPDATE vault_entry SET actor = 'another' WHERE seq = %s", seq)


def backdate(seq: int) -> None:
    entry = Entry.objects.get(pk=seq)
    run("UPDATE vault_entry SET at = %s WHERE seq = %s", entry.at.replace(microsecond=1), seq)


def cut(seq: int) -> None:
    run("DELETE FROM vault_entry WHERE seq = %s", seq)


def close_the_gap(seq: int) -> None:
    cut(seq)
    for later in range(seq + 1, LINKS + 1):
        run("UPDATE vault_entry SET seq = %s WHERE seq = %s", later - 1, later)


def swap(seq: int) -> None:
    for before, after in ((seq, 900), (seq + 1, seq), (900, seq + 1)):
        run("UPDATE vault_entry SET seq = %s WHERE seq = %s", after, before)


def insert(seq: int) -> None:
    columns = "at, actor, act, subject_kind, subject, result, reason, digest"
    for later in range(LINKS, seq - 1, -1):
        run("UPDATE vault_entry SET seq = %s WHERE seq = %s", later + 1, later)
    run(f"INSERT INTO vault_entry (seq, {columns}) SELECT %s, {columns} FROM vault_entry WHERE seq = 1", seq)  # noqa: S608


@together
@pytest.mark.usefixtures("links")
def test_a_clean_trail_is_whole() -> None:
    verdict = trail.verify()

    assert (verdict.checked, verdict.first_bad) == (LINKS, None)
    assert verdict.head == bytes(Head.objects.get().digest)


@together
def test_an_empty_trail_is_whole() -> None:
    assert trail.verify() == trail.Verdict(0, None, b"")


@together
@pytest.mark.usefixtures("links")
@pytest.mark.parametrize("seq", [1, 3, LINKS - 1])
@pytest.mark.parametrize("harm", [edit, backdate, cut, close_the_gap, swap, insert])
def test_the_first_link_that_is_not_what_was_written_is_named(harm: Callable[[int], None], seq: int) -> None:
    if connection.vendor == "postgresql" and harm in {swap, insert}:
        run("ALTER TABLE vault_entry DROP CONSTRAINT vault_entry_pkey")
    harm(seq)

    assert trail.verify().first_bad == seq
    assert trail.verify().checked == seq - 1


@together
@pytest.mark.usefixtures("links")
def test_a_trail_whose_end_was_cut_off_is_seen() -> None:
    run("DELETE FROM vault_entry WHERE seq > 4")

    assert trail.verify().first_bad == 5


@together
@pytest.mark.usefixtures("links")
@pytest.mark.parametrize("where", [0, LINKS + 1, LINKS + 9])
def test_a_link_planted_before_the_beginning_or_after_the_end_is_seen(where: int) -> None:
    columns = "at, actor, act, subject_kind, subject, result, reason, digest"
    run(f"INSERT INTO vault_entry (seq, {columns}) SELECT %s, {columns} FROM vault_entry WHERE seq = 2", where)  # noqa: S608

    assert trail.verify().first_bad == min(where, LINKS + 1)


@together
@pytest.mark.usefixtures("links")
@pytest.mark.parametrize(
    "statement", ["DELETE FROM vault_head", "UPDATE vault_head SET seq = 3", "DELETE FROM vault_entry"]
)
def test_an_end_that_does_not_fit_its_links_is_seen(statement: str) -> None:
    run(statement)

    assert trail.verify().first_bad is not None


@together
@pytest.mark.usefixtures("links")
def test_a_link_whose_digest_was_recomputed_betrays_itself_at_the_next() -> None:
    edit(3)
    forged = trail.digest_of(bytes(Entry.objects.get(pk=2).digest), Entry.objects.get(pk=3))
    run("UPDATE vault_entry SET digest = %s WHERE seq = 3", forged)

    assert trail.verify().first_bad == 4


@together
@pytest.mark.usefixtures("links")
def test_links_are_neither_changed_nor_deleted_nor_slipped_in() -> None:
    entry = Entry.objects.get(pk=2)

    for forbidden in (
        entry.save,
        entry.delete,
        Entry.objects.all().delete,
        lambda: Entry.objects.update(actor="another"),
        lambda: Entry.objects.bulk_update([entry], ["actor"]),
        lambda: Entry.objects.bulk_create([entry]),
    ):
        with pytest.raises(AppendOnly):
            forbidden()
    assert trail.verify().first_bad is None


@together
def test_many_that_are_appended_at_once_are_one_chain_in_their_order_with_what_came_before_and_after() -> None:
    record()
    actions.record_all([actions.Act("line", "test", "contact", str(number)) for number in range(250)])
    actions.record_all([])
    record()

    assert trail.verify() == trail.Verdict(252, None, bytes(Head.objects.get().digest))
    told = list(Entry.objects.filter(seq__gt=1, seq__lt=252).values_list("subject", flat=True))
    assert told == [str(number) for number in range(250)]
    edit(100)
    assert trail.verify().first_bad == 100


@in_earnest
def test_a_link_goes_with_the_transaction_it_belongs_to() -> None:
    def act_and_fail() -> None:
        with transaction.atomic():
            record()
            raise ConnectionError

    record()
    with pytest.raises(ConnectionError):
        act_and_fail()
    record()

    assert trail.verify().checked == 2
    assert trail.verify().first_bad is None


@in_earnest
def test_a_refusal_is_recorded_on_its_own_and_never_where_it_could_be_undone() -> None:
    refused = {"actor": "a", "act": "case.open", "subject_kind": "case", "subject": "b", "result": "refused"}
    actions.record_separately(**refused)
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.record_separately(**refused)

    assert trail.verify().checked == 1


@in_earnest
def test_sixteen_who_append_at_once_make_one_whole_chain() -> None:
    writers, each = 16, 8

    def append() -> None:
        for number in range(each):
            record(number)
            connections.close_all()  # as a request gives its connection back

    threads = [threading.Thread(target=append) for _number in range(writers)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert trail.verify().first_bad is None  # beside people who work
        time.sleep(0.01)
    for thread in threads:
        thread.join()

    assert trail.verify() == trail.Verdict(writers * each, None, bytes(Head.objects.get().digest))


@together
@pytest.mark.usefixtures("links")
def test_the_command_says_that_the_trail_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("audit", "verify")
    call_command("audit", "verify", "--json")
    words, told = capsys.readouterr().out.splitlines()

    assert words.startswith(f"{LINKS} entries intact, head ")
    facts = {"ok": True, "checked": LINKS, "first_bad": None, "head": trail.verify().head.hex()}
    assert json.loads(told) == facts | {"heads": 0, "vouched": 0, "until": None}


@together
@pytest.mark.usefixtures("links")
def test_the_command_fails_and_names_the_first_bad_link(capsys: pytest.CaptureFixture[str]) -> None:
    edit(3)

    with pytest.raises(CommandError, match=r"^entry 3 is not what was written$"):
        call_command("audit", "verify", "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["first_bad"]) == (False, 3)
