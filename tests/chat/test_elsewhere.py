"""What was said at another node: read once for all rooms of a process, and delivered as if it were said here."""

import asyncio
import uuid

import pytest
from django.db import OperationalError

from chat import actions, elsewhere
from chat.elsewhere import Courier, Heard, said_since
from chat.transcript import Spoken
from tests.cast import make_member, make_talking, say
from triage import actions as triage
from vault.actions import LINE
from wire import hub


class Listener:
    """A socket that has heard so much of one contact."""

    def __init__(self, reached: int) -> None:
        self.heard: list[int] = []
        self.rung: list[str] = []
        self._reached = reached
        self.holder = LINE

    def knows_up_to(self, contact_id: uuid.UUID) -> int:
        del contact_id
        return self._reached

    def hear(self, event: Spoken) -> None:
        self.heard.append(event.seq)

    def look_again(self, room: str) -> None:
        self.rung.append(room)


@pytest.mark.database("postgresql")
@pytest.mark.django_db(databases="__all__")
def test_only_what_is_new_of_each_contact_is_read_opened_and_in_order() -> None:
    member = make_member(ready=True)
    one, other, blocked = (make_talking(member, "uno", "dos") for _ in range(3))
    say(one, "tres", member)
    triage.withdraw(blocked)
    read = said_since({one.pk: Heard(1, (LINE,)), other.pk: Heard(0, (LINE,)), blocked.pk: Heard(0, (LINE,))})
    assert [(said.contact_id, said.seq, said.text) for said in read if said.contact_id == one.pk] == [
        (one.pk, 2, "dos"),
        (one.pk, 3, "tres"),
    ]
    assert [said.text for said in read if said.contact_id == other.pk] == ["uno", "dos"]
    assert {said.contact_id for said in read} == {one.pk, other.pk}
    assert read[-1].member_id in {None, member.pk}


@pytest.mark.database("postgresql")
@pytest.mark.django_db(databases="__all__")
def test_what_the_line_itself_said_in_between_is_read_with_its_words() -> None:
    contact = make_talking(make_member(ready=True), "uno")
    actions.line_says(contact, "joined", name="Rosa")
    words = "Rosa está aquí y te lee. Puedes escribir cuando quieras."
    assert said_since({contact.pk: Heard(1, (LINE,))})[-1].text == words


async def test_rooms_gather_while_one_reading_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    contacts = [uuid.uuid4() for _ in range(3)]
    asked: list[dict[uuid.UUID, Heard]] = []

    def read(heard: dict[uuid.UUID, Heard]) -> list[Spoken]:
        asked.append(heard)
        return []

    monkeypatch.setattr(elsewhere, "said_since", read)
    courier, seats = Courier(), [Listener(4), Listener(9)]
    for contact_id, seat in zip(contacts, [*seats, seats[0]], strict=True):
        hub.join(actions.room_of(contact_id), seat)
    hub.join(actions.room_of(contacts[0]), seats[1])
    courier.fetch([actions.room_of(contacts[0])])
    await asyncio.sleep(0)
    for contact_id in (contacts[1], contacts[2], contacts[1]):
        courier.fetch([actions.room_of(contact_id)])
    await asyncio.sleep(0.1)
    numbers = [{contact_id: known.number for contact_id, known in heard.items()} for heard in asked]
    assert numbers == [{contacts[0]: 4}, {contacts[1]: 9, contacts[2]: 4}]
    for contact_id in contacts:
        for seat in seats:
            hub.part(actions.room_of(contact_id), seat)


async def test_what_cannot_be_read_now_is_looked_for_by_each_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_heard: dict[uuid.UUID, Heard]) -> list[Spoken]:
        raise OperationalError

    monkeypatch.setattr(elsewhere, "said_since", away)
    room, seat = actions.room_of(uuid.uuid4()), Listener(0)
    hub.join(room, seat)
    Courier().fetch([room])
    await asyncio.sleep(0.1)
    assert seat.rung == [room]
    hub.part(room, seat)
