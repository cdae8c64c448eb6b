"""Offers made, accepted, declined and expired; volunteers lost."""

import datetime
import uuid
from typing import Any

import pytest
from django.utils import timezone

from roster.models import Member, Presence
from triage import actions, routing
from triage.errors import NotAllowed, OfferGone
from triage.models import Contact, ContactEvent, Offer
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")


def only_offer() -> Offer:
    """Return the one open offer."""
    return Offer.objects.get(state="open")


def later(seconds: float) -> datetime.datetime:
    """Return a moment so many seconds from now."""
    return timezone.now() + datetime.timedelta(seconds=seconds)


# Making -------------------------------------------------------------------------------------------------------------


def test_a_waiting_caller_is_offered_to_one_ready_volunteer_for_25_seconds(
    make_waiting: Any, make_volunteer: Any
) -> None:
    contact = make_waiting()
    make_volunteer()
    make_volunteer()
    actions.route()
    offer = only_offer()
    assert (offer.contact, offer.until - offer.sent_at) == (contact, datetime.timedelta(seconds=25))


def test_routing_again_makes_no_second_offer(make_waiting: Any, make_volunteer: Any) -> None:
    make_waiting()
    make_volunteer()
    make_volunteer()
    actions.route()
    actions.route()
    assert Offer.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"licence_checked_on": None},
        {"trained_on": None},
        {"is_active": False},
        {"role": "supervisor"},
        {"rehearsal": True},
    ],
)
def test_nobody_is_offered_to_who_may_not_take_callers(
    make_waiting: Any, make_volunteer: Any, fields: dict[str, Any]
) -> None:
    make_waiting()
    member = make_volunteer()
    Member.objects.filter(pk=member.pk).update(**fields)
    actions.route()
    assert not Offer.objects.exists()


def test_nobody_is_offered_to_a_volunteer_whose_lease_ran_out(make_waiting: Any, make_volunteer: Any) -> None:
    make_waiting()
    make_volunteer()
    Presence.objects.update(lease_until=timezone.now())
    actions.route()
    assert not Offer.objects.exists()


def test_an_emergency_is_offered_to_three_and_the_next_caller_to_the_fourth(
    make_waiting: Any, make_volunteer: Any, offered_to: Any
) -> None:
    calm, danger = make_waiting(waited=600), make_waiting(urgency="A")
    for _number in range(4):
        make_volunteer()
    actions.route()
    assert (len(offered_to(danger)), len(offered_to(calm))) == (3, 1)


def test_a_silent_page_is_passed_over(make_waiting: Any, make_volunteer: Any) -> None:
    make_waiting(waited=60, caller_seen_at=later(-46))
    alive = make_waiting()
    make_volunteer()
    actions.route()
    assert only_offer().contact == alive


def test_a_silent_page_is_asked_once(make_waiting: Any) -> None:
    silent, _alive = make_waiting(caller_seen_at=later(-46)), make_waiting()
    now = timezone.now()
    assert actions.ask_still_there(now) == [silent]
    assert actions.ask_still_there(later(1)) == []
    assert Contact.objects.get(pk=silent.pk).still_there_asked_at == now


def test_nobody_is_asked_who_was_heard_meanwhile(make_waiting: Any) -> None:
    contact = make_waiting(caller_seen_at=later(-46))
    actions.touch_caller(contact.pk)
    assert actions.ask_still_there(timezone.now()) == []


def test_a_sign_of_life_brings_the_offer_after_all(make_waiting: Any, make_volunteer: Any) -> None:
    silent = make_waiting(caller_seen_at=later(-46))
    make_volunteer()
    actions.route()
    actions.touch_caller(silent.pk)
    actions.route()
    assert only_offer().contact == silent


def test_an_offer_made_by_another_node_meanwhile_stands(make_waiting: Any, make_volunteer: Any) -> None:
    first, second = make_waiting(), make_waiting()
    member = make_volunteer()
    now = timezone.now()
    Offer.objects.create(contact=first, member=member, sent_at=now, until=later(25))
    twice = Offer(contact=second, member=member, sent_at=now, until=later(25))
    Offer.objects.bulk_create([twice], ignore_conflicts=True)
    assert only_offer().contact == first


