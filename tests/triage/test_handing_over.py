"""Passing a conversation on while it lasts: who may be asked, who wins, who stays for a while, what is left of it."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from roster.models import Member, Presence, Skill
from triage import actions, routing
from triage.errors import BadAnswers, NobodyFree, NotAllowed, OfferGone
from triage.handing_over import LONGEST_NOTE, TOGETHER_FOR, Parted
from triage.handovers import companions, passings
from triage.models import Contact, ContactEvent, Offer, WarmHandover
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")
SECOND = datetime.timedelta(seconds=1)


def fresh(contact: Contact) -> Contact:
    return Contact.objects.select_related("key", "volunteer").get(pk=contact.pk)


def offer_to(member: Member) -> Offer:
    return Offer.objects.get(member=member, state="open")


def pass_on(contact: Contact, giver: Member, taker: Member, words: str = "") -> Contact:
    """Ask a colleague and let them take over."""
    actions.ask_handover(contact, giver, taker, words)
    assert actions.take_over(taker, offer_to(taker).pk)
    return fresh(contact)


def stands(contact: Contact) -> str:
    found = passings([contact.pk])
    return found[contact.pk].state if found else ""


# Whom to ask --------------------------------------------------------------------------------------------------------


def test_those_who_could_go_on_are_those_to_whom_a_caller_could_be_offered(
    talk: Contact, rosa: Member, make_volunteer: Any, make_waiting: Any, luis: Member
) -> None:
    full, resting, away = make_volunteer(capacity=1), make_volunteer(), make_volunteer(ready=False)
    actions.assign_by_hand(make_waiting(), full)
    Presence.objects.filter(member=resting).update(break_until=timezone.now() + 60 * SECOND)
    make_volunteer(rehearsal=True)
    assert [one.member_id for one in actions.choices_for(talk)] == [luis.pk]
    for nobody in (full, resting, away):
        with pytest.raises(NobodyFree):
            actions.ask_handover(talk, rosa, nobody, "")
    assert not WarmHandover.objects.exists()


def test_whoever_speaks_their_language_is_asked_before_all_others(
    make_waiting: Any, rosa: Member, luis: Member, make_volunteer: Any
) -> None:
    quechua = make_volunteer()
    quechua.skills.add(Skill.objects.get_or_create(code="quechua", defaults={"name": "Quechua"})[0])
    contact = make_waiting(needs="quechua")
    actions.assign_by_hand(contact, rosa)
    actions.ask_handover(fresh(contact), rosa, None, "")
    offer = Offer.objects.get(state="open")
    assert (offer.member, offer.reason.split(",")[0]) == (quechua, "quechua")
    actions.decline(quechua, offer.pk)
    actions.route()
    assert Offer.objects.get(state="open").member == luis


def test_a_colleague_has_a_minute_to_answer_and_sees_from_whom_it_is(talk: Contact, rosa: Member, luis: Member) -> None:
    actions.ask_handover(talk, rosa, luis, "")
    offer = offer_to(luis)
    assert (offer.until - offer.sent_at, offer.handover and offer.handover.giver) == (60 * SECOND, rosa)
    assert fresh(talk).volunteer == rosa
    later = timezone.now() + 5 * SECOND
    actions.begin_offers_anew(later)
    assert offer_to(luis).until == later + 60 * SECOND


@pytest.mark.usefixtures("luis")
def test_it_is_asked_once_at_a_time_and_by_whoever_leads_alone(talk: Contact, rosa: Member, luis: Member) -> None:
    with pytest.raises(NotAllowed):
        actions.ask_handover(talk, luis, None, "")
    with pytest.raises(BadAnswers):
        actions.ask_handover(talk, rosa, None, "x" * (LONGEST_NOTE + 1))
    actions.ask_handover(talk, rosa, None, "")
    with pytest.raises(NotAllowed):
        actions.ask_handover(talk, rosa, None, "")
    actions.keep_conversation(talk, rosa)
    actions.end(talk, by="caller", ending="talked")
    with pytest.raises(NotAllowed):
        actions.ask_handover(talk, rosa, None, "")


def test_a_practice_is_its_trainees_alone_and_is_not_passed_on(
    make_waiting: Any, rosa: Member, make_volunteer: Any
) -> None:
    make_volunteer(rehearsal=True)
    contact = make_waiting(rehearsal=True)
    talks = {"state": "talking", "volunteer": rosa, "practice_for": rosa}
    Contact.objects.filter(pk=contact.pk).update_noted(**talks)
    with pytest.raises(NotAllowed):
        actions.ask_handover(fresh(contact), rosa, None, "")


def test_where_nobody_can_it_is_said_at_once_and_nothing_is_asked(talk: Contact, rosa: Member) -> None:
    with pytest.raises(NobodyFree):
        actions.ask_handover(talk, rosa, None, "")
    assert not Offer.objects.exclude(state="accepted").exists()
    assert not WarmHandover.objects.exists()


# What becomes of it -------------------------------------------------------------------------------------------------


def test_a_colleague_who_passes_changes_nothing_and_whoever_asked_is_told(
    talk: Contact, rosa: Member, luis: Member
) -> None:
    actions.ask_handover(talk, rosa, luis, "")
    assert stands(talk) == "asked"
    actions.decline(luis, offer_to(luis).pk)
    actions.route()
    assert (stands(talk), fresh(talk).volunteer, fresh(talk).state) == ("declined", rosa, "talking")
    actions.ask_handover(talk, rosa, luis, "")
    actions.expire_offers(timezone.now() + 61 * SECOND)
    actions.route()
    assert (stands(talk), fresh(talk).volunteer) == ("expired", rosa)


def test_once_all_have_passed_nobody_is_asked_again(
    talk: Contact, rosa: Member, luis: Member, make_volunteer: Any
) -> None:
    ana = make_volunteer()
    actions.ask_handover(talk, rosa, None, "")
    for _turn in range(2):
        offer = Offer.objects.get(state="open")
        assert offer.member in {luis, ana}
        actions.decline(offer.member, offer.pk)
        actions.route()
    assert not Offer.objects.filter(state="open").exists()
    assert stands(talk) == "nobody"


def test_whoever_decides_on_another_offer_just_now_is_waited_for(
    talk: Contact, rosa: Member, luis: Member, make_volunteer: Any, make_waiting: Any
) -> None:
    ana = make_volunteer()
    actions.ask_handover(talk, rosa, ana, "")
    actions.keep_conversation(talk, rosa)
    waiting = make_waiting()
    now = timezone.now()
    busy = Offer.objects.create(contact=waiting, member=ana, sent_at=now, until=now + 25 * SECOND)
    actions.ask_handover(talk, rosa, None, "")
    actions.decline(luis, offer_to(luis).pk)
    actions.route()
    assert stands(talk) == "asked"
    actions.decline(ana, busy.pk)
    actions.route()
    assert Offer.objects.get(state="open", handover__isnull=False).member == ana


def test_an_emergency_rings_at_three_and_one_gets_it(make_waiting: Any, rosa: Member, make_volunteer: Any) -> None:
    contact = make_waiting(urgency="A")
    actions.assign_by_hand(contact, rosa)
    members = [make_volunteer() for _number in range(4)]
    actions.ask_handover(fresh(contact), rosa, None, "")
    offers = {offer.member: offer for offer in Offer.objects.filter(state="open").select_related("member")}
    assert len(offers) == 3
    first, second, _third = offers
    assert actions.take_over(first, offers[first].pk)
    assert actions.take_over(second, offers[second].pk) is None  # it is no open offer any more
    assert fresh(contact).volunteer == first
    assert first in members
    assert not Offer.objects.filter(state="open").exists()


def test_taking_over_leads_and_leaves_the_first_in_the_room_for_a_while(
    talk: Contact, rosa: Member, luis: Member
) -> None:
    before = fresh(talk)
    after = pass_on(talk, rosa, luis)
    assert (after.state, after.volunteer, after.queued_at, after.assigned_at) == (
        "talking",
        luis,
        before.queued_at,
        before.assigned_at,
    )
    assert [one.giver for one in companions()] == [rosa]
    assert passings([talk.pk])[talk.pk].name == "Rosa"
    kinds = list(ContactEvent.objects.filter(contact=talk).values_list("kind", "actor"))[-2:]
    assert kinds == [("handover_asked", str(rosa.pk)), ("handed_over", str(luis.pk))]
    acts = Entry.objects.filter(subject=str(talk.pk), act__startswith="contact.hand_over")
    assert list(acts.order_by("seq").values_list("act", "actor")) == [
        ("contact.hand_over_ask", str(rosa.pk)),
        ("contact.hand_over", str(luis.pk)),
    ]


def test_the_words_for_the_colleague_are_sealed_and_read_by_them_alone(
    talk: Contact, rosa: Member, luis: Member
) -> None:
    after = pass_on(talk, rosa, luis, "Perdió a su mamá.")
    assert "mamá".encode() not in bytes(WarmHandover.objects.get().note or b"")
    assert actions.words_for(after, luis) == ("Rosa", "Perdió a su mamá.")
    assert actions.words_for(after, rosa) is None
    back = pass_on(after, luis, rosa)
    assert actions.words_for(back, rosa) is None  # nothing was told this time
    assert actions.words_for(back, luis) is None


def test_whose_hands_filled_meanwhile_takes_nothing_over(
    talk: Contact, rosa: Member, luis: Member, make_waiting: Any
) -> None:
    actions.ask_handover(talk, rosa, luis, "")
    for _number in range(2):
        actions.assign_by_hand(make_waiting(), luis)
    with pytest.raises(OfferGone):
        actions.take_over(luis, offer_to(luis).pk)
    assert fresh(talk).volunteer == rosa


def test_an_offer_of_one_who_waits_is_none_of_a_handover(make_waiting: Any, luis: Member) -> None:
    make_waiting()
    actions.route()
    assert actions.take_over(luis, offer_to(luis).pk) is None
    assert actions.take_over(luis, uuid.uuid4()) is None


# There and back -----------------------------------------------------------------------------------------------------


def test_there_and_back_several_times(talk: Contact, rosa: Member, luis: Member, make_volunteer: Any) -> None:
    ana = make_volunteer(alias="Ana")
    for giver, taker in ((rosa, luis), (luis, rosa), (rosa, luis), (luis, ana), (ana, rosa)):
        talk = pass_on(talk, giver, taker)
        assert talk.volunteer == taker
        assert [one.giver for one in companions()] == [giver]
    assert WarmHandover.objects.filter(state="together").count() == 1
    assert WarmHandover.objects.filter(state="done").count() == 4


def test_the_companion_can_be_asked_back_although_their_hands_are_full_with_it(
    make_waiting: Any, make_volunteer: Any
) -> None:
    rosa, luis = make_volunteer(capacity=1), make_volunteer(capacity=1)
    contact = make_waiting()
    actions.assign_by_hand(contact, rosa)
    there = pass_on(fresh(contact), rosa, luis)
    assert [one.member_id for one in actions.choices_for(there)] == [rosa.pk]
    assert pass_on(there, luis, rosa).volunteer == rosa


# The room with two --------------------------------------------------------------------------------------------------


def test_hands_are_free_again_when_the_companion_leaves_and_not_before(
    make_waiting: Any, make_volunteer: Any, luis: Member
) -> None:
    rosa = make_volunteer(capacity=1)
    contact = make_waiting()
    actions.assign_by_hand(contact, rosa)
    pass_on(fresh(contact), rosa, luis)
    Presence.objects.filter(member=luis).update(state="away")
    make_waiting()
    actions.route()
    assert not Offer.objects.filter(state="open").exists()
    assert actions.leave_room(Parted(WarmHandover.objects.get(), "own"))
    actions.route()
    assert Offer.objects.get(state="open").member == rosa
    assert Entry.objects.filter(act="contact.hand_over_leave", actor=str(rosa.pk), reason="own").exists()


def test_leaving_twice_is_leaving_once(talk: Contact, rosa: Member, luis: Member) -> None:
    pass_on(talk, rosa, luis)
    parted = Parted(WarmHandover.objects.get(), "own")
    assert [actions.leave_room(parted), actions.leave_room(parted)] == [True, False]
    assert ContactEvent.objects.filter(kind="companion_left").count() == 1


def test_after_an_urgent_one_the_companion_rests_as_after_any_other(
    make_waiting: Any, rosa: Member, luis: Member
) -> None:
    contact = make_waiting(urgency="B")
    actions.assign_by_hand(contact, rosa)
    pass_on(fresh(contact), rosa, luis)
    actions.leave_room(Parted(WarmHandover.objects.get(), "own"))
    rests = Presence.objects.get(member=rosa).rests_until
    assert rests is not None
    assert rests > timezone.now() + 9 * 60 * SECOND


def test_the_companion_parts_when_the_while_is_over_or_their_connection_is_lost(
    talk: Contact, rosa: Member, luis: Member
) -> None:
    pass_on(talk, rosa, luis)
    now = timezone.now()
    assert actions.companions_to_part(now + TOGETHER_FOR - 5 * SECOND) == []
    assert [one.why for one in actions.companions_to_part(now + TOGETHER_FOR + SECOND)] == ["time"]
    Presence.objects.filter(member=rosa).update(lease_until=now - SECOND)
    assert [one.why for one in actions.companions_to_part(now)] == ["lost"]


@pytest.mark.parametrize("how", ["end", "leave", "withdraw", "sleep"])
def test_no_companion_is_left_in_a_room_that_is_over(talk: Contact, rosa: Member, luis: Member, how: str) -> None:
    after = pass_on(talk, rosa, luis)
    go(after, how)
    assert not companions().exists()
    [parted] = actions.companions_to_part(timezone.now())
    told = actions.leave_room(parted)
    assert told == (how == "sleep")
    assert not WarmHandover.objects.filter(state="together").exists()


def go(contact: Contact, how: str) -> None:
    """Let a caller end, leave, take back or fall silent."""
    acts: dict[str, Callable[[], object]] = {
        "end": lambda: actions.end(contact, by="caller", ending="talked"),
        "leave": lambda: actions.leave_suddenly(contact),
        "withdraw": lambda: actions.withdraw(contact),
        "sleep": lambda: actions.sleep(contact),
    }
    acts[how]()


@pytest.mark.parametrize("how", ["end", "leave", "withdraw"])
def test_a_caller_who_goes_takes_the_asking_along(talk: Contact, rosa: Member, luis: Member, how: str) -> None:
    actions.ask_handover(talk, rosa, luis, "")
    offer = offer_to(luis)
    go(talk, how)
    assert actions.take_over(luis, offer.pk) is None
    actions.route()
    assert WarmHandover.objects.get().state == "gone"
    assert Offer.objects.get(pk=offer.pk).state == "gone"


def test_whoever_asked_and_is_lost_leaves_the_caller_in_front_and_nothing_asked(
    talk: Contact, rosa: Member, luis: Member
) -> None:
    actions.ask_handover(talk, rosa, luis, "")
    offer = offer_to(luis)
    Presence.objects.filter(member=rosa).update(lease_until=timezone.now() - SECOND)
    actions.back_to_queue(fresh(talk), why="volunteer_lost")
    with pytest.raises(OfferGone):
        actions.take_over(luis, offer.pk)
    actions.route()
    assert WarmHandover.objects.get().state == "gone"
    actions.route()
    assert offer_to(luis).handover is None  # now as everybody who waits


def test_a_colleague_who_is_lost_leaves_the_caller_to_the_companion(talk: Contact, rosa: Member, luis: Member) -> None:
    after = pass_on(talk, rosa, luis)
    assert actions.back_to_companion(after)
    assert (fresh(talk).state, fresh(talk).volunteer) == ("talking", rosa)
    assert not companions().exists()
    assert actions.back_to_companion(fresh(talk)) is None


def test_a_companion_who_is_gone_too_takes_nothing_back(talk: Contact, rosa: Member, luis: Member) -> None:
    after = pass_on(talk, rosa, luis)
    Presence.objects.filter(member=rosa).update(lease_until=timezone.now() - SECOND)
    assert actions.back_to_companion(after) is None
    assert actions.back_to_queue(after, why="volunteer_lost")


def test_a_conversation_that_sleeps_goes_to_the_colleague_without_a_companion(
    talk: Contact, rosa: Member, luis: Member
) -> None:
    actions.sleep(talk)
    after = pass_on(fresh(talk), rosa, luis)
    assert (after.state, after.volunteer, companions().exists()) == ("asleep", luis, False)
    assert actions.wake(after)
    assert (after.state, after.volunteer) == ("talking", luis)


def test_handovers_stay_out_of_the_pace_by_which_waits_are_told(talk: Contact, rosa: Member, luis: Member) -> None:
    pass_on(talk, rosa, luis)
    assert Offer.objects.filter(state="accepted").exists()
    assert not Offer.objects.filter(state="accepted", handover=None).exists()


@pytest.mark.parametrize(("urgency", "asked"), [("C", 0), ("B", 1)])
def test_who_speaks_the_language_is_waited_for_but_not_by_the_urgent(urgency: str, asked: int) -> None:
    now = timezone.now()
    waiter = routing.Waiter(uuid.uuid4(), urgency, None, language="quechua")
    busy = routing.Volunteer(uuid.uuid4(), now, skills=frozenset({"quechua"}), has_offer=True)
    assert len(routing.to_ask(waiter, [busy, routing.Volunteer(uuid.uuid4(), now)], now)) == asked


def test_colleagues_keep_no_hands_open_for_others() -> None:
    now = timezone.now()
    waiter = routing.Waiter(uuid.uuid4(), "E", None)
    few = [routing.Volunteer(uuid.uuid4(), now, capacity=1) for _number in range(4)]
    assert len(routing.colleagues(waiter, few, now)) == 4
