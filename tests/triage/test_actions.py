"""What a caller can do, step by step."""

import datetime
import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from roster.second_factor import make_session
from triage import actions
from triage.errors import BadAnswers, NotAllowed
from triage.models import Contact, ContactEvent, ContactState
from vault import actions as vault

pytestmark = pytest.mark.django_db(databases="__all__")


def kinds(contact: Contact) -> list[str]:
    """Return the kinds of a contact's events in order."""
    return list(ContactEvent.objects.filter(contact=contact).values_list("kind", flat=True))


def talking(contact: Contact, member: Any) -> Contact:
    """Let a waiting contact talk with a member."""
    actions.assign_by_hand(contact, member)
    return contact


def seen(contact: Contact, **ago: float) -> None:
    """Set when the caller's page was last seen."""
    Contact.objects.filter(pk=contact.pk).update(caller_seen_at=timezone.now() - datetime.timedelta(**ago))


# Coming in ----------------------------------------------------------------------------------------------------------


def test_a_contact_opens_with_a_key_of_its_own_before_consent() -> None:
    contact = actions.open_contact("es-PE")
    assert (contact.state, contact.key.state, contact.consent) == ("consent", "active", None)


def test_agreeing_keeps_the_receipt_and_leads_to_the_questions(make_receipt: Any) -> None:
    contact, receipt = actions.open_contact("es-PE"), make_receipt("14_17")
    assert actions.agree(contact, receipt)
    fresh = Contact.objects.get()
    assert (fresh.state, fresh.consent, fresh.age_band) == ("questions", receipt, "14_17")


def test_agreeing_twice_keeps_the_first_receipt(asked: Contact, make_receipt: Any) -> None:
    first = asked.consent
    assert not actions.agree(asked, make_receipt())
    assert Contact.objects.get().consent == first


def test_answers_are_sealed_and_weighed_and_the_caller_waits(asked: Contact) -> None:
    words = actions.answer(asked, {"danger": "no", "thoughts": "plan", "feeling": "4", "words": " no duermo "})
    fresh = Contact.objects.get()
    assert words == "no duermo"
    assert (fresh.state, fresh.urgency, fresh.distress_before) == ("waiting", "B", 4)
    assert fresh.queued_at is not None
    context = vault.Context("triage", "triage_contact", "answers", str(fresh.pk))
    opened = vault.case_key_for(fresh.key).unseal(context, bytes(fresh.answers or b""))
    assert json.loads(opened)["words"] == "no duermo"
    assert b"duermo" not in bytes(fresh.answers or b"")
    assert kinds(fresh) == ["opened", "agreed", "queued", "assessed"]


def test_skipping_all_questions_makes_a_caller_urgent_not_calm(asked: Contact) -> None:
    assert actions.answer(asked, {}) is None
    assert Contact.objects.get().urgency == "C"


def test_an_urgency_sent_by_the_client_counts_for_nothing(asked: Contact) -> None:
    actions.answer(asked, {"urgency": "A", "danger": "no", "thoughts": "no"})
    assert Contact.objects.get().urgency == "E"


def test_an_age_told_with_the_consent_still_counts_when_the_question_is_skipped(make_receipt: Any) -> None:
    contact = actions.open_contact("es-PE")
    actions.agree(contact, make_receipt("14_17"))
    actions.answer(contact, {"danger": "no", "thoughts": "no"})
    assert (contact.urgency, contact.age_band) == ("D", "14_17")


@pytest.mark.parametrize("answers", [{"danger": "maybe"}, {"feeling": "6"}, {"words": "a" * 501}])
def test_an_answer_that_does_not_fit_changes_nothing(asked: Contact, answers: dict[str, str]) -> None:
    with pytest.raises(BadAnswers):
        actions.answer(asked, answers)
    assert Contact.objects.get().state == ContactState.QUESTIONS


def test_five_hundred_code_points_of_first_words_are_taken(asked: Contact) -> None:
    assert actions.answer(asked, {"words": "\N{SLIGHTLY SMILING FACE}" * 500}) is not None


def test_answering_a_second_time_changes_nothing(asked: Contact) -> None:
    actions.answer(asked, {"danger": "no", "thoughts": "no"})
    assert actions.answer(asked, {"danger": "yes", "words": "otra vez"}) is None
    assert Contact.objects.get().urgency == "E"


