"""What the live board shows, computed from rows: who waits, who talks, who is ready."""

import dataclasses
import datetime
import uuid
from collections import Counter

from django.db.models import Exists, OuterRef

from cases.models import CaseContact
from oversight.alarm_rules import WARN_AT
from roster import presence
from roster.models import Member, Presence, PresenceState, Role
from triage.handovers import NOTHING, Passing, passings
from triage.models import Contact, ContactState
from triage.queue import TARGETS, waiting_in_order
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
    waiting: list[Waiting]
    talking: list[Talking]
    on_duty: list[OnDuty]
    past_shift: list[PastShift] = dataclasses.field(default_factory=list)

    @property
    def oldest(self) -> Waiting | None:
        """The wait that is nearest to, or furthest beyond, its target: the biggest thing on the board."""
        return max(self.waiting, key=lambda row: row.waited / row.target, default=None)

    @property
    def first(self) -> list[Waiting]:
        """Those who are served first, as many as one can look over."""
        return self.waiting[:SHOWN]

    @property
    def further(self) -> int:
        """How many wait beyond the first."""
        return len(self.waiting) - len(self.first)

    @property
    def levels(self) -> list[Level]:
        """The five levels, the most urgent first; all of them, so that each keeps its place on the wall."""
        rows = {level: [row for row in self.waiting if row.urgency == level] for level in TARGETS}
        return [
            Level(level, len(found), max(found, key=lambda row: row.waited, default=None))
            for level, found in rows.items()
        ]

    @property
    def late(self) -> int:
        """How many have waited beyond their target."""
        return sum(row.alarm == "late" for row in self.waiting)

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
    with_script = Contact.objects.filter(state__in=WITH_SOMEBODY, practice_for=OuterRef("member"))
    there = Presence.objects.filter(lease_until__gt=now, member__rehearsal=rehearsal)
    rows = there.select_related("member__organisation").annotate(practises=Exists(with_script))
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
            row.practises,
        )
        for row in rows.order_by("member__alias")
    ]


def _cases_of(contacts: list[Contact]) -> dict[uuid.UUID, uuid.UUID]:
    """Return the case of each contact that has one which may still be opened."""
    states = {ContactState(contact.state) for contact in contacts}
    links = CaseContact.objects.filter(contact__state__in=states, case__key__state="active")
    return dict(links.values_list("contact_id", "case_id"))


def board(now: datetime.datetime | None = None, *, rehearsal: bool = False) -> Board:
    """Read the board as it stands at ``now``: of real callers, or of rehearsals, never of both."""
    now = now or clock.now()
    talking = list(
        Contact.objects.filter(state__in=WITH_SOMEBODY, rehearsal=rehearsal, practice_for=None)
        .select_related("volunteer")
        .defer("answers")
        .order_by("assigned_at")
    )
    waiting = waiting_in_order(now, rehearsal=rehearsal)
    cases, passed = _cases_of([*waiting, *talking]), passings([contact.pk for contact in talking])
    return Board(
        at=now,
        waiting=[_waiting(contact, now, cases.get(contact.pk)) for contact in waiting],
        talking=[_talking(contact, now, cases.get(contact.pk), passed.get(contact.pk, NOTHING)) for contact in talking],
        on_duty=_on_duty(now, talking, rehearsal=rehearsal),
        past_shift=_past_shift(talking, now),
    )


def member_names(ids: set[uuid.UUID]) -> dict[str, str]:
    """Return the aliases of members by id."""
    return {str(member.pk): member.alias for member in Member.objects.filter(pk__in=ids)}
