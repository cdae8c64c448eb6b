"""How the group is: whole months that are over, ten people or more who said yes, rounded."""

import datetime
from collections.abc import Iterable

import pytest
from django.utils import timezone

from hotline.sweeper import DUTIES
from reflection import trends
from reflection.models import TrendGift, TrendTally
from reflection.questionnaires import WHO5, Key, scores
from roster.models import Member, Role
from tests.cast import browser_of, make_member
from tests.reflection.listeners import PASSWORD, make_space, seen, with_space
from tests.reflection.test_form_wordings import load_who5
from vault import actions as vault

pytestmark = pytest.mark.django_db(databases="__all__")

MONTH, NEXT = datetime.date(2026, 11, 26), datetime.date(2026, 12, 1)


def join(people: Iterable[Member], points: int = 3, today: datetime.date = MONTH) -> None:
    """Let each of these give to a month."""
    for member in people:
        trends.join(member, WHO5, scores(WHO5, [points] * 5, Key()), today)


def people(many: int) -> list[Member]:
    return [make_member() for _one in range(many)]


def days_of(first: datetime.date, many: int = 92) -> list[datetime.date]:
    return [first + datetime.timedelta(days=number) for number in range(many)]


def test_nine_people_are_not_shown_and_ten_are() -> None:
    join(people(9))
    assert [day for day in days_of(MONTH) if trends.shown(day)] == []
    join(people(1))
    assert [(one.month, one.mean) for one in trends.shown(NEXT)] == [(datetime.date(2026, 11, 1), 60)]


def test_ten_answers_of_nine_people_are_nine() -> None:
    nine = people(9)
    for _time in range(3):
        join(nine)
    assert TrendTally.objects.get().given == 9
    assert [day for day in days_of(MONTH) if trends.shown(day)] == []


def test_whoever_deletes_what_they_gave_or_their_space_and_answers_again_is_no_tenth() -> None:
    load_who5()
    join(people(8), today=timezone.localdate())
    _member, browser = with_space()
    wish, answers = {"do": "wish", "joins_trend": "yes"}, {str(number): "2" for number in range(1, 6)}
    for again in ("delete_all", "erase", ""):
        browser.post("/reflexion/espacio/", wish)
        browser.post("/reflexion/como-estoy/who5/", answers)
        if again == "delete_all":
            browser.post("/reflexion/como-estoy/", {"do": "delete_all"})
        if again == "erase":
            browser.post("/reflexion/espacio/", {"do": "erase", "password": PASSWORD, "sure": "yes"})
            make_space(browser)
    assert TrendTally.objects.get().given == 9
    assert trends.shown(timezone.localdate() + datetime.timedelta(days=40)) == []


def test_between_two_days_nothing_differs_as_the_tenth_comes() -> None:
    """Somebody who looks each day learns nothing of the one who came between: a month is shown when it is whole."""
    seen = {}
    nine, tenth = people(9), people(1)
    for day in days_of(datetime.date(2026, 11, 1), 30):
        join(nine if day.day == 3 else tenth if day.day == 20 else (), 5 if day.day == 3 else 0, day)
        seen[day] = trends.shown(day)
    assert set(map(str, seen.values())) == {"[]"}
    after = [trends.shown(day) for day in days_of(NEXT)]
    assert [one.mean for one in after[0]] == [90]
    assert all(one == after[0] for one in after)


def test_between_two_days_nothing_differs_as_the_tenth_leaves() -> None:
    load_who5()
    today = timezone.localdate()
    join(people(9), today=today)
    member, browser = with_space()
    browser.post("/reflexion/espacio/", {"do": "wish", "joins_trend": "yes"})
    browser.post("/reflexion/como-estoy/who5/", {str(number): "0" for number in range(1, 6)})
    whole = trends.month_of(today) + datetime.timedelta(days=40)
    seen = [trends.shown(whole)]
    for leaving in ({"do": "wish"}, {"do": "erase", "password": PASSWORD, "sure": "yes"}):
        browser.post("/reflexion/espacio/", leaving)
        seen.append(trends.shown(whole))
        assert trends.shown(today) == []
    member.is_active = False
    member.save()
    seen.append(trends.shown(whole))
    assert [one.mean for one in seen[0]] == [55]
    assert all(one == seen[0] for one in seen)


def test_nine_in_one_month_and_ten_in_the_next_show_one_month() -> None:
    nine = people(9)
    join(nine)
    join([*nine, *people(1)], today=NEXT)
    later = datetime.date(2027, 1, 1)
    assert [one.month for one in trends.shown(later)] == [NEXT]


def test_the_number_of_people_is_never_shown() -> None:
    join(people(13))
    assert set(trends.Shown._fields) == {"month", "form", "name", "mean", "good_high"}


def test_who_gave_is_known_to_the_line_alone_and_forgotten_with_the_month() -> None:
    one, other = people(2)
    join([one])
    row = TrendGift.objects.get()
    assert {field.name for field in TrendGift._meta.get_fields()} == {"id", "month", "form", "voucher"}
    assert one.pk.bytes not in bytes(row.voucher)
    assert [vault.vouches_for_gift(bytes(row.voucher), who.pk, "who5 2026-11-01") for who in (one, other)] == [
        True,
        False,
    ]
    assert trends.forget_who_gave(datetime.datetime(2026, 12, 1, 4, tzinfo=datetime.UTC)) == 0  # in Lima it is November
    assert trends.forget_who_gave(datetime.datetime(2026, 12, 1, 6, tzinfo=datetime.UTC)) == 1
    assert any(duty.act is trends.forget_who_gave for duty in DUTIES)


def test_a_month_is_shown_only_when_it_is_over() -> None:
    join(people(10))
    assert trends.shown(datetime.date(2026, 11, 30)) == []
    assert trends.shown(NEXT)


@pytest.mark.parametrize(
    ("given", "total", "mean"), [(10, 600, 60), (10, 624, 60), (10, 625, 65), (11, 11 * 62, 60), (12, 12 * 63, 65)]
)
def test_a_mean_is_shown_in_steps_of_five(given: int, total: int, mean: int) -> None:
    assert trends.rounded_mean(given, total) == mean


def test_each_person_joins_once_a_month_and_a_form() -> None:
    one = people(1)
    join(one)
    join(one)
    join(one, today=NEXT)
    assert list(TrendTally.objects.values_list("given", flat=True)) == [1, 1]


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
    join(people(10))
    TrendTally.objects.update(month=datetime.date(2026, 1, 1))
    assert "cerca de 60" in seen(browser_of(make_member(Role.COORDINATOR)), "/reflexion/tendencia/")
    for role in (Role.VOLUNTEER, Role.SUPERVISOR):
        assert browser_of(make_member(role)).get("/reflexion/tendencia/").status_code == 404
