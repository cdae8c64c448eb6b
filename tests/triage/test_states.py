"""The moves between states."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from triage.errors import AppendOnly
from triage.models import Contact, ContactEvent, ContactState
from triage.states import OPEN_STATES, REACHED_FROM, move
from wire import doorbell

pytestmark = pytest.mark.django_db(databases="__all__")


def test_every_state_says_from_where_it_is_reached() -> None:
    assert set(REACHED_FROM) == set(ContactState)


def test_nothing_leads_out_of_withdrawn_and_only_withdrawal_out_of_ended() -> None:
    assert all(ContactState.WITHDRAWN not in sources for sources in REACHED_FROM.values())
    assert [to for to, sources in REACHED_FROM.items() if ContactState.ENDED in sources] == [ContactState.WITHDRAWN]


def test_a_move_writes_the_row_an_event_and_the_history(make_waiting: Any) -> None:
    contact = make_waiting()
    assert move(contact, ContactState.ENDED, kind="ended", actor="line", ended_by="line")
    event = ContactEvent.objects.last()
    assert event is not None
    assert (event.before, event.after, event.actor) == ("waiting", "ended", "line")
    assert [row.state for row in contact.history.all()] == ["ended", "waiting", "questions", "consent"]
    assert Contact.objects.get().ended_by == "line"


def test_a_move_that_the_row_does_not_allow_changes_nothing(make_waiting: Any) -> None:
    contact = make_waiting()
    count = ContactEvent.objects.count()
    assert not move(contact, ContactState.ASLEEP, kind="asleep", actor="line")
    assert (Contact.objects.get().state, ContactEvent.objects.count()) == ("waiting", count)


def test_a_stale_instance_shows_afterwards_where_the_row_stands(make_waiting: Any) -> None:
    stale = make_waiting()
    move(Contact.objects.get(), ContactState.LEFT, kind="left", actor="caller")
    assert not move(stale, ContactState.TALKING, kind="accepted", actor="x")
    assert stale.state == ContactState.LEFT


def test_saving_a_contact_elsewhere_adds_no_history(asked: Contact) -> None:
    before = asked.history.count()
    asked.last_seq = 3
    asked.save(update_fields=["last_seq"])
    assert asked.history.count() == before


def test_the_history_holds_nothing_that_a_caller_told() -> None:
    names = {field.name for field in Contact.history.model._meta.get_fields()}
    assert {name for name in names if not name.startswith("history")} == {"id", "state", "urgency", "volunteer"}


def test_when_a_contact_is_deleted_its_history_goes_with_it(asked: Contact) -> None:
    ContactEvent._base_manager.all().delete()
    Contact.objects.get(pk=asked.pk).delete()
    assert not Contact.history.exists()


def test_a_move_rings_the_contact_the_board_and_the_volunteers(
    make_waiting: Any, make_volunteer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact, member = make_waiting(), make_volunteer()
    rung: set[str] = set()
    monkeypatch.setattr(doorbell, "ring", lambda *rooms: rung.update(rooms))
    move(contact, ContactState.TALKING, kind="accepted", actor="x", volunteer=member)
    assert rung == {f"contact:{contact.pk}", "board", f"member:{member.pk}"}
    rung.clear()
    move(contact, ContactState.WAITING, kind="back_to_queue", actor="x", volunteer=None)
    assert f"member:{member.pk}" in rung


def test_events_are_never_changed_and_never_deleted(asked: Contact) -> None:
    event = ContactEvent.objects.filter(contact=asked).latest("pk")
    for attempt in (
        event.save,
        event.delete,
        ContactEvent.objects.all().delete,
        lambda: ContactEvent.objects.update(kind="left"),
    ):
        with pytest.raises(AppendOnly):
            attempt()


def test_the_table_refuses_a_conversation_with_nobody(make_waiting: Any) -> None:
    contact = make_waiting()
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.filter(pk=contact.pk).update_noted(state=ContactState.TALKING)


@pytest.mark.parametrize("state", sorted(OPEN_STATES))
def test_every_open_state_can_be_left_ended_and_withdrawn(state: ContactState) -> None:
    assert all(state in REACHED_FROM[to] for to in (ContactState.LEFT, ContactState.ENDED, ContactState.WITHDRAWN))
