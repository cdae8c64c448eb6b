"""Tells people outside the board that there is an alarm, by mail and web hook; neither says about whom or what."""

import contextlib
import datetime
import http.client
import json
import logging
import smtplib
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Q
from django.utils.translation import gettext as _

from oversight.alarm_rules import PAGES
from oversight.models import Alarm, AlarmKind, AlarmQuerySet, Outlet
from roster import presence
from roster.models import Member, Role
from wire import clock

logger = logging.getLogger(__name__)

PAUSE = datetime.timedelta(seconds=30)  # at least, between two tries by one outlet, be it after a failure or not
HOOK_TAKES = 5.0  # seconds after which a hook is cut, however slowly it drips
NO_ANSWER = (OSError, http.client.HTTPException, ValueError)  # smtplib's errors are OSErrors

#: Which alarms leave by which outlet; a hook has no second person.
LEAVES_BY: dict[str, frozenset[AlarmKind]] = {
    Outlet.Name.MAIL: PAGES - {AlarmKind.SECOND},
    Outlet.Name.SECOND: frozenset({AlarmKind.SECOND}),
    Outlet.Name.HOOK: PAGES,
}


class NotTold(OSError):
    """Nobody was told: there is nobody, they were refused, or the hook did not say yes."""


# What is due --------------------------------------------------------------------------------------------------------


def _column(outlet: str) -> str:
    return "hooked_at" if outlet == Outlet.Name.HOOK else "mailed_at"


def _untold(outlet: str) -> AlarmQuerySet:
    """Return the alarms that still have to leave by an outlet: open, seen by nobody, about real callers."""
    unseen = Alarm.objects.open().filter(rehearsal=False, acknowledged_at=None, kind__in=LEAVES_BY[outlet])
    return unseen.filter(**{_column(outlet): None})


def claim(now: datetime.datetime) -> Iterator[str]:
    """Yield the outlets that have something to tell and whose pause is over; each is then this node's to try.

    Cheap: whoever calls it hands each name to ``send`` beside the round, which may take its time.
    """
    for outlet in LEAVES_BY:
        if (outlet != Outlet.Name.HOOK or settings.ALARM_HOOK) and _untold(outlet).exists() and _take(outlet, now):
            yield outlet


def _take(outlet: str, now: datetime.datetime) -> bool:
    Outlet.objects.get_or_create(name=outlet)
    rested = Q(tried_at=None) | Q(tried_at__lte=now - PAUSE)
    rested |= Q(tried_at__gt=now + PAUSE)  # written before a clock went back
    return bool(Outlet.objects.filter(rested, name=outlet).update(tried_at=now))


class Tried(NamedTuple):
    """How one try went: whether anybody was told, and a word on why not everybody was ("" if they were)."""

    told: bool
    problem: str = ""


def send(outlet: str) -> None:
    """Tell what an outlet still has to tell, in one message; what does not get out is noted, and tried again later."""
    due = dict(_untold(outlet).values_list("pk", "kind"))
    if due and _try(outlet, due.values()).told:  # nothing is due where somebody was served, or seen to, meanwhile
        Alarm.objects.filter(pk__in=due).update(**{_column(outlet): clock.now()})


def try_out(outlet: str) -> Tried:
    """Tell by an outlet at once, as if there were an alarm, and say how it went; what the board says follows."""
    Outlet.objects.get_or_create(name=outlet)
    return _try(outlet, [AlarmKind.LATE])


def _try(outlet: str, kinds: Iterable[str]) -> Tried:
    try:
        whole = _SENDERS[outlet](kinds)
        tried = Tried(told=True, problem="" if whole else "some were refused")
    except NO_ANSWER as error:
        tried = Tried(told=False, problem=type(error).__name__)
    now, row = clock.now(), Outlet.objects.filter(name=outlet)
    if tried.told:
        row.update(sent_at=now)
    if not tried.problem:
        row.update(failing_since=None)
    elif row.filter(failing_since=None).update(failing_since=now):  # logged once, until it works again
        logger.error("alarms do not get out by %s (%s): it is tried again", outlet, tried.problem)
    return tried


# Mail ---------------------------------------------------------------------------------------------------------------


def _addresses(members: Iterable[Member]) -> list[str]:
    return [member.email for member in members]


def _coordinators() -> list[str]:
    people = Member.objects.filter(role=Role.COORDINATOR, is_active=True, rehearsal=False).order_by("created_at")
    return _addresses(one for one in people if one.has_role)


def first_told(kinds: Iterable[str]) -> list[str]:
    """Return whose mail these alarms go to: HOTLINE_ALARM_MAIL, or the supervision that has a shift.

    An emergency alone goes to one person, whoever began first, so that it is somebody's; the coordination where
    nobody has a shift.
    """
    on_shift = _addresses(presence.on_shift(Role.SUPERVISOR))
    if set(kinds) == {AlarmKind.EMERGENCY}:
        on_shift = on_shift[:1]
    return list(settings.ALARM_MAIL) or on_shift or _coordinators()


def second_told() -> list[str]:
    """Return who is told next of an emergency that still waits: others with a shift, else the coordination.

    Where there is nobody else, those who were told first are told again.
    """
    first = first_told([AlarmKind.EMERGENCY])
    others = [one for one in _addresses(presence.on_shift(Role.SUPERVISOR)) if one not in first]
    return others[:1] or [one for one in _coordinators() if one not in first] or first


def _mail(addresses: list[str]) -> bool:
    """Send each of them the same words; say whether all were taken. Raises NotTold if none was, or OSError."""
    refused = 0
    connection = get_connection()
    connection.open()
    try:
        for address in addresses:
            refused += not _sent(address, connection)
    finally:
        connection.close()
    if refused == len(addresses):
        raise NotTold
    return not refused


def _sent(address: str, connection: BaseEmailBackend) -> bool:
    message = EmailMessage(
        _("Alarma de la línea"),
        _("Hay una alarma en la línea. Entra al tablero.") + "\n",
        to=[address],
        headers={"Auto-Submitted": "auto-generated"},
        connection=connection,
    )
    try:
        return bool(message.send())
    except smtplib.SMTPRecipientsRefused:
        return False


# The hook -----------------------------------------------------------------------------------------------------------


def hook_body() -> bytes:
    """Return all that a hook is told, as JSON; it reads the same for every alarm."""
    return json.dumps({"text": _("Hay una alarma en la línea.")}).encode()


def _cut(connection: http.client.HTTPConnection) -> None:
    with contextlib.suppress(OSError, AttributeError):  # it may be closed by now
        connection.sock.shutdown(socket.SHUT_RDWR)


def _call_hook() -> bool:
    """Post to HOTLINE_ALARM_HOOK once and follow nothing it answers. Raises NotTold unless it says 2xx, or OSError."""
    parts = urlsplit(settings.ALARM_HOOK)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=HOOK_TAKES)
    cutting = threading.Timer(HOOK_TAKES, _cut, [connection])
    cutting.start()
    try:
        path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        connection.request("POST", path, hook_body(), {"Content-Type": "application/json", "Connection": "close"})
        answer = connection.getresponse()
        if not 200 <= answer.status < 300:
            raise NotTold
    finally:
        cutting.cancel()
        connection.close()
    return True


_SENDERS: dict[str, Callable[[Iterable[str]], bool]] = {
    Outlet.Name.MAIL: lambda kinds: _mail(first_told(kinds)),
    Outlet.Name.SECOND: lambda _kinds: _mail(second_told()),
    Outlet.Name.HOOK: lambda _kinds: _call_hook(),
}
