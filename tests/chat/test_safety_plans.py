"""What was agreed and the safety plan: written by both, kept by the caller, sealed, and gone with everything else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from chat import actions as chat
from chat.models import Message, SafetyPlan
from chat.safety_plans import PLAN_FIELDS, PlanChanged, merged, plan_of, write_plan
from oversight.audit import ACTS
from roster.models import Member
from tests.at_once import together
from tests.cast import browser_of, make_member, make_talking
from tests.chat.test_coming_back import back_with, code_of, contact_of
from tests.vault.keys import elsewhere
from triage.models import Contact
from vault.models import Entry

database = pytest.mark.django_db(databases="__all__")
PAGE, DESK = "/hablar/acordado/", "/escritorio/acordado/"
PRIMA, SALIR = "llamar a mi prima Inés", "salir al parque"


def words_of(browser: Client, path: str = PAGE) -> str:
    return browser.get(path).content.decode()


def write_at_desk(rosa: Member, contact: Contact, **fields: str) -> Any:
    browser = browser_of(rosa)
    return browser.post(DESK, {"contact": str(contact.pk), **fields}, headers={"accept": "application/json"})


def line_keys() -> list[str]:
    return [key for key in Message.objects.order_by("seq").values_list("line_key", flat=True) if key.startswith("plan")]


@database
def test_what_the_volunteer_writes_is_the_callers_to_read_to_change_and_to_keep(phone: Client, rosa: Member) -> None:
    contact = contact_of(phone)
    assert write_at_desk(rosa, contact, agreed=PRIMA).json()["kept"]
    assert PRIMA in words_of(phone)
    assert line_keys() == ["plan_written"]
    phone.post(PAGE, {"was_agreed": PRIMA, "agreed": PRIMA, "alone": SALIR})
    assert SALIR in browser_of(rosa).get(f"{DESK}?contact={contact.pk}").content.decode()
    assert line_keys() == ["plan_written", "plan_changed"]

    chat.end_conversation(contact, by="volunteer")
    farewell = words_of(phone, "/hablar/")
    assert PRIMA in farewell
    assert SALIR in farewell
    answer = phone.get("/hablar/acordado.txt")
    assert answer["Content-Disposition"] == 'attachment; filename="apuntes.txt"'
    assert PRIMA in answer.content.decode()


@database
def test_the_return_code_leads_to_it_on_another_telephone(phone: Client, rosa: Member) -> None:
    words, _letters = code_of(phone)
    write_at_desk(rosa, contact_of(phone), agreed=PRIMA)
    chat.end_conversation(contact_of(phone), by="volunteer")
    elsewhere()
    other = back_with(words)

    assert PRIMA in words_of(other, "/hablar/")
    assert PRIMA in words_of(other)


@database
def test_it_is_sealed_under_the_key_of_the_conversation_and_goes_with_it(phone: Client, rosa: Member) -> None:
    write_at_desk(rosa, contact_of(phone), agreed=PRIMA)
    body = bytes(SafetyPlan.objects.get().body)
    assert PRIMA.encode() not in body
    assert len(body) > 1024
    phone.post("/hablar/", {"do": "withdraw"})

    assert phone.get(PAGE).status_code == 404
    assert phone.get("/hablar/acordado.txt").status_code == 404
    assert phone.post(PAGE, {"agreed": "otra vez"}).status_code == 404
    assert write_at_desk(rosa, contact_of(phone), agreed="otra vez").status_code in {400, 404}
    assert SafetyPlan.objects.get().revision == 1


@database
def test_after_the_end_the_plan_is_the_callers_alone_to_change(phone: Client, rosa: Member) -> None:
    chat.end_conversation(contact_of(phone), by="caller")
    refused = write_at_desk(rosa, contact_of(phone), agreed=PRIMA)
    assert (refused.status_code, refused.json()["kept"]) == (400, False)

    phone.post(PAGE, {"alone": SALIR})
    assert SALIR in words_of(phone)
    assert line_keys() == []


@database
def test_each_writing_leaves_its_trace_and_no_words_in_it(phone: Client, rosa: Member) -> None:
    write_at_desk(rosa, contact_of(phone), agreed=PRIMA)
    write_at_desk(rosa, contact_of(phone), was_agreed=PRIMA, agreed=PRIMA)
    phone.post(PAGE, {"alone": SALIR})
    told = list(Entry.objects.filter(act="contact.safety_plan").order_by("seq").values_list("actor", "reason"))

    assert told == [(str(rosa.pk), "v1"), ("caller", "v2")]
    assert "contact.safety_plan" in ACTS


@database
def test_what_both_wrote_into_one_field_comes_back_with_both(phone: Client, rosa: Member) -> None:
    write_at_desk(rosa, contact_of(phone), agreed=PRIMA)
    answer = phone.post(PAGE, {"was_agreed": "", "agreed": SALIR})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert PRIMA in page
    assert SALIR in page
    clash = write_at_desk(rosa, contact_of(phone), was_agreed="", agreed="otra cosa").json()
    assert PRIMA in clash["problem"]
    assert "next" not in clash  # the desk leaves the form as it is

    joined = f"otra cosa, y {PRIMA}"
    assert write_at_desk(rosa, contact_of(phone), was_agreed="", agreed=joined).json()["kept"]
    assert joined in words_of(phone)


@database
def test_a_field_that_is_too_long_loses_nothing(phone: Client) -> None:
    long = "ay " * 400
    answer = phone.post(PAGE, {"agreed": PRIMA, "alone": long})
    page = answer.content.decode()

    assert answer.status_code == 400
    assert long.strip() in page
    assert PRIMA in page
    assert "es muy largo" in page


@database
def test_words_stay_words_and_never_become_markup(phone: Client) -> None:
    phone.post(PAGE, {"agreed": "<script>alert('hola')</script>"})

    assert "<script>alert" not in words_of(phone)
    assert "&lt;script&gt;alert" in words_of(phone)


@database
def test_somebody_without_a_conversation_finds_nothing(client: Client) -> None:
    assert client.get(PAGE).status_code == 404
    client.post("/hablar/", {"do": "agree"})
    assert client.get(PAGE).status_code == 404  # nobody to agree with yet


@database
def test_a_conversation_without_a_plan_has_an_empty_one(phone: Client) -> None:
    contact = contact_of(phone)
    assert plan_of(contact).fields == dict.fromkeys(PLAN_FIELDS, "")
    assert plan_of(contact).revision == 0


@pytest.mark.django_db(databases="__all__", transaction=True)
def test_what_two_write_at_the_same_moment_stands_once_each() -> None:
    rosa = make_member(ready=True)
    contact = make_talking(rosa)
    empty = dict.fromkeys(PLAN_FIELDS, "")

    def write(name: str) -> Callable[[], object]:
        return lambda: write_plan(contact, empty | {name: f"de {name}"}, empty, rosa if name == "agreed" else None)

    names = ["agreed", "alone", "people", "reason"]
    came = together([write(name) for name in names], PlanChanged)

    assert [one for one in came if isinstance(one, PlanChanged)] == []
    plan = plan_of(contact)
    assert {name: plan.fields[name] for name in names} == {name: f"de {name}" for name in names}
    assert plan.revision == len(names)


@database
def test_no_browser_keeps_it(phone: Client) -> None:
    phone.post(PAGE, {"agreed": PRIMA})

    assert {phone.get(path)["Cache-Control"] for path in (PAGE, "/hablar/acordado.txt", "/huellas/")} == {"no-store"}


FIELDS = st.fixed_dictionaries(dict.fromkeys(PLAN_FIELDS, st.sampled_from(["", "a", "b", "a b"])))


@given(stored=FIELDS, shown=FIELDS, new=FIELDS)
def test_no_word_is_lost_when_both_write_at_once(
    stored: dict[str, str], shown: dict[str, str], new: dict[str, str]
) -> None:
    both = [name for name in PLAN_FIELDS if new[name] != shown[name] != stored[name]]
    lost = {name: stored[name] for name in both if stored[name] not in new[name]}
    if lost:
        with pytest.raises(PlanChanged) as refused:
            merged(stored, shown, new)
        assert refused.value.fields == lost
        return
    after = merged(stored, shown, new)
    assert after == {name: stored[name] if new[name] == shown[name] else new[name] for name in PLAN_FIELDS}
