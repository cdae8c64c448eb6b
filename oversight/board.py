"""What the live board shows, computed from rows: who waits, who talks, who is ready."""

import dataclasses
import datetime
import uuid
from collections import Counter

from django.db.models import Count, Min, Q

from cases.models import CaseContact
from oversight.alarm_rules import WARN_AT
from roster import presence
from roster.models import Member, Presence, PresenceState, Role
from triage.handovers import NOTHING, Passing, passings
from triage.models import Contact, ContactQuerySet, ContactState
from triage.queue import NEEDED, TARGETS, waiting_in_order
from wire import clock

WITH_SOMEBODY = (ContactState.TALKING, ContactState.ASLEEP)
SHOWN = 60  # rows of those who wait; the figures count everybody


@dataclasses.dataclass(frozen=True, slots=True)
class Waiting:
    """One waiting contact; times in whole seconds."""

    contact_id: uuid.UUID
    urgency: str
    waited: int
    target: int
    page_silent: bool
    marked: bool
    case_id: uuid.UUID | None

    @property
    def alarm(self) -> str:
        """Nothing, «soon» at 80 % of the target, «late» from the target on."""
        if self.waited >= self.target:
            return "late"
        return "soon" if self.waited >= WARN_AT * self.target else ""


@dataclasses.dataclass(frozen=True, slots=True)
class Level:
    """All that wait at one level: how many, and whoever has waited longest (None when nobody does)."""

    urgency: str
    count: int
    oldest: Waiting | None


@dataclasses.dataclass(frozen=True, slots=True)
class Talking:
    """One conversation: with whom, since when, and how long somebody has waited for an answer."""

    contact_id: uuid.UUID
    urgency: str
    volunteer: str
    since: int
    unanswered: int | None
    asleep: bool
    marked: bool
    case_id: uuid.UUID | None
    passing: Passing = NOTHING


@dataclasses.dataclass(frozen=True, slots=True)
class PastShift:
    """A volunteer whose time on duty is over while somebody is still with them: nobody is cut off, somebody helps."""

    alias: str
    ended_at: datetime.datetime
    carries: int


@dataclasses.dataclass(frozen=True, slots=True)
class OnDuty:
    """One member on duty and the conversations they carry; who supervises carries none, and a practice is none."""

    alias: str
    organisation: str
    supervises: bool
    ready: bool
    carries: int
    practises: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Board:
    """The whole board at one moment."""

    at: datetime.datetime
    first: list[Waiting]  # those who are served first, as many as one can look over
    levels: list[Level]  # the five of them, the most urgent first: each keeps its place on the wall
    late: int  # how many have waited beyond their target
    talking: list[Talking]
    on_duty: list[OnDuty]
    past_shift: list[PastShift] = dataclasses.field(default_factory=list)

    @property
    def waits(self) -> int:
        """How many wait, shown or not."""
        return sum(level.count for level in self.levels)

    @property
    def oldest(self) -> Waiting | None:
        """The wait that is nearest to, or furthest beyond, its target: the biggest thing on the board."""
        longest = [level.oldest for level in self.levels if level.oldest is not None]
        return max(longest, key=lambda row: row.waited / row.target, default=None)

    @property
    def further(self) -> int:
        """How many wait beyond the first."""
        return self.waits - len(self.first)

    @property
    def unanswered(self) -> Talking | None:
        """The conversation in which somebody has waited longest for an answer."""
        asked = [row for row in self.talking if row.unanswered is not None]
        return max(asked, key=lambda row: row.unanswered or 0, default=None)

    @property
    def ready(self) -> int:
        """How many take contacts now."""
        return sum(row.ready for row in self.on_duty)


def _seconds(now: datetime.datetime, since: datetime.datetime | None) -> int:
    return max(0, int((now - since).total_seconds())) if since else 0


def _waiting(contact: Contact, now: datetime.datetime, case_id: uuid.UUID | None) -> Waiting:
    return Waiting(
        contact.pk,
        contact.urgency,
        _seconds(now, contact.queued_at),
        TARGETS[contact.urgency],
        contact.still_there_asked_at is not None,
        bool(contact.marked),
        case_id,
    )


def _unanswered(contact: Contact, now: datetime.datetime) -> int | None:
    said, answered = contact.caller_said_at, contact.volunteer_said_at
    if said is None or (answered is not None and answered >= said):
        return None
    return _seconds(now, said)


def _talking(
    contact: Contact, now: datetime.datetime, case_id: uuid.UUID | None, passing: Passing = NOTHING
) -> Talking:
    return Talking(
        contact.pk,
        contact.urgency,
        contact.volunteer.alias if contact.volunteer else "",
        _seconds(now, contact.assigned_at),
        _unanswered(contact, now),
        contact.state == ContactState.ASLEEP,
        bool(contact.marked),
        case_id,
        passing,
    )


