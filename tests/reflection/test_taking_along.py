"""All that is a member's own is taken along in one file, and deleted piece by piece or all at once."""

import json
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from reflection import journal, own_notes, prompts, spaces, taking_along, unlocked
from reflection.models import CheckIn, JournalPage, OwnNote, OwnSpace, Thanks
from roster.models import Member, Role
from tests.cast import browser_of, make_member
from tests.reflection.listeners import PASSWORD, listener, make_space, seen, with_space
from tests.reflection.people import found
from tests.reflection.test_form_wordings import load_who5
from tests.vault.people import joined
from tests.vault.test_a_thief_opens_nothing import PASSWORD as SIGNS_IN
from tests.vault.test_a_thief_opens_nothing import signed_in
from vault.models import DataKey, Entry

pytestmark = pytest.mark.django_db(databases="__all__")

TAKE, THANKS = "/reflexion/diario/llevar/", "/reflexion/gracias/"
LUZ = f"{SIGNS_IN} Luz"  # her password


@pytest.fixture(params=["A", "B"])
def _stage(request: pytest.FixtureRequest, settings: Settings) -> None:
    settings.STAGE = request.param


def a_life() -> tuple[Member, Client]:
    """Let somebody keep something of each kind, by the doors that people use."""
    load_who5()
    luz = joined("Luz", LUZ, Role.SUPERVISOR)
    browser = signed_in(luz)
    make_space(browser, LUZ)
    sol, elsewhere = with_space("Sol")
    browser.post("/reflexion/diario/", {"text": "la primera"})
    browser.post("/reflexion/diario/", {"text": "la segunda\nsigue", "prompt": prompts.prompts()[1]})
    browser.post("/reflexion/diario/borrador/", {"text": "a medias", "prompt": ""})
    browser.post("/reflexion/como-estoy/", {"moment": "arrive", "value": "4"})
    browser.post("/reflexion/como-estoy/who5/", {str(number): "2" for number in range(1, 6)})
    elsewhere.post(THANKS, {"to": str(luz.pk), "text": "gracias por ayer", "named": "yes"})
    elsewhere.post(THANKS, {"to": str(luz.pk), "text": "gracias, de nadie"})
    browser.post(THANKS, {"to": str(sol.pk), "text": "a ti", "named": "yes", "with_copy": "yes"})
    circle = found(luz)
    browser.post(f"/reflexion/circulo/{circle.pk}/nota/", {"note": "lo que me llevo"})
    return luz, browser


def taken(browser: Client, kind: str = "json", password: str = LUZ) -> Any:
    answer = browser.post(TAKE, {"password": password, "as": kind})
    assert answer.status_code == HTTPStatus.OK
    return json.loads(answer.content) if kind == "json" else answer.content.decode()


@pytest.mark.usefixtures("_stage")
def test_the_data_holds_everything_and_says_of_what_day() -> None:
    _luz, browser = a_life()
    day = timezone.localdate().isoformat()

    told = taken(browser)

    bands = {"scale": "Bienestar", "points": 40, "least": 0, "most": 100, "band": "bajo"}
    received = {(one["day"], one["from"], one["text"], one["put_away"]) for one in told.pop("thanks_received")}
    assert received == {(day, "Sol", "gracias por ayer", False), (day, "", "gracias, de nadie", False)}
    kept = [one.pop("at") for one in (*told["check_ins"], *told["questionnaires"])]
    assert kept == sorted(kept)
    assert {one[:10] for one in kept} == {day}
    assert told == {
        "version": 2,
        "pages": [
            {"day": day, "prompt": "", "text": "la primera"},
            {"day": day, "prompt": prompts.prompts()[1], "text": "la segunda\nsigue"},
        ],
        "draft": {"prompt": "", "text": "a medias"},
        "check_ins": [{"day": day, "question": "¿Cómo llegas?", "value": 4, "words": "Bien"}],
        "questionnaires": [{"day": day, "form": "WHO-5", "scores": [bands]}],
        "thanks_given": [{"day": day, "to": "Sol", "text": "a ti"}],
        "circle_notes": [{"day": day, "circle": "Martes", "text": "lo que me llevo"}],
        "not_opened": 0,
    }


