"""Many claims in one transaction: one winner each, every claim answered on its own, nobody waits for a neighbour."""

import threading
from typing import Any

import pytest
from django.db import connection, transaction

from roster.models import Member
from tests.triage.test_race import ring_at
from triage import actions
from triage.actions import Claim
from triage.models import Contact, ContactEvent, Offer
from vault import trail
from vault.models import Entry

together = pytest.mark.django_db(databases="__all__")
FEW = 30  # questions of a batch, savepoints among them, however many claims it holds


def offered(contact: Contact, *members: Member) -> list[Claim]:
    """Offer a contact to some members; return their claims."""
    offers = ring_at(contact, list(members))
    return [Claim(member, offers[member.pk].pk) for member in members]


def contacts_of(member: Member) -> set[Any]:
    return set(Contact.objects.filter(volunteer=member, state="talking").values_list("pk", flat=True))


@together
def test_each_of_many_gets_their_own_caller_with_one_trace(make_waiting: Any, make_volunteer: Any) -> None:
    members = [make_volunteer() for _number in range(5)]
    contacts = [make_waiting() for _member in members]
    claims = [claim for contact, member in zip(contacts, members, strict=True) for claim in offered(contact, member)]
    outcomes = actions.accept_all(claims)
    assert [outcome.contact for outcome in outcomes] == [contact.pk for contact in contacts]
    for contact, member in zip(contacts, members, strict=True):
        assert contacts_of(member) == {contact.pk}
        assert Entry.objects.get(act="contact.accept", subject=str(contact.pk)).actor == str(member.pk)
        event = ContactEvent.objects.get(contact=contact, kind="accepted")
        assert (event.actor, event.before, event.after, event.detail) == (str(member.pk), "waiting", "talking", {})
        assert contact.history.latest().volunteer_id == contact.history.latest().history_user_id == member.pk
    assert set(Offer.objects.values_list("state", flat=True)) == {"accepted"}
    assert trail.verify().first_bad is None


@together
def test_of_those_who_want_the_same_caller_in_one_batch_the_first_with_free_hands_wins(
    make_waiting: Any, make_volunteer: Any
) -> None:
    full, first, second = (make_volunteer() for _number in range(3))
    actions.assign_by_hand(make_waiting(urgency="B"), full)
    contact = make_waiting(urgency="A")
    claims = offered(contact, full, first, second)
    anothers = Claim(second, claims[1].offer_id)
    outcomes = actions.accept_all([anothers, *claims, claims[1]])
    assert [outcome.contact for outcome in outcomes] == [None, None, contact.pk, None, None]
    assert not any(outcome.busy for outcome in outcomes)
    assert contacts_of(first) == {contact.pk}
    assert sorted(Offer.objects.filter(contact=contact).values_list("state", flat=True)) == ["accepted", "gone", "gone"]


@together
def test_a_batch_takes_the_same_few_questions_however_many_claim(
    make_waiting: Any, make_volunteer: Any, django_assert_max_num_queries: Any
) -> None:
    for count in (1, 10):
        claims = [claim for _number in range(count) for claim in offered(make_waiting(), make_volunteer())]
        with django_assert_max_num_queries(FEW):
            assert all(outcome.contact for outcome in actions.accept_all(claims))


@pytest.mark.database("postgresql")  # SQLite has one writer: it knows no locked row
@pytest.mark.django_db(databases="__all__", transaction=True)
def test_a_contact_that_is_locked_elsewhere_holds_up_nobody_but_who_wants_it(
    make_waiting: Any, make_volunteer: Any
) -> None:
    locked, free = make_waiting(), make_waiting()
    one, other = make_volunteer(), make_volunteer()
    claims = [*offered(locked, one), *offered(free, other)]
    found: list[Any] = []

    def claim(*wanted: Claim, wait: bool) -> threading.Thread:
        def act() -> None:
            found.extend(actions.accept_all(wanted, wait=wait))
            connection.close()

        thread = threading.Thread(target=act)
        thread.start()
        return thread

    with transaction.atomic():
        Contact.objects.select_for_update().get(pk=locked.pk)
        claim(*claims, wait=False).join()
        waiting = claim(claims[0], wait=True)
        waiting.join(0.3)
        assert [(outcome.busy, outcome.contact) for outcome in found] == [(True, None), (False, free.pk)]
    waiting.join()
    assert found[2].contact == locked.pk
