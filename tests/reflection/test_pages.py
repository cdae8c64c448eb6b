"""The pages of circles by plain forms: founding, joining, the room, leading, notes, a colleague, the calendar."""

import datetime
import uuid
from http import HTTPStatus

import pytest
from django.test import Client
from icalendar import Calendar
from pytest_django import Settings

from reflection import actions, calendar, own_notes, turns
from reflection.models import Circle, Entry, Gathering, Membership
from roster.models import Member, Role
from tests.cast import browser_of, give_keys, make_member
from tests.reflection.people import FORM, begin, found, join, say, soon
from vault.actions import LINE, retire_staff_key

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def circle(carmen: Member, rosa: Member) -> Circle:
    made = found(carmen)
    join(made, rosa)
    return made


def words(browser: Client, path: str, status: int = HTTPStatus.OK) -> str:
    page = browser.get(path)
    assert page.status_code == status
    return page.content.decode()


def path_of(circle: Circle, rest: str = "") -> str:
    return f"/reflexion/circulo/{circle.pk}/{rest}"


def test_a_supervisor_founds_a_circle_and_a_volunteer_joins_once_the_rules_are_accepted(carmen: Member) -> None:
    made = browser_of(carmen).post("/reflexion/circulos/nuevo/", FORM | {"day": soon(3).date().isoformat()})
    circle = Circle.objects.get()
    assert made["Location"] == path_of(circle)
    assert (circle.kind, circle.size, circle.life_days, circle.gatherings.count()) == ("balint", 8, 14, 3)

    browser = browser_of(make_member())
    assert "Martes" in words(browser, "/reflexion/")
    assert "Sin nombres, lugares ni detalles" in words(browser, path_of(circle))
    refused = browser.post(path_of(circle, "unirme/"))
    assert (refused.status_code, circle.memberships.count()) == (HTTPStatus.BAD_REQUEST, 1)
    assert "marca que aceptas los acuerdos" in refused.content.decode()
    assert browser.post(path_of(circle, "unirme/"), {"rules": "yes"})["Location"] == path_of(circle)
    assert 'id="composer"' in words(browser, path_of(circle))


def test_signing_up_twice_is_told_kindly(circle: Circle, rosa: Member) -> None:
    page = browser_of(rosa).post(path_of(circle, "unirme/"), {"rules": "yes"})
    assert (page.status_code, circle.memberships.count()) == (HTTPStatus.CONFLICT, 2)
    assert "Ya te apuntaste en este círculo" in page.content.decode()


def test_a_full_circle_has_a_waiting_list_that_one_can_leave(carmen: Member, rosa: Member) -> None:
    circle = found(carmen, size=3)
    join(circle, make_member(), make_member())
    browser = browser_of(rosa)
    assert "Ponerme en la lista de espera" in words(browser, path_of(circle))
    browser.post(path_of(circle, "unirme/"), {"rules": "yes"})
    assert "Estás en la lista de espera" in words(browser, path_of(circle))
    assert "en lista de espera" in words(browser, "/reflexion/")
    browser.post(path_of(circle, "salir/"))
    assert circle.memberships.count() == 3


def test_without_script_one_says_something_and_the_same_form_twice_is_once(circle: Circle, rosa: Member) -> None:
    browser, one = browser_of(rosa), str(uuid.uuid4())
    for _again in range(2):
        assert browser.post(path_of(circle, "decir/"), {"id": one, "text": " Hoy me costó. "}).status_code == 302
    assert Entry.objects.count() == 1
    assert "Hoy me costó." in words(browser, path_of(circle))


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "Todavía no hay nada escrito"), ("x" * 4001, "Es muy largo"), ("a\x07", "no podemos guardar")],
)
def test_what_cannot_be_said_stays_in_the_box(circle: Circle, rosa: Member, text: str, told: str) -> None:
    page = browser_of(rosa).post(path_of(circle, "decir/"), {"id": str(uuid.uuid4()), "text": text})
    assert page.status_code == HTTPStatus.BAD_REQUEST
    assert told in page.content.decode()
    assert f">{text}</textarea>" in page.content.decode()


def test_an_id_that_is_none_is_replaced_and_the_words_stay(circle: Circle, rosa: Member) -> None:
    page = browser_of(rosa).post(path_of(circle, "decir/"), {"id": "x", "text": "Hola."})
    assert ">Hola.</textarea>" in page.content.decode()
    assert 'name="id" value="x"' not in page.content.decode()