def _past_shift(talking: list[Contact], now: datetime.datetime) -> list[PastShift]:
    """Return whose shift is over while they still carry somebody, the longest over first."""
    carried = Counter(contact.volunteer for contact in talking if contact.volunteer is not None)
    ended = presence.duties_ended_at([member.pk for member in carried], now)
    rows = [PastShift(one.alias, ended[one.pk], carried[one]) for one in carried if one.pk in ended]
    return sorted(rows, key=lambda row: row.ended_at)


def _on_duty(now: datetime.datetime, talking: list[Contact], *, rehearsal: bool) -> list[OnDuty]:
    with_script = Contact.objects.filter(state__in=WITH_SOMEBODY).exclude(practice_for=None)
    practising = set(with_script.values_list("practice_for", flat=True))  # for each of many who are there it would cost
    there = Presence.objects.filter(lease_until__gt=now, member__rehearsal=rehearsal)
    rows = there.select_related("member__organisation")
    carried: dict[uuid.UUID | None, int] = {}
    for contact in talking:
        carried[contact.volunteer_id] = carried.get(contact.volunteer_id, 0) + 1
    return [
        OnDuty(
            row.member.alias,
            row.member.organisation.name if row.member.organisation else "",
            row.member.role == Role.SUPERVISOR,
            row.state == PresenceState.READY,
            carried.get(row.member_id, 0),
            row.member_id in practising,
        )
        for row in rows.order_by("member__alias")
    ]


def _cases_of(contacts: list[Contact]) -> dict[uuid.UUID, uuid.UUID]:
    """Return the case of each contact that has one which may still be opened."""
    links = CaseContact.objects.filter(contact__in=[contact.pk for contact in contacts], case__key__state="active")
    return dict(links.values_list("contact_id", "case_id"))


@dataclasses.dataclass(frozen=True, slots=True)
class _Count:
    """All that wait at one level, counted by the database: however many they are, they are not read."""

    waits: int
    since: datetime.datetime
    late: int


def _counted(waiting: ContactQuerySet, now: datetime.datetime) -> dict[str, _Count]:
    beyond = Q(pk=None)
    for level, target in TARGETS.items():
        beyond |= Q(urgency=level, queued_at__lte=now - datetime.timedelta(seconds=target))
    late = Count("pk", filter=beyond)
    rows = waiting.order_by().values_list("urgency").annotate(waits=Count("pk"), since=Min("queued_at"), late=late)
    return {level: _Count(waits, since, passed) for level, waits, since, passed in rows}


def _longest(waiting: ContactQuerySet, counts: dict[str, _Count]) -> dict[str, Contact]:
    """Return who has waited longest at each level."""
    either = Q(pk=None)
    for level, count in counts.items():
        either |= Q(urgency=level, queued_at=count.since)
    return {contact.urgency: contact for contact in waiting.filter(either).only(*NEEDED)} if counts else {}


def board(now: datetime.datetime | None = None, *, rehearsal: bool = False) -> Board:
    """Read the board as it stands at ``now``: of real callers, or of rehearsals, never of both."""
    now = now or clock.now()
    talking = list(
        Contact.objects.filter(state__in=WITH_SOMEBODY, rehearsal=rehearsal, practice_for=None)
        .select_related("volunteer")
        .defer("answers")
        .order_by("assigned_at")
    )
    waiting = Contact.objects.in_line().filter(rehearsal=rehearsal)
    counts = _counted(waiting, now)
    longest = _longest(waiting, counts)
    first = waiting_in_order(now, rehearsal=rehearsal, most=SHOWN)[:SHOWN]
    cases = _cases_of([*first, *longest.values(), *talking])
    passed = passings([contact.pk for contact in talking])
    rows = {contact.pk: _waiting(contact, now, cases.get(contact.pk)) for contact in [*first, *longest.values()]}
    return Board(
        at=now,
        first=[rows[contact.pk] for contact in first],
        levels=[
            Level(level, counts[level].waits, rows[longest[level].pk]) if level in longest else Level(level, 0, None)
            for level in TARGETS
        ],
        late=sum(count.late for count in counts.values()),
        talking=[_talking(contact, now, cases.get(contact.pk), passed.get(contact.pk, NOTHING)) for contact in talking],
        on_duty=_on_duty(now, talking, rehearsal=rehearsal),
        past_shift=_past_shift(talking, now),
    )


def member_names(ids: set[uuid.UUID]) -> dict[str, str]:
    """Return the aliases of members by id."""
    return {str(member.pk): member.alias for member in Member.objects.filter(pk__in=ids)}
