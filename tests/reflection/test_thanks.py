"""Notes of thanks: sealed to who is thanked, signed or not, put away or deleted, and never counted."""

import uuid
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from reflection import thanks
from reflection.models import OwnSpace, Thanks
from reflection.own_errors import NoThanksTaken
from roster.models import Member
from tests.cast import browser_of, make_member
from tests.reflection.listeners import listener, seen, with_space
from vault.models import DataKey

pytestmark = pytest.mark.django_db(databases="__all__")

PAGE = "/reflexion/gracias/"
WORDS = "Gracias por quedarte conmigo ayer."


@pytest.fixture(params=["A", "B"])
def _stage(request: pytest.FixtureRequest, settings: Settings) -> None:
    settings.STAGE = request.param


def leave(browser: Client, to: Member, text: str = WORDS, **given: str) -> str:
    """Let somebody leave a note; return what they see then."""
    form = {"to": str(to.pk), "text": text, **given}
    return browser.post(PAGE, form, follow=True).content.decode()


@pytest.mark.usefixtures("_stage")
def test_a_note_is_read_by_who_was_thanked_and_signed_if_its_writer_wished() -> None:
    luz, browser = with_space("Luz")
    sol = browser_of(listener("Sol"))
    assert "Tu nota quedó guardada" in leave(sol, luz, named="yes")
    page = seen(browser, PAGE)
    assert WORDS in page
    assert "Sol, " in page
    row = Thanks.objects.get()
    assert b"Gracias" not in bytes(row.note)
    assert {field.name for field in Thanks._meta.get_fields()} == {"id", "space", "key", "note", "hidden", "seen"}


def test_an_unsigned_note_says_so() -> None:
    luz, browser = with_space("Luz")
    leave(browser_of(listener("Sol")), luz)
    page = seen(browser, PAGE)
    assert "alguien del equipo" in page
    assert "Sol, " not in page


def test_a_note_waits_for_an_open_space_and_nobody_says_how_many() -> None:
    luz, _browser = with_space("Luz")
    sol = browser_of(listener("Sol"))
    browser = browser_of(luz)
    assert "Aquí llegan las palabras" in seen(browser, PAGE)
    for _time in range(3):
        leave(sol, luz)
    page = seen(browser, PAGE)
    assert "Alguien te dejó unas palabras. Abre tu espacio" in page
    assert WORDS not in page
    assert "Alguien te dejó unas palabras." in seen(browser, "/reflexion/")


@pytest.mark.usefixtures("_stage")
def test_a_note_waits_until_it_was_read_and_the_next_one_waits_again() -> None:
    luz, browser = with_space("Luz")
    sol, waits = browser_of(listener("Sol")), "Alguien te dejó unas palabras."
    leave(sol, luz)
    assert waits in seen(browser, "/reflexion/")
    assert WORDS in seen(browser, PAGE)
    assert waits not in seen(browser, "/reflexion/")
    assert WORDS in seen(browser, PAGE)
    leave(sol, luz)
    assert waits in seen(browser, "/reflexion/")


def test_only_who_has_a_space_and_takes_notes_is_offered_and_thanked() -> None:
    luz, browser = with_space("Luz")
    without, coordinator = listener("Mar"), make_member("coordinator", "Coral")
    gone, _elsewhere = with_space("Ola")
    Member.objects.filter(pk=gone.pk).update(is_active=False)
    sol = browser_of(listener("Sol"))
    page = seen(sol, PAGE)
    assert f'value="{luz.pk}"' in page
    assert not any(f'value="{one.pk}"' in page for one in (without, coordinator, gone))
    browser.post("/reflexion/espacio/", {"do": "wish"})
    for one in (luz, without, coordinator, gone):
        assert "esa persona no recibe notas ahora" in leave(sol, one)
    assert not Thanks.objects.exists()
    assert "Todavía nadie más" in seen(sol, PAGE)


def test_nobody_thanks_themselves() -> None:
    luz, browser = with_space("Luz")
    assert "esa persona no recibe" in leave(browser, luz)
    with pytest.raises(NoThanksTaken):
        thanks.give(luz, luz.pk, WORDS, day=timezone.localdate(), named=False)


@pytest.mark.parametrize(("text", "told"), [(" ", "nada escrito"), ("a" * 501, "caben 500 letras")])
def test_a_note_that_cannot_be_left_says_why_and_keeps_its_words(text: str, told: str) -> None:
    luz, _browser = with_space("Luz")
    page = leave(browser_of(listener("Sol")), luz, text)
    assert told in page
    assert text.strip() in page
    assert f'value="{luz.pk}" selected' in page
    assert not Thanks.objects.exists()


@pytest.mark.parametrize("to", ["", "x", str(uuid.UUID(int=7))])
def test_to_nobody_no_note_is_left(to: str) -> None:
    with_space("Luz")
    answer = browser_of(listener("Sol")).post(PAGE, {"to": to, "text": WORDS})
    assert answer.status_code == HTTPStatus.BAD_REQUEST


def test_so_many_in_a_day_are_too_many() -> None:
    luz, _browser = with_space("Luz")
    sol = browser_of(listener("Sol"))
    for _time in range(20):
        leave(sol, luz)
    assert "Sigue mañana" in leave(sol, luz)
    assert Thanks.objects.count() == 20


@pytest.mark.django_db(databases="__all__", transaction=True)
@pytest.mark.usefixtures("_stage")
def test_a_note_is_put_away_shown_again_and_deleted_with_its_key() -> None:
    luz, browser = with_space("Luz")
    leave(browser_of(listener("Sol")), luz)
    row = Thanks.objects.get()
    _other, elsewhere = with_space("Ola")
    path = f"{PAGE}{row.pk}/"
    assert elsewhere.post(path, {"do": "delete"}).status_code == HTTPStatus.NOT_FOUND
    browser.post(path, {"do": "hide"})
    page = seen(browser, PAGE)
    assert "Ahora no hay ninguna" in page
    assert "Las que guardaste aparte" in page
    assert "Alguien te dejó" not in seen(browser, "/reflexion/")
    browser.post(path, {"do": "show"})
    assert "Las que guardaste aparte" not in seen(browser, PAGE)
    assert browser.post(path, {"do": "rank"}).status_code == HTTPStatus.NOT_FOUND
    browser.post(path, {"do": "delete"})
    assert not Thanks.objects.exists()
    assert DataKey.objects.get(pk=row.key_id).state == "destroyed"
    assert browser.post(path, {"do": "delete"}).status_code == HTTPStatus.NOT_FOUND


def test_a_note_that_is_damaged_harms_no_other() -> None:
    luz, browser = with_space("Luz")
    leave(browser_of(listener("Sol")), luz)
    row = Thanks.objects.get()
    Thanks.objects.create(space=row.space, key=OwnSpace.objects.get().key, note=row.note)
    assert seen(browser, PAGE).count(WORDS) == 1