def test_the_room_goes_by_buttons_alone(circle: Circle, carmen: Member, rosa: Member) -> None:
    begin(circle)
    hers, mine = browser_of(carmen), browser_of(rosa)
    assert "La sala está abierta." in words(mine, path_of(circle))
    for browser in (mine, hers):
        browser.post(path_of(circle, "sala/"), {"do": "enter"})
    early = mine.post(path_of(circle, "sala/"), {"do": "move_on", "phase": "0"})
    assert (early.status_code, "Ahora no se puede" in early.content.decode()) == (HTTPStatus.CONFLICT, True)
    hers.post(path_of(circle, "sala/"), {"do": "move_on", "phase": "0"})
    assert "Es tu turno de hablar" in words(mine, path_of(circle, "estado/"))
    assert "Tiene la palabra Rosa." in words(hers, path_of(circle, "estado/"))
    mine.post(path_of(circle, "sala/"), {"do": "done"})
    refused = mine.post(path_of(circle, "decir/"), {"id": str(uuid.uuid4()), "text": "Una cosa más"})
    assert "Ahora habla otra persona" in refused.content.decode()
    assert ">Una cosa más</textarea>" in refused.content.decode()
    for phase in "123":
        hers.post(path_of(circle, "sala/"), {"do": "move_on", "phase": phase})
    assert Gathering.objects.get().attendance == 2
    assert "vinieron 2 personas" in words(hers, path_of(circle, "conducir/"))


@pytest.mark.parametrize("do", ["", "erase", "move_on"])
def test_a_button_that_is_none_does_nothing(circle: Circle, rosa: Member, do: str) -> None:
    page = browser_of(rosa).post(path_of(circle, "sala/"), {"do": do, "phase": "x"})
    assert page.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT}


def test_who_leads_plans_cancels_and_takes_somebody_out(circle: Circle, carmen: Member, rosa: Member) -> None:
    browser, path = browser_of(carmen), path_of(circle, "conducir/")
    plan = {
        "do": "plan",
        "day": soon(9).date().isoformat(),
        "hour": "20:00",
        "minutes": "60",
        "every": "1",
        "count": "2",
    }
    browser.post(path, plan)
    assert circle.gatherings.count() == 3
    late = browser.post(path, plan | {"day": "2020-01-01"})
    assert (late.status_code, "Esa hora ya pasó." in late.content.decode()) == (HTTPStatus.BAD_REQUEST, True)
    first = circle.gatherings.first()
    assert first
    browser.post(path, {"do": "cancel", "which": str(first.pk)})
    again = browser.post(path, {"do": "cancel", "which": str(first.pk)})
    assert again.status_code == HTTPStatus.CONFLICT
    own_notes.save(rosa, circle.pk, "Dormir más.")
    browser.post(path, {"do": "remove", "which": str(Membership.objects.get(member=rosa).pk)})
    mine = browser_of(rosa)
    assert "Dormir más." in words(mine, "/reflexion/")
    assert 'id="composer"' not in words(mine, path_of(circle))
    assert "Por ahora no puedes apuntarte" in words(mine, path_of(circle))
    back = mine.post(path_of(circle, "unirme/"), {"rules": "yes"})
    assert (back.status_code, "háblalo con quien lo conduce" in back.content.decode()) == (HTTPStatus.CONFLICT, True)
    assert mine.post(path_of(circle, "decir/"), {"id": str(uuid.uuid4()), "text": "x"}).status_code == 404
    for what in ("x", "", "99999999999999999999"):
        assert browser.post(path, {"do": "remove", "which": what}).status_code == HTTPStatus.NOT_FOUND
    assert "Rosa" in words(browser, path)
    browser.post(path, {"do": "let_back", "which": str(circle.kept_out.get().pk)})
    assert "Rosa" not in words(browser, path)
    assert "Acepto estos acuerdos" in words(mine, path_of(circle))
    browser.post(path, {"do": "end"})
    assert Circle.objects.get().ended_on


def test_who_leads_cannot_simply_walk_out(circle: Circle, carmen: Member) -> None:
    page = browser_of(carmen).post(path_of(circle, "salir/"))
    assert (page.status_code, "Conduces este círculo" in page.content.decode()) == (HTTPStatus.CONFLICT, True)


def test_a_note_to_oneself_is_kept_by_form_and_by_script_and_thrown_away(circle: Circle, rosa: Member) -> None:
    browser = browser_of(rosa)
    browser.post(path_of(circle, "nota/"), {"note": "Respirar."})
    assert ">Respirar.</textarea>" in words(browser, path_of(circle))
    told = browser.post(path_of(circle, "nota/"), {"note": "Otra."}, headers={"Accept": "application/json"})
    assert told.json() == {"problem": ""}
    long = browser.post(path_of(circle, "nota/"), {"note": "x" * 4001}, headers={"Accept": "application/json"})
    assert (long.status_code, "muy largo" in long.json()["problem"]) == (HTTPStatus.BAD_REQUEST, True)
    ((note, text),) = own_notes.of(rosa)
    assert text == "Otra."
    assert browser_of(make_member()).post(f"/reflexion/nota/{note.pk}/borrar/").status_code == HTTPStatus.NOT_FOUND
    browser.post(f"/reflexion/nota/{note.pk}/borrar/")
    assert own_notes.of(rosa) == []


