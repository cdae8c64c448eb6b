"""The page of shifts and its forms: what is shown, what is done, and a clear sentence for whatever cannot be."""

import datetime
import re
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from roster import shifts
from roster.hours import LIMA
from roster.models import Member, OpeningException, OpeningSpan, Role, Shift, Skill
from tests.cast import browser_of, make_member
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")

NOW = datetime.datetime(2026, 11, 26, 9, 0, tzinfo=LIMA)  # a Thursday
HOUR = datetime.timedelta(hours=1)


@pytest.fixture(autouse=True)
def hands() -> Iterator[time_machine.Traveller]:
    """Let it be nine in the morning, and stay so."""
    with time_machine.travel(NOW, tick=False) as hands:
        yield hands


@pytest.fixture
def window(rosa: Member) -> Client:
    """Return the volunteer's browser."""
    return browser_of(rosa)


def take(member: Member, text: str) -> Shift:
    begin = datetime.datetime.fromisoformat(f"2026-{text}").replace(tzinfo=LIMA)
    return shifts.take(member, begin, begin + 2 * HOUR)


def page(window: Client, query: str = "") -> str:
    return " ".join(window.get(f"/equipo/turnos/{query}").content.decode().split())


def said(window: Client, path: str, **data: str) -> tuple[int, str]:
    """Send a form; return the status, and what the page says of it."""
    response = window.post(f"/equipo/turnos/{path}", data, follow=True)
    notices = re.findall(r'class="notice[^"]*" role="\w+">(.*?)</p>', response.content.decode())
    return response.status_code, " ".join(notices)


# What is shown ------------------------------------------------------------------------------------------------------


def test_the_week_shows_who_is_there_and_how_many_are_needed(window: Client, luis: Member) -> None:
    take(luis, "11-27 10:00")
    shown = page(window)
    assert "Semana del 23 de noviembre al 29 de noviembre de 2026" in shown
    row = re.search(r'<th scope="row" class="time">10:00</th>(.*?)</tr>', shown)
    assert row
    friday = row[1].split("</td>")[4]
    assert "1 de 1" in friday
    assert "Luis" in friday
    assert "falta 1" in row[1].split("</td>")[5]


def test_each_day_is_a_list_too_for_narrow_screens(window: Client) -> None:
    shown = page(window)
    days = re.findall(r"<summary><span>(\w+ \d+ de noviembre)", shown)
    assert days == [f"{name} {23 + number} de noviembre" for number, name in enumerate(WEEK)]


WEEK = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")


def test_only_open_hours_are_shown_and_special_days_are_named(window: Client) -> None:
    OpeningSpan.objects.create(day=7, opens="18:00", closes="02:00", needed=3)
    OpeningException.objects.create(date="2026-12-10", name="Aniversario")
    shown = page(window, "?semana=2026-12-08")
    hours = re.findall(r'<th scope="row" class="time">(\d\d:00)</th>', shown)
    assert hours == ["00:00", "01:00", *(f"{hour}:00" for hour in range(18, 24))]
    assert "Aniversario" in shown
    assert "Inmaculada Concepción" in shown
    assert "faltan 3" in shown


def test_what_is_over_or_one_s_own_cannot_be_taken(window: Client, rosa: Member) -> None:
    take(rosa, "11-27 10:00")
    begins = set(re.findall(r'name="starts" value="([^"]+)"', page(window)))
    assert "2026-11-26T08:00:00-05:00" not in begins
    assert "2026-11-26T09:00:00-05:00" in begins
    assert "2026-11-27T10:00:00-05:00" not in begins


def test_what_is_too_far_away_cannot_be_taken_yet(window: Client) -> None:
    begins = re.findall(r'name="starts" value="([^"]+)"', page(window, "?semana=9999-12-31"))
    assert max(begins) == "2027-02-24T07:00:00-05:00"  # a block later ninety days are over


@pytest.mark.parametrize(
    ("asked", "monday"),
    [
        ("2026-12-02", "30 de noviembre"),
        ("2026-12-31", "28 de diciembre"),
        ("2027-01-01", "28 de diciembre"),
        ("hoy", "23 de noviembre"),
        ("9999-12-31", "22 de febrero"),
        ("0001-01-01", "26 de octubre"),
    ],
)
def test_weeks_are_shown_as_far_as_one_plans(window: Client, asked: str, monday: str) -> None:
    assert f"Semana del {monday}" in page(window, f"?semana={asked}")


