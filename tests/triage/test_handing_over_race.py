"""Passing on, several at once: one takes over, and taking back and taking over leave one who leads."""

import functools
from collections.abc import Callable
from typing import Any

import pytest

from roster.models import Member
from tests.at_once import together
from triage import actions
from triage.errors import OfferGone, TriageError
from triage.handing_over import TakenOver
from triage.models import Contact, ContactEvent, Offer, WarmHandover

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def fresh(contact: Contact) -> Contact:
    return Contact.objects.select_related("key", "volunteer").get(pk=contact.pk)


def test_of_three_who_accept_at_once_exactly_one_takes_over(
    make_waiting: Any, rosa: Member, make_volunteer: Any
) -> None:
    contact = make_waiting(urgency="A")
    actions.assign_by_hand(contact, rosa)
    for _number in range(3):
        make_volunteer()
    actions.ask_handover(fresh(contact), rosa, None, "")
    offers = list(Offer.objects.filter(state="open").select_related("member"))
    came = together([functools.partial(actions.take_over, one.member, one.pk) for one in offers], OfferGone)
    [won] = [one for one in came if isinstance(one, TakenOver)]
    assert len(offers) == 3
    assert fresh(contact).volunteer == won.contact.volunteer
    assert ContactEvent.objects.filter(kind="handed_over").count() == 1


def test_taking_it_back_and_taking_over_at_once_leave_one_who_leads_and_no_asking(
    talk: Contact, rosa: Member, luis: Member
) -> None:
    actions.ask_handover(talk, rosa, luis, "")
    offer = Offer.objects.get(state="open")
    acts: list[Callable[[], object]] = [
        functools.partial(actions.keep_conversation, fresh(talk), rosa),
        functools.partial(actions.take_over, luis, offer.pk),
    ]
    came = together(acts, TriageError)
    taken = any(isinstance(one, TakenOver) for one in came)
    assert fresh(talk).volunteer == (luis if taken else rosa)
    assert WarmHandover.objects.get().state == ("together" if taken else "kept")
    assert not WarmHandover.objects.filter(state="asked").exists()
    assert not Offer.objects.filter(state="open").exists()
