"""A colleague to talk to: asking, answering, one winner, anonymity, a room of two for a day."""

import datetime

import pytest
from pytest_django import Settings

from reflection import actions, entries, live, peers, room
from reflection.access import seat_in
from reflection.errors import AlreadyThere, NotYours, Taken
from reflection.models import Circle, Entry, Membership, PeerAsk
from roster.models import Role
from tests.cast import make_member
from tests.reflection.people import DAY, HOUR, read, say
from tests.vault.keys import elsewhere
from vault.models import Entry as Link
from wire import clock

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture(params=["A", "B"], autouse=True)
def _stage(request: pytest.FixtureRequest, settings: Settings) -> None:
    settings.STAGE = request.param


def test_who_asks_is_paired_with_who_answers_first_and_the_two_read_each_other() -> None:
    rosa, luis, ana = make_member(alias="Rosa"), make_member(alias="Luis"), make_member()
    ask = peers.ask(rosa, anonymous=False)
    assert list(peers.asks_for(luis)) == list(peers.asks_for(ana)) == [ask]
    assert not peers.asks_for(rosa)

    circle = peers.answer(luis, ask.pk)
    with pytest.raises(Taken):
        peers.answer(ana, ask.pk)
    assert not peers.asks_for(ana)
    say(rosa, circle, "Gracias por venir.")
    say(luis, circle, "Aquí estoy.")
    elsewhere()
    assert read(rosa, circle) == read(luis, circle) == ["Gracias por venir.", "Aquí estoy."]
    with pytest.raises(NotYours):
        read(ana, circle)


def test_whoever_wishes_it_is_somebody_of_the_team_without_a_name() -> None:
    rosa, luis = make_member(alias="Rosa"), make_member(alias="Luis")
    circle = peers.answer(luis, peers.ask(rosa, anonymous=True).pk)
    say(rosa, circle, "Hola.")
    seat = seat_in(luis, circle.pk)
    (heard,) = entries.after(seat, 0, luis.holder)
    said = room.said_frame(heard, seat)
    assert (said.name, said.text, said.mine) == ("", "Hola.", False)
    assert live.speech_refused(seat_in(rosa, circle.pk)) == ""


def test_asking_twice_is_told_and_asking_no_more_takes_it_back() -> None:
    rosa, luis = make_member(), make_member()
    ask = peers.ask(rosa, anonymous=False)
    with pytest.raises(AlreadyThere):
        peers.ask(rosa, anonymous=False)
    peers.take_back(rosa)
    with pytest.raises(NotYours):
        peers.answer(luis, ask.pk)
    assert peers.ask(rosa, anonymous=False).member == rosa


def test_nobody_answers_themselves_and_only_who_listens_asks() -> None:
    rosa = make_member()
    with pytest.raises(NotYours):
        peers.answer(rosa, peers.ask(rosa, anonymous=False).pk)
    with pytest.raises(NotYours):
        peers.ask(make_member(Role.COORDINATOR), anonymous=False)


def test_an_ask_that_nobody_answers_is_gone_a_day_after_its_hour_and_a_room_after_a_day() -> None:
    rosa, luis = make_member(), make_member()
    ask = peers.ask(rosa, anonymous=False)
    assert datetime.timedelta(minutes=30) <= ask.until - clock.now() <= datetime.timedelta(minutes=90)
    actions.destroy_old_words(ask.until + 23 * HOUR)
    assert PeerAsk.objects.exists()  # so that who asked is told that nobody could answer
    actions.destroy_old_words(ask.until + 24 * HOUR)
    assert not PeerAsk.objects.exists()

    circle = peers.answer(luis, peers.ask(rosa, anonymous=False).pk)
    say(rosa, circle, "Hola.")
    actions.destroy_old_words(clock.now() + 23 * HOUR)
    assert Entry.objects.count() == 1
    actions.destroy_old_words(clock.now() + DAY + HOUR)
    assert (Circle.objects.count(), Entry.objects.count(), Membership.objects.count()) == (0, 0, 0)
    assert not PeerAsk.objects.exists()


def test_the_trail_does_not_know_who_asked_or_answered() -> None:
    rosa, luis = make_member(), make_member()
    before = Link.objects.count()
    say(rosa, peers.answer(luis, peers.ask(rosa, anonymous=True).pk), "Hola.")
    assert Link.objects.count() == before