def test_nobody_joins_the_queue_with_answers_before_agreeing() -> None:
    contact = actions.open_contact("es-PE")
    assert actions.answer(contact, {"danger": "no", "words": "hola"}) is None
    assert Contact.objects.get().state == ContactState.CONSENT


def test_a_yes_to_danger_is_an_emergency_at_once(asked: Contact) -> None:
    actions.answer(asked, {"danger": "yes"})
    fresh = Contact.objects.get()
    assert (fresh.urgency, fresh.danger) == ("A", True)


# Danger -------------------------------------------------------------------------------------------------------------


def test_danger_needs_neither_consent_nor_answers() -> None:
    contact = actions.open_contact("es-PE")
    assert actions.enter_danger(contact)
    fresh = Contact.objects.get()
    assert (fresh.state, fresh.urgency, fresh.danger, fresh.placed_front) == ("waiting", "A", True, True)
    assert (fresh.consent, fresh.consent_asked) == (None, False)


def test_danger_while_waiting_keeps_the_arrival(make_waiting: Any) -> None:
    contact = make_waiting(waited=300)
    arrival = contact.queued_at
    assert actions.enter_danger(contact)
    fresh = Contact.objects.get()
    assert (fresh.queued_at, fresh.urgency, fresh.placed_front) == (arrival, "A", True)


def test_danger_while_talking_marks_the_conversation_and_keeps_it(make_waiting: Any, make_volunteer: Any) -> None:
    contact = talking(make_waiting(), make_volunteer())
    assert actions.enter_danger(contact)
    fresh = Contact.objects.get()
    assert (fresh.state, fresh.urgency) == ("talking", "A")


def test_danger_wakes_a_conversation_that_slept(make_waiting: Any, make_volunteer: Any) -> None:
    contact = talking(make_waiting(), make_volunteer())
    actions.sleep(contact)
    assert actions.enter_danger(contact)
    fresh = Contact.objects.get()
    assert (fresh.state, fresh.urgency, fresh.asleep_at) == ("talking", "A", None)
    assert kinds(contact)[-2:] == ["woke", "danger"]


def test_danger_told_twice_is_noted_once(make_waiting: Any) -> None:
    contact = make_waiting()
    actions.enter_danger(contact)
    assert not actions.enter_danger(contact)
    assert kinds(contact).count("danger") == 1


def test_danger_after_the_end_opens_nothing_again(make_waiting: Any) -> None:
    contact = make_waiting()
    actions.end(contact, by="caller", ending="talked")
    assert not actions.enter_danger(contact)
    assert Contact.objects.get().state == ContactState.ENDED


# Who changed it -----------------------------------------------------------------------------------------------------


def test_the_history_names_the_member_who_changed_a_state_and_nobody_for_a_caller(
    make_waiting: Any, make_volunteer: Any
) -> None:
    member = make_volunteer()
    contact = talking(make_waiting(), member)
    actions.sleep(contact)
    actions.wake(contact)
    actions.end(contact, by="volunteer", ending="talked")
    rows = Contact.history.order_by("pk")
    assert [(row.state, row.history_user) for row in rows] == [
        ("consent", None),
        ("questions", None),
        ("waiting", None),
        ("talking", member),
        ("asleep", None),
        ("talking", None),
        ("ended", member),
    ]
    assert {row.history_change_reason for row in rows} <= {None, ""}


def test_what_a_caller_does_in_the_browser_of_a_member_is_not_the_members(client: Client, make_volunteer: Any) -> None:
    for pair in make_session(make_volunteer()).split("; "):
        name, value = pair.split("=", 1)
        client.cookies[name] = value
    client.post("/hablar/", {"do": "danger"})
    assert {row.history_user for row in Contact.history.all()} == {None}


# Consent asked later ------------------------------------------------------------------------------------------------


@pytest.fixture
def unagreed(make_volunteer: Any) -> Contact:
    """Return a conversation with somebody who came through the danger door."""
    contact = actions.open_contact("es-PE")
    actions.enter_danger(contact)
    return talking(contact, make_volunteer())