@pytest.mark.usefixtures("_stage")
def test_the_text_reads_from_top_to_bottom() -> None:
    _luz, browser = a_life()
    day = f"{timezone.localdate():%d/%m/%Y}"

    text = taken(browser, "text")

    beginning = (
        f"MI DIARIO\n\n{day}\n\nla primera\n\n――――――\n\n{day}\n{prompts.prompts()[1]}\n\nla segunda\nsigue\n\n\n"
    )
    assert text.startswith(beginning)
    for part in (
        "LO QUE ESTABA ESCRIBIENDO\n\na medias\n",
        f"CÓMO ESTOY\n\n{day}  ¿Cómo llegas? Bien\n",
        f"CUESTIONARIOS\n\n{day}  WHO-5 Bienestar: 40 (de 0 a 100), bajo\n",
        f"{day}\nDe Sol\n\ngracias por ayer",
        f"{day}\nDe alguien del equipo\n\ngracias, de nadie",
        f"GRACIAS QUE DEJÉ\n\n{day}\nPara Sol\n\na ti\n",
        f"MIS NOTAS DE LOS CÍRCULOS\n\n{day}\nMartes\n\nlo que me llevo\n",
    ):
        assert part in text


def test_who_kept_nothing_is_told_so() -> None:
    _luz, browser = with_space()
    assert taken(browser, "text", PASSWORD) == "Todavía no hay nada guardado.\n"


def test_it_takes_the_password_once_more_and_an_open_space() -> None:
    _luz, browser = with_space()
    assert "Como datos (JSON)" in seen(browser, TAKE)
    wrong = browser.post(TAKE, {"password": "otra", "as": "json"})
    assert wrong.status_code == HTTPStatus.BAD_REQUEST
    assert "no se abre" in wrong.content.decode()
    for _try in range(9):
        browser.post(TAKE, {"password": "otra"})
    assert browser.post(TAKE, {"password": PASSWORD}).status_code == HTTPStatus.TOO_MANY_REQUESTS
    browser.post("/reflexion/espacio/", {"do": "close"})
    assert browser.get(TAKE)["Location"].startswith("/reflexion/espacio/")
    assert browser.post(TAKE, {"password": PASSWORD})["Location"].startswith("/reflexion/espacio/")