def test_a_contact_that_another_node_offered_while_this_one_chose_is_not_offered_again(
    make_waiting: Any, make_volunteer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact, first, second = make_waiting(), make_volunteer(), make_volunteer()

    def choose_late(*_facts: object) -> list[routing.Proposal]:
        Offer.objects.create(contact=contact, member=first, sent_at=timezone.now(), until=later(25))
        return [routing.Proposal(contact.pk, second.pk, ("longest_idle",))]

    monkeypatch.setattr(routing, "choose", choose_late)
    actions.route()
    assert only_offer().member == first


# Answering ----------------------------------------------------------------------------------------------------------


def test_accepting_begins_the_conversation_and_leaves_a_trace(make_waiting: Any, make_volunteer: Any) -> None:
    make_waiting()
    member = make_volunteer()
    Presence.objects.update(missed_offers=1)
    actions.route()
    contact = actions.accept(member, only_offer().pk)
    assert (contact.state, contact.volunteer) == ("talking", member)
    presence = Presence.objects.get()
    assert presence.missed_offers == 0
    assert presence.last_assigned_at is not None
    assert Entry.objects.get(act="contact.accept").actor == str(member.pk)
    assert ContactEvent.objects.filter(kind="accepted", actor=str(member.pk)).exists()


def test_the_others_who_rang_see_their_offers_gone(make_waiting: Any, make_volunteer: Any) -> None:
    make_waiting(urgency="A")
    members = [make_volunteer() for _number in range(3)]
    actions.route()
    offers = {offer.member_id: offer for offer in Offer.objects.all()}
    actions.accept(members[1], offers[members[1].pk].pk)
    with pytest.raises(OfferGone):
        actions.accept(members[0], offers[members[0].pk].pk)
    assert sorted(Offer.objects.values_list("state", flat=True)) == ["accepted", "gone", "gone"]
    assert Contact.objects.get().volunteer == members[1]


def test_nobody_accepts_the_offer_of_another_or_an_unknown_one(make_waiting: Any, make_volunteer: Any) -> None:
    make_waiting()
    make_volunteer()
    actions.route()
    for member, offer_id in ((make_volunteer(), only_offer().pk), (make_volunteer(), uuid.uuid4())):
        with pytest.raises(OfferGone):
            actions.accept(member, offer_id)


def test_an_offer_whose_time_is_over_cannot_be_accepted(make_waiting: Any, make_volunteer: Any) -> None:
    make_waiting()
    member = make_volunteer()
    actions.route()
    Offer.objects.update(until=timezone.now())
    with pytest.raises(OfferGone):
        actions.accept(member, only_offer().pk)
    assert Contact.objects.get().state == "waiting"


def test_an_old_offer_does_not_take_a_sleeping_conversation_from_its_volunteer(
    make_waiting: Any, make_volunteer: Any
) -> None:
    contact, member, other = make_waiting(), make_volunteer(), make_volunteer()
    actions.assign_by_hand(contact, member)
    actions.sleep(contact)
    old = Offer.objects.create(contact=contact, member=other, sent_at=timezone.now(), until=later(25))
    with pytest.raises(OfferGone):
        actions.accept(other, old.pk)
    assert Contact.objects.get().volunteer == member


@pytest.mark.parametrize("held", ["CD", "B"])
def test_hands_that_filled_meanwhile_accept_nothing_more(held: str, make_waiting: Any, make_volunteer: Any) -> None:
    make_waiting(waited=60)
    member = make_volunteer()
    actions.route()
    for level in held:
        actions.assign_by_hand(make_waiting(urgency=level), member)
    with pytest.raises(OfferGone):
        actions.accept(member, only_offer().pk)


def test_a_member_whose_account_was_closed_accepts_nothing(make_waiting: Any, make_volunteer: Any) -> None:
    make_waiting()
    member = make_volunteer()
    actions.route()
    Member.objects.update(is_active=False)
    with pytest.raises(OfferGone):
        actions.accept(member, only_offer().pk)


def test_a_declined_caller_goes_to_the_next_volunteer(make_waiting: Any, make_volunteer: Any) -> None:
    make_waiting()
    members = {member.pk: member for member in (make_volunteer(), make_volunteer())}
    actions.route()
    first = only_offer()
    actions.decline(members[first.member_id], first.pk)
    actions.route()
    assert only_offer().member_id == (set(members) - {first.member_id}).pop()


def test_declining_twice_is_told_as_gone(make_waiting: Any, make_volunteer: Any) -> None:
    make_waiting()
    member = make_volunteer()
    actions.route()
    offer = only_offer()
    actions.decline(member, offer.pk)
    with pytest.raises(OfferGone):
        actions.decline(member, offer.pk)


def test_an_expired_offer_counts_as_missed_and_two_in_a_row_set_away(make_waiting: Any, make_volunteer: Any) -> None:
    make_waiting()
    make_waiting()
    make_volunteer()
    for expired in (1, 1):
        actions.route()
        assert actions.expire_offers(later(26)) == expired
    assert Presence.objects.get().state == "away"
    assert actions.expire_offers(later(26)) == 0


@pytest.mark.parametrize("how", ["leave", "end", "withdraw"])
def test_the_offers_of_a_caller_who_goes_are_gone(make_waiting: Any, make_volunteer: Any, how: str) -> None:
    contact = make_waiting()
    member = make_volunteer()
    actions.route()
    offer = only_offer()
    {
        "leave": lambda: actions.leave_suddenly(contact),
        "end": lambda: actions.end(contact, by="caller", ending="talked"),
        "withdraw": lambda: actions.withdraw(contact),
    }[how]()
    assert Offer.objects.get().state == "gone"
    with pytest.raises(OfferGone):
        actions.accept(member, offer.pk)


def test_a_hand_gives_only_waiting_contacts_to_who_may_take_them(make_waiting: Any, make_volunteer: Any) -> None:
    contact = make_waiting()
    for member in (make_volunteer(ready=False, licence_checked_on=None), make_volunteer(rehearsal=True)):
        with pytest.raises(NotAllowed):
            actions.assign_by_hand(contact, member)
    actions.assign_by_hand(contact, make_volunteer(ready=False))
    with pytest.raises(NotAllowed):
        actions.assign_by_hand(Contact.objects.get(), make_volunteer())


# Losing -------------------------------------------------------------------------------------------------------------


def test_a_lost_volunteer_puts_the_caller_to_the_front_with_the_old_arrival(
    make_waiting: Any, make_volunteer: Any
) -> None:
    contact, member = make_waiting(waited=300), make_volunteer()
    arrival = contact.queued_at
    actions.assign_by_hand(contact, member)
    assert actions.back_to_queue(contact, why="volunteer_lost")
    fresh = Contact.objects.get()
    assert (fresh.state, fresh.volunteer, fresh.placed_front, fresh.queued_at) == ("waiting", None, True, arrival)
    event = ContactEvent.objects.latest("pk")
    assert (event.kind, event.actor, event.detail) == ("back_to_queue", str(member.pk), {"why": "volunteer_lost"})


def test_only_a_conversation_goes_back_and_only_once(make_waiting: Any, make_volunteer: Any) -> None:
    contact = make_waiting()
    assert not actions.back_to_queue(contact, why="volunteer_lost")
    actions.assign_by_hand(contact, make_volunteer())
    stale = Contact.objects.get()
    assert actions.back_to_queue(contact, why="volunteer_lost")
    assert not actions.back_to_queue(stale, why="volunteer_lost")


def test_a_conversation_that_another_took_since_is_not_taken_from_them(make_waiting: Any, make_volunteer: Any) -> None:
    contact = make_waiting()
    actions.assign_by_hand(contact, make_volunteer())
    stale = Contact.objects.get()
    actions.back_to_queue(contact, why="volunteer_lost")
    actions.assign_by_hand(contact, make_volunteer())
    assert not actions.back_to_queue(stale, why="volunteer_lost")
    assert Contact.objects.get().state == "talking"


def test_a_volunteer_counts_as_lost_when_the_lease_is_over_or_the_account_closed(
    make_waiting: Any, make_volunteer: Any
) -> None:
    contact, member = make_waiting(), make_volunteer()
    actions.assign_by_hand(contact, member)
    assert list(actions.contacts_without_volunteer(timezone.now())) == []
    assert list(actions.contacts_without_volunteer(later(61))) == [contact]
    Member.objects.filter(pk=member.pk).update(is_active=False)
    assert list(actions.contacts_without_volunteer(timezone.now())) == [contact]


def test_a_volunteer_of_whom_no_sign_of_life_is_known_counts_as_lost(make_waiting: Any, make_volunteer: Any) -> None:
    contact = make_waiting()
    actions.assign_by_hand(contact, make_volunteer(ready=False))
    assert list(actions.contacts_without_volunteer(timezone.now())) == [contact]


def test_a_sleeping_conversation_is_not_forgotten_when_its_volunteer_is_lost(
    make_waiting: Any, make_volunteer: Any
) -> None:
    contact = make_waiting()
    actions.assign_by_hand(contact, make_volunteer())
    actions.sleep(contact)
    assert list(actions.contacts_without_volunteer(later(61))) == [contact]
    assert actions.back_to_queue(contact, why="volunteer_lost")
