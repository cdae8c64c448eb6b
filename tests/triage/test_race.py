"""Several at once: exactly one wins, and nobody is offered twice."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection, connections
from django.utils import timezone

from roster.models import Member
from triage import actions
from triage.errors import OfferGone
from triage.models import Contact, ContactEvent, Offer
from triage.offering import OFFER_LASTS

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

MEMBERS = 8
TRIES = 400  # an in-memory SQLite shared by threads answers «locked» at once instead of waiting


def together(acts: list[Callable[[], None]]) -> None:
    """Do all acts at once, each in a thread of its own with its own connection."""
    start = threading.Barrier(len(acts))
    failed: list[BaseException] = []

    def run(act: Callable[[], None]) -> None:
        start.wait()
        try:
            stubbornly(act)
        except Exception as problem:  # noqa: BLE001  told by the assertion below, in the test's own thread
            failed.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def stubbornly(act: Callable[[], None]) -> None:
    """Do it again while the database is locked."""
    pause = threading.Event()
    for _attempt in range(TRIES):
        try:
            return act()
        except OperationalError:
            if connection.vendor != "sqlite":
                raise  # a deadlock is never excused
            pause.wait(0.01)
    message = "the database stayed locked"
    raise AssertionError(message)


def ring_at(contact: Contact, members: list[Member]) -> dict[Any, Offer]:
    """Offer one contact to many members at once."""
    now = timezone.now()
    until = now + OFFER_LASTS * 10
    return {
        member.pk: Offer.objects.create(contact=contact, member=member, sent_at=now, until=until) for member in members
    }


def test_of_eight_members_who_accept_at_once_exactly_one_gets_the_caller(
    make_waiting: Any, make_volunteer: Any
) -> None:
    contact = make_waiting(urgency="A")
    members = [make_volunteer() for _number in range(MEMBERS)]
    offers = ring_at(contact, members)
    won: list[Any] = []
    lost: list[Any] = []

    def accepting(member: Member) -> Callable[[], None]:
        def act() -> None:
            try:
                actions.accept(member, offers[member.pk].pk)
                won.append(member.pk)
            except OfferGone:
                lost.append(member.pk)

        return act

    together([accepting(member) for member in members])
    assert (len(won), len(lost)) == (1, MEMBERS - 1)
    fresh = Contact.objects.get()
    assert (fresh.state, fresh.volunteer_id) == ("talking", won[0])
    assert ContactEvent.objects.filter(kind="accepted").count() == 1
    assert sorted(Offer.objects.values_list("state", flat=True)) == ["accepted"] + ["gone"] * (MEMBERS - 1)


def test_nodes_that_route_at_once_offer_each_caller_and_each_volunteer_once(
    make_waiting: Any, make_volunteer: Any
) -> None:
    for _number in range(4):
        make_waiting()
    for _number in range(3):
        make_volunteer()
    together([actions.route] * 4)
    actions.route()
    offers = list(Offer.objects.filter(state="open"))
    assert len(offers) == 3
    assert len({offer.contact_id for offer in offers}) == 3
    assert len({offer.member_id for offer in offers}) == 3


def test_whatever_happens_at_once_leaves_no_offer_of_a_contact_that_does_not_wait(
    make_waiting: Any, make_volunteer: Any
) -> None:
    contact = make_waiting(urgency="A")
    members = [make_volunteer() for _number in range(3)]
    offers = ring_at(contact, members)

    def quietly(act: Callable[[], object]) -> Callable[[], None]:
        def tried() -> None:
            with contextlib.suppress(OfferGone):
                act()

        return tried

    together(
        [
            quietly(lambda: actions.accept(members[0], offers[members[0].pk].pk)),
            quietly(lambda: actions.accept(members[1], offers[members[1].pk].pk)),
            quietly(lambda: actions.decline(members[2], offers[members[2].pk].pk)),
            quietly(lambda: actions.expire_offers(timezone.now() + OFFER_LASTS * 20)),
            quietly(lambda: actions.leave_suddenly(Contact.objects.get())),
            quietly(actions.route),
        ]
    )
    assert Contact.objects.get().state == "left"
    assert not Offer.objects.filter(state="open").exists()
    assert Offer.objects.filter(state="accepted").count() <= 1
