"""A plan being typed is kept sealed until it is saved; nobody but its writer ever sees what was not saved."""

import pytest
from django.test import Client

from chat import actions as chat
from chat.models import PlanDraft, SafetyPlan
from roster.models import Member
from tests.cast import browser_of
from tests.chat.test_coming_back import back_with, code_of, contact_of
from tests.vault.keys import elsewhere

pytestmark = pytest.mark.django_db(databases="__all__")
PAGE, DRAFT = "/hablar/acordado/", "/hablar/acordado/borrador/"
DESK, DESK_DRAFT = "/escritorio/acordado/", "/escritorio/acordado/borrador/"
HALF = "cuando no due"


def words_of(browser: Client, path: str = PAGE) -> str:
    return browser.get(path).content.decode()


def test_what_was_typed_and_not_saved_is_there_again_and_in_no_plan(phone: Client, rosa: Member) -> None:
    assert phone.post(DRAFT, {"signs": HALF}).json() == {"kept": True}
    elsewhere()

    page = words_of(phone)
    assert f">{HALF}</textarea>" in page
    assert "Esto empezaste a escribir" in page
    assert not SafetyPlan.objects.exists()
    assert HALF not in browser_of(rosa).get(f"{DESK}?contact={contact_of(phone).pk}").content.decode()
    assert HALF not in words_of(phone, "/hablar/acordado.txt")
    assert HALF.encode() not in bytes(PlanDraft.objects.get().body)


def test_the_return_code_leads_to_it_too(phone: Client) -> None:
    words, _letters = code_of(phone)
    phone.post(DRAFT, {"signs": HALF})

    assert HALF in words_of(back_with(words))


def test_saving_keeps_it_in_the_plan_and_nowhere_else(phone: Client) -> None:
    phone.post(DRAFT, {"signs": HALF})
    phone.post(PAGE, {"signs": f"{HALF}rmo"})

    assert not PlanDraft.objects.exists()
    assert "Esto empezaste a escribir" not in words_of(phone)
    assert f'<dd dir="auto">{HALF}rmo</dd>' in words_of(phone)


def test_throwing_it_away_leaves_the_plan_as_it_was(phone: Client) -> None:
    phone.post(PAGE, {"signs": "antes"})
    phone.post(DRAFT, {"was_signs": "antes", "signs": HALF})
    phone.post(PAGE, {"do": "forget", "was_signs": "antes", "signs": HALF})

    assert not PlanDraft.objects.exists()
    assert HALF not in words_of(phone)
    assert "antes" in words_of(phone)


def test_typing_back_what_stood_there_keeps_no_draft(phone: Client) -> None:
    phone.post(DRAFT, {"signs": HALF})
    phone.post(DRAFT, {"signs": ""})

    assert not PlanDraft.objects.exists()


def test_what_the_other_side_saved_meanwhile_is_not_overwritten_by_a_draft(phone: Client, rosa: Member) -> None:
    phone.post(DRAFT, {"signs": HALF})
    at_desk = {"contact": str(contact_of(phone).pk), "agreed": "llamar a mi prima"}
    browser_of(rosa).post(DESK, at_desk, headers={"accept": "application/json"})
    page = words_of(phone)
    assert 'name="was_agreed" value=""' in page  # as it stood when the draft began: so it is not taken for a change

    phone.post(PAGE, {"signs": HALF})
    plan = words_of(phone)
    assert "llamar a mi prima" in plan
    assert HALF in plan


def test_a_volunteers_draft_is_theirs_alone_until_it_is_saved(phone: Client, rosa: Member) -> None:
    desk, contact = browser_of(rosa), str(contact_of(phone).pk)
    assert desk.post(DESK_DRAFT, {"contact": contact, "agreed": HALF}).json() == {"kept": True}
    phone.post(DRAFT, {"agreed": "lo mío"})

    assert HALF not in words_of(phone)
    page = desk.get(f"{DESK}?contact={contact}").content.decode()
    assert HALF in page
    assert "lo mío" not in page
    desk.post(DESK, {"contact": contact, "agreed": HALF}, headers={"accept": "application/json"})
    assert HALF in words_of(phone)
    assert PlanDraft.objects.filter(member=None).count() == PlanDraft.objects.count() == 1


def test_where_nothing_may_be_written_no_draft_is_kept(phone: Client, rosa: Member) -> None:
    contact = contact_of(phone)
    chat.end_conversation(contact, by="volunteer")
    assert browser_of(rosa).post(DESK_DRAFT, {"contact": str(contact.pk), "agreed": HALF}).status_code == 404
    assert phone.post(DRAFT, {"signs": HALF}).status_code == 200  # after the end the plan is the caller's to change
    phone.post("/hablar/", {"do": "withdraw"})
    assert phone.post(DRAFT, {"signs": HALF}).status_code == 404
    assert Client().post(DRAFT, {"signs": HALF}).status_code == 404


def test_a_field_that_is_too_long_is_said_and_nothing_of_it_kept(phone: Client) -> None:
    answer = phone.post(DRAFT, {"signs": "ay " * 400})

    assert answer.status_code == 400
    assert "es muy largo" in answer.json()["problem"]
    assert not PlanDraft.objects.exists()
