"""Alarms: each rule at its boundary, once whichever nodes look at once, seen by one person, over with its reason."""

import dataclasses
import datetime
import threading
import uuid
from collections.abc import Callable

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from cases import actions as cases
from cases.notes import NoteBody
from chat import actions as chat
from hotline import sweeper
from oversight import alarms, telling
from oversight.alarm_rules import GRAVEST_FIRST, due
from oversight.models import Alarm, AlarmKind, Outlet
from roster import actions as roster
from roster.hours import at_midnight
from roster.models import Member, OpeningDay, OpeningSpan, Presence, Role
from tests.cast import browser_of, make_crowd, make_member, make_talking, make_waiting
from triage import actions as triage
from triage.models import Contact, ContactEvent
from triage.queue import TARGETS
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")

HOUR = datetime.timedelta(hours=1)


def waited(
    seconds: float, urgency: str, contact: Contact | None = None, now: datetime.datetime | None = None
) -> Contact:
    """Return a contact of this level that has waited so long."""
    contact = contact or make_waiting()
    since = (now or timezone.now()) - datetime.timedelta(seconds=seconds)
    Contact.objects.filter(pk=contact.pk).update_noted(queued_at=since, urgency=urgency)
    return contact


def raised() -> list[str]:
    """Return the kinds that are open after the line has looked."""
    now = timezone.now()
    alarms.watch(now)
    alarms.watch_ready(now)
    return sorted(Alarm.objects.open().values_list("kind", flat=True))


# The rules ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "kinds"),
    [
        (0, {"emergency"}),
        (47.9, {"emergency"}),
        (48, {"emergency", "soon"}),
        (59.9, {"emergency", "soon"}),
        (60, {"emergency", "soon", "late", "second"}),
    ],
)
def test_an_emergency_calls_at_once_and_a_second_person_after_a_minute(seconds: float, kinds: set[str]) -> None:
    assert due("A", seconds, lost=False) == kinds


@pytest.mark.parametrize("urgency", ["B", "C", "D", "E"])
def test_every_level_warns_at_four_fifths_of_its_target_and_calls_at_the_whole(urgency: str) -> None:
    target = TARGETS[urgency]
    for seconds, kinds in ((0.8 * target - 0.1, set()), (0.8 * target, {"soon"}), (target - 0.1, {"soon"})):
        assert due(urgency, seconds, lost=False) == kinds
    assert due(urgency, target, lost=False) == {"soon", "late"}


@pytest.mark.parametrize(("urgency", "called"), [("A", True), ("B", True), ("C", False), ("D", False), ("E", False)])
def test_a_volunteer_who_is_lost_calls_in_the_two_gravest_levels(urgency: str, *, called: bool) -> None:
    assert (AlarmKind.LOST in due(urgency, 0, lost=True)) is called


def test_every_kind_has_its_place_among_the_others() -> None:
    assert set(GRAVEST_FIRST) == set(AlarmKind)


@pytest.mark.parametrize(
    ("urgency", "seconds", "kinds"),
    [
        ("A", 0, ["emergency"]),
        ("A", 61, ["emergency", "late", "second", "soon"]),
        ("B", 239, []),
        ("B", 240, ["soon"]),
        ("B", 300, ["late", "soon"]),
        ("C", 719, []),
        ("C", 720, ["soon"]),
        ("E", 3600, ["late", "soon"]),
    ],
)
@pytest.mark.usefixtures("rosa")
def test_the_rows_follow_the_rules(urgency: str, seconds: float, kinds: list[str]) -> None:
    contact = waited(seconds, urgency)
    assert raised() == kinds
    assert {(one.contact_id, one.level) for one in Alarm.objects.all()} <= {(contact.pk, urgency)}


def test_a_lost_volunteer_of_a_grave_conversation_calls_and_of_a_calm_one_does_not(rosa: Member) -> None:
    make_member(ready=True)
    grave, calm = make_talking(rosa), make_talking(rosa)
    Contact.objects.filter(pk=grave.pk).update_noted(urgency="B")
    assert raised() == []
    for contact in Contact.objects.filter(pk__in=[grave.pk, calm.pk]):
        chat.give_up_conversation(contact, why="volunteer_lost")
    assert raised() == ["lost"]
    assert Alarm.objects.get().contact_id == grave.pk


