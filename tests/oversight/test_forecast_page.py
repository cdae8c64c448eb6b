"""The forecast on the supervisor's screen: who sees it, what it says, and how many it asks the roster for."""

import datetime
import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from hotline import sweeper
from oversight import actions, forecast
from roster import shifts
from roster.hours import LIMA
from roster.models import Member, NeededVolunteers, OpeningSpan, Role, Shift
from roster.shift_rules import AHEAD
from tests.cast import browser_of, make_member
from tests.oversight.past import came, each_day

pytestmark = pytest.mark.django_db(databases="__all__")

PATH = "/supervision/pronostico/"
HOUR = datetime.timedelta(hours=1)


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def read(browser: Client, **asked: str | int) -> str:
    response = browser.get(PATH, asked)
    assert response.status_code == 200
    return words_of(response.content.decode())


def evening() -> datetime.datetime:
    """Return tomorrow at 20 h in Lima."""
    tomorrow = timezone.now().astimezone(LIMA) + datetime.timedelta(days=1)
    return tomorrow.replace(hour=20, minute=0, second=0, microsecond=0)


def busy_evenings(per_day: int = 8, days: int = 56) -> None:
    came(each_day(days, per_day, until=timezone.now().astimezone(LIMA)))


def promise(member: Member, begin: datetime.datetime, hours: float = 1) -> None:
    Shift.objects.create(member=member, starts_at=begin, ends_at=begin + hours * HOUR)


# Who sees it --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "status"), [(Role.VOLUNTEER, 404), (Role.SUPERVISOR, 200), (Role.COORDINATOR, 200)])
def test_supervision_and_coordination_see_it_and_volunteers_find_nothing(role: str, status: int) -> None:
    browser = browser_of(make_member(role))
    assert browser.get(PATH).status_code == status
    page = browser.get("/equipo/segundo-factor/elegir/").content.decode()
    assert (PATH in page) == (status == 200)


def test_who_is_not_signed_in_is_asked_to() -> None:
    assert Client().get(PATH)["Location"].startswith("/equipo/entrar/")


def test_rehearsals_and_real_callers_are_never_mixed(window: Client) -> None:
    came(each_day(30, 10, until=timezone.now().astimezone(LIMA)), rehearsal=True)
    rehearsing = browser_of(make_member(Role.SUPERVISOR, rehearsal=True))
    assert rehearsing.get(PATH).context["forecast"].pattern.people == 300
    assert window.get(PATH).context["forecast"].pattern.people == 0


# What it says -------------------------------------------------------------------------------------------------------


def test_without_anybody_yet_it_says_that_it_guesses(window: Client) -> None:
    page = read(window)
    assert "Todavía con una suposición." in page
    assert "datos de 0 días y 0 personas" in page
    assert "Cerca de 12 personas al día" in page
    assert page.count("supuesto") == 6


def test_after_a_day_with_three_people_it_still_guesses(window: Client) -> None:
    came(each_day(1, 3, until=timezone.now().astimezone(LIMA)))
    assert "datos de 1 día y 3 personas" in read(window)


def test_after_eight_weeks_it_says_what_is_measured_and_what_is_not(window: Client) -> None:
    busy_evenings()
    page = read(window)
    assert "Quién llega y cuándo ya está medido" in page
    assert "Cerca de 8 personas al día" in page
    assert "Lo que dura una conversación 45 min supuesto" in page
    # From eight in the evening on, the first of the evenings is more than eight weeks ago.
    assert re.search(r"Personas en emergencia o muy urgentes 1 % medido en 44[08] veces", page)


def test_it_says_how_many_are_lacking_and_how_many_have_promised(window: Client) -> None:
    busy_evenings()
    ahead = forecast.read().needed(evening())
    assert ahead >= 5
    for _number in range(ahead - 2):
        promise(make_member(), evening())
    page = read(window)
    assert re.search(r"faltan de 1 a \d+ ", page)
    assert f"{ahead - 2}/{ahead} ▾" in page  # they all leave at nine
    assert " faltan 2 " in page
    for _number in range(2):
        promise(make_member(), evening())
    assert f"{ahead}/{ahead}" in read(window)


def test_whoever_may_not_take_callers_fills_no_gap() -> None:
    promise(make_member(), evening())
    promise(make_member(licence_checked_on=None), evening())
    promise(make_member(Role.SUPERVISOR), evening())
    promise(make_member(rehearsal=True), evening())
    promise(make_member(), evening(), hours=0.5)  # leaves in the middle
    hours = {hour.begin: hour for day in forecast.week_ahead(forecast.read()) for hour in day.hours}
    assert hours[evening()].have == 1


def test_when_the_line_is_closed_nobody_is_needed() -> None:
    for day in range(7):
        OpeningSpan.objects.create(day=day, opens=datetime.time(18), closes=datetime.time(22))
    made = forecast.read()
    needed = [[hour.needed for hour in day.hours] for day in forecast.week_ahead(made)]
    assert all(hours[:18] == [0] * 18 and hours[22:] == [0, 0] and min(hours[18:22]) > 0 for hours in needed)
    assert forecast.needed(evening()) > 0
    assert forecast.needed(evening().replace(hour=10)) == 0


@pytest.mark.parametrize("at", ["23:59:59", "00:00:00", "05:00:00"])
def test_the_week_begins_at_midnight_in_lima_whatever_the_hour(at: str) -> None:
    with time_machine.travel(datetime.datetime.fromisoformat(f"2026-12-31T{at}-05:00"), tick=False):
        made = forecast.read(timezone.now())
        days = forecast.week_ahead(made)
        assert [day.date.isoformat() for day in days][:2] == ["2026-12-31", "2027-01-01"]
        assert str(days[1].special) == "Año Nuevo"
        assert all([hour.begin.hour for hour in day.hours] == list(range(24)) for day in days)
        over = [hour.is_over for hour in days[0].hours]
        assert over == [number < int(at[:2]) for number in range(24)]


