"""What leaves the line of an alarm: to whom, in which bytes, how often; and what happens when it does not get out."""

import datetime
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone
from pytest_django import Settings

from oversight import alarms, telling
from oversight.models import Alarm, AlarmKind, Outlet
from roster.models import Member, Role, Shift
from tests.cast import make_member, make_waiting
from tests.oversight.pager import BODY, Pager
from triage import actions as triage
from triage.models import Contact
from wire import clock

pytestmark = pytest.mark.django_db(databases="__all__")

HOUR = datetime.timedelta(hours=1)
SECOND = datetime.timedelta(seconds=1)
MAIL = b"""Content-Type: text/plain; charset="utf-8"
MIME-Version: 1.0
Content-Transfer-Encoding: 8bit
Subject: =?utf-8?q?Alarma_de_la_l=C3=ADnea?=
From: linea@localhost
To: guardia@socia.example
Auto-Submitted: auto-generated

Hay una alarma en la l\xc3\xadnea. Entra al tablero.
"""


@pytest.fixture
def pager(settings: Settings) -> Iterator[Pager]:
    """Return a server to which the hook leads."""
    made = Pager()
    settings.ALARM_HOOK = made.url
    yield made
    made.drips = False
    made.listening.close()


@pytest.fixture(autouse=True)
def _ready(rosa: Member) -> None:
    assert rosa.may_take_callers  # so that of all alarms only those about a wait are due


def emergency(seconds: float = 0) -> Contact:
    """Return an emergency that has waited so long, whose alarms are raised."""
    contact = make_waiting()
    now = timezone.now()
    Contact.objects.filter(pk=contact.pk).update_noted(urgency="A", queued_at=now - datetime.timedelta(seconds=seconds))
    alarms.watch(now)
    return contact


def told(after: datetime.timedelta = SECOND) -> list[str]:
    """Let a node tell what is due, so long from now; return the outlets that were tried."""
    tried = list(telling.claim(timezone.now() + after))
    for outlet in tried:
        telling.send(outlet)
    return tried


def at(monkeypatch: pytest.MonkeyPatch, later: datetime.timedelta) -> None:
    moment = timezone.now() + later
    monkeypatch.setattr(clock, "now", lambda: moment)


def supervisor(alias: str, began: datetime.timedelta | None = None, **fields: Any) -> Member:
    """Return a supervisor, with a shift that began so long ago."""
    member = make_member(Role.SUPERVISOR, alias, email=f"{alias}@ensayo.pe", **fields)
    if began is not None:
        now = timezone.now()
        Shift.objects.create(member=member, starts_at=now - began, ends_at=now + HOUR)
    return member


def recipients() -> list[str]:
    return [address for message in mail.outbox for address in message.to]


# Not a word of content ----------------------------------------------------------------------------------------------


def test_a_mail_says_that_there_is_an_alarm_and_nothing_else(settings: Settings) -> None:
    settings.ALARM_MAIL = ["guardia@socia.example"]
    emergency()
    told()
    (message,) = mail.outbox
    lines = message.message().as_bytes().splitlines(keepends=True)
    assert b"".join(line for line in lines if not re.match(rb"Date: |Message-ID: ", line)) == MAIL
    assert (message.cc, message.bcc, message.reply_to, message.attachments) == ([], [], [], [])


def test_a_hook_is_told_that_there_is_an_alarm_and_nothing_else(pager: Pager) -> None:
    emergency(61)
    assert told() == ["mail", "second", "hook"]
    port = pager.listening.getsockname()[1]
    assert pager.got == [
        b"POST /aviso?llave=una-llave HTTP/1.1\r\n"
        + f"Host: 127.0.0.1:{port}\r\n".encode()
        + b"Accept-Encoding: identity\r\n"
        + f"Content-Length: {len(BODY)}\r\n".encode()
        + b"Content-Type: application/json\r\nConnection: close\r\n\r\n"
        + BODY
    ]


@pytest.mark.parametrize("kind", AlarmKind)
def test_no_kind_of_alarm_changes_a_byte_of_it(pager: Pager, settings: Settings, kind: AlarmKind) -> None:
    settings.ALARM_MAIL = ["guardia@socia.example"]
    Alarm.objects.create(kind=kind, contact=make_waiting(), level="B", at=timezone.now())
    told()
    if kind == AlarmKind.SOON:  # a warning is shown, and calls nobody
        assert (mail.outbox, pager.got) == ([], [])
        return
    assert {(one.subject, one.body) for one in mail.outbox} == {
        ("Alarma de la línea", "Hay una alarma en la línea. Entra al tablero.\n")
    }
    assert [request.split(b"\r\n\r\n")[1] for request in pager.got] == [BODY]


def test_nothing_goes_out_for_a_rehearsal(pager: Pager) -> None:
    Alarm.objects.create(kind="emergency", contact=make_waiting(rehearsal=True), rehearsal=True, at=timezone.now())
    assert told() == []
    assert pager.got == []


