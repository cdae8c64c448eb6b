"""Check-ins: asked on the desk around a shift, answered with one touch, seen by who gave them and nobody else."""

import datetime
from http import HTTPStatus
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from reflection import check_ins, spaces
from reflection.models import CheckIn, OwnSpace, TrendTally
from roster.hours import LIMA
from roster.models import Member, Shift
from tests.cast import browser_of
from tests.reflection.listeners import PASSWORD, listener, seen, with_space
from tests.reflection.test_form_wordings import load_who5

pytestmark = pytest.mark.django_db(databases="__all__")

DESK = "/reflexion/como-estoy/ahora/"
OWN = "/reflexion/como-estoy/"
HOUR = datetime.timedelta(hours=1)


def on_shift(member: Member, begun: datetime.timedelta, lasts: datetime.timedelta = 2 * HOUR) -> None:
    """Put a shift that began so long ago."""
    begin = timezone.now() - begun
    Shift.objects.create(member=member, starts_at=begin, ends_at=begin + lasts)


def asked(browser: Client) -> str:
    """Return the question that stands on the desk, or nothing."""
    page = browser.get(DESK, headers={"X-Fragment": "1"})
    return (
        page.content.decode().split('id="check-in-title">')[1].split("<")[0]
        if b"check-in-title" in page.content
        else ""
    )


def touch(browser: Client, moment: str, value: int) -> str:
    """Touch one answer as the desk does; return what it shows then."""
    answer = browser.post(DESK, {"moment": moment, "value": str(value)}, headers={"Accept": "application/json"})
    return browser.get(answer.json()["next"]).content.decode()


@pytest.fixture(params=["A", "B"])
def _stage(request: pytest.FixtureRequest, settings: Settings) -> None:
    settings.STAGE = request.param


def test_outside_a_shift_nothing_is_asked() -> None:
    member, browser = with_space()
    assert browser.get(DESK).status_code == HTTPStatus.NO_CONTENT
    on_shift(member, 5 * HOUR)
    assert browser.get(DESK).status_code == HTTPStatus.NO_CONTENT


@pytest.mark.usefixtures("_stage")
def test_one_touch_as_a_shift_begins_is_all() -> None:
    member, browser = with_space()
    on_shift(member, 0 * HOUR)
    assert asked(browser) == "¿Cómo llegas?"
    assert "Gracias. Quedó guardado" in touch(browser, "arrive", 4)
    assert asked(browser) == ""
    assert "Bien" in seen(browser, OWN)
    assert b"arrive" not in bytes(CheckIn.objects.get().result)


def test_as_it_ends_two_questions_come_one_after_the_other() -> None:
    member, browser = with_space()
    on_shift(member, 2 * HOUR)
    assert asked(browser) == "¿Qué tan pesado fue?"
    assert "¿Cómo te vas?" in touch(browser, "heavy", 2)
    touch(browser, "leave", 5)
    assert asked(browser) == ""


def test_a_question_that_is_left_out_goes_and_leaves_no_row() -> None:
    member, browser = with_space()
    on_shift(member, 2 * HOUR)
    browser.post(DESK, {"do": "skip"})
    assert browser.get(DESK).status_code == HTTPStatus.NO_CONTENT
    assert not CheckIn.objects.exists()


def test_without_a_space_it_says_how_to_have_one_and_can_be_left_out() -> None:
    member = listener()
    browser = browser_of(member)
    on_shift(member, 0 * HOUR)
    page = browser.get(DESK).content.decode()
    assert "haz tu espacio una vez" in page
    assert 'name="value"' not in page
    touch(browser, "arrive", 3)
    assert not CheckIn.objects.exists()


def test_an_answer_may_be_given_while_the_space_is_shut() -> None:
    member, _browser = with_space()
    on_shift(member, 0 * HOUR)
    browser = browser_of(member)
    touch(browser, "arrive", 3)
    assert CheckIn.objects.count() == 1
    assert browser.get(OWN).status_code == HTTPStatus.FOUND
    browser.post("/reflexion/espacio/", {"do": "open", "password": PASSWORD})
    assert "Regular" in seen(browser, OWN)


@pytest.mark.parametrize(
    ("moment", "value", "heavy"),
    [("arrive", 2, True), ("arrive", 3, False), ("leave", 1, True), ("heavy", 4, True), ("heavy", 3, False)],
)
def test_a_heavy_answer_offers_a_pause_and_somebody_to_talk_to(moment: str, value: int, *, heavy: bool) -> None:
    _member, browser = with_space()
    assert ("/reflexion/despues/" in touch(browser, moment, value)) is heavy
    assert ("No tienes que llevarlo a solas" in seen(browser, OWN)) is heavy