def test_a_volunteer_does_not_see_who_is_missing_and_a_supervisor_does(window: Client, luis: Member) -> None:
    take(luis, "11-26 09:00")
    assert "Quién falta" not in page(window)
    shown = page(browser_of(make_member(Role.SUPERVISOR)))
    assert "Tienen turno y no están" in shown
    assert "<strong>Luis</strong>: de 09:00 a 11:00" in shown


def test_no_page_holds_inline_code(window: Client, rosa: Member) -> None:
    shifts.open_swap(rosa, take(rosa, "11-27 10:00").pk)
    assert not re.search(r"<script(?![^>]*src=)|<style|style=| on\w+=", page(window))


def test_a_volunteer_s_name_cannot_become_markup(window: Client) -> None:
    other = make_member(alias="<b>x</b>")
    shifts.open_swap(other, take(other, "11-27 10:00").pk)
    assert "<b>x</b>" not in page(window)


# What is done -------------------------------------------------------------------------------------------------------


def test_one_signs_up_swaps_keeps_and_gives_back_by_forms(window: Client, rosa: Member) -> None:
    assert said(window, "tomar/", starts="2026-11-27T10:00:00-05:00", hours="4")[0] == 200
    shift = Shift.objects.get()
    assert (shift.member, shift.ends_at - shift.starts_at) == (rosa, 4 * HOUR)
    assert "Tu turno está ofrecido" in said(window, f"{shift.pk}/ofrecer/")[1]
    assert "Conservas tu turno" in said(window, f"{shift.pk}/conservar/")[1]
    assert "Devolviste el turno" in said(window, f"{shift.pk}/devolver/")[1]
    assert not Shift.objects.exists()


def test_after_a_form_one_is_still_in_the_same_week(window: Client) -> None:
    data = {"starts": "2026-12-08T10:00:00-05:00", "hours": "2", "semana": "2026-12-07"}
    assert window.post("/equipo/turnos/tomar/", data).headers["Location"] == "/equipo/turnos/?semana=2026-12-07"


def test_an_exchange_is_proposed_and_accepted_by_forms(window: Client, rosa: Member, luis: Member) -> None:
    hers, his = take(rosa, "11-27 10:00"), take(luis, "11-28 10:00")
    said(window, f"{hers.pk}/ofrecer/", in_return=str(his.pk))
    assert "Rosa haría el tuyo del sábado 28 de noviembre" in page(browser_of(luis))
    assert "El turno es tuyo" in said(browser_of(luis), f"{hers.pk}/recibir/")[1]
    assert Shift.objects.get(pk=his.pk).member == rosa


@pytest.mark.parametrize(
    ("starts", "hours", "words"),
    [
        ("2026-11-27T11:00:00-05:00", "2", "ya hay otro turno"),
        ("2026-11-26T08:00:00-05:00", "2", "ya empezó"),
        ("2026-11-28T10:00:00-05:00", "-2", "termina antes de empezar"),
        ("2026-11-28T10:30:00-05:00", "2", "a la hora en punto"),
        ("2026-11-28T10:00:00-05:00", "6", "cuatro horas seguidas"),
        ("2030-01-01T10:00:00-05:00", "2", "más de tres meses"),
        ("9999-12-31T23:00:00-05:00", "2", "No entendimos"),
        ("2026-11-28T10:00:00-05:00", "99999999999999999999", "No entendimos"),
        ("2026-11-28T10:00:00-05:00", "dos", "No entendimos"),
        ("mañana", "2", "No entendimos"),
        ("", "", "No entendimos"),
    ],
)
def test_what_cannot_be_taken_is_said_in_a_sentence(
    window: Client, rosa: Member, starts: str, hours: str, words: str
) -> None:
    take(rosa, "11-27 10:00")
    status, told = said(window, "tomar/", starts=starts, hours=hours)
    assert status == 400
    assert words in told
    assert Shift.objects.count() == 1


def test_an_hour_without_a_time_zone_is_one_of_lima(window: Client) -> None:
    said(window, "tomar/", starts="2026-11-27T23:00", hours="2")
    assert Shift.objects.get().starts_at == datetime.datetime(2026, 11, 28, 4, tzinfo=datetime.UTC)