# To whom ------------------------------------------------------------------------------------------------------------


def test_an_emergency_is_told_to_one_person_on_duty_and_after_a_minute_to_another() -> None:
    supervisor("julia", began=HOUR)
    supervisor("ana", began=2 * HOUR)
    supervisor("libre")
    supervisor("cerrada", began=3 * HOUR, is_active=False)
    emergency()
    told()
    assert recipients() == ["ana@ensayo.pe"]
    mail.outbox.clear()
    emergency(60)
    told(HOUR)
    assert recipients()[-1] == "julia@ensayo.pe"
    assert "libre@ensayo.pe" not in recipients()


def test_whatever_else_calls_is_told_to_all_who_have_a_shift() -> None:
    supervisor("julia", began=HOUR)
    supervisor("ana", began=2 * HOUR)
    Alarm.objects.create(kind="late", contact=make_waiting(), level="C", at=timezone.now())
    told()
    assert recipients() == ["ana@ensayo.pe", "julia@ensayo.pe"]


def test_where_nobody_has_a_shift_and_as_the_second_person_the_coordination_is_told() -> None:
    make_member(Role.COORDINATOR, email="coordina@ensayo.pe")
    assert telling.first_told(["emergency"]) == telling.second_told() == ["coordina@ensayo.pe"]
    supervisor("ana", began=HOUR)
    assert telling.first_told(["emergency"]) == ["ana@ensayo.pe"]
    assert telling.second_told() == ["coordina@ensayo.pe"]


def test_named_addresses_come_first_and_whoever_has_a_shift_is_second(settings: Settings) -> None:
    settings.ALARM_MAIL = ["guardia@socia.example", "ana@ensayo.pe"]
    supervisor("ana", began=2 * HOUR)
    supervisor("julia", began=HOUR)
    assert telling.first_told(["late"]) == ["guardia@socia.example", "ana@ensayo.pe"]
    assert telling.second_told() == ["julia@ensayo.pe"]


# How often ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "told_again"), [(29.9, False), (30.1, True)])
@pytest.mark.usefixtures("pager")
def test_an_outlet_is_used_once_in_half_a_minute(seconds: float, *, told_again: bool) -> None:
    emergency()
    now = timezone.now()
    assert list(telling.claim(now)) == ["mail", "hook"]
    telling.send("hook")
    emergency()
    later = list(telling.claim(now + datetime.timedelta(seconds=seconds)))
    assert ("hook" in later) is told_again


def test_what_was_told_is_not_told_again_and_neither_is_what_ended_or_was_seen(
    pager: Pager, carmen: Member, rosa: Member
) -> None:
    emergency()
    told()
    assert len(pager.got) == 1
    assert "hook" not in told(HOUR)
    served, seen = emergency(), emergency()
    triage.assign_by_hand(Contact.objects.get(pk=served.pk), rosa)
    alarms.watch(timezone.now())
    alarms.acknowledge(carmen, Alarm.objects.get(contact=seen).pk)
    assert "hook" not in told(2 * HOUR)
    assert len(pager.got) == 1


def test_what_ends_between_the_claim_and_the_sending_is_not_told(pager: Pager, carmen: Member) -> None:
    emergency()
    assert "hook" in list(telling.claim(timezone.now()))
    alarms.acknowledge(carmen, Alarm.objects.get().pk)
    telling.send("hook")
    assert pager.got == []


@pytest.mark.django_db(databases="__all__", transaction=True)
def test_of_several_nodes_one_tells(pager: Pager) -> None:
    emergency()
    start, now, tried = threading.Barrier(4), timezone.now(), list[str]()

    def node() -> None:
        start.wait()
        try:
            for outlet in telling.claim(now):
                tried.append(outlet)
                telling.send(outlet)
        finally:
            connections.close_all()

    nodes = [threading.Thread(target=node) for _number in range(4)]
    for one in nodes:
        one.start()
    for one in nodes:
        one.join()
    assert sorted(tried) == ["hook", "mail"]
    assert len(pager.got) == 1


def test_a_node_that_dies_before_it_has_told_loses_nothing(pager: Pager) -> None:
    emergency()
    assert "hook" in list(telling.claim(timezone.now()))  # and then it is gone
    assert "hook" not in told(29 * SECOND)
    assert "hook" in told(31 * SECOND)
    assert len(pager.got) == 1


@pytest.mark.parametrize("outlet", [Outlet.Name.MAIL, Outlet.Name.HOOK])
def test_a_node_that_dies_after_it_has_told_and_before_it_notes_so_tells_twice_never_not_at_all(
    pager: Pager, settings: Settings, monkeypatch: pytest.MonkeyPatch, outlet: str
) -> None:
    settings.ALARM_MAIL = ["guardia@socia.example"]
    emergency()
    assert outlet in list(telling.claim(timezone.now()))
    sending = telling._SENDERS[outlet]

    def send_and_die(kinds: Iterable[str]) -> bool:
        sending(kinds)
        raise KeyboardInterrupt  # as a process that is killed: nothing after it is done

    with monkeypatch.context() as patch:
        patch.setitem(telling._SENDERS, outlet, send_and_die)
        with pytest.raises(KeyboardInterrupt):
            telling.send(outlet)
    assert (len(recipients()), len(pager.got)) == ((1, 0) if outlet == Outlet.Name.MAIL else (0, 1))
    assert outlet not in told(29 * SECOND)
    assert outlet in told(31 * SECOND)
    assert (len(recipients()) if outlet == Outlet.Name.MAIL else len(pager.got)) == 2
    assert outlet not in told(HOUR)


