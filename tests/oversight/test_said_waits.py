"""How true it was what people were told of their wait."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from oversight.said_waits import FEWEST, said_waits
from roster.models import Member, Role
from tests.cast import browser_of, make_member, make_waiting
from triage.models import Contact
from triage.queue import EDGES, said_range, was_right

pytestmark = pytest.mark.django_db(databases="__all__")


def came(said: int, waited: float, count: int = 1, *, days_ago: float = 1, rehearsal: bool = False) -> None:
    """Let so many people have waited, who were told something."""
    rosa = Member.objects.filter(alias="Rosa").first() or make_member(alias="Rosa")
    queued = timezone.now() - datetime.timedelta(days=days_ago)
    for _number in range(count):
        contact = make_waiting()
        Contact.objects.filter(pk=contact.pk).update_noted(
            said_wait=said,
            queued_at=queued,
            assigned_at=queued + datetime.timedelta(seconds=waited),
            volunteer=rosa,
            state="ended",
            rehearsal=rehearsal,
        )


def test_a_range_is_right_from_seven_tenths_of_its_beginning_to_thirteen_of_its_end() -> None:
    assert [was_right(400, waited) for waited in (209, 210, 780, 781)] == [False, True, True, False]
    assert [was_right(20, waited) for waited in (0, 156, 157)] == [True, True, False]
    assert [was_right(9999, waited) for waited in (1679, 1680, 10**6)] == [False, True, True]


def test_every_range_begins_where_the_one_before_ends() -> None:
    assert [said_range(edge)[0] for edge in EDGES] == list(EDGES)
    assert [said_range(edge - 1)[1] for edge in EDGES[1:]] == list(EDGES[1:])
    assert said_range(EDGES[-1])[1] is None


def test_the_last_seven_days_of_real_people_count() -> None:
    came(20, 30, 2)
    came(20, 600, 1)
    came(20, 600, 1, days_ago=7.1)
    came(20, 600, 1, rehearsal=True)
    found = said_waits(timezone.now())
    assert (found.answered, found.right, found.percent) == (3, 2, None)


def test_the_board_says_it_once_enough_people_were_answered() -> None:
    window: Client = browser_of(make_member(Role.SUPERVISOR, "Carmen"))
    came(20, 30, FEWEST - 1)
    assert "de la espera" not in window.get("/supervision/").content.decode()
    came(20, 600, 1)
    assert "95 %" in window.get("/supervision/").content.decode()
