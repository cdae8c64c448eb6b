"""A colleague to talk to, on the pages: asking, answering, what is told when nobody came or somebody left."""

import uuid
from http import HTTPStatus

import pytest

from reflection.models import PeerAsk
from roster.models import Member
from tests.cast import browser_of, make_member
from tests.reflection.listeners import seen

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