def test_a_clock_that_went_back_keeps_no_alarm_in(pager: Pager) -> None:
    emergency()
    Outlet.objects.create(name="hook", tried_at=timezone.now() + HOUR)
    assert "hook" in told()
    assert len(pager.got) == 1


# What does not get out ----------------------------------------------------------------------------------------------


def _no_server(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as once:
        port = once.getsockname()[1]
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.ALARM_HOOK = f"http://127.0.0.1:{port}/"
    settings.ALARM_MAIL = ["guardia@socia.example"]


def test_what_cannot_be_reached_is_logged_once_shown_and_tried_until_it_is(
    settings: Settings, caplog: pytest.LogCaptureFixture, pager: Pager, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = settings.EMAIL_BACKEND
    _no_server(settings)
    emergency()
    for minute in range(3):
        at(monkeypatch, minute * 60 * SECOND)
        assert told(minute * 60 * SECOND) == ["mail", "hook"]
    assert sorted(record.getMessage() for record in caplog.records if record.name == "oversight.telling") == [
        "alarms do not get out by hook (ConnectionRefusedError): it is tried again",
        "alarms do not get out by mail (ConnectionRefusedError): it is tried again",
    ]
    assert "guardia" not in caplog.text
    assert [one.name for one in alarms.strip(rehearsal=False).failing] == ["hook", "mail"]

    settings.EMAIL_BACKEND, settings.ALARM_HOOK = good, pager.url
    assert told(HOUR) == ["mail", "hook"]
    assert (recipients(), len(pager.got)) == (["guardia@socia.example"], 1)
    assert alarms.strip(rehearsal=False).failing == []
    assert told(2 * HOUR) == []


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 500 Oh\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n",
        b"HTTP/1.1 307 Again\r\nLocation: /elsewhere\r\n\r\n",
        b"HTTP/1.1 404 No\r\n\r\n",
        b"no http at all\r\n\r\n",
        b"",
    ],
)
def test_only_a_plain_yes_counts_and_no_redirect_is_followed(pager: Pager, answer: bytes) -> None:
    pager.answer = answer
    emergency()
    told()
    assert len(pager.got) == 1
    assert Outlet.objects.get(name="hook").failing_since is not None
    assert Alarm.objects.get().hooked_at is None


def test_a_hook_that_drips_is_cut(pager: Pager, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "HOOK_TAKES", 0.5)
    pager.drips = True
    emergency()
    began = time.monotonic()
    told()
    assert 0.4 < time.monotonic() - began < 3
    assert Outlet.objects.get(name="hook").failing_since is not None


def test_nobody_to_tell_is_a_failure_too() -> None:
    emergency()
    told()
    assert Outlet.objects.get(name="mail").failing_since is not None


REFUSALS: dict[str, Callable[[str], bool]] = {
    "one of two": lambda address: address != "ana@ensayo.pe",
    "both": lambda _address: False,
}


@pytest.mark.parametrize("who", REFUSALS)
def test_who_is_refused_keeps_nobody_else_from_being_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    settings.ALARM_MAIL = ["ana@ensayo.pe", "julia@ensayo.pe"]
    monkeypatch.setattr(telling, "_sent", lambda address, _connection: REFUSALS[who](address))
    emergency()
    told()
    assert (Alarm.objects.get().mailed_at is None) is (who == "both")
    assert Outlet.objects.get(name="mail").failing_since is not None


# Trying it out ------------------------------------------------------------------------------------------------------


def test_the_command_tells_by_each_outlet_and_heals_what_the_board_says(
    settings: Settings, pager: Pager, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ALARM_MAIL = ["guardia@socia.example"]
    Outlet.objects.create(name="hook", failing_since=timezone.now())
    call_command("try_alarm")
    assert capsys.readouterr().out == "mail: got out\nmail to a second person: got out\nweb hook: got out\n"
    assert recipients() == ["guardia@socia.example"] * 2
    assert [request.split(b"\r\n\r\n")[1] for request in pager.got] == [BODY]
    assert not Outlet.objects.exclude(failing_since=None).exists()


def test_the_command_says_what_did_not_get_out(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    _no_server(settings)
    settings.ALARM_HOOK = ""
    with pytest.raises(CommandError, match="would not reach everybody: mail, mail to a second person"):
        call_command("try_alarm")
    assert "mail: ConnectionRefusedError" in capsys.readouterr().out
