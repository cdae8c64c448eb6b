"""Many messages in one transaction: few questions, each answered on its own, nobody waits for a locked neighbour."""

import threading
import uuid
from typing import Any

import pytest
from django.db import connection, transaction

from chat import rows
from chat.models import Message
from chat.saying import commit
from roster.models import Member
from tests.cast import by_caller, by_volunteer, make_member, make_talking
from triage import actions as triage
from triage.models import Contact
from vault import statements


@pytest.fixture
def volunteer() -> Member:
    """Return a volunteer who takes callers."""
    return make_member(ready=True)


@pytest.mark.django_db(databases="__all__")
def test_a_batch_takes_the_same_few_questions_however_many_conversations(
    volunteer: Member, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    contacts = [make_talking(volunteer) for _ in range(10)]
    asked: list[str] = []
    ask = statements.ask

    def counted(statement: str, values: Any) -> Any:
        asked.append(statement)
        return ask(statement, values)

    monkeypatch.setattr(rows, "ask", counted)
    for count in (1, 10):
        asked.clear()
        with django_assert_max_num_queries(6):  # savepoint, lock, said before?, insert, update, release
            commit([by_caller(contact) for contact in contacts[:count]])
        assert len(asked) in {0, 3}


@pytest.mark.django_db(databases="__all__")
def test_numbers_run_on_through_a_mixed_batch_and_each_side_is_noted(volunteer: Member) -> None:
    one, other = make_talking(volunteer), make_talking(volunteer)
    outcomes = commit(
        [by_caller(one), by_volunteer(one, volunteer), by_caller(other), by_caller(one), by_volunteer(other, volunteer)]
    )
    assert [outcome.spoken and outcome.spoken.seq for outcome in outcomes] == [1, 2, 1, 3, 2]
    for contact, last in ((one, 3), (other, 2)):
        fresh = Contact.objects.get(pk=contact.pk)
        assert fresh.last_seq == last
        assert fresh.caller_said_at == fresh.volunteer_said_at == Message.objects.get(contact=contact, seq=1).at
    assert commit([by_caller(one)])[0].spoken.seq == 4  # type: ignore[union-attr]  # it was taken


@pytest.mark.django_db(databases="__all__")
def test_one_batch_answers_the_new_the_repeated_and_the_refused_each_on_its_own(volunteer: Member) -> None:
    talking, over = make_talking(volunteer), make_talking(volunteer)
    triage.end(over, by="caller", ending="talked")
    same = str(uuid.uuid4())
    stranger = make_member()
    nobody = Contact(pk=uuid.uuid4())
    outcomes = commit(
        [
            by_caller(talking, "primero", same),
            by_caller(talking, "otra cosa", same),
            by_volunteer(talking, volunteer, same),
            by_volunteer(talking, stranger),
            by_caller(over),
            by_caller(nobody),
        ],
        wait=True,
    )
    assert [(outcome.new, outcome.code, outcome.field) for outcome in outcomes] == [
        (True, "", ""),
        (False, "", ""),
        (False, "bad_field", "id"),
        (False, "not_yours", ""),
        (False, "not_open", ""),
        (False, "not_yours", ""),
    ]
    assert outcomes[0].spoken == outcomes[1].spoken
    assert Message.objects.filter(contact=talking).count() == 1


@pytest.mark.django_db(databases="__all__")
def test_in_a_withdrawn_contact_nobody_says_anything(volunteer: Member) -> None:
    contact = make_talking(volunteer)
    triage.withdraw(contact)
    [outcome] = commit([by_caller(contact)], wait=True)
    assert (outcome.spoken, outcome.code) == (None, "not_yours")


@pytest.mark.database("postgresql")  # SQLite has one writer: it knows no locked row
@pytest.mark.django_db(databases="__all__", transaction=True)
def test_a_locked_contact_is_busy_and_whoever_waits_sees_what_its_holder_stored(volunteer: Member) -> None:
    locked, free = make_talking(volunteer), make_talking(volunteer)
    same = str(uuid.uuid4())
    waited: list[Any] = []

    def wait() -> None:
        waited.extend(commit([by_caller(locked, "segundo", same)], wait=True))
        connection.close()

    waiting = threading.Thread(target=wait)
    with transaction.atomic():
        commit([by_caller(locked, "primero", same)])

        def look_in() -> None:
            waited.extend(commit([by_caller(locked), by_caller(free)]))
            connection.close()

        looking = threading.Thread(target=look_in)
        looking.start()
        looking.join()
        waiting.start()
        waiting.join(0.5)
    waiting.join()
    assert [(outcome.busy, outcome.new) for outcome in waited] == [(True, False), (False, True), (False, False)]
    assert waited[2].spoken.text == "primero"
