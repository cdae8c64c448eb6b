"""What fills a volunteer's hands, and what frees them: conversations awake, asleep, over."""

import datetime
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from roster.models import Member, Presence, Shift, Skill
from triage import actions
from triage.claim_rows import rows
from triage.hands import levels_carried
from triage.models import Contact, Offer, WarmHandover

pytestmark = pytest.mark.django_db(databases="__all__")
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def rosa(make_volunteer: Any) -> Member:
    """Return a ready volunteer."""
    member: Member = make_volunteer()
    return member


def give(contact: Contact, member: Member) -> Contact:
    """Let a contact talk with a member, and return it as its row stands."""
    actions.assign_by_hand(contact, member)
    return Contact.objects.get(pk=contact.pk)


def asleep(contact: Contact) -> Contact:
    """Let a conversation sleep."""
    assert actions.sleep(contact)
    return Contact.objects.get(pk=contact.pk)


def test_a_conversation_that_sleeps_frees_the_hands(make_waiting: Any, rosa: Member) -> None:
    asleep(give(make_waiting(urgency="B"), rosa))
    make_waiting(urgency="C")
    actions.route()
    assert Offer.objects.get().member == rosa


def test_who_wakes_goes_on_with_the_same_volunteer_whose_hands_are_free(make_waiting: Any, rosa: Member) -> None:
    contact = asleep(give(make_waiting(), rosa))
    give(make_waiting(), rosa)
    assert actions.wake(contact)
    assert (contact.state, contact.volunteer) == ("talking", rosa)


@pytest.mark.parametrize("urgency", ["B", "C"])
def test_who_wakes_while_those_hands_are_full_waits_in_front_and_is_theirs_first(
    make_waiting: Any, rosa: Member, urgency: str
) -> None:
    contact = asleep(give(make_waiting(urgency="C"), rosa))
    for _number in range(1 if urgency == "B" else 2):
        give(make_waiting(urgency=urgency), rosa)
    assert actions.wake(contact)
    row = Contact.objects.get(pk=contact.pk)
    assert (row.state, row.volunteer, row.placed_front, row.earlier) == ("waiting", None, True, rosa)
    assert row.queued_at == contact.queued_at


def test_who_wakes_when_the_volunteer_is_gone_waits_in_front(make_waiting: Any, rosa: Member) -> None:
    contact = asleep(give(make_waiting(), rosa))
    Presence.objects.update(lease_until=timezone.now() - MINUTE)
    assert actions.wake(contact)
    assert Contact.objects.get(pk=contact.pk).state == "waiting"


def test_whoever_lost_the_connection_is_asked_first_when_they_are_back(
    make_waiting: Any, make_volunteer: Any, rosa: Member
) -> None:
    contact = give(make_waiting(), rosa)
    give(make_waiting(), rosa)
    make_volunteer()  # carries less, and has waited longer
    actions.back_to_queue(contact, why="volunteer_lost")
    actions.route()
    offer = Offer.objects.get()
    assert (offer.member, offer.reason.split(",")[0]) == (rosa, "continuity")


def test_after_an_urgent_conversation_the_next_urgent_one_goes_to_somebody_else(
    make_waiting: Any, make_volunteer: Any, rosa: Member
) -> None:
    actions.end(give(make_waiting(urgency="B"), rosa), by="volunteer", ending="talked")
    urgent, calm = make_waiting(urgency="B"), make_waiting(urgency="D")
    actions.route()
    assert {(offer.contact, offer.member) for offer in Offer.objects.all()} == {(calm, rosa)}
    other = make_volunteer()
    actions.route()
    assert Offer.objects.get(contact=urgent).member == other


def test_a_calm_conversation_that_ends_asks_for_no_rest(make_waiting: Any, rosa: Member) -> None:
    actions.end(give(make_waiting(urgency="C"), rosa), by="volunteer", ending="talked")
    assert Presence.objects.get().rests_until is None


def test_nobody_new_comes_near_the_end_of_a_shift_while_others_stay(
    make_waiting: Any, make_volunteer: Any, rosa: Member
) -> None:
    now = timezone.now()
    Shift.objects.create(member=rosa, starts_at=now - 80 * MINUTE, ends_at=now + 40 * MINUTE)
    Presence.objects.filter(member=rosa).update(last_assigned_at=now - 300 * MINUTE)
    other = make_volunteer()
    make_waiting(urgency="C")
    actions.route()
    assert Offer.objects.get().member == other


def test_of_two_shifts_that_touch_the_end_of_the_second_counts(make_waiting: Any, rosa: Member) -> None:
    now = timezone.now()
    for begins, ends in ((-80, 40), (40, 160)):
        Shift.objects.create(member=rosa, starts_at=now + begins * MINUTE, ends_at=now + ends * MINUTE)
    make_waiting(urgency="C")
    actions.route()
    assert Offer.objects.get().member == rosa


def test_an_emergency_above_the_limit_is_offered_and_can_be_accepted_once(make_waiting: Any, rosa: Member) -> None:
    Member.objects.update(above_limit=True)
    for _number in range(2):
        give(make_waiting(urgency="C"), rosa)
    make_waiting(urgency="A")
    actions.route()
    offer = Offer.objects.get()
    assert "above_limit" in offer.reason
    actions.accept(Member.objects.get(pk=rosa.pk), offer.pk)
    make_waiting(urgency="A")
    actions.route()
    assert Offer.objects.filter(state="open").count() == 0


@pytest.mark.usefixtures("rosa")
def test_a_caller_who_needs_quechua_is_offered_to_who_speaks_it(make_waiting: Any, make_volunteer: Any) -> None:
    speaks = make_volunteer()
    speaks.skills.add(Skill.objects.get(code="quechua"))
    contact = make_waiting(urgency="C")
    actions.heed_words(contact.pk, None, ["QU"])
    actions.route()
    offer = Offer.objects.get()
    assert (offer.member, offer.reason.split(",")[0]) == (speaks, "quechua")


@pytest.mark.parametrize("column", ["rests_until", "break_until"])
def test_a_rest_from_before_a_clock_went_back_keeps_nobody_from_being_offered(
    make_waiting: Any, rosa: Member, column: str
) -> None:
    make_waiting(urgency="A")
    now = timezone.now()
    Presence.objects.filter(member=rosa).update(**{column: now + 9 * MINUTE})
    actions.route()
    assert not Offer.objects.exists()
    Presence.objects.filter(member=rosa).update(**{column: now + 300 * MINUTE})  # kept five hours too early
    actions.route()
    assert Offer.objects.get().member == rosa


def test_a_claim_reads_the_same_hands_as_the_router(make_waiting: Any, make_volunteer: Any, rosa: Member) -> None:
    luis: Member = make_volunteer()
    give(make_waiting(urgency="B"), rosa)
    asleep(give(make_waiting(urgency="C"), rosa))
    passed = give(make_waiting(urgency="D"), luis)
    now = timezone.now()
    WarmHandover.objects.create(contact=passed, giver=rosa, taker=luis, state="together", asked_at=now, taken_at=now)
    ids = [rosa.pk, luis.pk]
    with transaction.atomic():
        read = rows().carried(ids)
    expected = {rosa.pk: ["B", "D"], luis.pk: ["D"]}
    for carried in (read, levels_carried(ids)):
        assert {member: sorted(levels) for member, levels in carried.items()} == expected