@pytest.fixture
def maria(settings: Settings) -> tuple[Circle, Member]:
    """Return somebody of a circle of stage B in which another said «uno»."""
    settings.STAGE = "B"
    made, luis, maria = found(make_member(Role.SUPERVISOR)), make_member(), make_member()
    join(made, luis, maria)
    say(luis, made, "uno")
    return made, maria


def test_what_lost_keys_do_not_open_is_told_and_the_rest_goes_on(maria: tuple[Circle, Member]) -> None:
    circle, member = maria
    retire_staff_key(member.pk)
    member.holder = LINE
    give_keys(member)
    browser = browser_of(member)
    seen = words(browser, path_of(circle))
    assert "Se cerró con llaves que ahora no tienes" in seen
    assert "uno" not in seen
    browser.post(path_of(circle, "decir/"), {"id": str(uuid.uuid4()), "text": "Ya tengo llaves nuevas."})
    assert "Ya tengo llaves nuevas." in words(browser, path_of(circle))


def test_what_cannot_be_sealed_is_told_and_stays_in_the_box(maria: tuple[Circle, Member]) -> None:
    circle, member = maria
    retire_staff_key(member.pk)
    turns.close(circle)
    page = browser_of(member).post(path_of(circle, "decir/"), {"id": str(uuid.uuid4()), "text": "dos"})
    assert (page.status_code, Entry.objects.count()) == (HTTPStatus.BAD_REQUEST, 1)
    assert "No pudimos cerrarlo con llave" in page.content.decode()
    assert ">dos</textarea>" in page.content.decode()


def test_the_desk_hears_of_a_gathering_that_comes_and_of_one_that_has_begun(circle: Circle, rosa: Member) -> None:
    browser = browser_of(rosa)
    assert "se reúne el" in words(browser, "/reflexion/avisos/")
    begin(circle)
    assert "se reúne ahora" in words(browser, "/reflexion/avisos/")
    assert "notice" not in words(browser_of(make_member()), "/reflexion/avisos/")


def test_a_calendar_program_reads_the_gatherings_and_no_name(circle: Circle, carmen: Member, rosa: Member) -> None:
    page = browser_of(rosa).post("/reflexion/calendario/").content.decode()
    address = page.split("<code", 1)[1].split(">", 1)[1].split("<", 1)[0]
    path = address[address.index("/reflexion") :]
    gathering = circle.gatherings.get()
    read = Client().get(path)
    (event,) = Calendar.from_ical(read.content).walk("VEVENT")
    assert (str(event["uid"]), str(event["summary"]), str(event["status"])) == (
        str(gathering.uid),
        "Reunión",
        "CONFIRMED",
    )
    assert b"Martes" not in read.content
    assert event.decoded("dtend") - event.decoded("dtstart") == datetime.timedelta(minutes=60)
    actions.cancel(carmen, circle.pk, gathering.pk)
    (event,) = Calendar.from_ical(Client().get(path).content).walk("VEVENT")
    assert (str(event["status"]), event.decoded("sequence")) == ("CANCELLED", 1)
    browser_of(rosa).post("/reflexion/calendario/", {"do": "stop"})
    assert Client().get(path).status_code == HTTPStatus.NOT_FOUND
    assert calendar.member_of("x") is None


@pytest.mark.parametrize("rest", ["decir/", "sala/", "nota/", "salir/", "conducir/"])
def test_nobody_without_a_seat_does_anything_in_a_room(circle: Circle, carmen: Member, rest: str) -> None:
    say(carmen, circle, "uno")
    form = {"id": str(uuid.uuid4()), "text": "x", "note": "x", "do": "enter", "which": "1"}
    for path in (path_of(circle, rest), f"/reflexion/circulo/{uuid.uuid4()}/{rest}"):
        page = browser_of(make_member(Role.SUPERVISOR)).post(path, form)
        assert page.status_code == HTTPStatus.NOT_FOUND
        assert "uno" not in page.content.decode()
    assert (Entry.objects.count(), circle.own_notes.count(), circle.memberships.count()) == (1, 0, 2)


def test_who_only_sits_there_does_not_lead(circle: Circle, rosa: Member, carmen: Member) -> None:
    browser = browser_of(rosa)
    assert browser.get(path_of(circle, "conducir/")).status_code == HTTPStatus.NOT_FOUND
    for do in ("end", "remove", "pass", "cancel", "plan", "x"):
        form = FORM | {
            "do": do,
            "which": str(Membership.objects.get(member=carmen).pk),
            "day": soon(3).date().isoformat(),
        }
        assert browser.post(path_of(circle, "conducir/"), form).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("rest", ["", "estado/", "conducir/"])
def test_a_room_of_others_is_not_there(rest: str, rosa: Member, carmen: Member) -> None:
    ended = found(carmen)
    actions.end(carmen, ended.pk)
    for circle_id in (ended.pk, uuid.uuid4()):
        assert browser_of(rosa).get(f"/reflexion/circulo/{circle_id}/{rest}").status_code == HTTPStatus.NOT_FOUND
