"""What the line says and does while somebody is silent, with a moved clock."""

import datetime

import pytest
from django.utils import timezone

from chat import actions
from chat.models import Message
from chat.saying import Saying, commit
from roster.models import Member, Presence
from tests.cast import make_member, make_talking, make_waiting, say
from triage import actions as triage
from triage.models import Contact, ContactState

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def volunteer() -> Member:
    """Return a volunteer who takes callers."""
    return make_member(ready=True)


def later(**units: float) -> datetime.datetime:
    return timezone.now() + datetime.timedelta(**units)


def keys(contact: Contact) -> list[str]:
    """Return what the line said in a conversation, by key."""
    return list(Message.objects.filter(contact=contact, by="line").values_list("line_key", flat=True))


def test_after_four_minutes_without_a_word_the_line_says_one_warm_line(volunteer: Member) -> None:
    contact = make_talking(volunteer, "hola")
    say(contact, "te leo", volunteer)
    for minutes in (3.9, 4.1, 5, 9.9):
        actions.tend_silences(later(minutes=minutes))
    assert keys(contact) == ["silence"]


def test_a_caller_who_waits_for_an_answer_is_not_silent(volunteer: Member) -> None:
    contact = make_talking(volunteer, "hola")
    actions.tend_silences(later(minutes=30))
    assert keys(contact) == []
    assert Contact.objects.get().state == ContactState.TALKING


def test_after_ten_minutes_the_conversation_sleeps_and_says_so(volunteer: Member) -> None:
    contact = make_talking(volunteer, "hola")
    say(contact, "te leo", volunteer)
    actions.tend_silences(later(minutes=9.9))
    assert Contact.objects.get().state == ContactState.TALKING
    for minutes in (10.1, 11, 12):
        actions.tend_silences(later(minutes=minutes))
    assert Contact.objects.get().state == ContactState.ASLEEP
    assert keys(contact) == ["silence", "asleep"]


def test_the_callers_next_word_wakes_it(volunteer: Member) -> None:
    contact = make_talking(volunteer)
    triage.sleep(contact)
    same = "0b9f8a52-6a3f-4c7e-9d55-1f2e3d4c5b6a"
    [outcome] = commit([Saying(contact_id=contact.pk, by="caller", client_id=same, text="volví")])
    assert outcome.spoken
    fresh = Contact.objects.get()
    assert (fresh.state, fresh.volunteer, fresh.last_seq) == (ContactState.TALKING, volunteer, outcome.spoken.seq)


def test_what_the_volunteer_says_to_a_sleeping_conversation_is_kept_and_wakes_nobody(volunteer: Member) -> None:
    contact = make_talking(volunteer)
    triage.sleep(contact)
    say(contact, "aquí sigo", volunteer)
    assert Contact.objects.get().state == ContactState.ASLEEP
    assert Message.objects.filter(by="volunteer").count() == 1


def test_a_waiting_caller_whose_page_is_silent_is_asked_once_in_words() -> None:
    contact = make_waiting()
    actions.ask_silent_pages(later(seconds=44))
    assert keys(contact) == []
    for seconds in (46, 47, 100):
        actions.ask_silent_pages(later(seconds=seconds))
    assert keys(contact) == ["still_there"]
    assert Contact.objects.get().still_there_asked_at is not None


def test_a_sign_of_life_keeps_the_place_and_a_second_silence_is_asked_again() -> None:
    first, second = make_waiting(), make_waiting()
    actions.ask_silent_pages(later(seconds=46))
    triage.touch_caller(first.pk)
    fresh = Contact.objects.get(pk=first.pk)
    assert (fresh.still_there_asked_at, fresh.queued_at) == (None, first.queued_at)
    actions.ask_silent_pages(later(seconds=50))
    assert (keys(first), keys(second)) == (["still_there", "still_there"], ["still_there"])


def test_nobody_who_talks_is_asked(volunteer: Member) -> None:
    contact = make_talking(volunteer)
    actions.ask_silent_pages(later(minutes=2))
    assert keys(contact) == []


def test_a_volunteer_is_lost_60_seconds_after_their_last_frame_and_not_before(volunteer: Member) -> None:
    contact = make_talking(volunteer, "hola")
    assert actions.release_lost_volunteers(later(seconds=59)) == 0
    assert Contact.objects.get().state == ContactState.TALKING
    assert actions.release_lost_volunteers(later(seconds=61)) == 1
    fresh = Contact.objects.get()
    assert (fresh.state, fresh.volunteer, fresh.placed_front) == (ContactState.WAITING, None, True)
    assert fresh.queued_at == contact.queued_at
    assert keys(contact) == ["volunteer_lost"]


def test_an_account_that_is_closed_loses_its_conversations_at_once(volunteer: Member) -> None:
    contact = make_talking(volunteer)
    Member.objects.filter(pk=volunteer.pk).update(is_active=False)
    assert actions.release_lost_volunteers(timezone.now()) == 1
    assert keys(contact) == ["volunteer_lost"]


def test_whoever_comes_back_to_their_caller_says_so(volunteer: Member) -> None:
    contact = make_talking(volunteer)
    say(contact, "aquí estoy", volunteer)
    actions.release_lost_volunteers(later(seconds=61))
    Presence.objects.update(lease_until=later(hours=1))
    triage.route()
    offer = contact.offers.get(state="open")
    actions.accept_offer(volunteer, offer.pk)
    assert keys(contact) == ["volunteer_lost", "joined_again"]


def test_in_danger_the_numbers_are_said_once_however_often_somebody_taps() -> None:
    contact = make_waiting()
    for _ in range(3):
        actions.enter_in_danger(contact)
    assert keys(contact) == ["danger"]
    assert Contact.objects.get().urgency == "A"
