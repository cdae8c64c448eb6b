"""The room of a circle by plain forms and as a fragment: passing, coming early, presenting, and being taken out."""

import uuid
from http import HTTPStatus

import pytest
from django.utils.timezone import localtime

from reflection import actions, live
from reflection.models import Circle, Gathering, Membership
from reflection.screen_words import NOTE_GONE
from roster.models import Member
from tests.cast import browser_of
from tests.reflection.people import MINUTE, begin, found, join
from tests.reflection.test_pages import path_of, words
from wire import clock

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def circle(carmen: Member, rosa: Member) -> Circle:
    """Return a circle of two."""
    made = found(carmen)
    join(made, rosa)
    return made


def test_who_has_the_word_may_pass_and_gives_it_on_once_they_have_spoken(
    circle: Circle, carmen: Member, rosa: Member
) -> None:
    begin(circle)
    for one in (rosa, carmen):
        live.enter(one, circle.pk)
    live.move_on(carmen, circle.pk, 0)
    mine = browser_of(rosa)
    before = words(mine, path_of(circle, "estado/"))
    assert ("Paso esta vez" in before, "Doy la palabra" in before) == (True, False)
    mine.post(path_of(circle, "decir/"), {"id": str(uuid.uuid4()), "text": "Llegué cansada."})
    after = words(mine, path_of(circle, "estado/"))
    assert ("Paso esta vez" in after, "Doy la palabra" in after) == (False, True)


def test_who_comes_early_reads_when_it_begins_and_it_can_still_be_called_off(
    circle: Circle, carmen: Member, rosa: Member
) -> None:
    begin(circle)
    Gathering.objects.update(starts_at=clock.now() + 5 * MINUTE)
    hers, mine = browser_of(carmen), browser_of(rosa)
    mine.post(path_of(circle, "sala/"), {"do": "enter"})
    assert "Empieza en 5 minutos." in words(mine, path_of(circle, "estado/"))
    assert "Cancelarla" in words(hers, path_of(circle, "conducir/"))
    Gathering.objects.update(starts_at=clock.now())
    assert "Empieza en" not in words(mine, path_of(circle, "estado/"))
    assert "Cancelarla" not in words(hers, path_of(circle, "conducir/"))


def test_the_fragment_says_which_gathering_is_meant_also_past_its_end(circle: Circle, rosa: Member) -> None:
    assert "Próxima reunión:" in words(browser_of(rosa), path_of(circle, "estado/"))
    begin(circle)
    live.enter(rosa, circle.pk)
    for begun in (clock.now(), clock.now() - 70 * MINUTE):
        Gathering.objects.update(starts_at=begun)
        assert f"{localtime(begun):%H:%M}–" in words(browser_of(rosa), path_of(circle, "estado/"))
        assert "Reunión de ahora:" in words(browser_of(rosa), path_of(circle, "estado/"))


def test_who_presents_says_so_and_says_that_they_do_no_more(carmen: Member, rosa: Member) -> None:
    balint = found(carmen, kind="balint")
    join(balint, rosa)
    begin(balint)
    browser = browser_of(rosa)
    for do, told in (
        ("enter", "Todavía nadie presenta."),
        ("present", "Ya no presento"),
        ("stop_presenting", "Yo prese"),
    ):
        browser.post(path_of(balint, "sala/"), {"do": do})
        assert told in words(browser, path_of(balint, "estado/"))


def test_who_was_taken_out_is_told_so_at_each_button_and_the_note_comes_back(
    circle: Circle, carmen: Member, rosa: Member
) -> None:
    browser, told = browser_of(rosa), "Ya no estás en este círculo, o terminó"
    actions.remove(carmen, circle.pk, Membership.objects.get(member=rosa).pk)
    page = browser.post(path_of(circle, "sala/"), {"do": "enter"})
    assert (page.status_code, told in page.content.decode()) == (HTTPStatus.NOT_FOUND, True)
    assert "Lo que escribiste" not in page.content.decode()
    note = browser.post(path_of(circle, "nota/"), {"note": "Respirar."}, headers={"Accept": "application/json"})
    assert (note.status_code, note.json()["problem"]) == (HTTPStatus.NOT_FOUND, str(NOTE_GONE))