@pytest.mark.parametrize(("moment", "value"), [("arrive", 0), ("arrive", 6), ("weather", 3)])
def test_no_other_answer_is_kept(moment: str, value: int) -> None:
    _member, browser = with_space()
    touch(browser, moment, value)
    browser.post(OWN, {"moment": moment, "value": str(value)})
    assert not CheckIn.objects.exists()
    with pytest.raises(ValueError, match=moment):
        check_ins.answer(OwnSpace.objects.get(), moment, value, timezone.localdate())


def test_a_curve_stands_beside_its_table() -> None:
    _member, browser = with_space()
    space = OwnSpace.objects.get()
    assert "Todavía no respondiste nada" in seen(browser, OWN)
    for ago, value in ((9, 2), (4, 3), (1, 5)):
        check_ins.answer(space, "leave", value, timezone.localdate() - datetime.timedelta(days=ago))
    page = seen(browser, OWN)
    assert 'points="12,84 197,60 308,12"' in page
    assert page.index("2 · Mal") < page.index("3 · Regular") < page.index("5 · Muy bien")


@pytest.mark.parametrize(("first", "then", "heavy"), [("5", "1", True), ("1", "5", False)])
def test_of_two_answers_of_one_day_the_later_counts_and_stands_last(*, first: str, then: str, heavy: bool) -> None:
    _member, browser = with_space()
    for moment, value in (("leave", first), ("arrive", "3"), ("leave", then)):
        browser.post(OWN, {"moment": moment, "value": value})
    page = seen(browser, OWN)
    assert ("No tienes que llevarlo a solas" in page) is heavy
    assert page.index("En una tabla") < page.index(f"<td>{first} ·") < page.index(f"<td>{then} ·")


def test_an_answer_from_before_its_time_was_sealed_with_it_still_opens() -> None:
    _member, browser = with_space()
    row, today = CheckIn(space=OwnSpace.objects.get()), timezone.localdate()
    told = {"kind": "leave", "day": today.isoformat(), "value": 1}
    row.result = spaces.seal(row.space, check_ins.result_context(row.pk), told, pad_to=check_ins.BUCKET)
    row.save()
    browser.post(OWN, {"moment": "leave", "value": "4"})
    page = seen(browser, OWN)
    assert page.index("<td>1 ·") < page.index("<td>4 ·")


def shut(browser: Client) -> None:
    """Let a space shut, as it does by itself after half an hour."""
    browser.post("/reflexion/espacio/", {"do": "close"})


@pytest.mark.usefixtures("_stage")
def test_an_answer_on_one_s_own_page_is_kept_while_the_space_is_shut() -> None:
    _member, browser = with_space()
    shut(browser)
    page = browser.post(OWN, {"moment": "leave", "value": "1"}, follow=True)
    assert "Guardado, solo para ti. Tu espacio se había cerrado" in page.content.decode()
    assert 'name="next" value="/reflexion/como-estoy/"' in page.content.decode()
    browser.post("/reflexion/espacio/", {"do": "open", "password": PASSWORD})
    assert "1 · Muy mal" in seen(browser, OWN)


def test_nothing_is_deleted_while_the_space_is_shut_and_it_says_so() -> None:
    _member, browser = with_space()
    browser.post(OWN, {"moment": "leave", "value": "1"})
    shut(browser)
    page = browser.post(OWN, {"do": "delete_all"}, follow=True)
    assert "no se cambió nada" in page.content.decode()
    assert CheckIn.objects.count() == 1


@pytest.mark.usefixtures("_stage")
def test_a_questionnaire_is_kept_while_the_space_is_shut() -> None:
    load_who5()
    _member, browser = with_space()
    path = "/reflexion/como-estoy/who5/"
    shut(browser)
    some = browser.post(path, {"1": "3", "3": "2"})
    assert some.content.decode().count("checked") == 2
    page = browser.post(path, {str(number): "2" for number in range(1, 6)}, follow=True)
    assert "Guardado, solo para ti. Tu espacio se había cerrado" in page.content.decode()
    browser.post("/reflexion/espacio/", {"do": "open", "password": PASSWORD})
    assert "40 · bajo" in seen(browser, OWN)


def test_a_questionnaire_that_cannot_be_sealed_comes_back_filled() -> None:
    load_who5()
    _member, browser = with_space()
    OwnSpace.objects.update(voucher=b"0" * 32)
    page = browser.post("/reflexion/como-estoy/who5/", {str(number): "2" for number in range(1, 6)})
    assert page.status_code == HTTPStatus.BAD_REQUEST
    assert page.content.decode().count("checked") == 5
    assert not CheckIn.objects.exists()


def test_what_a_rehearsal_answers_goes_into_no_sum() -> None:
    load_who5()
    member, browser = with_space()
    browser.post("/reflexion/espacio/", {"do": "wish", "joins_trend": "yes"})
    Member.objects.filter(pk=member.pk).update(rehearsal=True)
    browser.post("/reflexion/como-estoy/who5/", {str(number): "2" for number in range(1, 6)})
    assert CheckIn.objects.count() == 1
    assert not TrendTally.objects.exists()


