"""Rooms of one process: who hears what."""

from collections.abc import Iterator
from typing import Any

import pytest

from wire import hub


class Listener:
    """A seat that keeps what it hears and where it was rung."""

    def __init__(self, *, deaf: bool = False) -> None:
        self.heard: list[Any] = []
        self.rung: list[str] = []
        self.deaf = deaf

    def hear(self, event: Any) -> None:
        if self.deaf:
            raise RuntimeError
        self.heard.append(event)

    def look_again(self, room: str) -> None:
        self.rung.append(room)


@pytest.fixture
def two() -> Iterator[tuple[Listener, Listener]]:
    one, other = Listener(), Listener()
    hub.join("here", one)
    hub.join("there", other)
    yield one, other
    hub.part("here", one)
    hub.part("there", other)


def test_a_room_hears_what_is_delivered_there_and_no_other_does(two: tuple[Listener, Listener]) -> None:
    hub.deliver("here", "hola")
    hub.ring("there")
    assert (two[0].heard, two[0].rung) == (["hola"], [])
    assert (two[1].heard, two[1].rung) == ([], ["there"])


def test_every_room_can_be_rung_at_once(two: tuple[Listener, Listener]) -> None:
    hub.ring_all()
    assert (two[0].rung, two[1].rung) == (["here"], ["there"])


def test_a_seat_that_fails_looks_again_and_harms_no_other(two: tuple[Listener, Listener]) -> None:
    broken = Listener(deaf=True)
    hub.join("here", broken)
    try:
        hub.deliver("here", "hola")
    finally:
        hub.part("here", broken)
    assert broken.rung == ["here"]
    assert two[0].heard == ["hola"]


def test_sitting_down_twice_is_once_and_an_empty_room_is_forgotten() -> None:
    before, seat = hub.rooms(), Listener()
    hub.join("for a moment", seat)
    hub.join("for a moment", seat)
    assert hub.seats("for a moment") == [seat]
    hub.part("for a moment", seat)
    hub.part("for a moment", seat)
    assert (hub.seats("for a moment"), hub.rooms()) == ([], before)
