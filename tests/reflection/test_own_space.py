"""A member's own space: made, opened, shut and erased with what only they know."""

import time
from http import HTTPStatus

import pytest
from django.test import Client
from pytest_django import Settings

from reflection import spaces, unlocked
from reflection.models import JournalPage, OwnSpace, Thanks
from reflection.own_errors import SpaceShut, SpaceStands
from roster.models import Role
from tests.cast import browser_of
from tests.reflection.listeners import PASSWORD, listener, make_space, seen, with_space
from vault.models import DataKey, Entry

pytestmark = pytest.mark.django_db(databases="__all__")

OPEN = "Está abierto."


def opened_by(browser: Client, do: str = "open", **given: str) -> bool:
    """Say whether a browser's space is open after these words."""
    browser.post("/reflexion/espacio/", {"do": do, **given})
    return OPEN in seen(browser, "/reflexion/espacio/")


@pytest.fixture(params=["A", "B"])
def _stage(request: pytest.FixtureRequest, settings: Settings) -> None:
    settings.STAGE = request.param


@pytest.mark.usefixtures("_stage")
@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.SUPERVISOR])
def test_a_space_is_made_with_one_s_password_and_its_code_is_shown_once(role: str) -> None:
    browser = browser_of(listener(role=role))
    code = make_space(browser)

    assert len(code.split("-")) == 7
    page = seen(browser, "/reflexion/espacio/")
    assert OPEN in page
    assert code not in page


def test_it_is_said_before_that_it_may_be_lost() -> None:
    browser = browser_of(listener())
    page = seen(browser, "/reflexion/espacio/")
    assert "se pierde para siempre" in page
    assert "ni las organizaciones" in page
    without = browser.post("/reflexion/espacio/", {"do": "make", "password": PASSWORD})
    assert without.status_code == HTTPStatus.BAD_REQUEST
    assert not OwnSpace.objects.exists()


def test_with_another_password_none_is_made() -> None:
    answer = browser_of(listener()).post("/reflexion/espacio/", {"do": "make", "password": "otra", "known": "yes"})
    assert "Esa no es tu contraseña" in answer.content.decode()
    assert not OwnSpace.objects.exists()


def test_a_second_space_is_not_made_and_the_first_one_stays() -> None:
    member, _browser = with_space()
    with pytest.raises(SpaceStands):
        spaces.make(member, PASSWORD)
    assert OwnSpace.objects.count() == 1
    assert DataKey.objects.exclude(state="active").count() == 1  # the key of the one that was not made


@pytest.mark.usefixtures("_stage")
def test_a_space_is_shut_in_another_browser_and_opens_with_the_password() -> None:
    member, _browser = with_space()
    elsewhere = browser_of(member)
    assert elsewhere.get("/reflexion/diario/").status_code == HTTPStatus.FOUND
    assert not opened_by(elsewhere, password="otra")  # noqa: S106
    assert opened_by(elsewhere, password=PASSWORD)
    assert elsewhere.get("/reflexion/diario/").status_code == HTTPStatus.OK


def test_whoever_wanted_to_read_comes_back_to_it_and_never_out_of_these_rooms() -> None:
    member, _browser = with_space()
    elsewhere = browser_of(member)
    door = elsewhere.get("/reflexion/diario/")["Location"]
    assert door == "/reflexion/espacio/?next=%2Freflexion%2Fdiario%2F"
    form = {"do": "open", "password": PASSWORD, "next": "/reflexion/diario/"}
    assert elsewhere.post("/reflexion/espacio/", form)["Location"] == "/reflexion/diario/"
    for away in ("https://otra.pe/", "//otra.pe/", "/reflexion//otra.pe/", "/supervision/"):
        assert (
            browser_of(member).post("/reflexion/espacio/", form | {"next": away})["Location"] == "/reflexion/espacio/"
        )


def test_half_an_hour_without_it_shuts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    _member, browser = with_space()
    now = time.time()
    monkeypatch.setattr("reflection.unlocked.time.time", lambda: now + unlocked.LASTS - 5)
    assert browser.get("/reflexion/diario/").status_code == HTTPStatus.OK
    monkeypatch.setattr("reflection.unlocked.time.time", lambda: now + 2 * unlocked.LASTS - 10)
    assert browser.get("/reflexion/diario/").status_code == HTTPStatus.OK  # looking kept it open
    monkeypatch.setattr("reflection.unlocked.time.time", lambda: now + 3 * unlocked.LASTS)
    assert browser.get("/reflexion/diario/").status_code == HTTPStatus.FOUND


def test_it_is_shut_at_once_by_who_says_so_and_by_who_signs_out() -> None:
    _member, browser = with_space()
    assert not opened_by(browser, do="close")
    assert opened_by(browser, password=PASSWORD)
    browser.post("/equipo/salir/")
    assert unlocked.SPACE not in browser.session


@pytest.mark.usefixtures("_stage")
def test_after_a_new_password_the_former_one_or_the_code_opens_it_and_from_then_on_the_new_one() -> None:
    member = listener()
    code = make_space(browser_of(member))
    for former, now in ((PASSWORD, "otra frase, también larga"), (code, "una tercera frase larga")):
        member.set_password(now)
        member.save()
        browser = browser_of(member)
        told = browser.post("/reflexion/espacio/", {"do": "open", "password": now}).content.decode()
        assert "Tu espacio se cerró con tu contraseña de antes" in told
        assert not opened_by(browser, do="open_anew", former="ni una ni otra", password=now)
        assert not opened_by(browser, do="open_anew", former=former, password="mala")  # noqa: S106
        assert opened_by(browser, do="open_anew", former=former.lower(), password=now)
        assert opened_by(browser_of(member), password=now)


