"""Bad input about circles is told in words and keeps what was typed; nothing of it is stored."""

import datetime
import uuid
from http import HTTPStatus

import pytest
from django.utils.timezone import localtime

from reflection import actions
from reflection.models import Circle, Entry
from reflection.schedule import BadSchedule
from roster.models import Member
from tests.cast import browser_of
from tests.reflection.people import FORM, found, join, soon
from tests.reflection.test_pages import path_of, words
from wire import clock

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def circle(carmen: Member, rosa: Member) -> Circle:
    made = found(carmen)
    join(made, rosa)
    return made


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"day": "2020-01-01"}, "Esa hora ya pasó."),
        ({"day": "2099-01-01"}, "más de un año"),
        ({"day": "mañana"}, "fecha"),
        ({"size": "2"}, "3"),
        ({"size": "13"}, "12"),
        ({"count": "14"}, "13"),
        ({"life_days": "400"}, "opci"),
        ({"kind": "peer"}, "opci"),
        ({"name": ""}, "obligatorio"),
        ({"name": "   "}, "obligatorio"),
        ({"name": "n" * 61}, "Ese nombre tiene 61 letras. Acórtalo a 60 o menos."),
        ({"minutes": "-60"}, "Una reunión dura entre 30 minutos y 2 horas."),
        ({"minutes": "hora"}, "Una reunión dura entre 30 minutos y 2 horas."),
        ({"every": "9"}, "Elige cada cuánto se repite"),
        ({"day": "0001-01-01"}, "Esa hora ya pasó."),
        ({"day": "9999-12-31"}, "más de un año"),
        ({"hour": "25:00"}, "hora"),
    ],
)
def test_a_circle_that_cannot_be_is_refused_in_words_and_keeps_what_was_typed(
    carmen: Member, given: dict[str, str], told: str
) -> None:
    form = FORM | {"day": soon(3).date().isoformat()} | given
    page = browser_of(carmen).post("/reflexion/circulos/nuevo/", form)
    assert page.status_code == HTTPStatus.BAD_REQUEST
    assert told in page.content.decode()
    assert f'value="{form["hour"]}"' in page.content.decode()
    assert not Circle.objects.exists()


def test_all_that_is_wrong_is_told_at_once(carmen: Member) -> None:
    page = browser_of(carmen).post("/reflexion/circulos/nuevo/", FORM | {"day": "2020-01-01", "name": "n" * 61})
    assert "Ese nombre tiene 61 letras." in page.content.decode()
    assert "Esa hora ya pasó." in page.content.decode()


def test_a_name_of_sixty_letters_is_one(carmen: Member) -> None:
    form = FORM | {"day": soon(3).date().isoformat(), "name": "ñ" * 60}
    assert browser_of(carmen).post("/reflexion/circulos/nuevo/", form).status_code == HTTPStatus.FOUND


def test_a_repetition_over_the_turn_of_the_year_is_shown_as_days_of_lima(
    carmen: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime.datetime(2026, 12, 20, 15, 0, tzinfo=datetime.UTC))
    form = FORM | {"day": "2026-12-24", "hour": "20:00", "every": "1", "count": "3"}
    browser_of(carmen).post("/reflexion/circulos/nuevo/", form)
    page = words(browser_of(carmen), path_of(Circle.objects.get(), "conducir/"))
    for day in ("jueves 24 de diciembre", "jueves 31 de diciembre", "jueves 7 de enero"):
        assert f"{day}, 20:00–21:30" in page.lower()


def test_a_time_that_passed_while_the_form_was_sent_is_told_and_founds_nothing(
    carmen: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(*_given: object) -> None:
        raise BadSchedule("past")

    monkeypatch.setattr(actions, "times", too_late)
    form = FORM | {"day": soon(3).date().isoformat()}
    page = browser_of(carmen).post("/reflexion/circulos/nuevo/", form)
    assert (page.status_code, "Esa hora ya pasó." in page.content.decode()) == (HTTPStatus.BAD_REQUEST, True)


def test_a_gathering_that_overlaps_is_told_with_its_hour(circle: Circle, carmen: Member) -> None:
    at = localtime(circle.gatherings.get().starts_at) + datetime.timedelta(minutes=30)
    form = {
        "do": "plan",
        "day": at.date().isoformat(),
        "hour": f"{at:%H:%M}",
        "minutes": "60",
        "every": "0",
        "count": "1",
    }
    page = browser_of(carmen).post(path_of(circle, "conducir/"), form)
    assert page.status_code == HTTPStatus.BAD_REQUEST
    assert f"{at:%H:%M} el círculo ya está en otra reunión. Elige otra hora" in page.content.decode()
    assert circle.gatherings.count() == 1


def test_what_somebody_writes_after_they_left_comes_back_to_them_and_is_kept_nowhere(
    circle: Circle, carmen: Member, rosa: Member
) -> None:
    browser = browser_of(rosa)
    actions.leave(rosa, circle.pk)
    page = browser.post(path_of(circle, "decir/"), {"id": str(uuid.uuid4()), "text": "Una cosa <más>"})
    told = page.content.decode()
    assert page.status_code == HTTPStatus.NOT_FOUND
    assert "Ya no estás en este círculo, o terminó." in told
    assert ">Una cosa &lt;más&gt;</textarea>" in told
    noted = browser.post(path_of(circle, "nota/"), {"note": "Respirar."})
    assert (noted.status_code, ">Respirar.</textarea>" in noted.content.decode()) == (HTTPStatus.NOT_FOUND, True)
    assert not Entry.objects.exists()
    own = browser_of(carmen)
    actions.end(carmen, circle.pk)
    assert ">Adiós</textarea>" in own.post(path_of(circle, "decir/"), {"text": "Adiós"}).content.decode()
