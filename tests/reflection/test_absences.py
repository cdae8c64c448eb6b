"""Who closed their page: missed after a while, unless another page of theirs answers, here or at another node."""

import asyncio
import uuid

import pytest

from reflection import absences, rooms
from reflection.absences import Absence
from wire import hub, pool

WHO, CIRCLE, OTHER = (uuid.UUID(int=number) for number in (1, 2, 3))
ROOM = rooms.room_of(CIRCLE)


@pytest.fixture
def missed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """Return who is taken for gone."""
    gone: list[tuple[object, ...]] = []
    monkeypatch.setattr(absences, "AWAY_AFTER", 0.05)
    monkeypatch.setattr(pool, "later", lambda _verb, *whom: gone.append(whom))
    return gone


class Page:
    """Somebody's page in the room, as a socket here or at another node has it."""

    def __init__(self, member: uuid.UUID) -> None:
        self.member = member
        hub.join(ROOM, self)

    def hear(self, event: object) -> None:
        if rooms.sought(event) == self.member:
            rooms.tell_here(CIRCLE, self.member)

    def look_again(self, room: str) -> None:
        pass


async def test_who_has_no_page_for_a_while_is_missed_once(missed: list[tuple[object, ...]]) -> None:
    Absence(CIRCLE, WHO).begin()
    assert missed == []
    await asyncio.sleep(0.1)
    assert missed == [(WHO, CIRCLE)]
    assert hub.is_empty(ROOM)


@pytest.mark.parametrize(("whose", "gone"), [(WHO, []), (OTHER, [(WHO, CIRCLE)])])
async def test_another_page_of_theirs_answers_and_one_of_somebody_else_does_not(
    missed: list[tuple[object, ...]], whose: uuid.UUID, gone: list[tuple[object, ...]]
) -> None:
    page = Page(whose)
    Absence(CIRCLE, WHO).begin()
    await asyncio.sleep(0.1)
    hub.part(ROOM, page)
    assert missed == gone


async def test_who_comes_back_in_time_is_not_missed(missed: list[tuple[object, ...]]) -> None:
    Absence(CIRCLE, WHO).begin()
    rooms.tell_here(CIRCLE, WHO)
    await asyncio.sleep(0.1)
    assert missed == []
    assert hub.is_empty(ROOM)
