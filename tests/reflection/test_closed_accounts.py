"""A closed account: its seats are free at once, its space opens for nobody else and is erased after a while."""

import datetime

import pytest
from django.utils import timezone
from pytest_django import Settings

from hotline import sweeper
from reflection import actions, spaces, thanks
from reflection.closed_accounts import erase_spaces_of_closed
from reflection.errors import NotYours
from reflection.models import Circle, JournalPage, OwnSpace, Thanks
from reflection.own_errors import SpaceShut
from roster import actions as roster
from roster.models import Member, Role
from tests.cast import browser_of, make_member
from tests.reflection.listeners import PASSWORD, seen, with_space
from tests.reflection.people import DAY, found, join, read, say
from tests.vault.keys import elsewhere
from vault import actions as vault
from vault.errors import KeyUnavailable
from vault.models import DataKey, Entry
from wire import clock

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture(params=["A", "B"], autouse=True)
def stage(request: pytest.FixtureRequest, settings: Settings) -> str:
    settings.STAGE = request.param
    return str(request.param)


@pytest.fixture
def luz() -> Member:
    """Return a member who wrote in their journal and was thanked."""
    member, browser = with_space()
    browser.post("/reflexion/diario/", {"text": "Lo que nadie sabe."})
    thanks.give(make_member(), member.pk, "Gracias.", day=datetime.date(2026, 11, 1), named=False)
    return member


def close(member: Member) -> None:
    roster.deactivate(member, make_member(Role.COORDINATOR))


def test_a_closed_account_frees_its_seat_turns_the_key_and_the_next_in_line_comes_in(
    luz: Member, rosa: Member, stage: str
) -> None:
    carmen = make_member(Role.SUPERVISOR)
    circle = found(carmen, size=3)
    join(circle, luz, make_member(), rosa)
    say(luz, circle, "antes")
    close(luz)
    with pytest.raises(NotYours):  # before the line did anything
        read(Member.objects.get(pk=luz.pk), circle)
    (duty,) = (one for one in sweeper.DUTIES if one.act == actions.take_out_the_lapsed)
    assert duty.every <= 2
    duty.act(clock.now())
    say(carmen, circle, "después")
    assert (read(carmen, circle), read(rosa, circle)) == (["antes", "después"], ["después"])
    assert circle.memberships.get(member=rosa).seat_is_news
    first, second = circle.turns.order_by("number")
    assert first.key_id != second.key_id
    elsewhere()
    if stage == "B":
        for turn in (first, second):
            with pytest.raises(KeyUnavailable):
                vault.open_key(turn.key_id, luz.holder)


def test_their_space_opens_for_nobody_else_and_they_find_it_again_if_they_come_back(luz: Member) -> None:
    space = OwnSpace.objects.get()
    close(luz)
    for days in range(0, 90, 30):
        assert erase_spaces_of_closed(clock.now() + days * DAY) == 0
    with pytest.raises(SpaceShut):
        spaces.open_with_password(space, "la contraseña de otra persona")
    browser = browser_of(make_member(Role.COORDINATOR))
    for path in ("espacio/", "diario/", "gracias/"):
        assert "Lo que nadie sabe." not in seen(browser, f"/reflexion/{path}")
    Member.objects.filter(pk=luz.pk).update(is_active=True)
    erase_spaces_of_closed(clock.now() + 200 * DAY)  # open again: nothing is counted against them
    assert JournalPage.objects.count() == 1
    again = browser_of(Member.objects.get(pk=luz.pk))
    again.post("/reflexion/espacio/", {"do": "open", "password": PASSWORD})
    assert "Lo que nadie sabe." in seen(again, "/reflexion/diario/")
    close(luz)
    erase_spaces_of_closed(clock.now() + 201 * DAY)
    assert OwnSpace.objects.get().closed_on == timezone.localdate(clock.now() + 201 * DAY)


def test_after_ninety_days_all_of_it_is_erased_with_its_keys_and_nothing_tells_of_it(luz: Member) -> None:
    keys = {OwnSpace.objects.get().key_id, JournalPage.objects.get().key_id, Thanks.objects.get().key_id}
    other, _browser = with_space("Sol")
    close(luz)
    before = Entry.objects.count()
    erase_spaces_of_closed(clock.now())
    assert erase_spaces_of_closed(clock.now() + 89 * DAY) == 0
    assert erase_spaces_of_closed(clock.now() + 90 * DAY) == 1
    vault.finish_destroying()
    assert OwnSpace.objects.get().member_id == other.pk
    assert (JournalPage.objects.count(), Thanks.objects.count(), Entry.objects.count()) == (0, 0, before)
    assert set(DataKey.objects.filter(pk__in=keys).values_list("state", flat=True)) == {DataKey.State.DESTROYED}


def test_how_many_days_is_a_setting_that_the_page_tells_before_a_space_is_made(
    luz: Member, rosa: Member, settings: Settings
) -> None:
    settings.CLOSED_SPACE_DAYS = 30
    assert "30 días después se borra" in seen(browser_of(rosa), "/reflexion/espacio/")
    close(luz)
    erase_spaces_of_closed(clock.now())
    assert erase_spaces_of_closed(clock.now() + 30 * DAY) == 1


def test_a_circle_whose_only_member_is_gone_is_over(luz: Member) -> None:
    Member.objects.filter(pk=luz.pk).update(role=Role.SUPERVISOR)
    found(Member.objects.get(pk=luz.pk))
    close(luz)
    actions.take_out_the_lapsed(clock.now())
    assert Circle.objects.get().ended_on
