"""One socket's place in one contact: in order, without gaps, whatever is heard while it reads."""

import asyncio
import dataclasses
import uuid
from typing import Any

import msgspec
import pytest
from django.db import OperationalError
from django.utils import timezone

from chat import desk_consumer
from chat import reader as reading
from chat.actions import room_of
from chat.desk_consumer import DeskConsumer
from chat.protocol import Idle, State
from chat.reader import Reader
from chat.seats import Place
from chat.snapshot import Page
from chat.transcript import AT_ONCE, Spoken
from roster.models import Member
from tests.wire.sockets import ServerSide

CONTACT = uuid.uuid4()


def spoken(seq: int, text: str = "hola") -> Spoken:
    return Spoken(CONTACT, seq, str(uuid.UUID(int=seq)), "caller", "", text, timezone.now())


@dataclasses.dataclass
class Rows:
    """The rows of one conversation and the socket that reads them; reading waits while the door is shut."""

    last: int = 0
    sent: list[Any] = dataclasses.field(default_factory=list)
    held_back: int = 0
    reads: int = 0
    broken: bool = False
    door: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)
    reader_is_quick: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.door.set()
        self.reader_is_quick.set()

    async def fetch(self, _contact_id: uuid.UUID, after: int) -> Page | None:
        self.reads += 1
        found = [spoken(seq) for seq in range(after + 1, min(self.last, after + AT_ONCE) + 1)]
        page = Page(found, self.last, "talking", None)  # type: ignore[arg-type]  # a reader asks nothing of the contact
        await self.door.wait()
        if self.broken:
            raise OperationalError
        return page

    def send(self, frame: msgspec.Struct) -> None:
        self.sent.append(frame)

    async def room(self) -> None:
        await self.reader_is_quick.wait()

    def hold_back(self, size: int) -> None:
        self.held_back = size

    def reader(self, cursor: int = 0) -> Reader:
        return Reader(CONTACT, self, cursor=cursor, for_desk=False)

    def heard(self) -> list[int]:
        return [frame.seq for frame in self.sent if hasattr(frame, "seq")]


@pytest.fixture
async def rows() -> Rows:
    """Return a conversation of three messages."""
    return Rows(last=3)


async def soon() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_the_next_message_goes_out_at_once_and_without_reading(rows: Rows) -> None:
    reader = rows.reader(cursor=3)
    reader.hear(spoken(4))
    assert (rows.heard(), rows.reads) == ([4], 0)


async def test_a_message_that_skips_a_number_makes_the_reader_catch_up(rows: Rows) -> None:
    reader, rows.last = rows.reader(cursor=3), 6
    reader.hear(spoken(6))
    await soon()
    assert rows.heard() == [4, 5, 6]


async def test_what_was_sent_already_is_not_sent_again(rows: Rows) -> None:
    reader = rows.reader(cursor=3)
    reader.hear(spoken(2))
    reader.catch_up()
    await soon()
    assert rows.heard() == []


async def test_a_message_heard_while_a_look_reads_the_rows_is_not_forgotten(rows: Rows) -> None:
    reader = rows.reader()
    rows.door.clear()
    looking = asyncio.ensure_future(reader.look(0))
    await soon()
    rows.last = 4
    reader.hear(spoken(4))
    rows.door.set()
    assert await looking
    await soon()
    assert rows.heard() == [1, 2, 3, 4]


async def test_a_message_heard_while_catching_up_is_not_forgotten(rows: Rows) -> None:
    reader = rows.reader()
    rows.door.clear()
    reader.catch_up()
    await soon()
    rows.last = 4
    reader.hear(spoken(4))
    rows.door.set()
    await soon()
    assert rows.heard() == [1, 2, 3, 4]


async def test_live_messages_wait_for_the_first_look_and_come_after_what_it_asks_for(rows: Rows) -> None:
    reader = rows.reader(cursor=3)
    reader.hold()
    rows.last = 4
    reader.hear(spoken(4))
    await soon()
    assert rows.heard() == []
    assert await reader.look(1)
    assert rows.heard() == [2, 3, 4]


async def test_without_a_look_they_come_by_themselves(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "HOLD", 0.02)
    reader = rows.reader(cursor=3)
    reader.hold()
    rows.last = 5
    reader.hear(spoken(5))  # and of the fourth this socket was never told
    await asyncio.sleep(0.1)
    assert rows.heard() == [4, 5]


async def test_a_look_that_is_ahead_forgets_nothing_that_was_held(rows: Rows) -> None:
    reader = rows.reader(cursor=3)
    reader.hold()
    rows.last = 4
    reader.hear(spoken(4))
    assert not await reader.look(9)
    await soon()
    assert rows.heard() == [4]


async def test_after_more_live_messages_wait_for_the_next_look(rows: Rows) -> None:
    reader, rows.last = rows.reader(), 150
    await reader.look(0)
    assert (rows.heard()[-1], rows.sent[-1].after) == (100, 100)
    rows.last = 151
    reader.hear(spoken(151))
    await soon()
    assert rows.heard()[-1] == 100
    await reader.look(100)
    assert rows.heard() == list(range(1, 152))
    assert rows.sent[-1].last == 151


