"""A member's shifts for their own calendar program: at an address that nobody guesses, and telling nothing of the line.

The text follows RFC 5545. Titles say «Turno» and no more: calendars are read over shoulders, and by other companies.
"""

import datetime
import hashlib
import secrets
import uuid
from collections.abc import Iterable
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone

from roster.hours import DAY, LIMA
from roster.models import CalendarFeed, GivenBack, Member, Shift
from vault import actions as vault
from wire import clock

PAST = 30 * DAY  # for which shifts that are over, or were given back, are still told
KNOWN_FROM, KNOWN_TO = datetime.date(2020, 1, 1), datetime.date(2038, 1, 1)  # what the calendar says of the time zone


class Told(NamedTuple):
    """One entry of a calendar."""

    uid: uuid.UUID
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    changed_at: datetime.datetime
    sequence: int
    stands: bool


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def renew(member: Member) -> str:
    """Make a member's secret address, in place of the one before; return its path, which is kept nowhere."""
    token = secrets.token_urlsafe(32)
    values = {"digest": _digest(token), "made_at": clock.now()}
    CalendarFeed.objects.update_or_create(member=member, defaults=values)
    vault.record(actor=str(member.pk), act="calendar.renew", subject_kind="member", subject=str(member.pk))
    return f"/equipo/calendario/{token}.ics"


@transaction.atomic
def stop(member: Member) -> None:
    """Let a member's address lead nowhere."""
    if CalendarFeed.objects.filter(member=member).delete()[0]:
        vault.record(actor=str(member.pk), act="calendar.stop", subject_kind="member", subject=str(member.pk))


def member_of(token: str) -> Member | None:
    """Return whose calendar a token opens, or None: unknown, renewed, or of an account that is closed or lapsed."""
    feed = CalendarFeed.objects.filter(digest=_digest(token)).select_related("member").first()
    return feed.member if feed is not None and feed.member.has_role else None


def calendar_of(member: Member) -> bytes:
    """Return the member's shifts as text/calendar (UTF-8, CRLF): coming ones, and those of the last 30 days."""
    since = clock.now() - PAST
    standing = Shift.objects.filter(member=member, ends_at__gt=since)
    gone = GivenBack.objects.filter(member=member, ends_at__gt=since)
    told = [Told(one.uid, one.starts_at, one.ends_at, one.changed_at, one.sequence, stands=True) for one in standing]
    told += [Told(one.uid, one.starts_at, one.ends_at, one.at, one.sequence, stands=False) for one in gone]
    entries = sorted(told, key=lambda one: (one.starts_at, str(one.uid)))
    return written(entries, name=_("Turnos"), title=_("Turno"))


def written(told: Iterable[Told], *, name: str, title: str) -> bytes:
    """Return entries as text/calendar, each under the same ``title``; pure."""
    calendar = Calendar()
    calendar.add("prodid", "-//turnos//es-PE")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", datetime.timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add_component(Timezone.from_tzinfo(LIMA, first_date=KNOWN_FROM, last_date=KNOWN_TO))
    for one in told:
        calendar.add_component(_event(one, title))
    text: bytes = calendar.to_ical()
    return text


def _event(one: Told, title: str) -> Event:
    event = Event()
    event.add("uid", str(one.uid))
    event.add("summary", title)
    event.add("dtstart", one.starts_at.astimezone(LIMA))
    event.add("dtend", one.ends_at.astimezone(LIMA))
    event.add("dtstamp", one.changed_at.astimezone(datetime.UTC))
    event.add("sequence", one.sequence)
    event.add("status", "CONFIRMED" if one.stands else "CANCELLED")
    event.add("class", "PRIVATE")
    return event
