"""After something hard: a pause, a talk, being asked again; each with one touch, and never counted."""

import datetime
import uuid
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone

from hotline.sweeper import DUTIES
from reflection import actions as reflection
from reflection import check_ins, talks
from reflection.models import CheckIn, Circle, OwnSpace, TalkRequest
from roster.models import Presence, Role
from tests.cast import browser_of, make_member
from tests.reflection.listeners import seen, with_space
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")

PAGE, TALKS = "/reflexion/despues/", "/reflexion/conversar/"


def do(browser: Client, act: str, **given: str) -> str:
    """Touch one thing; return what is shown then."""
    return browser.post(PAGE, {"do": act, **given}, follow=True).content.decode()


def test_a_pause_is_one_touch_away() -> None:
    member = make_member(ready=True)
    told = do(browser_of(member), "rest")
    assert "Descansa" in told
    until = Presence.objects.get(member=member).break_until
    assert until
    assert datetime.timedelta(minutes=14) < until - timezone.now() <= datetime.timedelta(minutes=15)


def test_supervision_sees_a_name_and_nothing_else() -> None:
    luis, carmen = make_member(alias="Luis"), make_member(Role.SUPERVISOR, "Carmen")
    told = do(browser_of(luis), "talk")
    assert "Supervisión ve tu nombre" in told
    fragment = browser_of(carmen).get(TALKS, headers={"X-Fragment": "1"}).content.decode()
    assert "Luis quisiera conversar" in fragment
    names = {"id", "member", "asked_on", "taken_by", "room", "wish"}
    assert {field.name for field in TalkRequest._meta.get_fields()} == names


def test_asking_twice_is_asking_once_and_can_be_taken_back() -> None:
    luis = make_member(alias="Luis")
    browser = browser_of(luis)
    do(browser, "talk")
    do(browser, "talk")
    assert TalkRequest.objects.count() == 1
    assert "Ya no aparece" in do(browser, "take_back")
    assert not TalkRequest.objects.exists()


def test_the_first_supervisor_takes_it_and_who_asked_sees_who_comes() -> None:
    luis = make_member(alias="Luis")
    carmen, ines = (browser_of(make_member(Role.SUPERVISOR, alias)) for alias in ("Carmen", "Inés"))
    do(browser_of(luis), "talk")
    asked = str(TalkRequest.objects.get().pk)
    carmen.post(TALKS, {"do": "take", "id": asked})
    late = ines.post(TALKS, {"do": "take", "id": asked}, follow=True).content.decode()
    assert "Alguien llegó antes" in late
    assert "Se ocupa Carmen" in late
    assert ines.get(TALKS, headers={"X-Fragment": "1"}).status_code == HTTPStatus.NO_CONTENT
    assert "Carmen quiere conversar contigo" in seen(browser_of(luis), PAGE)
    ines.post(TALKS, {"do": "talked", "id": asked})
    assert TalkRequest.objects.exists()
    carmen.post(TALKS, {"do": "talked", "id": asked})
    assert not TalkRequest.objects.exists()


def test_whoever_takes_it_opens_a_conversation_for_the_two_and_a_new_one_when_it_is_gone() -> None:
    luis, carmen = make_member(alias="Luis"), make_member(Role.SUPERVISOR, "Carmen")
    his, hers = browser_of(luis), browser_of(carmen)
    do(his, "talk")
    asked = TalkRequest.objects.get()
    assert not talks.open_room(asked.pk, carmen)
    told = hers.post(TALKS, {"do": "take", "id": str(asked.pk)}, follow=True).content.decode()
    room = f"/reflexion/circulo/{Circle.objects.get().pk}/"
    assert room in told
    assert room in seen(his, PAGE)
    assert "Tienes una conversación con Carmen." in seen(his, "/reflexion/avisos/")
    his.post(f"{room}decir/", {"id": str(uuid.uuid4()), "text": "Gracias por preguntar."})
    assert "Gracias por preguntar." in seen(hers, room)

    assert talks.open_room(asked.pk, carmen)
    assert Circle.objects.count() == 1
    assert not talks.open_room(asked.pk, make_member(Role.SUPERVISOR))
    his.post(f"{room}salir/")
    assert room not in seen(hers, TALKS)
    hers.post(TALKS, {"do": "room", "id": str(asked.pk)})
    asked.refresh_from_db()
    fresh = talks.room_of(asked)
    assert fresh
    assert f"/reflexion/circulo/{fresh.pk}/" in seen(his, PAGE)
    assert fresh.memberships.count() == 2
    reflection.destroy_old_words(timezone.now() + datetime.timedelta(hours=26))
    assert talks.of(luis) == asked
    assert "Abrir otra conversación" in seen(hers, TALKS)