async def test_a_repeated_message_is_answered_in_its_order(rows: Rows) -> None:
    reader = rows.reader(cursor=3)
    reader.answer_again(spoken(2))
    assert rows.heard() == [2]
    rows.last = 5
    reader.answer_again(spoken(5))  # said at another node: this socket has not heard it yet
    await soon()
    assert rows.heard() == [2, 4, 5]


async def test_what_is_said_while_the_other_end_does_not_read_is_counted(rows: Rows) -> None:
    rows.reader_is_quick.clear()
    reader = rows.reader()
    looking = asyncio.ensure_future(reader.look(0))
    await soon()
    for seq in (4, 5):
        rows.last = seq
        reader.hear(spoken(seq, "ñ" * 100))
    assert rows.held_back == 400
    rows.reader_is_quick.set()
    await looking
    await soon()
    assert rows.heard() == [1, 2, 3, 4, 5]
    reader.hear(spoken(6, "ñ"))
    assert rows.held_back == 400


async def test_a_number_exists_once_it_was_said_anywhere(rows: Rows) -> None:
    reader = rows.reader(cursor=2)
    assert await reader.reaches(2)
    assert rows.reads == 0
    assert await reader.reaches(3)
    assert not await reader.reaches(4)


async def test_rows_that_cannot_be_read_are_read_at_the_next_occasion(
    rows: Rows, caplog: pytest.LogCaptureFixture
) -> None:
    reader, rows.broken = rows.reader(cursor=2), True
    reader.catch_up()
    await soon()
    assert (rows.heard(), len(caplog.records)) == ([], 1)
    rows.broken, rows.last = False, 4
    reader.hear(spoken(4))
    await soon()
    assert rows.heard() == [3, 4]


async def test_a_reader_that_is_closed_sends_nothing_any_more(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "HOLD", 0.02)
    reader = rows.reader()
    reader.hold()
    reader.close()
    await asyncio.sleep(0.1)
    assert rows.sent == []


async def test_a_look_at_the_end_is_answered_without_reading_messages(rows: Rows) -> None:
    reader = rows.reader(cursor=3)
    reader.hold()
    assert reader.settle(3, 3, "waiting")
    assert rows.sent == [Idle(last=3, state="waiting")]
    reader.release()
    await soon()
    assert rows.reads == 0


async def test_a_look_is_read_whenever_something_may_be_missing(rows: Rows) -> None:
    reader = rows.reader(cursor=3)
    assert not reader.settle(2, 3, "talking")  # the client misses one
    assert not reader.settle(3, 4, "talking")  # the rows have one more
    reader.hold()
    rows.last = 4
    reader.hear(spoken(4))  # said after the rows were asked how far they go
    assert not reader.settle(3, 3, "talking")
    await reader.look(3)
    assert rows.heard() == [4]
    reader.catch_up()  # a ring that nobody has answered yet
    assert not reader.settle(4, 4, "talking")
    await soon()
    assert reader.settle(4, 4, "talking")


async def test_a_desk_that_saw_a_place_before_it_sat_down_looks_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def ring(_desk: DeskConsumer, room: str) -> None:
        asked.append(room)

    monkeypatch.setattr(DeskConsumer, "ring", ring)
    desk = DeskConsumer({"outlet": ServerSide()}, None, None)
    desk.member = Member(pk=uuid.uuid4())
    desk._show(Place(CONTACT, 3, State(state="talking"), None))
    await soon()
    assert asked == [room_of(CONTACT)]
    await desk.leave()


async def test_what_is_said_after_a_contact_was_given_to_another_is_not_read_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []

    async def place_of_another(_contact_id: uuid.UUID) -> Place:
        await asyncio.sleep(0.02)  # reading takes a while, in which nothing may be fetched yet
        return Place(CONTACT, 9, State(state="talking"), uuid.uuid4())

    async def fetch(_desk: DeskConsumer, _contact_id: uuid.UUID, after: int) -> None:
        asked.append(after)

    monkeypatch.setattr(desk_consumer.PLACES, "put", place_of_another)
    monkeypatch.setattr(DeskConsumer, "fetch", fetch)
    monkeypatch.setattr(reading, "HOLD", 0.0)
    desk = DeskConsumer({"outlet": ServerSide()}, None, None)
    desk.member = Member(pk=uuid.uuid4())
    desk._show(Place(CONTACT, 3, State(state="talking"), desk.member.pk))
    await asyncio.sleep(0.05)
    assert (asked, desk.readers) == ([], {})


async def test_what_was_just_read_to_exist_is_fetched_if_it_is_missing(rows: Rows) -> None:
    reader = rows.reader(cursor=3)
    reader.reach(3)
    await soon()
    assert rows.reads == 0
    rows.last, rows.broken = 5, True
    reader.reach(5)
    await soon()
    rows.broken = False
    reader.reach(3)  # a look that is older than what is known to be missing
    await soon()
    assert rows.heard() == [4, 5]
