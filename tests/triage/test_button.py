"""The button on partners' pages: honest about how it stands, the same for everybody, without a trace of who looks."""

import datetime
import html
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from consent import texts
from roster.models import OpeningException, Shift
from tests.cast import make_crowd, make_member
from tests.oversight.past import lima
from triage import button
from wire import clock

pytestmark = pytest.mark.django_db(databases="__all__")
ADDRESSES = ("/boton/boton.js", "/boton/boton.svg", "/boton/estado.json")


@pytest.fixture(autouse=True)
def _looked_at_anew() -> Iterator[None]:
    button.forget()
    yield
    button.forget()


def found() -> Any:
    """Return what a partner's page hears."""
    return Client().get("/boton/estado.json").json()


def close_the_line() -> None:
    """Close it today and tomorrow."""
    today = timezone.localdate()
    for days in range(-1, 3):
        OpeningException.objects.create(date=today + datetime.timedelta(days=days), name="Cerrado")


def test_while_hands_are_open_somebody_is_there(make_volunteer: Any) -> None:
    make_volunteer()
    make_volunteer()
    assert found()["state"] == "open"
    assert "hay alguien" in found()["text"]


def test_who_would_have_to_wait_is_told_how_long(make_volunteer: Any) -> None:
    make_volunteer()
    make_crowd(6)
    told = found()
    assert told["state"] == "busy"
    assert "más" in told["text"] or "minutos" in told["text"]


def test_while_nobody_is_ready_it_is_not_called_open() -> None:
    assert found()["state"] == "busy"
    assert "no hay nadie" in found()["text"]


def test_outside_its_hours_it_says_so_and_when_it_opens() -> None:
    close_the_line()
    told = found()
    assert told["state"] == "closed"
    assert "Volvemos" in told["text"]
    assert {line["tel"] for line in told["numbers"]} >= {"113"}


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (datetime.timedelta(hours=3), "El próximo turno empieza hoy a las 23:00, hora de Lima."),
        (datetime.timedelta(hours=5), "El próximo turno empieza mañana a las 1:00, hora de Lima."),
        (datetime.timedelta(days=3), "El próximo turno empieza el viernes 5 de junio a las 20:00, hora de Lima."),
    ],
)
def test_while_it_is_open_and_nobody_is_there_it_promises_no_return_but_says_when_somebody_comes(
    after: datetime.timedelta, said: str
) -> None:
    now = lima("2026-06-02T20:00")
    begins = now + after
    Shift.objects.create(member=make_member(), starts_at=begins, ends_at=begins + datetime.timedelta(hours=2))
    door = button.door(now)

    assert door.state == "busy"
    assert door.text.endswith(said)
    assert "Volvemos" not in door.text


def test_while_nobody_would_answer_no_word_of_the_button_says_now() -> None:
    close_the_line()
    script, drawn = (Client().get(f"/boton/boton.{kind}").content.decode() for kind in ("js", "svg"))

    assert "alguien ahora" not in script
    assert "alguien ahora" not in drawn


def test_people_who_rehearse_open_nothing(make_volunteer: Any) -> None:
    make_volunteer(rehearsal=True)
    assert found()["state"] == "busy"


def test_a_line_whose_texts_are_unfinished_is_closed(make_volunteer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    make_volunteer()
    monkeypatch.setattr(texts, "unfilled", lambda: ["ruc"])
    assert found()["state"] == "closed"


def test_a_database_that_is_away_is_no_open_door(make_volunteer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    make_volunteer()

    def away(now: datetime.datetime) -> button.Door:
        raise OperationalError(now)

    monkeypatch.setattr(button, "door", away)
    assert found()["state"] == "closed"
    monkeypatch.undo()
    assert found()["state"] == "open"  # what was not known is not kept


def test_what_was_found_serves_everybody_for_some_seconds(make_volunteer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now().replace(second=0, microsecond=0)
    monkeypatch.setattr(clock, "now", lambda: now)
    assert found()["state"] == "busy"
    make_volunteer()
    assert found()["state"] == "busy"
    later = now + datetime.timedelta(seconds=button.KEPT)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert found()["state"] == "open"


@pytest.mark.parametrize("address", ADDRESSES)
def test_any_page_may_use_it_and_nobody_is_known_by_it(address: str) -> None:
    client = Client()
    answer = client.get(address, HTTP_ORIGIN="https://escuela.example", HTTP_REFERER="https://escuela.example/x")
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer["Cache-Control"].startswith("public, max-age=")
    assert not answer.cookies
    assert client.post(address).status_code == 405


def test_the_script_has_three_kilobytes_at_most_and_names_no_other_place() -> None:
    script = Client().get("/boton/boton.js").content
    assert len(script) <= 3_000
    assert b"Conversar con alguien" in script
    assert b"http:" not in script
    assert b"https:" not in script
    assert all(word not in script for word in (b"cookie =", b"localStorage", b"sessionStorage", b"sendBeacon"))


def test_the_picture_says_the_same_and_is_whole(make_volunteer: Any) -> None:
    make_volunteer()
    make_crowd(6)
    answer = Client().get("/boton/boton.svg")
    assert answer["Content-Type"].startswith("image/svg+xml")
    assert len(answer.content) <= 3_000
    drawn = " ".join(ElementTree.fromstring(answer.content).itertext())  # noqa: S314 - ours
    assert set(found()["text"].split()) <= set(drawn.split())


def test_partners_find_the_lines_to_copy() -> None:
    page = html.unescape(Client().get("/boton/").content.decode())
    assert '<script async src="http://' in page
    assert "/boton/boton.svg" in page


def test_what_partners_copy_promises_nobody_now_and_names_a_number_where_nothing_runs() -> None:
    page = html.unescape(Client().get("/boton/").content.decode())
    with_script, without = re.findall(r"<code>(.*?)</code>", page, re.DOTALL)

    assert "ahora" not in with_script
    assert "ahora" not in without
    assert "llama gratis al 113, opción 5" in re.sub("<script.*", "", with_script)
