"""A member's keys: made at the first sign-in, opened by the password, kept for the second cookie alone."""

import re
import uuid

import pytest
from allauth.account.adapter import get_adapter
from django.test import Client
from pytest_django import Settings

from cases.models import Case
from chat.transcript import messages_after
from hotline.sessions import SessionStore
from roster import actions as roster
from roster import second_factor
from roster.errors import NotByThemselves
from roster.models import Member, Role
from tests.cast import browser_of, give_keys, make_member, make_talking, make_waiting, say
from tests.vault.keys import elsewhere
from tests.vault.people import joined
from triage import actions as triage
from triage.models import Contact
from vault import actions as vault
from vault.errors import Damaged, KeyUnavailable
from vault.models import ShareWrap, StaffKey

pytestmark = pytest.mark.django_db(databases="__all__")

PASSWORD = "una frase larga"  # noqa: S105 - of people who are not


@pytest.fixture(autouse=True)
def _stage_b(settings: Settings) -> None:
    settings.STAGE = "B"


@pytest.fixture
def invited() -> Member:
    """Return a checked volunteer who has never signed in."""
    return joined("Ana", PASSWORD)


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


# The recovery code --------------------------------------------------------------------------------------------------

NEW = "otra frase, más larga todavía"


def code_of(browser: Client) -> str:
    """Confirm who one is, make a recovery code, and return it."""
    browser.post("/equipo/confirmar/", {"password": PASSWORD})
    page = browser.post("/equipo/llavero/codigo/").content.decode()
    return str(re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{3,4}){6}", page)[0])


def with_new_password(member: Member) -> Client:
    """Return the browser of a member who got a new password by mail, where no keys open."""
    fresh = Member.objects.get(pk=member.pk)
    get_adapter().set_password(fresh, NEW)
    browser = Client()
    assert browser.post("/equipo/entrar/", {"login": "ana@ensayo.pe", "password": NEW}).status_code == 302
    return browser


def test_a_password_from_a_mail_opens_nothing_and_the_code_does(invited: Member) -> None:
    browser = signed_in()
    assert "Haz el código de tu llavero" in browser.get("/escritorio/").content.decode()
    code = code_of(browser)
    assert "Haz el código de tu llavero" not in browser.get("/escritorio/").content.decode()
    contact = make_talking(invited, "¿me lees?")
    address = f"/casos/nota/{contact.pk}/"
    assert browser.post(address, {"talked": "Preguntó si la leía.", "do": "save"}).status_code == 302

    elsewhere()
    late = with_new_password(invited)
    assert late.get("/escritorio/")["Location"] == "/equipo/llavero/"
    page = late.get("/equipo/llavero/").content.decode()
    assert "Está cerrado." in page
    wrong = late.post("/equipo/llavero/abrir/", {"code": ("3" if code[0] == "2" else "2") + code[1:], "password": NEW})
    assert wrong.status_code == 400
    assert "no abre tu llavero" in wrong.content.decode()
    assert late.post("/equipo/llavero/abrir/", {"code": code, "password": PASSWORD}).status_code == 400
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert late.post("/equipo/llavero/abrir/", {"code": typed, "password": NEW}).status_code == 302
    assert "Preguntó si la leía." in late.get(address).content.decode()
    again = Client()
    assert again.post("/equipo/entrar/", {"login": "ana@ensayo.pe", "password": NEW}).status_code == 302
    assert "Preguntó si la leía." in again.get(address).content.decode()


def test_a_password_that_somebody_changes_themselves_opens_the_same_keys(invited: Member) -> None:
    browser = signed_in()
    contact = make_talking(invited, "¿me lees?")
    address = f"/casos/nota/{contact.pk}/"
    browser.post(address, {"talked": "Preguntó si la leía.", "do": "save"})
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert browser.post("/equipo/contrasena/", form).status_code == 302
    elsewhere()
    again = Client()
    again.post("/equipo/entrar/", {"login": "ana@ensayo.pe", "password": NEW})
    assert "Preguntó si la leía." in again.get(address).content.decode()
    assert vault.unlock(invited.pk, invited.role, PASSWORD) is None