def test_nobody_ready_calls_while_somebody_waits_and_ends_with_either(rosa: Member) -> None:
    assert raised() == []
    roster.set_away(rosa, "own")
    assert raised() == []  # nobody waits
    contact = make_waiting()
    assert raised() == ["nobody_ready"]
    roster.set_ready(rosa)
    assert raised() == []
    roster.set_away(rosa, "own")
    assert raised() == ["nobody_ready"]
    triage.end(contact, by="caller", ending="talked")
    assert raised() == []


@pytest.mark.parametrize(
    ("opens", "closes", "called"),
    [(None, None, True), ("08:00", "12:00", True), ("08:00", "11:00", False), ("11:01", "12:00", False)],
    ids=["always open", "open", "closed by now", "not open yet"],
)
def test_nobody_ready_calls_while_the_line_is_open_shifts_or_none(
    opens: str | None, closes: str | None, *, called: bool
) -> None:
    make_waiting()
    if opens:
        OpeningSpan.objects.create(day=OpeningDay.EVERY, opens=opens, closes=closes)
    alarms.watch_ready(at_midnight(timezone.localdate()) + 11 * HOUR)
    assert Alarm.objects.open().exists() is called


@pytest.mark.usefixtures("rosa")
def test_rehearsals_call_nobody_real(carmen: Member) -> None:
    waited(70, "A", make_waiting(rehearsal=True))
    assert "emergency" in raised()
    assert set(Alarm.objects.values_list("rehearsal", flat=True)) == {True}
    assert alarms.strip(rehearsal=False).shown == []
    assert not alarms.acknowledge(carmen, Alarm.objects.get(kind="second").pk)


# Once, whoever looks ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("rosa")
def test_looking_again_raises_nothing_twice() -> None:
    waited(61, "A")
    assert raised() == raised() == ["emergency", "late", "second", "soon"]
    assert Alarm.objects.count() == 4


@pytest.mark.django_db(databases="__all__", transaction=True)
def test_nodes_that_look_at_once_raise_each_alarm_once() -> None:
    for _number in range(3):
        waited(61, "A")
    start, now = threading.Barrier(4), timezone.now()

    def look() -> None:
        start.wait()
        try:
            alarms.watch(now)
            alarms.watch_ready(now)
        finally:
            connections.close_all()

    nodes = [threading.Thread(target=look) for _node in range(4)]
    for node in nodes:
        node.start()
    for node in nodes:
        node.join()
    assert Alarm.objects.filter(contact=None).count() == 1
    assert Alarm.objects.exclude(contact=None).count() == 3 * 4


def test_who_waits_again_calls_again(rosa: Member) -> None:
    contact = make_talking(rosa)
    waited(0, "A", contact)
    assert raised() == []
    chat.give_up_conversation(Contact.objects.get(pk=contact.pk), why="volunteer_lost")
    assert raised() == ["emergency", "lost"]
    triage.assign_by_hand(Contact.objects.get(pk=contact.pk), rosa)
    assert raised() == []
    chat.give_up_conversation(Contact.objects.get(pk=contact.pk), why="volunteer_lost")
    assert raised() == ["emergency", "lost"]
    assert Alarm.objects.count() == 4


def _again_by_hand(contact: Contact, rosa: Member) -> None:
    triage.assign_by_hand(contact, rosa)
    chat.give_up_conversation(contact, why="volunteer_lost")


def _again_after_rest(contact: Contact, rosa: Member) -> None:
    triage.assign_by_hand(contact, rosa)
    triage.sleep(contact)
    roster.set_away(rosa, "own")
    Presence.objects.filter(member=rosa).update(lease_until=timezone.now())
    triage.wake(Contact.objects.get(pk=contact.pk))


def _again_by_code(contact: Contact, _rosa: Member) -> None:
    triage.leave_suddenly(contact)
    triage.come_back(contact)