def test_a_new_code_ends_the_one_before() -> None:
    member = listener()
    browser = browser_of(member)
    before = make_space(browser)
    wrong = browser.post("/reflexion/espacio/", {"do": "new_code", "password": "otra"})
    assert wrong.status_code == HTTPStatus.BAD_REQUEST
    shown = browser.post("/reflexion/espacio/", {"do": "new_code", "password": PASSWORD}).content.decode()
    code = shown.split('translate="no">')[1].split("<")[0]
    space = OwnSpace.objects.get()
    with pytest.raises(SpaceShut):
        spaces.open_anew(space, before, PASSWORD)
    assert spaces.open_anew(space, code, PASSWORD).space == space


def test_whoever_guesses_waits() -> None:
    member, _browser = with_space()
    browser = browser_of(member)
    for _try in range(10):
        assert browser.post("/reflexion/espacio/", {"do": "open", "password": "no"}).status_code == 400
    waits = browser.post("/reflexion/espacio/", {"do": "open", "password": PASSWORD})
    assert waits.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert "Espera diez minutos" in waits.content.decode()
    assert browser.post("/reflexion/diario/llevar/", {"password": PASSWORD}).status_code == HTTPStatus.FOUND


def test_another_member_in_the_same_browser_finds_nothing_of_it() -> None:
    _member, browser = with_space()
    kept = {name: browser.session[name] for name in (unlocked.SPACE, unlocked.UNTIL)}
    other = browser_of(listener("Sol"))
    session = other.session
    session.update(kept)
    session.save()
    assert other.get("/reflexion/diario/").status_code == HTTPStatus.FOUND


def test_a_public_key_that_somebody_put_there_is_not_sealed_to() -> None:
    member, _browser = with_space()
    _other, _elsewhere = with_space("Sol")
    theirs = OwnSpace.objects.exclude(member=member).get()
    OwnSpace.objects.filter(member=member).update(public=theirs.public)
    space = OwnSpace.objects.get(member=member)
    with pytest.raises(SpaceShut):
        spaces.seal(space, spaces.seed_context(space.pk, "seed"), {}, pad_to=1)
    assert not opened_by(browser_of(member), password=PASSWORD)


@pytest.mark.django_db(databases="__all__", transaction=True)
@pytest.mark.usefixtures("_stage")
def test_erasing_takes_rows_and_keys_of_all_that_was_in_it() -> None:
    member, browser = with_space()
    _other, elsewhere = with_space("Sol")
    browser.post("/reflexion/diario/", {"text": "algo mío"})
    elsewhere.post("/reflexion/gracias/", {"to": str(member.pk), "text": "gracias"})
    elsewhere.post("/reflexion/diario/", {"text": "algo suyo"})
    space = OwnSpace.objects.get(member=member)
    keys = {space.key_id, JournalPage.objects.get(space=space).key_id, Thanks.objects.get().key_id}
    wrong = browser.post("/reflexion/espacio/", {"do": "erase", "password": "otra", "sure": "yes"})
    assert "No se borró nada" in wrong.content.decode()
    unsure = browser.post("/reflexion/espacio/", {"do": "erase", "password": PASSWORD})
    assert "marca que quieres" in unsure.content.decode()
    assert OwnSpace.objects.filter(member=member).exists()
    browser.post("/reflexion/espacio/", {"do": "erase", "password": PASSWORD, "sure": "yes"})

    assert not OwnSpace.objects.filter(member=member).exists()
    assert set(DataKey.objects.filter(state="destroyed").values_list("pk", flat=True)) == keys
    assert "algo suyo" in seen(elsewhere, "/reflexion/diario/")
    make_space(browser)
    assert "Todavía no hay ninguna" in seen(browser, "/reflexion/diario/")


def test_who_lost_password_and_code_may_erase_it_and_begin_anew() -> None:
    member, _browser = with_space()
    member.set_password("nueva y larga, por correo")
    member.save()
    browser = browser_of(member)
    browser.post("/reflexion/espacio/", {"do": "erase", "password": "nueva y larga, por correo", "sure": "yes"})
    assert not OwnSpace.objects.exists()


def test_nothing_of_it_stands_in_the_trail() -> None:
    before = Entry.objects.count()
    _member, browser = with_space()
    browser.post("/reflexion/diario/", {"text": "algo mío"})
    browser.post("/reflexion/espacio/", {"do": "open", "password": "mala"})
    browser.post("/reflexion/espacio/", {"do": "erase", "password": PASSWORD, "sure": "yes"})
    assert Entry.objects.filter(seq__gt=before).exclude(act__startswith="circle.").count() == 0


def test_a_coordinator_has_no_door_to_it() -> None:
    browser = browser_of(listener(role=Role.COORDINATOR))
    for path in ("espacio/", "diario/", "como-estoy/", "gracias/"):
        assert browser.get(f"/reflexion/{path}").status_code == HTTPStatus.NOT_FOUND
