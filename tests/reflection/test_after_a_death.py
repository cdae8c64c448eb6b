"""After a death: sought within the hour, off the queue without a word, asked again by one's own desk in its time."""

import datetime
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone

from hotline.sweeper import DUTIES
from reflection import follow_ups, moments
from reflection.models import FollowUp, TalkRequest
from roster.models import Member, Presence, PresenceState, Role, Shift
from tests.cast import browser_of, make_ended, make_member
from tests.reflection.listeners import seen
from triage.models import Contact

pytestmark = pytest.mark.django_db(databases="__all__")

PAGE, TALKS, DESK = "/reflexion/despues/", "/reflexion/conversar/", "/reflexion/como-estoy/ahora/"
DAY = datetime.timedelta(days=1)


def do(browser: Client, act: str, **given: str) -> str:
    """Touch one thing that is offered after a death; return what is shown then."""
    return browser.post(PAGE, {"do": act, "muerte": "si", **given}, follow=True).content.decode()


def on_board() -> str:
    """Return what supervision's board shows of who would like to talk."""
    supervisor = browser_of(make_member(Role.SUPERVISOR, "Carmen"))
    return supervisor.get(TALKS, headers={"X-Fragment": "1"}).content.decode()


def asked_on(member: Member, day: datetime.date, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Say whether a member's desk asks how they go on, on this day."""
    monkeypatch.setattr("reflection.check_in_views.timezone.localdate", lambda: day)
    return "¿Cómo sigues?" in browser_of(member).get(DESK).content.decode()


def test_a_death_is_said_by_whoever_listened_and_what_it_offers_differs() -> None:
    browser = browser_of(make_member(ready=True))
    before = seen(browser, PAGE)
    assert "Murió alguien" in before
    assert "dentro de la hora" not in before
    page = seen(browser, f"{PAGE}?muerte=si")
    for offered in (
        "dentro de la hora",
        "Salir de la cola por hoy",
        "a las dos y cuatro semanas",
        "nadie está obligado",
    ):
        assert offered in page


def test_supervision_is_told_to_seek_somebody_within_the_hour_and_not_why() -> None:
    luis = make_member(alias="Luis")
    told = do(browser_of(luis), "soon")
    assert "Supervisión ve que quisieras que te busquen dentro de la hora" in told
    board = on_board()
    assert "Luis quisiera que le busquen dentro de la hora" in board
    assert "murió" not in board


def test_why_is_told_by_wish_alone() -> None:
    do(browser_of(make_member(alias="Luis")), "soon", why="yes")
    assert "Luis quisiera que le busquen dentro de la hora: murió alguien" in on_board()


def test_whoever_is_to_be_sought_within_the_hour_comes_first() -> None:
    do(browser_of(make_member(alias="Ana")), "talk")
    do(browser_of(make_member(alias="Luis")), "soon")
    board = on_board()
    assert board.index("Luis") < board.index("Ana")


def test_who_asked_to_talk_before_may_ask_to_be_sought_within_the_hour_and_not_the_other_way_round() -> None:
    browser = browser_of(make_member(alias="Luis"))
    for act, wish in (("talk", "talk"), ("soon", "soon"), ("talk", "soon")):
        do(browser, act)
        assert TalkRequest.objects.get().wish == wish
    assert "Si nadie llega" in seen(browser, PAGE)
    do(browser, "take_back")
    assert not TalkRequest.objects.exists()


def test_the_queue_is_left_as_by_any_pause_of_one_s_own() -> None:
    luis, ana = make_member(alias="Luis", ready=True), make_member(alias="Ana", ready=True)
    told = do(browser_of(luis), "off")
    assert "ya no te llegan avisos" in told
    assert "Salir de la cola" not in told
    row = Presence.objects.get(member=luis)
    assert (row.state, row.reason, row.missed_offers) == (PresenceState.AWAY, "own", 0)
    assert Presence.objects.get(member=ana).state == PresenceState.READY


def test_the_desk_asks_after_days_two_weeks_and_four_and_at_no_other_time(monkeypatch: pytest.MonkeyPatch) -> None:
    luis, today = make_member(alias="Luis"), timezone.localdate()
    do(browser_of(luis), "desk")
    asked = [after for after in range(40) if asked_on(luis, today + after * DAY, monkeypatch)]
    assert asked == [1, 2, 3, 14, 15, 16, 28, 29, 30]


def test_without_a_yes_no_desk_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    luis, ana, today = make_member(alias="Luis"), make_member(alias="Ana"), timezone.localdate()
    do(browser_of(ana), "desk")
    do(browser_of(luis), "soon", why="yes")
    assert not any(asked_on(luis, today + after * DAY, monkeypatch) for after in moments.DESK_ASKS)
    do(browser_of(ana), "stop")
    assert not any(asked_on(ana, today + after * DAY, monkeypatch) for after in moments.DESK_ASKS)


def test_one_touch_lets_the_word_go_until_its_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    luis, today = make_member(alias="Luis"), timezone.localdate()
    do(browser_of(luis), "desk")
    assert asked_on(luis, today + 14 * DAY, monkeypatch)
    answer = browser_of(luis).post(DESK, {"do": "heard"}, headers={"Accept": "application/json"})
    assert browser_of(luis).get(answer.json()["next"]).status_code == HTTPStatus.NO_CONTENT
    assert not asked_on(luis, today + 15 * DAY, monkeypatch)
    assert asked_on(luis, today + 28 * DAY, monkeypatch)


def test_the_question_of_a_shift_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    luis, now = make_member(alias="Luis"), timezone.now()
    follow_ups.ask(luis, timezone.localdate() - DAY)
    Shift.objects.create(member=luis, starts_at=now, ends_at=now + datetime.timedelta(hours=2))
    assert not asked_on(luis, timezone.localdate(), monkeypatch)
    browser = browser_of(luis)
    browser.post(DESK, {"do": "skip"})
    assert "¿Cómo sigues?" in browser.get(DESK).content.decode()


def test_a_row_says_a_day_and_goes_when_its_time_is_over() -> None:
    luis, today = make_member(alias="Luis"), timezone.localdate()
    do(browser_of(luis), "desk")
    do(browser_of(luis), "desk")
    assert {field.name for field in FollowUp._meta.get_fields()} == {"id", "member", "on"}
    assert list(FollowUp.objects.values_list("on", flat=True).order_by("on")) == moments.desk_asks_on(today)
    now = timezone.now()
    assert [follow_ups.forget_old(now + after * DAY) for after in (3, 5, 18, 32)] == [0, 1, 1, 1]
    assert any(duty.act is follow_ups.forget_old for duty in DUTIES)


def test_its_time_is_over_at_midnight_in_lima() -> None:
    asked = datetime.date(2026, 11, 2)
    FollowUp.objects.create(member=make_member(), on=asked)
    last = datetime.datetime.combine(asked + follow_ups.LASTS, datetime.time(), timezone.get_default_timezone())
    evening = last.astimezone(datetime.UTC) - datetime.timedelta(hours=1)  # as the line's clock tells it
    assert follow_ups.forget_old(evening) == 0
    assert follow_ups.forget_old(evening + datetime.timedelta(hours=1)) == 1


def test_nothing_of_it_names_the_conversation_after_which_it_was_said() -> None:
    luis = make_member(alias="Luis")
    contact = make_ended(luis, "algo que duele")
    for act in ("soon", "desk", "off"):
        do(browser_of(luis), act, why="yes")
    kept = [str(value) for model in (TalkRequest, FollowUp) for row in model.objects.values_list() for value in row]
    known = Contact._base_manager.values_list("pk", "key_id", flat=False).get(pk=contact.pk)
    assert not [one for one in kept if any(str(part) in one for part in known)]