def test_hours_one_after_the_other_are_told_as_one_gap() -> None:
    OpeningSpan.objects.create(day=7, opens=datetime.time(2), closes=datetime.time(8))
    OpeningSpan.objects.create(day=7, opens=datetime.time(20), closes=datetime.time(22))
    two = evening().replace(hour=2)
    promise(make_member(), two + HOUR)
    tomorrow = forecast.week_ahead(forecast.read())[1]
    told = [(gap.begin.hour, gap.end.hour, gap.least, gap.most) for gap in forecast.gaps(tomorrow.hours)]
    assert told == [(2, 3, 1, 1), (4, 8, 1, 1), (20, 22, 2, 2)]
    promise(make_member(), two + 18 * HOUR)
    (last,) = forecast.gaps(forecast.week_ahead(forecast.read())[1].hours)[2:]
    assert (last.least, last.most) == (1, 2)


def test_an_hour_at_whose_end_all_leave_is_marked(window: Client) -> None:
    first, second = make_member(), make_member()
    promise(first, evening(), hours=2)
    promise(second, evening(), hours=1)
    promise(second, evening() + HOUR, hours=1)
    promise(make_member(), evening() + 2 * HOUR)
    hours = {hour.begin: hour for day in forecast.week_ahead(forecast.read()) for hour in day.hours}
    marked = [hour.begin for hour in hours.values() if hour.all_end]
    assert marked == [evening() + HOUR, evening() + 2 * HOUR]
    assert "todas las personas terminan a la vez" in read(window)
    promise(first, evening() + 2 * HOUR)
    marked = [hour.begin for day in forecast.week_ahead(forecast.read()) for hour in day.hours if hour.all_end]
    assert marked == [evening() + 2 * HOUR]


# What if ------------------------------------------------------------------------------------------------------------


def test_without_being_asked_it_answers_for_the_busiest_hour(window: Client) -> None:
    busy_evenings()
    answer = window.get(PATH).context["answer"]
    assert [one.times for one in answer.surges] == [1, 2, 5, 10]
    assert answer.expected.people > 6
    assert answer.surges[0].needed == answer.volunteers
    needed = [one.needed for one in answer.surges]
    assert needed == sorted(needed)
    assert answer.surges[0].outcome.soon > 0.9 > answer.surges[1].outcome.soon


def test_it_answers_what_was_asked(window: Client) -> None:
    page = read(window, dia=4, hora=20, personas=0)
    assert "Con 0 personas en turno" in page
    assert "Se van sin respuesta 100 % 100 % 100 % 100 %" in page
    assert "Con 1 persona en turno" in read(window, dia=4, hora=20, personas=1)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"dia": 4, "hora": 20, "personas": -1}, "Pon un número entero de 0 a 500, por favor."),
        ({"dia": 4, "hora": 20, "personas": "muchas"}, "Pon un número entero de 0 a 500, por favor."),
        ({"dia": 4, "hora": 20, "personas": 10**9}, "Pon un número entero de 0 a 500, por favor."),
        ({"dia": 4, "hora": 24, "personas": 3}, "Elige una hora de la lista, por favor."),
        ({"dia": 7, "hora": 20, "personas": 3}, "Elige un día de la lista, por favor."),
        ({"dia": 4, "hora": 20, "personas": ""}, "Pon un número entero de 0 a 500, por favor."),
        ({"personas": 3}, "Elige un día de la lista, por favor."),
    ],
)
def test_what_means_nothing_is_told_in_a_sentence(window: Client, asked: dict[str, str | int], told: str) -> None:
    page = read(window, **asked)
    assert told in page
    assert "Se van sin respuesta" not in page


# What it costs, and the roster --------------------------------------------------------------------------------------


def test_the_forecast_asks_nine_questions_however_many_come(django_assert_num_queries: Any) -> None:
    for _turn in range(2):
        busy_evenings(20, 10)
        for _number in range(5):
            promise(make_member(), evening(), hours=2)
        with django_assert_num_queries(9):
            forecast.week_ahead(forecast.read())


def test_the_page_asks_no_question_of_its_own_beside_those(window: Client, django_assert_max_num_queries: Any) -> None:
    busy_evenings(20, 10)
    window.get(PATH)
    with django_assert_max_num_queries(9 + 4):  # and who is signed in
        window.get(PATH)


def test_the_roster_is_told_once_it_is_measured() -> None:
    assert actions.note_needed(timezone.now()) == 0
    assert NeededVolunteers.objects.count() == 0
    busy_evenings()
    assert actions.note_needed(timezone.now()) == AHEAD // HOUR
    told = shifts.needed([evening(), evening() - 16 * HOUR])
    assert list(told.values()) == [forecast.needed(evening()), 1]


def test_telling_the_roster_again_changes_what_was_told() -> None:
    busy_evenings(4)
    actions.note_needed(timezone.now())
    before = shifts.needed([evening()])[evening()]
    busy_evenings(12)
    actions.note_needed(timezone.now())
    assert shifts.needed([evening()])[evening()] > before


def test_telling_the_roster_is_a_duty_of_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeper, "beside", lambda work, *facts: work(*facts))  # else on a thread that sees no rows
    for duty in sweeper.DUTIES:
        monkeypatch.setattr(duty, "done_at", -float("inf"))  # whatever another test has done
    busy_evenings()
    sweeper.sweep("node")
    assert NeededVolunteers.objects.exists()