AGAIN: dict[str, Callable[[Contact, Member], None]] = {
    "given back": _again_by_hand,
    "woke, and nobody was there": _again_after_rest,
    "left and came back": _again_by_code,
}


@pytest.mark.parametrize("how", AGAIN)
@pytest.mark.parametrize("urgency", ["A", "C"])
def test_who_waits_again_before_the_line_looks_calls_again_though_the_first_was_seen(
    rosa: Member, carmen: Member, how: str, urgency: str
) -> None:
    contact = waited(1000, urgency)
    first = set(raised())
    for alarm in Alarm.objects.all():
        alarms.acknowledge(carmen, alarm.pk)
    AGAIN[how](Contact.objects.get(pk=contact.pk), rosa)
    raised()
    calling = Alarm.objects.open().filter(contact=contact, acknowledged_at=None, mailed_at=None)
    assert first <= set(calling.values_list("kind", flat=True))
    count = Alarm.objects.count()
    raised()
    assert Alarm.objects.count() == count  # and only once


@pytest.mark.usefixtures("rosa")
def test_a_clock_that_went_back_makes_an_alarm_call_no_second_time_each_round() -> None:
    contact = waited(0, "A")
    now = timezone.now()
    since = {"at": now + HOUR, "before": "talking", "after": "waiting"}
    ContactEvent.objects.create(contact=contact, kind="back_to_queue", actor="line", **since)
    alarms.watch(now)
    count = Alarm.objects.count()
    for second in range(3):
        alarms.watch(now + datetime.timedelta(seconds=second))
    assert Alarm.objects.count() == count


def test_what_happens_to_who_waits_on_is_no_second_wait(carmen: Member) -> None:
    contact = waited(301, "B")
    raised()
    alarms.acknowledge(carmen, Alarm.objects.get(kind="late").pk)
    triage.heed_words(contact.pk, "B", ["X"])
    triage.reassess(contact, "C", "told", carmen, seen="B")
    triage.reassess(contact, "B", "told", carmen, seen="C")
    raised()
    assert Alarm.objects.filter(kind="late").count() == 1


# Over with its reason -----------------------------------------------------------------------------------------------

ENDS: dict[str, Callable[[Contact, Member], object]] = {
    "accepted": triage.assign_by_hand,
    "left": lambda contact, _member: triage.leave_suddenly(contact),
    "taken back": lambda contact, _member: triage.withdraw(contact),
}


@pytest.mark.parametrize("how", ENDS)
def test_an_alarm_ends_by_itself(rosa: Member, how: str) -> None:
    contact = waited(61, "A")
    raised()
    assert alarms.strip(rehearsal=False).ringing == 1
    ENDS[how](Contact.objects.get(pk=contact.pk), rosa)
    assert alarms.strip(rehearsal=False).shown == []  # before the next round already
    assert raised() == []
    assert not Alarm.objects.filter(resolved_at=None).exists()


@pytest.mark.usefixtures("rosa")
def test_a_level_that_was_changed_ends_what_no_longer_holds() -> None:
    contact = waited(61, "A")
    raised()
    Contact.objects.filter(pk=contact.pk).update_noted(urgency="C")
    assert raised() == []


@pytest.mark.usefixtures("rosa")
def test_the_sweeper_looks_each_round_and_tells_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    later: list[object] = []
    monkeypatch.setattr(sweeper, "beside", lambda *call: later.append(call))
    waited(0, "A")
    duties = [dataclasses.replace(duty, done_at=-float("inf")) for duty in sweeper.DUTIES]
    monkeypatch.setattr(sweeper, "DUTIES", tuple(duties))  # those of other tests stay as due as they were
    sweeper.sweep("this node")
    assert Alarm.objects.get().kind == "emergency"
    assert (telling.send, "mail") in later
    assert Outlet.objects.get().sent_at is None  # the round waited for nobody