def test_whoever_has_no_space_is_led_to_make_one() -> None:
    load_who5()
    browser = browser_of(listener())
    for path, told in ((OWN, {"moment": "leave", "value": "1"}), ("/reflexion/como-estoy/who5/", {"1": "1"})):
        assert "Hacer mi espacio" in browser.post(path, told, follow=True).content.decode()


def test_one_s_own_answers_are_deleted_one_by_one_and_all_together() -> None:
    _member, browser = with_space()
    _other, elsewhere = with_space("Sol")
    for value in "12":
        browser.post(OWN, {"moment": "arrive", "value": value})
    elsewhere.post(OWN, {"moment": "arrive", "value": "3"})
    theirs = CheckIn.objects.get(space__member__alias="Sol")
    browser.post(OWN, {"do": "delete", "id": str(theirs.pk)})
    assert CheckIn.objects.count() == 3
    browser.post(OWN, {"do": "delete", "id": str(CheckIn.objects.filter(space__member__alias="Luz")[0].pk)})
    assert CheckIn.objects.count() == 2
    assert browser.post(OWN, {"do": "delete", "id": "x"}).status_code == HTTPStatus.NOT_FOUND
    browser.post(OWN, {"do": "delete_all"})
    assert list(CheckIn.objects.all()) == [theirs]


@pytest.mark.usefixtures("_stage")
def test_a_questionnaire_is_scored_kept_and_its_answers_are_not() -> None:
    load_who5()
    _member, browser = with_space()
    path = "/reflexion/como-estoy/who5/"
    some = browser.post(path, {"1": "3", "3": "2"})
    assert some.status_code == HTTPStatus.BAD_REQUEST
    assert "Faltan 3 respuestas, desde la número 2" in some.content.decode()
    assert some.content.decode().count("checked") == 2
    browser.post(path, {str(number): "2" for number in range(1, 6)})
    page = seen(browser, OWN)
    assert "WHO-5: Bienestar" in page
    assert "40 · bajo" in page
    assert "No tienes que llevarlo a solas" in page
    opened_row = CheckIn.objects.get()
    assert len(bytes(opened_row.result)) < 500
    assert browser.get("/reflexion/como-estoy/otra/").status_code == HTTPStatus.NOT_FOUND


def test_a_check_in_that_is_damaged_harms_no_other() -> None:
    _member, browser = with_space()
    browser.post(OWN, {"moment": "arrive", "value": "5"})
    row = CheckIn.objects.get()
    CheckIn.objects.create(space=row.space, result=row.result)
    assert seen(browser, OWN).count("5 · Muy bien") == 1


def test_nobody_else_sees_any_of_it() -> None:
    member, _browser = with_space()
    check_ins.answer(OwnSpace.objects.get(member=member), "arrive", 1, timezone.localdate())
    _other, elsewhere = with_space("Sol", "supervisor")
    assert "Todavía no respondiste nada" in seen(elsewhere, OWN)


def test_one_touch_leaves_a_question_out_for_that_shift_and_for_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    member, browser = with_space()
    night = datetime.datetime(2026, 11, 26, 23, 40, tzinfo=LIMA)
    for begins in (night, night + 12 * HOUR):
        Shift.objects.create(member=member, starts_at=begins, ends_at=begins + 2 * HOUR)
    now = [night]
    monkeypatch.setattr("reflection.check_in_views.clock", SimpleNamespace(now=lambda: now[0]))
    assert asked(browser) == "¿Cómo llegas?"
    browser.post(DESK, {"do": "skip"})
    now[0] = night + HOUR / 2  # after midnight, in the same shift
    assert asked(browser) == ""
    now[0] = night + 12 * HOUR
    assert asked(browser) == "¿Cómo llegas?"


def test_what_was_answered_on_one_s_own_page_is_not_asked_on_the_desk() -> None:
    member, browser = with_space()
    on_shift(member, 0 * HOUR)
    browser.post(OWN, {"moment": "arrive", "value": "3"})
    assert browser.get(DESK).status_code == HTTPStatus.NO_CONTENT
    assert CheckIn.objects.count() == 1


def test_a_curve_is_told_in_words_too() -> None:
    _member, browser = with_space()
    space = OwnSpace.objects.get()
    for ago, value in ((9, 2), (1, 5)):
        check_ins.answer(space, "leave", value, timezone.localdate() - datetime.timedelta(days=ago))
    page = seen(browser, OWN)
    first, last = (f"{timezone.localdate() - datetime.timedelta(days=ago):%d/%m/%Y}" for ago in (9, 1))
    assert f'aria-label="¿Cómo te vas? Del {first} (Mal) al {last} (Muy bien), 2 respuestas."' in page
