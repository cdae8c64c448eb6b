"""Who comes back finds their plan in the next conversation; whoever is with them reads it there once it is brought."""

import pytest
from django.test import Client
from pytest_django import Settings

from chat import actions as chat
from chat.models import Message, SafetyPlan
from chat.safety_plans import PLAN_LIMIT
from roster.models import Member
from tests.cast import browser_of, make_member
from tests.chat.test_coming_back import back_with, caller, code_of, contact_of
from tests.vault.keys import elsewhere
from triage.models import Contact, Offer

pytestmark = pytest.mark.django_db(databases="__all__")
PAGE, DESK = "/hablar/acordado/", "/escritorio/acordado/"
PRIMA, SALIR = "llamar a mi prima Inés", "salir al parque"
OFFERED = "Tu plan de la conversación anterior"


@pytest.fixture(autouse=True, params=["A", "B"])
def _stage(request: pytest.FixtureRequest, settings: Settings) -> None:
    settings.STAGE = request.param


def text_of(browser: Client, path: str = "/hablar/") -> str:
    return browser.get(path).content.decode()


def after_a_week() -> Client:
    """Return another telephone, on which somebody came back with their code and begins to talk again."""
    make_member(alias="Rosa")
    phone = caller()
    words, _letters = code_of(phone)
    phone.post(PAGE, {"agreed": PRIMA, "alone": SALIR})
    phone.post("/hablar/", {"do": "leave"})
    elsewhere()
    other = back_with(words)
    other.post("/hablar/", {"do": "again"})
    return other


def talk_again(phone: Client) -> Member:
    """Have them talk with another volunteer; return that volunteer."""
    luis = make_member(alias="Luis", ready=True)
    phone.post("/hablar/", {"do": "agree"})
    phone.post("/hablar/", {"do": "skip"})
    chat.accept_offer(luis, Offer.objects.get(contact=contact_of(phone)).pk)
    return luis


def desk_of(member: Member, contact: Contact) -> str:
    return browser_of(member).get(f"{DESK}?contact={contact.pk}").content.decode()


def test_the_plan_is_offered_in_the_next_conversation_and_stays_closed_to_others_until_brought() -> None:
    phone = after_a_week()
    member = talk_again(phone)

    assert OFFERED in text_of(phone)
    assert PRIMA not in text_of(phone)  # not on a screen that somebody may look at
    assert PRIMA in text_of(phone, PAGE)
    assert PRIMA not in desk_of(member, contact_of(phone))
    assert SafetyPlan.objects.count() == 1


def test_once_brought_whoever_accompanies_them_reads_it_beside_the_conversation() -> None:
    phone = after_a_week()
    member = talk_again(phone)
    phone.post("/hablar/", {"do": "bring"})

    seen = desk_of(member, contact_of(phone))
    assert PRIMA in seen
    assert SALIR in seen
    said = Message.objects.filter(contact=contact_of(phone)).values_list("line_key", flat=True)
    assert [key for key in said if key.startswith("plan")] == ["plan_brought"]  # said once, not as a change too
    assert OFFERED not in text_of(phone)


def test_it_goes_with_the_new_conversation_and_the_old_one_stays_as_it_was() -> None:
    phone = after_a_week()
    talk_again(phone)
    phone.post(PAGE, {"do": "bring"})
    brought = SafetyPlan.objects.get(contact=contact_of(phone))
    old = SafetyPlan.objects.exclude(pk=brought.pk).get()

    assert bytes(brought.body) != bytes(old.body)
    assert old.revision == 1
    phone.post("/hablar/", {"do": "withdraw"})
    assert text_of(phone).count(PRIMA) == 0


def test_what_was_written_here_already_stands_beside_what_is_brought() -> None:
    phone = after_a_week()
    talk_again(phone)
    long = "x" * PLAN_LIMIT
    phone.post(PAGE, {"agreed": f"{PRIMA}, y escribirle", "alone": long})
    phone.post("/hablar/", {"do": "bring"})
    page = text_of(phone, PAGE)

    assert page.count(f'<dd dir="auto">{PRIMA}, y escribirle</dd>') == 1  # nothing stands there twice
    assert long in page  # and nothing is cut


def test_whoever_comes_back_by_the_danger_door_finds_it_too() -> None:
    phone = after_a_week()
    phone.post("/hablar/", {"do": "danger"})

    assert OFFERED in text_of(phone)


def test_a_second_tap_changes_nothing() -> None:
    phone = after_a_week()
    talk_again(phone)
    for _tap in range(2):
        assert phone.post("/hablar/", {"do": "bring"}).status_code == 302

    assert Message.objects.filter(line_key="plan_brought").count() == 1


def test_without_a_plan_or_with_one_that_opens_no_more_nothing_is_offered() -> None:
    phone = caller()
    phone.post("/hablar/", {"do": "leave"})
    phone.post("/hablar/", {"do": "again"})
    phone.post("/hablar/", {"do": "danger"})
    assert OFFERED not in text_of(phone)

    erased = caller()
    erased.post(PAGE, {"agreed": PRIMA})
    erased.post("/hablar/", {"do": "leave"})
    erased.post("/hablar/", {"do": "withdraw"})
    erased.post("/hablar/", {"do": "again"})
    erased.post("/hablar/", {"do": "danger"})
    assert OFFERED not in text_of(erased)


def test_leaving_suddenly_takes_the_way_to_it_along() -> None:
    phone = after_a_week()
    phone.get("/hablar/salir/")
    phone.get("/hablar/")
    phone.post("/hablar/", {"do": "danger"})

    assert OFFERED not in text_of(phone)
    assert PRIMA not in text_of(phone, PAGE)


@pytest.mark.parametrize("when", ["said before", "said in the next", "said later in the next", "never asked"])
def test_whoever_takes_a_shared_telephone_next_finds_no_plan(when: str) -> None:
    make_member(alias="Rosa")
    phone = caller()
    if when == "said before":
        phone.post("/hablar/", {"do": "shared"})
    elif when == "never asked":
        session = phone.session
        session.pop("shared", None)
        session.save()
    phone.post(PAGE, {"agreed": PRIMA})
    phone.post("/hablar/", {"do": "leave"})
    phone.post("/hablar/", {"do": "again"})
    phone.post("/hablar/", {"do": "agree", **({"shared": "yes"} if when == "said in the next" else {})})
    phone.post("/hablar/", {"do": "skip"})
    if when == "said later in the next":
        assert OFFERED in text_of(phone)
        phone.post("/hablar/", {"do": "shared"})

    assert OFFERED not in text_of(phone)
    assert PRIMA not in text_of(phone, PAGE)
