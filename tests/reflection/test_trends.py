"""How the group is: whole months that are over, ten people or more who said yes, rounded."""

import datetime
import uuid

import pytest

from reflection import trends
from reflection.check_ins import Reading
from reflection.models import TrendTally
from reflection.questionnaires import WHO5, Key, scores
from roster.models import Role
from tests.cast import browser_of, make_member
from tests.reflection.listeners import seen, with_space
from tests.reflection.test_form_wordings import load_who5

pytestmark = pytest.mark.django_db(databases="__all__")

MONTH, NEXT = datetime.date(2026, 11, 26), datetime.date(2026, 12, 1)


def join(times: int, points: int = 3) -> None:
    for _one in range(times):
        trends.join(WHO5, scores(WHO5, [points] * 5, Key()), MONTH)


def test_nine_people_are_not_shown_and_ten_are() -> None:
    join(9)
    assert trends.shown(NEXT) == []
    join(1)
    assert [(one.month, one.mean) for one in trends.shown(NEXT)] == [(datetime.date(2026, 11, 1), 60)]


def test_a_month_is_shown_only_when_it_is_over() -> None:
    join(10)
    assert trends.shown(datetime.date(2026, 11, 30)) == []
    assert trends.shown(NEXT)


@pytest.mark.parametrize(
    ("given", "total", "mean"), [(10, 600, 60), (10, 624, 60), (10, 625, 65), (11, 11 * 62, 60), (12, 12 * 63, 65)]
)
def test_a_mean_is_shown_in_steps_of_five(given: int, total: int, mean: int) -> None:
    assert trends.rounded_mean(given, total) == mean


def test_each_person_joins_once_a_month() -> None:
    reading = Reading(id=uuid.uuid4(), kind="who5", day=MONTH, joined=True)
    assert not trends.may_join([reading], WHO5, MONTH)
    assert trends.may_join([reading], WHO5, NEXT)
    assert trends.may_join([], WHO5, MONTH)


def test_only_with_their_yes_and_only_once_do_a_member_s_answers_join() -> None:
    load_who5()
    _member, browser = with_space()
    answers = {str(number): "2" for number in range(1, 6)}
    browser.post("/reflexion/como-estoy/who5/", answers)
    assert not TrendTally.objects.exists()
    browser.post("/reflexion/espacio/", {"do": "wish", "joins_trend": "yes"})
    for _time in range(2):
        browser.post("/reflexion/como-estoy/who5/", answers)
    assert list(TrendTally.objects.values_list("measure", "given", "total")) == [("who5.wellbeing", 1, 40)]


def test_a_tally_says_nothing_of_anybody() -> None:
    names = {field.name for field in TrendTally._meta.get_fields()}
    assert names == {"id", "month", "measure", "given", "total"}


def test_the_coordination_alone_sees_it() -> None:
    join(10)
    TrendTally.objects.update(month=datetime.date(2026, 1, 1))
    assert "cerca de 60" in seen(browser_of(make_member(Role.COORDINATOR)), "/reflexion/tendencia/")
    for role in (Role.VOLUNTEER, Role.SUPERVISOR):
        assert browser_of(make_member(role)).get("/reflexion/tendencia/").status_code == 404
