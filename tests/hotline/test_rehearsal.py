"""Clearing a rehearsal takes what was said and kept in the rooms of those who listen, with its keys; the rest stays."""

import datetime

import pytest
from django.core.management import call_command
from pytest_django import Settings

from reflection import own_notes, peers, shift_ends, spaces, talks, thanks
from reflection.models import Circle, Entry, Gathering, JournalPage, Membership, OwnNote, OwnSpace, PeerAsk, TalkRequest
from roster.models import Member, Role, Shift
from tests.cast import browser_of, make_member
from tests.reflection.listeners import PASSWORD, make_space
from tests.reflection.people import HOUR, found, join, read, say
from vault.models import DataKey
from wire import clock

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
DAY = datetime.date(2026, 11, 1)


def live_here(*, rehearsal: bool) -> tuple[Member, Circle]:
    """Let three people do everything there is to do in these rooms."""
    carmen, rosa, luis = (
        make_member(role, rehearsal=rehearsal) for role in (Role.SUPERVISOR, Role.VOLUNTEER, Role.VOLUNTEER)
    )
    circle = found(carmen)
    join(circle, rosa, luis)
    say(rosa, circle, "Hoy me costó.")
    own_notes.save(rosa, circle.pk, "Dormir más.")
    end = clock.now() - datetime.timedelta(minutes=1)
    for one in (rosa, luis):
        Shift.objects.create(member=one, starts_at=end - 2 * HOUR, ends_at=end)
    peers.ask(luis, anonymous=False)
    asked = peers.own_ask(luis)
    say(rosa, peers.answer(rosa, asked.pk if asked else circle.pk), "Hola.")
    peers.ask(rosa, anonymous=True)
    talks.ask(rosa, DAY)
    rosa.set_password(PASSWORD)
    rosa.save()
    browser = browser_of(rosa)
    make_space(browser)
    browser.post("/reflexion/diario/", {"text": "Lo mío."})
    browser.post("/reflexion/como-estoy/", {"moment": "arrive", "value": "2"})
    thanks.give(luis, rosa.pk, "Gracias.", day=DAY, named=True)
    return rosa, circle


@pytest.mark.parametrize("stage", ["A", "B"])
def test_what_was_rehearsed_goes_and_what_was_real_stays(
    settings: Settings, capsys: pytest.CaptureFixture[str], stage: str
) -> None:
    settings.REHEARSAL, settings.STAGE = True, stage
    rosa, real = live_here(rehearsal=False)
    before = set(DataKey.objects.values_list("pk", flat=True))
    live_here(rehearsal=True)
    assert shift_ends.open_rooms(clock.now()) == 2
    rehearsed = set(DataKey.objects.values_list("pk", flat=True)) - before
    assert len(rehearsed) == 6  # circle, own note, room of two; space, page, thanks

    call_command("rehearse", "--clear", "--json")
    assert capsys.readouterr().out.strip() == '{"removed": 0}'
    assert not Circle.objects.filter(rehearsal=True).exists()
    assert not Member.objects.filter(rehearsal=True).exists()
    assert set(DataKey.objects.filter(pk__in=rehearsed).values_list("state", flat=True)) == {DataKey.State.DESTROYED}
    kept = (Circle, Gathering, Membership, Entry, OwnNote, OwnSpace, JournalPage, PeerAsk, TalkRequest)
    assert [model._base_manager.count() for model in kept] == [3, 2, 7, 2, 1, 1, 1, 2, 1]
    assert read(rosa, real) == ["Hoy me costó."]
    assert own_notes.of(rosa)[0][1] == "Dormir más."
    space = spaces.of(rosa)
    assert space
    assert spaces.open_with_password(space, PASSWORD).space == space
    call_command("rehearse", "--clear")  # again: nothing is left
