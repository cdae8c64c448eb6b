"""Where nothing has changed since the last message, the next is stored by one statement; else as ever."""

import dataclasses
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from chat import rows, saying
from chat.elsewhere import Heard, said_since
from chat.foreseen import FORESEEN, MOST, Foreseen
from chat.models import Message
from chat.rows import Place, PostgreSQL
from chat.saying import Outcome, Saying, commit
from roster.models import Member
from tests.cast import by_caller, by_volunteer, make_member, make_talking
from triage import actions as triage
from triage.models import Contact
from vault import statements
from vault.actions import LINE

pytestmark = [
    pytest.mark.database("postgresql"),  # SQLite is asked without a way there and back
    pytest.mark.django_db(databases="__all__", transaction=True),
]


@pytest.fixture
def volunteer() -> Member:
    """Return a volunteer who takes callers."""
    return make_member(ready=True)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what PostgreSQL is asked from now on to store messages."""
    kept: list[str] = []
    ask = statements.ask

    def note(statement: str, values: Any) -> Any:
        kept.append(statement)
        return ask(statement, values)

    monkeypatch.setattr(rows, "ask", note)
    return kept


def numbers_of(contact: Contact) -> list[int]:
    return list(Message.objects.filter(contact=contact).order_by("seq").values_list("seq", flat=True))


def seqs(outcomes: list[Outcome]) -> list[int | None]:
    return [outcome.spoken.seq if outcome.spoken else None for outcome in outcomes]


def test_what_follows_in_a_conversation_is_one_statement_and_the_same_rows(volunteer: Member, asked: list[str]) -> None:
    one, other = make_talking(volunteer), make_talking(volunteer)
    commit([by_caller(one), by_caller(other)])
    assert len(asked) == 3
    asked.clear()
    outcomes = commit([by_volunteer(one, volunteer), by_caller(other, "sigo"), by_caller(one), by_caller(other)])
    assert asked == [PostgreSQL.STORE_FORESEEN]
    assert seqs(outcomes) == [2, 2, 3, 3]
    assert all(outcome.new for outcome in outcomes)
    for contact in (one, other):
        fresh = Contact.objects.get(pk=contact.pk)
        assert numbers_of(contact) == [1, 2, 3]
        assert fresh.last_seq == 3
        assert fresh.caller_said_at == Message.objects.get(contact=contact, seq=3).at
    assert Contact.objects.get(pk=one.pk).volunteer_said_at == Message.objects.get(contact=one, seq=2).at
    assert Contact.objects.get(pk=other.pk).volunteer_said_at is None
    assert commit([by_caller(other, "otra")])[0].spoken.text == "otra"  # type: ignore[union-attr]  # it was taken


def test_what_was_said_under_the_same_id_is_answered_and_not_stored_again(volunteer: Member, asked: list[str]) -> None:
    contact, other, same = make_talking(volunteer), make_talking(volunteer), str(uuid.uuid4())
    commit([by_caller(contact, "primero", same), by_caller(other)])
    asked.clear()
    repeated, fresh = commit([by_caller(contact, "segundo", same), by_caller(other)])
    assert asked[0] == PostgreSQL.STORE_FORESEEN
    assert (repeated.new, repeated.spoken and repeated.spoken.text, fresh.new) == (False, "primero", True)
    again, first = commit([by_caller(other, "dos", same), by_caller(other, "tres", same)])
    assert (again.new, first.new, first.spoken and first.spoken.text) == (True, False, "dos")
    assert (numbers_of(contact), numbers_of(other)) == ([1], [1, 2, 3])


def _ends(contact: Contact) -> None:
    triage.end(contact, by="caller", ending="talked")


def _goes_on_elsewhere(contact: Contact) -> None:
    known = FORESEEN.place(contact.pk)
    saying._in_one_transaction([by_caller(contact)], wait=False)
    FORESEEN.keep(known)  # type: ignore[arg-type]  # which this one has not heard of


def _has_another_volunteer(contact: Contact) -> None:
    row = Contact.objects.get(pk=contact.pk)
    row.volunteer = make_member(alias=row.volunteer.alias if row.volunteer else "")  # the name alone says nothing
    row.save()


def _has_a_volunteer_of_another_name(contact: Contact) -> None:
    Member.objects.filter(contacts=contact).update(alias="Rosario")


def _is_withdrawn(contact: Contact) -> None:
    triage.withdraw(contact)


def _falls_asleep(contact: Contact) -> None:
    row = Contact.objects.get(pk=contact.pk)
    row.state = "asleep"
    row.save()


@pytest.mark.parametrize(
    ("change", "said", "numbers"),
    [
        (_ends, ["not_open", "not_open"], [1]),
        (_goes_on_elsewhere, ["", ""], [1, 2, 3, 4]),
        (_has_another_volunteer, ["", "not_yours"], [1, 2]),
        (_has_a_volunteer_of_another_name, ["", ""], [1, 2, 3]),
        (_falls_asleep, ["", ""], [1, 2, 3]),
    ],
)
def test_what_changed_meanwhile_is_found_out_and_everybody_hears_what_is_true(
    volunteer: Member, change: Callable[[Contact], None], said: list[str], numbers: list[int]
) -> None:
    contact = make_talking(volunteer)
    commit([by_caller(contact)])
    change(contact)
    outcomes = commit([by_caller(contact), by_volunteer(contact, volunteer)])
    assert [outcome.code for outcome in outcomes] == said
    assert numbers_of(contact) == numbers
    assert Contact.objects.get(pk=contact.pk).last_seq == numbers[-1]
    if change is _has_a_volunteer_of_another_name:
        assert outcomes[1].spoken is not None
        assert outcomes[1].spoken.name == Message.objects.get(contact=contact, seq=3).name == "Rosario"


def test_where_consent_was_withdrawn_nothing_is_stored(volunteer: Member) -> None:
    contact = make_talking(volunteer)
    commit([by_caller(contact)])
    _is_withdrawn(contact)
    [outcome] = commit([by_caller(contact)])
    assert outcome.spoken is None
    assert not Message.objects.filter(contact=contact, seq__gt=1).exclude(by="line").exists()


def test_a_contact_that_is_locked_elsewhere_holds_up_no_other(volunteer: Member, asked: list[str]) -> None:
    locked, free = make_talking(volunteer), make_talking(volunteer)
    commit([by_caller(locked), by_caller(free)])
    asked.clear()
    outcomes: list[Outcome] = []

    def say() -> None:
        outcomes.extend(commit([by_caller(locked), by_caller(free)]))
        connection.close()

    with transaction.atomic():
        Contact.objects.select_for_update().get(pk=locked.pk)
        thread = threading.Thread(target=say)
        thread.start()
        thread.join(5)
        assert not thread.is_alive()
    assert [(outcome.busy, outcome.new) for outcome in outcomes] == [(True, False), (False, True)]
    assert asked[0] == PostgreSQL.STORE_FORESEEN


def test_when_the_rest_fails_what_is_stored_is_told_and_the_rest_is_tried_alone(
    volunteer: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, new = make_talking(volunteer), make_talking(volunteer)
    commit([by_caller(known)])

    def fail(_batch: list[Saying], *, wait: bool) -> list[Outcome]:
        del wait
        raise OperationalError

    monkeypatch.setattr(saying, "_in_one_transaction", fail)
    first, second = commit([by_caller(new), by_caller(known)])
    assert (first.busy, first.spoken, second.new) == (True, None, True)
    with pytest.raises(OperationalError):
        commit([by_caller(new)])
    assert (numbers_of(new), numbers_of(known)) == ([], [1, 2])


def test_many_who_speak_at_once_in_few_conversations_lose_and_double_nothing(volunteer: Member) -> None:
    contacts = [make_talking(volunteer) for _number in range(3)]
    problems: list[BaseException] = []
    said: list[Outcome] = []

    def speak(elsewhere: bool) -> None:  # noqa: FBT001
        try:
            for number in range(40):
                batch = [by_caller(contacts[(number + at) % 3]) for at in range(2)]
                store = saying._in_one_transaction if elsewhere else commit
                outcomes = store(batch, wait=False)
                for one, outcome in zip(batch, outcomes, strict=True):
                    said.extend(commit([one], wait=True) if outcome.busy else [outcome])
        except BaseException as problem:  # noqa: BLE001  told below
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=speak, args=(number % 2 == 1,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert len(said) == 4 * 40 * 2
    assert all(outcome.new for outcome in said)
    told = [(outcome.spoken.contact_id, outcome.spoken.seq) for outcome in said if outcome.spoken]
    stored = list(Message.objects.filter(contact__in=contacts).values_list("contact_id", "seq"))
    assert sorted(told, key=str) == sorted(stored, key=str)
    for contact in contacts:
        assert numbers_of(contact) == list(range(1, Contact.objects.get(pk=contact.pk).last_seq + 1))


# What is remembered ---------------------------------------------------------------------------------------------------


def place(number: int = 1, **columns: Any) -> Place:
    known = Place(uuid.uuid4(), "talking", number, None, "", uuid.uuid4(), "live")
    return dataclasses.replace(known, **columns)


def test_what_was_said_at_another_node_is_counted_where_nothing_is_missing_before_it() -> None:
    foreseen, one = Foreseen(), place(4)
    foreseen.keep(one)
    foreseen.heard(one.contact_id, 5)
    foreseen.heard(one.contact_id, 7)
    foreseen.heard(uuid.uuid4(), 1)
    known = foreseen.place(one.contact_id)
    assert known is not None
    assert known.last_seq == 5


def test_what_is_over_is_forgotten_and_so_is_who_was_quiet_for_longest() -> None:
    foreseen, first, second = Foreseen(), place(), place()
    foreseen.keep(first)
    foreseen.keep(second)
    foreseen.keep(first)
    for _number in range(MOST - 1):
        foreseen.keep(place())
    assert foreseen.place(second.contact_id) is None
    assert foreseen.place(first.contact_id) is not None
    first.state = "ended"
    foreseen.keep(first)
    assert foreseen.place(first.contact_id) is None


def test_what_is_handed_out_is_a_copy() -> None:
    foreseen, one = Foreseen(), place()
    foreseen.keep(one)
    taken = foreseen.place(one.contact_id)
    assert taken is not None
    taken.last_seq = 9
    one.last_seq = 8
    assert foreseen.place(one.contact_id) == place(1, contact_id=one.contact_id, key_id=one.key_id)


def test_what_is_asked_all_the_time_is_planned_once(volunteer: Member) -> None:
    contact = make_talking(volunteer)
    for _message in range(12):
        commit([by_caller(contact)])
        said_since({contact.pk: Heard(0, (LINE,))})
    with connection.cursor() as cursor:
        for words in ("WITH foreseen AS", "WITH heard AS"):
            like = "SELECT sum(generic_plans) FROM pg_prepared_statements WHERE statement LIKE %s"
            cursor.execute(like, [f"%{words}%"])
            assert cursor.fetchone()[0] >= 5
