"""A trainee whose desk is open, and a clock that goes as fast as a test wants."""

import datetime
from collections.abc import Callable

import pytest

from roster import actions as roster
from roster.models import Member
from tests.cast import make_member
from tests.training.stage import Played
from wire import clock


@pytest.fixture
def trainee() -> Member:
    """Return somebody in training: licence checked, training not finished, so that no caller is ever theirs."""
    return make_member(alias="Diego", trained_on=None)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], datetime.datetime]:
    """Return how to let seconds pass for the line; it returns the line's time then."""
    true_now, ahead = clock.now, datetime.timedelta()

    def go_on(seconds: float) -> datetime.datetime:
        nonlocal ahead
        ahead += datetime.timedelta(seconds=seconds)
        return clock.now()

    monkeypatch.setattr(clock, "now", lambda: true_now() + ahead)
    return go_on


@pytest.fixture
def played(trainee: Member, later: Callable[[float], datetime.datetime]) -> Callable[[str], Played]:
    """Return how to bring a practice of this scenario into a conversation with the trainee."""

    def begin(code: str) -> Played:
        roster.renew_lease(trainee.pk)
        one = Played(trainee, code, later)
        one.accept()
        return one

    return begin