@pytest.mark.parametrize("starts", ["2026-11-28T01:00:00+10:00", "2026-11-27T15:00:00Z", "2026-11-27T10:00-05:00"])
def test_a_shift_asked_for_from_another_time_zone_is_the_same_hour_of_lima(window: Client, starts: str) -> None:
    said(window, "tomar/", starts=starts, hours="2")
    assert Shift.objects.get().starts_at == datetime.datetime(2026, 11, 27, 15, tzinfo=datetime.UTC)
    assert "10:00" in window.get("/equipo/turnos/").content.decode()
    status, told = said(window, "tomar/", starts="2026-11-28T02:00:00+10:00", hours="2")
    assert (status, "ya hay otro turno" in told) == (400, True)


def test_an_hour_between_the_hours_of_lima_is_told(window: Client) -> None:
    status, told = said(window, "tomar/", starts="2026-11-27T15:00:00+05:30", hours="2")
    assert (status, "a la hora en punto" in told) == (400, True)
    assert said(window, "tomar/", starts="2026-11-27T15:00:00+25:00", hours="2")[0] == 400
    assert not Shift.objects.exists()


@pytest.mark.parametrize("act", ["devolver", "ofrecer", "conservar"])
def test_a_forged_number_of_another_s_shift_changes_nothing(window: Client, luis: Member, act: str) -> None:
    shift = take(luis, "11-27 10:00")
    shifts.open_swap(luis, shift.pk)
    status, told = said(window, f"{shift.pk}/{act}/")
    assert (status, "ya no es tuyo" in told) == (404, True)
    assert Shift.objects.get().member == luis
    assert Shift.objects.get().swap_since


@pytest.mark.parametrize("in_return", ["x", "-1", "9" * 30, "999999"])
def test_a_forged_number_in_return_changes_nothing(window: Client, rosa: Member, in_return: str) -> None:
    shift = take(rosa, "11-27 10:00")
    status, told = said(window, f"{shift.pk}/ofrecer/", in_return=in_return)
    assert status in {400, 404}
    assert told
    assert Shift.objects.get().swap_since is None


def test_a_number_too_large_for_the_database_is_an_unknown_shift(window: Client) -> None:
    assert said(window, f"{'9' * 30}/devolver/")[0] == 404


def test_a_swap_that_somebody_took_already_says_so(window: Client, luis: Member) -> None:
    inez = make_member()
    shift = take(inez, "11-27 10:00")
    shifts.open_swap(inez, shift.pk)
    shifts.take_swap(luis, shift.pk)
    status, told = said(window, f"{shift.pk}/recibir/")
    assert (status, "alguien llegó antes" in told) == (409, True)


def test_a_shift_that_has_begun_says_whom_to_tell(window: Client, rosa: Member, hands: time_machine.Traveller) -> None:
    shift = take(rosa, "11-26 10:00")
    hands.shift(HOUR)
    status, told = said(window, f"{shift.pk}/devolver/")
    assert (status, "avisa a supervisión" in told) == (409, True)


def test_who_is_not_checked_yet_reads_why_they_cannot_take_a_shift() -> None:
    window = browser_of(make_member(licence_checked_on=None))
    shown = page(window)
    assert "falta que coordinación revise tu colegiatura" in shown
    assert 'name="starts"' not in shown
    assert said(window, "tomar/", starts="2026-11-27T10:00:00-05:00", hours="2")[0] == 400


# Wishes -------------------------------------------------------------------------------------------------------------


def test_a_volunteer_says_yes_to_one_emergency_more_and_takes_it_back(window: Client, rosa: Member) -> None:
    for data, yes in (({"yes": "on"}, True), ({}, False)):
        said(window, "emergencias/", **data)
        rosa.refresh_from_db()
        assert rosa.above_limit is yes
    assert list(Entry.objects.filter(act="member.above_limit").values_list("reason", flat=True)) == ["yes", "no"]


def test_nobody_has_said_yes_before_they_say_it(rosa: Member) -> None:
    assert (rosa.above_limit, rosa.capacity) == (False, 2)


def test_a_member_sees_their_languages_and_topics(window: Client, rosa: Member) -> None:
    rosa.skills.add(Skill.objects.get(code="quechua"))
    assert '<span class="tag">Quechua</span>' in page(window)


def test_the_skills_that_routing_asks_for_are_there_from_the_start() -> None:
    codes = set(Skill.objects.values_list("code", flat=True))
    assert {"quechua", "aymara", "minors", "violence"} <= codes
