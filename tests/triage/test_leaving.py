"""The ways out of a contact, and how long what was said is kept."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from consent.models import ReceiptState
from triage import actions
from triage.errors import NotAllowed
from triage.models import Contact
from vault import actions as vault
from vault.errors import CannotOpen
from vault.models import DataKey, Entry

pytestmark = pytest.mark.django_db(databases="__all__")


def talking(contact: Contact, member: Any) -> Contact:
    """Let a waiting contact talk with a member."""
    actions.assign_by_hand(contact, member)
    return contact


def seen(contact: Contact, **ago: float) -> None:
    """Set when the caller's page was last seen."""
    Contact.objects.filter(pk=contact.pk).update(caller_seen_at=timezone.now() - datetime.timedelta(**ago))


def test_what_is_over_can_be_passed_on_and_what_goes_on_cannot(make_waiting: Any, make_volunteer: Any) -> None:
    giver, taker = make_volunteer(), make_volunteer()
    contact = talking(make_waiting(), giver)
    assert not actions.pass_on(contact, taker, by=giver)
    actions.end(contact, by="volunteer", ending="talked")
    assert actions.pass_on(contact, taker, by=giver)
    assert Contact.objects.get().volunteer == taker
    assert Contact.history.latest("pk").history_user == giver


def test_ending_twice_changes_nothing_and_is_recorded_once(make_waiting: Any, make_volunteer: Any) -> None:
    member = make_volunteer()
    contact = talking(make_waiting(), member)
    assert actions.end(contact, by="volunteer", ending="talked")
    assert not actions.end(contact, by="caller", ending="talked")
    entry = Entry.objects.get(act="contact.end")
    assert (entry.actor, entry.subject, entry.reason) == (str(member.pk), str(contact.pk), "talked")
    assert Contact.objects.get().ended_by == "volunteer"


def test_a_stale_page_can_still_end_what_was_accepted_meanwhile(make_waiting: Any, make_volunteer: Any) -> None:
    stale = make_waiting()
    talking(Contact.objects.get(), make_volunteer())
    assert actions.end(stale, by="caller", ending="talked")


def test_leaving_suddenly_works_from_every_open_state_once(asked: Contact) -> None:
    assert actions.leave_suddenly(asked)
    assert not actions.leave_suddenly(asked)
    assert Contact.objects.get().left_at is not None


def test_the_feeling_afterwards_is_kept_once(make_waiting: Any) -> None:
    contact = make_waiting()
    actions.end(contact, by="caller", ending="talked")
    actions.rate_after(contact, 2)
    actions.rate_after(contact, 5)
    assert Contact.objects.get().distress_after == 2


def test_whether_it_helped_is_kept_once_and_forgotten_with_the_rest(make_waiting: Any, rosa: Any) -> None:
    contact = talking(make_waiting(), rosa)
    actions.end(contact, by="caller", ending="talked")
    actions.say_if_it_helped(contact, 3)
    actions.say_if_it_helped(contact, 1)
    assert Contact.objects.get().helped == 3
    with pytest.raises(NotAllowed):
        actions.say_if_it_helped(contact, 4)

    actions.withdraw(contact)
    assert Contact.objects.get().helped is None


def test_whoever_talked_with_nobody_is_not_asked_whether_it_helped(make_waiting: Any) -> None:
    contact = make_waiting()
    actions.end(contact, by="caller", ending="talked")
    actions.say_if_it_helped(contact, 3)
    assert Contact.objects.get().helped is None


def test_a_feeling_beyond_the_five_faces_is_refused(make_waiting: Any) -> None:
    with pytest.raises(NotAllowed):
        actions.rate_after(make_waiting(), 6)


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_withdrawing_blocks_at_once_and_destroys_after_the_commit(asked: Contact) -> None:
    actions.answer(asked, {"feeling": "5", "age": "18_29"})
    assert actions.withdraw(asked)
    fresh = Contact.objects.select_related("consent", "key").get()
    assert (fresh.state, fresh.answers, fresh.distress_before, fresh.age_band) == ("withdrawn", None, None, "")
    assert (fresh.needs, fresh.marked) == ("", "")
    assert fresh.consent is not None
    assert fresh.consent.state == ReceiptState.WITHDRAWN
    assert fresh.key.state == DataKey.State.DESTROYED
    with pytest.raises(CannotOpen):
        vault.case_key_for(fresh.key)
    assert Entry.objects.filter(act="contact.withdraw").count() == 1


def test_withdrawing_before_the_commit_already_shuts_the_key(asked: Contact) -> None:
    actions.withdraw(asked)
    with pytest.raises(CannotOpen):
        vault.open_key(asked.key_id)
    assert not actions.withdraw(asked)


@pytest.mark.parametrize(("minutes", "gone"), [(14, 0), (16, 1)])
def test_who_waits_unseen_for_a_quarter_of_an_hour_is_let_go(make_waiting: Any, minutes: int, gone: int) -> None:
    seen(make_waiting(), minutes=minutes)
    assert actions.expire_gone_callers(timezone.now()) == gone


@pytest.mark.parametrize(("minutes", "gone"), [(119, 0), (121, 1)])
def test_who_never_finished_the_questions_is_let_go_after_two_hours(asked: Contact, minutes: int, gone: int) -> None:
    seen(asked, minutes=minutes)
    assert actions.expire_gone_callers(timezone.now()) == gone


def test_a_conversation_is_never_let_go_for_an_unseen_page(make_waiting: Any, make_volunteer: Any) -> None:
    seen(talking(make_waiting(), make_volunteer()), hours=3)
    assert actions.expire_gone_callers(timezone.now()) == 0


@pytest.mark.parametrize(("days", "erased"), [(29, 0), (31, 1)])
def test_a_callers_words_are_shut_thirty_days_after_the_end(make_waiting: Any, days: int, erased: int) -> None:
    contact = make_waiting()
    actions.end(contact, by="caller", ending="talked")
    later = timezone.now() + datetime.timedelta(days=days)
    assert actions.erase_old_words(later) == erased
    assert Entry.objects.filter(act="contact.erase").count() == erased
    assert actions.erase_old_words(later) == 0  # what is shut is not shut again


def test_words_of_a_conversation_under_way_are_never_shut_for_their_age(make_waiting: Any, make_volunteer: Any) -> None:
    contact = talking(make_waiting(), make_volunteer())
    assert actions.erase_old_words(timezone.now() + datetime.timedelta(days=400)) == 0
    assert vault.open_key(contact.key_id).key_id == contact.key_id


def test_a_consent_given_while_the_withdrawal_was_on_its_way_is_taken_back_too(
    make_receipt: Any, make_volunteer: Any
) -> None:
    contact = actions.open_contact("es-PE")
    actions.enter_danger(contact)
    actions.assign_by_hand(contact, make_volunteer())
    stale, receipt = Contact.objects.get(), make_receipt()
    actions.consent_later(contact, receipt)
    assert actions.withdraw(stale)
    receipt.refresh_from_db()
    assert receipt.state == ReceiptState.WITHDRAWN
