"""What a volunteer asks for their hands at the desk, and what the desk is told of them."""

import datetime

import pytest
from django.utils import timezone

from chat.seats import desk_view
from roster import actions as roster
from roster.models import Member, Presence, Shift
from tests.cast import browser_of, make_member

pytestmark = pytest.mark.django_db(databases="__all__")
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def rosa() -> Member:
    """Return a ready volunteer."""
    return make_member(alias="Rosa", ready=True)


def told(member: Member) -> tuple[str, str]:
    """Return what the desk is told of its member."""
    presence = desk_view(member.pk).presence
    return presence.state, presence.reason


def ask(member: Member, act: str) -> int:
    """Ask for something, and return the status of the answer."""
    return browser_of(member).post("/escritorio/manos/", {"act": act}).status_code


def test_who_asks_for_a_rest_is_told_of_it_and_comes_back(rosa: Member) -> None:
    assert told(rosa) == ("ready", "")
    assert ask(rosa, "rest") == 200
    assert told(rosa) == ("ready", "break")
    assert ask(rosa, "back") == 200
    assert told(rosa) == ("ready", "")


def test_near_the_end_of_a_shift_one_more_can_be_asked_for(rosa: Member) -> None:
    now = timezone.now()
    Shift.objects.create(member=rosa, starts_at=now - 80 * MINUTE, ends_at=now + 30 * MINUTE)
    assert told(rosa) == ("ready", "shift_end")
    assert ask(rosa, "more") == 200
    assert told(rosa) == ("ready", "asks")


def test_the_rest_from_the_urgent_is_said_and_why_somebody_is_away_goes_before(rosa: Member) -> None:
    Presence.objects.update(rests_until=timezone.now() + MINUTE)
    assert told(rosa) == ("ready", "rests")
    roster.set_away(rosa, "own")
    assert told(rosa) == ("away", "own")


def test_anything_else_is_not_found(rosa: Member) -> None:
    assert ask(rosa, "sleep") == 404


def test_the_desk_has_words_for_all_of_it(rosa: Member) -> None:
    page = browser_of(rosa).get("/escritorio/").content.decode()
    assert [word for word in ("break", "rests", "shift_end", "asks") if f"data-{word}=" not in page] == []
