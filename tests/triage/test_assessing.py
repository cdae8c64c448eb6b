"""Instruments used in a conversation: sealed, traced without answers, erased with the contact; and the reminder."""

import datetime
import json
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import make_member, make_talking
from triage import actions, assessing
from triage.errors import BadAnswers, NotAllowed, NotYours
from triage.models import Contact, ContactEvent, EventKind, InstrumentUse
from vault import actions as vault
from vault.errors import CannotOpen, Damaged
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")

PLAN = {"1": "yes", "2": "yes", "3": "yes", "4": "yes", "5": "yes", "6": "no", "means": "no"}


@pytest.fixture
def rosa() -> Any:
    """Return a volunteer."""
    return make_member(alias="Rosa")


@pytest.fixture
def contact(rosa: Any) -> Contact:
    """Return a conversation of hers, as she opens it."""
    talking = make_talking(rosa, "hola")
    talking.holder = rosa.holder
    return talking


def test_what_was_answered_is_kept_sealed_and_read_again_by_who_may(contact: Contact, rosa: Any) -> None:
    outcome = actions.use_instrument(contact, "cssrs", PLAN, rosa)
    assert outcome.line == "alto: ideación con plan, sin medios a mano"
    use = InstrumentUse.objects.get()
    assert (use.number, use.code, use.member) == (1, "cssrs", rosa.pk)
    sealed = bytes(use.result)
    assert b"ideaci" not in sealed
    assert b'"5"' not in sealed
    (read,) = actions.uses_of(contact)
    assert (read.name, read.line, read.level) == ("C-SSRS", outcome.line, "B")
    stored = json.loads(
        vault.case_key_for(contact.key, contact.holder).unseal(assessing.result_context(contact.pk, 1, "cssrs"), sealed)
    )
    assert stored["answers"] == PLAN


def test_a_later_use_stands_beside_the_earlier_one(contact: Contact, rosa: Any) -> None:
    actions.use_instrument(contact, "phq4", {"1": "3"}, rosa)
    actions.use_instrument(contact, "asq", {"1": "no"}, rosa)
    assert [one.code for one in actions.uses_of(contact)] == ["asq", "phq4"]


def test_the_trail_says_which_instrument_and_never_an_answer(contact: Contact, rosa: Any) -> None:
    actions.use_instrument(contact, "cssrs", PLAN, rosa)
    entry = Entry.objects.get(act="contact.instrument")
    assert (entry.actor, entry.subject, entry.reason) == (str(rosa.pk), str(contact.pk), "cssrs")
    told = json.dumps([*Entry.objects.values_list("reason", "result"), *ContactEvent.objects.values_list("detail")])
    assert not {"alto", "high", "plan"} & set(told.replace('"', " ").split())


def test_a_result_that_was_moved_or_changed_does_not_open(contact: Contact, rosa: Any) -> None:
    actions.use_instrument(contact, "cssrs", PLAN, rosa)
    key = vault.case_key_for(contact.key, contact.holder)
    sealed = bytes(InstrumentUse.objects.get().result)
    for number, code in ((2, "cssrs"), (1, "asq")):
        with pytest.raises(Damaged):
            key.unseal(assessing.result_context(contact.pk, number, code), sealed)
    InstrumentUse.objects.update(number=2)
    (read,) = actions.uses_of(contact)
    assert (read.line, read.level) == (None, None)


def test_only_who_leads_a_conversation_that_goes_on_uses_one(contact: Contact, rosa: Any) -> None:
    with pytest.raises(NotYours):
        actions.use_instrument(contact, "cssrs", PLAN, make_member())
    with pytest.raises(BadAnswers):
        actions.use_instrument(contact, "srq", PLAN, rosa)
    with pytest.raises(BadAnswers):
        actions.use_instrument(contact, "cssrs", {"1": ""}, rosa)
    actions.end(contact, by="volunteer", ending="talked")
    with pytest.raises(NotAllowed):
        actions.use_instrument(contact, "cssrs", PLAN, rosa)
    assert not InstrumentUse.objects.exists()


@pytest.mark.parametrize("how", ["withdraw", "erase"])
def test_it_is_erased_with_the_contact(contact: Contact, rosa: Any, how: str) -> None:
    actions.use_instrument(contact, "cssrs", PLAN, rosa)
    if how == "withdraw":
        actions.withdraw(contact)
    else:
        actions.end(contact, by="volunteer", ending="talked")
        actions.erase(contact, by=rosa, reason="asked")
    assert not InstrumentUse.objects.exists()


def test_after_its_thirty_days_nobody_opens_it(contact: Contact, rosa: Any) -> None:
    actions.use_instrument(contact, "cssrs", PLAN, rosa)
    actions.end(contact, by="volunteer", ending="talked")
    actions.erase_old_words(timezone.now() + datetime.timedelta(days=31))
    contact.key.refresh_from_db()
    assert [one.line for one in actions.uses_of(contact)] == [None]
    with pytest.raises(CannotOpen):
        vault.case_key_for(contact.key, contact.holder)


# The reminder -------------------------------------------------------------------------------------------------------


def later(**spans: float) -> datetime.datetime:
    """Return a time from now on."""
    return timezone.now() + datetime.timedelta(**spans)


def test_after_ten_minutes_of_a_marked_conversation_one_is_reminded(contact: Contact, rosa: Any) -> None:
    assert not actions.reminder_due(contact, "", later(minutes=11))
    assert actions.reminder_due(contact, "sometimes", later(minutes=11))
    actions.reassess(contact, "B", "told", rosa)
    assert not actions.reminder_due(contact, "", later(minutes=9))
    assert actions.reminder_due(contact, "", later(minutes=11))


def test_the_ten_minutes_begin_with_the_mark(contact: Contact, rosa: Any) -> None:
    Contact.objects.filter(pk=contact.pk).update(assigned_at=later(hours=-1))
    contact.refresh_from_db()
    actions.reassess(contact, "B", "told", rosa)
    assert not actions.reminder_due(contact, "", later(minutes=9))
    assert actions.reminder_due(contact, "", later(minutes=11))


@pytest.mark.parametrize("how", ["asked", "dismissed"])
def test_who_has_asked_or_wants_no_reminder_is_left_in_peace(contact: Contact, rosa: Any, how: str) -> None:
    actions.note_asked(contact, how, rosa)
    actions.note_asked(contact, how, rosa)
    assert not actions.reminder_due(contact, "plan", later(hours=1))
    assert [one.detail for one in ContactEvent.objects.filter(kind=EventKind.ASKED)] == [{"how": how}]


def test_an_instrument_is_an_asking(contact: Contact, rosa: Any) -> None:
    actions.use_instrument(contact, "asq", {"1": "no"}, rosa)
    assert not actions.reminder_due(contact, "plan", later(hours=1))


def test_what_is_over_reminds_of_nothing_and_takes_no_answer(contact: Contact, rosa: Any) -> None:
    with pytest.raises(NotAllowed):
        actions.note_asked(contact, "never", rosa)
    with pytest.raises(NotYours):
        actions.note_asked(contact, "asked", make_member())
    actions.end(contact, by="volunteer", ending="talked")
    assert not actions.reminder_due(contact, "plan", later(hours=1))
    with pytest.raises(NotAllowed):
        actions.note_asked(contact, "asked", rosa)
