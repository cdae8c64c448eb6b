"""A note to oneself lives as long as its page says: for days in a circle, with the room where that lasts hours."""

import datetime

import pytest

from reflection import actions, own_notes, peers
from reflection.models import OwnNote
from reflection.schedule import today
from roster.models import Member
from tests.cast import browser_of
from tests.reflection.listeners import seen
from tests.reflection.people import DAY, MINUTE, found, join, read, say
from wire import clock

pytestmark = pytest.mark.django_db(databases="__all__")


def test_past_midnight_it_stands_as_long_as_the_room_of_two_and_both_pages_say_until_when(
    rosa: Member, luis: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = datetime.datetime(2026, 11, 27, 4, 50, tzinfo=datetime.UTC)  # ten to midnight in Lima
    monkeypatch.setattr(clock, "now", lambda: late)
    room = peers.answer(luis, peers.ask(rosa, anonymous=False).pk)
    say(rosa, room, "hola")
    own_notes.save(rosa, room.pk, "Recordar.")
    monkeypatch.setattr(clock, "now", lambda: late + 20 * MINUTE)
    actions.destroy_old_words(clock.now())
    assert read(rosa, room) == ["hola"]
    assert [text for _note, text in own_notes.of(rosa)] == ["Recordar."]
    assert "Se borra con esta sala, el sábado 00:00." in seen(browser_of(rosa), f"/reflexion/circulo/{room.pk}/")
    assert "Se borra el sábado 28 de noviembre, 00:00." in seen(browser_of(rosa), "/reflexion/")

    assert room.gone_at
    actions.destroy_old_words(room.gone_at)
    assert not OwnNote.objects.exists()


def test_in_a_circle_it_is_destroyed_on_the_day_that_both_pages_name(carmen: Member, rosa: Member) -> None:
    circle = found(carmen, life_days=7)
    join(circle, rosa)
    browser, path = browser_of(rosa), f"/reflexion/circulo/{circle.pk}/"
    assert "Se borra 7 días después de guardarla." in seen(browser, path)
    own_notes.save(rosa, circle.pk, "Recordar.")
    note = OwnNote.objects.get()
    assert note.gone_on == today(clock.now()) + 7 * DAY
    assert f"La de ahora, el {note.gone_on.day} de " in seen(browser, path)
    assert f" {note.gone_on.day} de " in seen(browser, "/reflexion/").split("Recordar.")[1].split("Borrar esta nota")[0]

    actions.destroy_old_words(clock.now() + 6 * DAY)
    assert OwnNote.objects.exists()
    actions.destroy_old_words(clock.now() + 7 * DAY)
    assert not OwnNote.objects.exists()
