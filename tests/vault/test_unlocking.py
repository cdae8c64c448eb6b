"""A member's keys: made at the first sign-in, opened by the password, kept for the second cookie alone."""

import uuid

import pytest
from django.test import Client
from pytest_django import Settings

from cases.models import Case
from chat.transcript import messages_after
from roster import actions as roster
from roster.models import Member, Role
from tests.cast import browser_of, give_keys, make_member, make_talking, make_waiting, say
from tests.vault.keys import elsewhere
from triage import actions as triage
from triage.models import Contact
from vault import actions as vault
from vault.errors import Damaged
from vault.models import ShareWrap, StaffKey

pytestmark = pytest.mark.django_db(databases="__all__")

PASSWORD = "una frase larga"  # noqa: S105 - of people who are not


@pytest.fixture(autouse=True)
def _stage_b(settings: Settings) -> None:
    settings.STAGE = "B"


@pytest.fixture
def invited() -> Member:
    """Return a checked volunteer who has never signed in."""
    path = roster.invite(role=Role.VOLUNTEER, email="ana@ensayo.pe")
    facts = {"email": "ana@ensayo.pe", "alias": "Ana", "full_name": "Ana"}
    member = roster.take_invitation(path.split("/")[-2], password=PASSWORD, **facts)
    roster.check_licence(member, make_member(Role.COORDINATOR))
    return member


def kinds_of(contact: Contact) -> list[str]:
    """Return to what kinds of holders a contact is sealed."""
    return sorted(ShareWrap.objects.filter(key=contact.key_id).values_list("kind", flat=True))


def signed_in() -> Client:
    browser = Client()
    answer = browser.post("/equipo/entrar/", {"login": "ana@ensayo.pe", "password": PASSWORD})
    assert answer.status_code == 302
    return browser


def test_the_first_sign_in_makes_the_keys_and_the_next_opens_the_same(invited: Member) -> None:
    signed_in()
    key = StaffKey.objects.get(member=invited.pk)
    contact = make_waiting()
    assert kinds_of(contact) == ["caller", "circle"]
    roster.set_ready(invited)
    triage.route()
    browser = signed_in()
    assert StaffKey.objects.get(member=invited.pk) == key
    elsewhere()
    triage.assign_by_hand(contact, invited)
    say(contact, "¿me lees?")
    elsewhere()
    browser.post(f"/casos/nota/{contact.pk}/", {"talked": "Preguntó si la leía.", "do": "save"})
    case = Case.objects.get()
    page = browser.get(f"/casos/{case.pk}/").content.decode()
    assert "Preguntó si la leía." in page
    assert "¿me lees?" in page


@pytest.mark.usefixtures("invited")
def test_the_session_keeps_the_keys_for_the_second_cookie_alone() -> None:
    browser = signed_in()
    session = dict(browser.session)
    assert "unlocked" not in session
    second = browser.cookies["sk"].value
    assert vault.open_site_secret("keys", session["keys"], holder=second).startswith(
        str(StaffKey.objects.get(role="volunteer").pk)
    )
    with pytest.raises((Damaged, UnicodeDecodeError)):
        vault.open_site_secret("keys", session["keys"])
    with pytest.raises(Damaged):
        vault.open_site_secret("keys", session["keys"], holder=browser.cookies["sid"].value)


def test_two_taps_of_one_caller_open_the_same_conversation() -> None:
    make_member()
    phone = Client()
    phone.get("/hablar/")
    before = phone.cookies["sid"].value
    form = str(uuid.uuid4())
    phone.post("/hablar/", {"do": "agree", "form": form})
    other = Client()
    other.cookies["sid"] = before
    other.post("/hablar/", {"do": "agree", "form": form})
    contact = Contact.objects.get()
    for browser in (phone, other):
        elsewhere()
        browser.post("/hablar/", {"do": "answer", "words": "estoy mal"})
        assert "estoy mal" in browser.get("/hablar/").content.decode()
    assert kinds_of(contact) == ["caller", "circle"]


def test_keys_of_before_stage_b_go_on_opening(settings: Settings) -> None:
    settings.STAGE = "A"
    rosa = make_member(ready=True)
    contact = make_talking(rosa, "de antes")
    settings.STAGE = "B"
    give_keys(rosa)
    elsewhere()
    assert [one.text for one in messages_after(Contact.objects.get(pk=contact.pk), 0)][-1] == "de antes"
    browser = browser_of(rosa)
    assert browser.get(f"/casos/nota/{contact.pk}/").status_code == 200


def test_a_member_put_in_by_hand_gets_no_keys() -> None:
    make_member()
    stranger = Member.objects.create(email="x@ensayo.pe", alias="x", full_name="x", role=Role.VOLUNTEER)
    stranger.set_password(PASSWORD)
    stranger.save()
    assert vault.unlock(stranger.pk, stranger.role, PASSWORD) is None