def test_the_page_says_what_is_kept_of_a_request_and_for_how_long() -> None:
    browser = browser_of(make_member())
    do(browser, "talk")
    told = seen(browser, PAGE)
    assert "se anota" not in told
    assert f"a los {talks.KEPT.days} días" in told


@pytest.mark.parametrize("asked", ["", "x", "9" * 30, "-1"])
def test_what_is_no_request_is_told_in_words(asked: str) -> None:
    supervisor = browser_of(make_member(Role.SUPERVISOR))
    assert "Alguien llegó antes" in supervisor.post(TALKS, {"do": "take", "id": asked}, follow=True).content.decode()


def test_a_supervisor_may_ask_too_and_another_one_answers() -> None:
    carmen = make_member(Role.SUPERVISOR, "Carmen")
    do(browser_of(carmen), "talk")
    request = TalkRequest.objects.get()
    assert "Ahora nadie lo ha pedido" in seen(browser_of(carmen), TALKS)
    assert not talks.take(request.pk, carmen)
    assert talks.take(request.pk, make_member(Role.SUPERVISOR))


def test_rehearsals_do_not_mix_with_people() -> None:
    do(browser_of(make_member(rehearsal=True)), "talk")
    assert "Ahora nadie lo ha pedido" in seen(browser_of(make_member(Role.SUPERVISOR)), TALKS)


def test_a_request_that_nobody_answered_goes_by_itself() -> None:
    do(browser_of(make_member()), "talk")
    now = timezone.now()
    assert talks.forget_old(now + datetime.timedelta(days=14)) == 0
    assert talks.forget_old(now + datetime.timedelta(days=16)) == 1
    assert any(duty.act is talks.forget_old for duty in DUTIES)


def test_it_stands_until_midnight_in_lima() -> None:
    asked = datetime.date(2026, 11, 2)
    TalkRequest.objects.create(member=make_member(), asked_on=asked)
    late = datetime.datetime.combine(asked + talks.KEPT, datetime.time(23), timezone.get_default_timezone())
    evening = late.astimezone(datetime.UTC)  # as the line's clock tells it
    assert talks.forget_old(evening) == 0
    assert talks.forget_old(evening + datetime.timedelta(hours=1)) == 1


def test_who_wishes_is_asked_again_on_their_own_page_alone() -> None:
    _member, browser = with_space()
    assert "Te preguntamos en unos días" in do(browser, "follow")
    row = CheckIn.objects.get()
    assert b"hard" not in bytes(row.result)
    assert "¿Cómo sigues?" not in seen(browser, "/reflexion/como-estoy/")
    check_ins.mark_hard(OwnSpace.objects.get(), timezone.localdate() - datetime.timedelta(days=14))
    assert "¿Cómo sigues?" in seen(browser, "/reflexion/como-estoy/")


def test_without_a_space_nothing_is_kept_in_one_and_the_desk_may_ask_still() -> None:
    browser = browser_of(make_member())
    assert "Te preguntamos" not in do(browser, "follow")
    page = seen(browser, PAGE)
    assert "Que me pregunten en unos días" not in page
    assert "Que mi escritorio me lo pregunte" in page


def test_a_word_that_is_none_of_these_does_nothing() -> None:
    browser = browser_of(make_member())
    assert "¿Qué te haría bien ahora?" in do(browser, "dance")
    assert not TalkRequest.objects.exists()


def test_the_desk_shows_it_as_a_part_of_itself() -> None:
    browser = browser_of(make_member(ready=True))
    answer = browser.post(PAGE, {"do": "talk"}, headers={"Accept": "application/json"})
    fragment = browser.get(answer.json()["next"], headers={"X-Fragment": "1"}).content.decode()
    assert "Supervisión ve tu nombre" in fragment
    assert "<html" not in fragment


def test_none_of_it_stands_in_the_trail() -> None:
    member, browser = with_space()
    before = Entry.objects.count()
    Presence.objects.create(member=member, lease_until=timezone.now(), since=timezone.now())
    for act in ("rest", "talk", "soon", "follow", "desk", "off", "stop", "take_back"):
        do(browser, act, muerte="si", why="yes")
    assert Entry.objects.count() == before
