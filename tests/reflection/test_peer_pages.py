"""A colleague to talk to, on the pages: asking, answering, what is told when nobody came or somebody left."""

import datetime
import uuid
from http import HTTPStatus

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reflection import actions, peers, showing
from reflection.models import PeerAsk
from roster.models import Member
from tests.cast import browser_of, make_member
from tests.reflection.listeners import seen
from tests.reflection.people import MINUTE
from wire import clock

pytestmark = pytest.mark.django_db(databases="__all__")


def test_a_colleague_is_asked_for_answered_and_found(rosa: Member) -> None:
    luis = make_member(alias="Luis")
    mine, his = browser_of(rosa), browser_of(luis)
    mine.post("/reflexion/colega/", {"anonymous": "on"})
    assert mine.post("/reflexion/colega/").status_code == HTTPStatus.CONFLICT
    assert "Alguien del equipo quisiera conversar" in seen(his, "/reflexion/avisos/")
    assert "Rosa" not in seen(his, "/reflexion/")
    answer = f"/reflexion/colega/{PeerAsk.objects.get().pk}/"
    room = his.post(answer)["Location"]
    late = browser_of(make_member()).post(answer)
    assert (late.status_code, "Alguien llegó antes" in late.content.decode()) == (HTTPStatus.CONFLICT, True)
    assert room in seen(mine, "/reflexion/avisos/")
    mine.post(f"{room}decir/", {"id": str(uuid.uuid4()), "text": "Gracias."})
    told = seen(his, room)
    assert "Gracias." in told
    assert "Alguien del equipo" in told
    assert "Rosa" not in told


def test_asking_no_more_takes_it_away(rosa: Member) -> None:
    browser = browser_of(rosa)
    browser.post("/reflexion/colega/", {})
    browser.post("/reflexion/colega/", {"do": "stop"})
    assert not PeerAsk.objects.exists()


def test_the_front_page_hears_by_itself_that_somebody_answered(rosa: Member, luis: Member) -> None:
    ask = peers.ask(rosa, anonymous=False)
    browser = browser_of(rosa)
    page = seen(browser, "/reflexion/")
    assert 'data-talks-url="/reflexion/colega/"' in page
    room = peers.answer(luis, ask.pk)
    part = browser.get("/reflexion/colega/", headers={"X-Fragment": "1"}).content.decode()
    assert f"/reflexion/circulo/{room.pk}/" in part
    assert "Luis." in part
    assert "<html" not in part


def test_who_nobody_answered_is_told_and_told_where_else_to_find_somebody(
    rosa: Member, luis: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = peers.ask(rosa, anonymous=False)
    assert "nadie pudo responder" not in seen(browser_of(rosa), "/reflexion/")
    monkeypatch.setattr(clock, "now", lambda: ask.until + MINUTE)
    actions.destroy_old_words(clock.now())
    browser = browser_of(rosa)
    told = seen(browser, "/reflexion/")
    assert "Esta vez nadie pudo responder." in told
    assert "113, opción 5" in told
    assert "nadie pudo responder" in seen(browser, "/reflexion/avisos/")
    assert "nadie pudo responder" not in seen(browser_of(luis), "/reflexion/")

    assert not peers.asks_for(luis)
    browser.post("/reflexion/colega/", {"do": "stop"})
    assert "nadie pudo responder" not in seen(browser, "/reflexion/")


def test_asking_again_takes_the_place_of_what_nobody_answered(rosa: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    first = peers.ask(rosa, anonymous=False)
    monkeypatch.setattr(clock, "now", lambda: first.until + MINUTE)
    browser_of(rosa).post("/reflexion/colega/")
    assert PeerAsk.objects.get() == peers.own_ask(rosa)
    assert "nadie pudo responder" not in seen(browser_of(rosa), "/reflexion/")


def test_each_room_says_who_reads_what_is_written_there_and_when_it_is_gone(
    rosa: Member, luis: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime.datetime(2026, 11, 26, 15, 9, tzinfo=datetime.UTC))
    room = peers.answer(luis, peers.ask(rosa, anonymous=False).pk)
    page = seen(browser_of(rosa), f"/reflexion/circulo/{room.pk}/")
    assert "Solo ustedes dos leen lo que se escribe aquí." in page
    assert "todo el círculo" not in page
    assert "Se borra el viernes 11:00." in seen(browser_of(rosa), "/reflexion/")


def test_whose_colleague_left_is_told_in_the_room_and_on_the_front_page(rosa: Member, luis: Member) -> None:
    room = peers.answer(luis, peers.ask(rosa, anonymous=False).pk)
    browser, path = browser_of(rosa), f"/reflexion/circulo/{room.pk}/"
    assert "salió" not in seen(browser, f"{path}estado/")
    actions.leave(luis, room.pk)
    assert "Tu colega salió de la conversación." in seen(browser, f"{path}estado/")
    assert "Contigo: ya nadie" in seen(browser, path)
    assert "Tu colega salió de la conversación." in seen(browser, "/reflexion/")
    assert "conversación" not in seen(browser, "/reflexion/avisos/")


def test_five_rooms_are_read_with_as_many_questions_as_one(rosa: Member) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert showing.talks(rosa)["rooms"]
        return len(queries)

    peers.answer(rosa, peers.ask(make_member(), anonymous=False).pk)
    before = asked()
    for _number in range(4):
        peers.answer(rosa, peers.ask(make_member(), anonymous=False).pk)
    assert len(showing.talks(rosa)["rooms"]) == 5
    assert asked() == before