def test_the_volunteer_asks_and_the_caller_agrees_later(unagreed: Contact, make_receipt: Any) -> None:
    actions.ask_consent(unagreed)
    assert Contact.objects.get().consent_asked
    receipt = make_receipt()
    actions.consent_later(unagreed, receipt)
    fresh = Contact.objects.get()
    assert (fresh.consent, fresh.consent_asked, fresh.state) == (receipt, False, "talking")


def test_a_no_to_the_later_question_ends_nothing(unagreed: Contact) -> None:
    actions.ask_consent(unagreed)
    actions.consent_refused(unagreed)
    fresh = Contact.objects.get()
    assert (fresh.consent, fresh.consent_asked, fresh.state) == (None, False, "talking")
    assert kinds(unagreed)[-1] == "consent_refused"


def test_a_question_is_asked_once_and_a_no_needs_one(unagreed: Contact) -> None:
    with pytest.raises(NotAllowed):
        actions.consent_refused(unagreed)
    actions.ask_consent(unagreed)
    with pytest.raises(NotAllowed):
        actions.ask_consent(unagreed)


def test_nobody_is_asked_for_a_consent_that_stands(make_waiting: Any) -> None:
    with pytest.raises(NotAllowed):
        actions.ask_consent(make_waiting())


def test_a_second_consent_does_not_replace_the_first(unagreed: Contact, make_receipt: Any) -> None:
    actions.consent_later(unagreed, make_receipt())
    with pytest.raises(NotAllowed):
        actions.consent_later(unagreed, make_receipt())


# In the room --------------------------------------------------------------------------------------------------------


def test_a_conversation_sleeps_and_wakes_with_the_same_volunteer(make_waiting: Any, make_volunteer: Any) -> None:
    member = make_volunteer()
    contact = talking(make_waiting(), member)
    assert actions.sleep(contact)
    assert Contact.objects.get().asleep_at is not None
    assert actions.wake(contact)
    fresh = Contact.objects.get()
    assert (fresh.state, fresh.asleep_at, fresh.volunteer) == ("talking", None, member)


def test_a_conversation_does_not_sleep_over_a_word_just_said(make_waiting: Any, make_volunteer: Any) -> None:
    contact = talking(make_waiting(), make_volunteer())
    Contact.objects.update(caller_said_at=timezone.now())
    assert not actions.sleep(contact)


def test_waking_who_is_awake_changes_nothing(make_waiting: Any) -> None:
    contact = make_waiting()
    assert not actions.wake(contact)
    assert Contact.objects.get().state == ContactState.WAITING


def test_a_live_page_is_noted_at_most_once_in_ten_seconds(asked: Contact) -> None:
    seen(asked, seconds=5)
    before = Contact.objects.get().caller_seen_at
    actions.touch_caller(asked.pk)
    assert Contact.objects.get().caller_seen_at == before
    seen(asked, seconds=11)
    actions.touch_caller(asked.pk)
    assert timezone.now() - Contact.objects.get().caller_seen_at < datetime.timedelta(seconds=5)  # type: ignore[operator]


def test_a_sign_of_life_answers_the_question_still_there(make_waiting: Any) -> None:
    contact = make_waiting(still_there_asked_at=timezone.now())
    actions.touch_caller(contact.pk)
    assert Contact.objects.get().still_there_asked_at is None


def test_touching_an_unknown_contact_does_nothing() -> None:
    actions.touch_caller(uuid.uuid4())
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("caller", "volunteer", "silent"),
    [(None, 300, True), (400, 300, True), (300, 400, False), (400, 10, False), (10, None, False), (None, None, True)],
)
def test_silence_is_the_callers_only_when_the_volunteer_spoke_last(
    make_waiting: Any, make_volunteer: Any, caller: int | None, volunteer: int | None, *, silent: bool
) -> None:
    contact = talking(make_waiting(), make_volunteer())
    now = timezone.now()
    moments = {"caller_said_at": caller, "volunteer_said_at": volunteer, "assigned_at": 500}
    Contact.objects.filter(pk=contact.pk).update(
        **{name: None if ago is None else now - datetime.timedelta(seconds=ago) for name, ago in moments.items()}
    )
    assert Contact.objects.silent_since(now - datetime.timedelta(seconds=240)).exists() is silent