def test_a_new_code_ends_the_one_before(invited: Member) -> None:
    browser = signed_in()
    first, second = code_of(browser), code_of(browser)
    assert vault.open_with_code(invited.pk, invited.role, first) is None
    assert vault.open_with_code(invited.pk, invited.role, second) is not None


def test_new_keys_come_from_another_person_and_open_what_comes_then(invited: Member) -> None:
    signed_in()
    julio = make_member(Role.COORDINATOR)
    with pytest.raises(NotByThemselves):
        roster.renew_keys(julio, julio)
    before = make_talking(invited, "antes")
    late = with_new_password(invited)
    roster.renew_keys(invited, julio)
    assert "Te espera un llavero nuevo" in late.get("/equipo/llavero/").content.decode()
    browser = Client()
    browser.post("/equipo/entrar/", {"login": "ana@ensayo.pe", "password": NEW})
    elsewhere()
    after = make_talking(invited, "después")
    assert browser.get(f"/casos/nota/{after.pk}/").status_code == 200
    assert kinds_of(after) == ["caller", "person"]
    invited.holder = vault.person(invited.pk, vault.unlock(invited.pk, invited.role, NEW) or "")
    elsewhere()
    with pytest.raises(KeyUnavailable):
        vault.open_key(before.key_id, invited.holder)
    assert vault.open_key(after.key_id, invited.holder).key_id == after.key_id


@pytest.mark.usefixtures("invited")
def test_a_code_is_shown_only_to_who_has_just_confirmed_who_they_are() -> None:
    browser = signed_in()
    answer = browser.post("/equipo/llavero/codigo/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/equipo/confirmar/")


def test_signing_in_hands_what_one_holds_of_a_circle_to_who_came_since(invited: Member) -> None:
    signed_in()
    contact = make_waiting()
    luis = make_member(alias="Luis")
    elsewhere()
    with pytest.raises(KeyUnavailable):
        vault.open_key(contact.key_id, luis.holder)
    signed_in()
    assert vault.open_key(contact.key_id, luis.holder).key_id == contact.key_id
    assert invited.alias == "Ana"


def test_keys_that_wait_for_the_second_factor_are_taken_by_their_owner_alone(invited: Member) -> None:
    session, other = SessionStore(), make_member(alias="Otra")
    second_factor.put_unlocked(session, other, "hers")
    assert second_factor.taken_unlocked(session, invited) is None
    assert second_factor.taken_unlocked(session, other) is None  # nobody's wait any more
    second_factor.put_unlocked(session, other, "hers")
    second_factor.put_unlocked(session, invited, None)
    assert second_factor.taken_unlocked(session, other) is None
    second_factor.put_unlocked(session, other, "hers")
    assert second_factor.taken_unlocked(session, other) == "hers"


def test_an_invitation_taken_in_stage_a_keeps_nobody_from_their_place_in_stage_b(settings: Settings) -> None:
    settings.STAGE = "A"
    path = roster.invite(role=Role.VOLUNTEER, email="eva@ensayo.pe")
    facts = {"email": "eva@ensayo.pe", "alias": "Eva", "full_name": "Eva"}
    roster.take_invitation(path.split("/")[-2], password=PASSWORD, **facts)
    earlier = Member.objects.create(email="x@ensayo.pe", alias="x", full_name="x", role=Role.VOLUNTEER)
    settings.STAGE = "B"
    roster.expect_keys()
    assert vault.keys_of(earlier.pk, earlier.role).expected
    planted = Member.objects.create(email="y@ensayo.pe", alias="y", full_name="y", role=Role.VOLUNTEER)
    roster.expect_keys()
    assert not vault.keys_of(planted.pk, planted.role).expected