def test_it_is_made_in_memory_and_leaves_nothing_behind() -> None:
    _luz, browser = a_life()
    before = Entry.objects.count()
    with CaptureQueriesContext(connection) as asked:
        answer = browser.post(TAKE, {"password": LUZ, "as": "json"})
    assert answer["Content-Disposition"] == 'attachment; filename="lo-mio.json"'
    assert "no-store" in answer["Cache-Control"]
    writes = [one["sql"] for one in asked if one["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}]
    assert [one for one in writes if "django_session" not in one] == []
    assert Entry.objects.count() == before
    session = {name: value for name, value in browser.session.items() if name != unlocked.UNTIL}
    assert "la primera" not in str(session)


def test_what_does_not_open_is_counted_and_harms_no_other() -> None:
    luz, browser = a_life()
    page = JournalPage.objects.filter(space__member=luz).first()
    assert page
    JournalPage.objects.create(space=page.space, key=DataKey.objects.get(pk=page.space.key_id), page=page.page)
    assert taken(browser)["not_opened"] == 1
    assert "Hay 1 cosa más que tus claves no abren ahora." in taken(browser, "text")


def test_nobody_takes_anything_of_others_along() -> None:
    a_life()
    _other, elsewhere = with_space("Ola")
    told = taken(elsewhere, password=PASSWORD)
    assert not any(value for name, value in told.items() if name not in {"version"})


def test_a_copy_of_thanks_is_kept_of_what_was_signed_and_by_wish_alone() -> None:
    luz, _browser = with_space("Luz")
    _sol, browser = with_space("Sol")
    for given in ({"with_copy": "yes"}, {"named": "yes"}):
        browser.post(THANKS, {"to": str(luz.pk), "text": "gracias", **given})
    assert Thanks.objects.count() == 2
    assert not JournalPage.objects.exists()
    browser.post(THANKS, {"to": str(luz.pk), "text": "gracias", "named": "yes", "with_copy": "yes"})
    assert "gracias para Luz" in seen(browser, "/reflexion/diario/")
    copy = JournalPage.objects.get()
    assert "Las gracias que dejaste a Luz" in seen(browser, f"/reflexion/diario/{copy.pk}/")
    browser.post(f"/reflexion/diario/{copy.pk}/", {"do": "delete"})
    assert taken(browser, password=PASSWORD)["thanks_given"] == []
    assert Thanks.objects.count() == 3


def test_a_copy_stands_beside_the_journal_s_pages_and_nothing_tells_it_from_one() -> None:
    luz, _browser = with_space("Luz")
    _sol, browser = with_space("Sol")
    browser.post("/reflexion/diario/", {"text": "lo mío"})
    browser.post(THANKS, {"to": str(luz.pk), "text": "gracias", "named": "yes", "with_copy": "yes"})
    assert len({len(bytes(one.page)) for one in JournalPage.objects.all()}) == 1


def test_without_a_space_thanks_are_left_and_no_copy_is() -> None:
    luz, _browser = with_space("Luz")
    browser = browser_of(listener("Sol"))
    browser.post(THANKS, {"to": str(luz.pk), "text": "gracias", "named": "yes", "with_copy": "yes"})
    assert Thanks.objects.count() == 1
    assert not JournalPage.objects.exists()


@pytest.mark.django_db(databases="__all__", transaction=True)
@pytest.mark.usefixtures("_stage")
def test_all_at_once_goes_with_a_yes_and_every_key_with_it() -> None:
    luz, browser = a_life()
    sols = CheckIn.objects.filter(space__member__alias="Sol")
    own = OwnSpace.objects.get(member=luz)
    keys = {own.key_id, *own.pages.values_list("key", flat=True), *own.thanks.values_list("key", flat=True)}
    keys |= set(OwnNote.objects.filter(member=luz).values_list("key", flat=True))
    assert (len(keys), Thanks.objects.count()) == (7, 3)
    browser.post("/reflexion/espacio/", {"do": "erase", "password": LUZ, "sure": "yes"})
    assert not OwnNote.objects.filter(member=luz).exists()
    assert not CheckIn.objects.exclude(pk__in=sols).exists()
    assert [one.space.member.alias for one in Thanks.objects.all()] == ["Sol"]  # what was left others is theirs
    gone = DataKey.objects.filter(pk__in=keys).values_list("state", flat=True)
    assert set(gone) <= {"destroyed", "blocked"}
    assert len(gone) == 7


def test_each_kind_is_deleted_by_itself() -> None:
    luz, browser = a_life()
    note = OwnNote.objects.get(member=luz)
    for page in JournalPage.objects.filter(space__member=luz):
        browser.post(f"/reflexion/diario/{page.pk}/", {"do": "delete"})
    browser.post("/reflexion/diario/borrador/", {"text": ""})
    for row in Thanks.objects.filter(space__member=luz):
        browser.post(f"{THANKS}{row.pk}/", {"do": "delete"})
    for check_in in CheckIn.objects.filter(space__member=luz):
        browser.post("/reflexion/como-estoy/", {"do": "delete", "id": str(check_in.pk)})
    browser.post(f"/reflexion/nota/{note.pk}/borrar/")
    assert taken(browser, "text") == "Todavía no hay nada guardado.\n"


def test_a_note_of_a_circle_that_their_keys_do_not_open_is_counted() -> None:
    luz, _browser = with_space()
    circle = found(make_member(Role.SUPERVISOR))
    opened = spaces.open_with_password(OwnSpace.objects.get(member=luz), PASSWORD)
    OwnNote.objects.create(
        circle=circle, member=luz, key=opened.space.key, words=b"0" * 300, saved_on=timezone.localdate()
    )
    assert taking_along.everything(opened, luz)["not_opened"] == 1
    assert (own_notes.of(luz)[0][1], journal.pages(opened)) == (None, [])