# Seen ---------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("rosa")
def test_who_sees_an_alarm_silences_it_for_all_and_stands_in_the_trail(carmen: Member) -> None:
    contact, other = waited(0, "A"), make_member(Role.SUPERVISOR, "Julia")
    raised()
    alarm = Alarm.objects.get()
    assert [alarms.acknowledge(who, alarm.pk) for who in (carmen, other)] == [True, False]
    strip = alarms.strip(rehearsal=False)
    assert strip.ringing == 0
    assert strip.shown[0].alarm.acknowledged_by == carmen
    entry = Entry.objects.get(act="alarm.see")
    assert (entry.actor, entry.subject, entry.reason) == (str(carmen.pk), str(contact.pk), "emergency")


@pytest.mark.usefixtures("rosa")
def test_what_becomes_due_later_calls_anew_and_what_was_less_grave_is_seen_with_it(
    carmen: Member,
) -> None:
    contact = waited(50, "A")
    raised()
    alarms.acknowledge(carmen, Alarm.objects.get(kind="emergency").pk)
    assert Alarm.objects.filter(acknowledged_at=None).count() == 0
    waited(60, "A", contact)
    raised()
    strip = alarms.strip(rehearsal=False)
    assert (strip.ringing, [one.alarm.kind for one in strip.shown]) == (1, ["second"])
    alarms.acknowledge(carmen, strip.shown[0].alarm.pk)
    assert alarms.strip(rehearsal=False).ringing == 0


def test_a_volunteer_acknowledges_nothing_and_neither_does_a_number_that_is_none(rosa: Member, window: Client) -> None:
    waited(0, "A")
    raised()
    assert not alarms.acknowledge(rosa, Alarm.objects.get().pk)
    assert browser_of(rosa).post("/supervision/alarmas/", {"alarm": Alarm.objects.get().pk}).status_code == 404
    for given in ("", "x", "-1", "9" * 400, str(uuid.uuid4())):
        assert window.post("/supervision/alarmas/", {"alarm": given}).status_code == 302
    assert Alarm.objects.get().acknowledged_at is None


# The board ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("rosa")
def test_the_board_shows_the_gravest_of_each_and_a_button_that_works_without_a_script(
    window: Client,
) -> None:
    waited(61, "A")
    waited(250, "B")
    raised()
    page = window.get("/supervision/").content.decode()
    assert page.count("data-see") == 2
    assert "Una persona en nivel A espera hace más de un minuto. Se avisó a alguien más." in page
    assert "Una persona en nivel B está cerca de su plazo de espera." in page
    assert 'data-ringing="1"' in page
    alarm = Alarm.objects.get(kind="second")
    assert window.post("/supervision/alarmas/", {"alarm": str(alarm.pk)}, follow=True).status_code == 200
    strip = window.get("/supervision/alarmas/").content.decode()
    assert 'data-ringing="0"' in strip
    assert "la vio Carmen" in strip


def test_the_story_of_a_conversation_tells_who_saw_its_alarm(rosa: Member, carmen: Member) -> None:
    contact = waited(0, "A")
    raised()
    alarms.acknowledge(carmen, Alarm.objects.get().pk)
    triage.assign_by_hand(Contact.objects.get(pk=contact.pk), rosa)
    case = cases.save_note(rosa, contact, NoteBody(talked="a")).case
    assert "Carmen vio la alarma" in browser_of(rosa).get(f"/casos/{case.pk}/").content.decode()


def test_what_does_not_get_out_is_said_on_the_board(window: Client) -> None:
    for name in Outlet.Name.values:
        Outlet.objects.create(name=name, failing_since=timezone.now())
    page = window.get("/supervision/").content.decode()
    for words in ("por correo no sale", "a una segunda persona no sale", "a la dirección web no sale"):
        assert words in page


def test_of_a_thousand_some_are_raised_each_round_and_all_are_counted() -> None:
    make_crowd(1000, levels="A")
    alarms.watch(timezone.now() + HOUR)
    strip = alarms.strip(rehearsal=False)
    assert (len(strip.shown), strip.further) == (alarms.SHOWN, 250 - alarms.SHOWN)
    for _round in range(3):
        alarms.watch(timezone.now() + HOUR)
    assert alarms.strip(rehearsal=False).ringing == 1000
