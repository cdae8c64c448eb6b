"""The verbs of alarms: raise what is due, resolve what is over, acknowledge; and what the board shows of them."""

import dataclasses
import datetime
import uuid
from collections.abc import Collection, Iterable, Iterator

from django.db import transaction
from django.db.models import Case, CharField, Exists, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from cases.models import CaseContact
from cases.rescue import waiting_for_answer
from oversight.alarm_rules import GRAVEST_FIRST, PAGES, WARN_AT, due
from oversight.models import Alarm, AlarmKind, AlarmQuerySet, Outlet
from roster import opening, presence
from roster.models import Member
from roster.permissions import may
from triage.models import Contact, ContactEvent, ContactState, EventKind
from triage.queue import STRICT, TARGETS
from vault import actions as vault
from wire import clock

AT_ONCE = 1000  # alarms that one round raises or resolves
SHOWN = 12  # people whose alarms the strip shows; the figures count everybody
ABOUT_THE_LINE = (AlarmKind.NOBODY_READY,)

Key = tuple[uuid.UUID | None, str, bool]  # contact, kind, rehearsal


# Raising and resolving ----------------------------------------------------------------------------------------------


def _ripe(now: datetime.datetime) -> Q:
    """Hold for whoever waits and may have an alarm: a cheap choice, made by an index."""
    ripe = Q(urgency__in=STRICT)
    for level, target in TARGETS.items():
        ripe |= Q(urgency=level, queued_at__lte=now - datetime.timedelta(seconds=WARN_AT * target))
    return ripe


def _due(now: datetime.datetime) -> dict[Key, str]:
    """Return the alarms about contacts that hold now, each with the level of its contact."""
    came = ContactEvent.objects.filter(contact=OuterRef("pk"), after=ContactState.WAITING)
    latest = Subquery(came.exclude(before=ContactState.WAITING).order_by("-pk").values("kind")[:1])
    came_by = Case(
        When(urgency__in=STRICT, then=Coalesce(latest, Value(""))), default=Value(""), output_field=CharField()
    )
    waiting = Contact.objects.in_line().filter(_ripe(now)).annotate(came_by=came_by)
    rows = waiting.values_list("pk", "urgency", "queued_at", "rehearsal", "came_by")
    found: dict[Key, str] = {}
    for contact_id, urgency, queued_at, rehearsal, came_back in rows:
        waited = (now - (queued_at or now)).total_seconds()
        for kind in due(urgency, waited, lost=came_back == EventKind.BACK_TO_QUEUE):
            found[contact_id, kind.value, rehearsal] = urgency
    asked = waiting_for_answer(now).values_list("contact", "contact__urgency", "contact__rehearsal")
    return found | {(contact_id, AlarmKind.RESCUE.value, rehearsal): level for contact_id, level, rehearsal in asked}


def _nobody_ready(now: datetime.datetime) -> dict[Key, str]:
    """Return the alarm that somebody waits and nobody is ready, while the line is open."""
    found: dict[Key, str] = {}
    for rehearsal in (False, True):
        waits = Contact.objects.in_line().filter(rehearsal=rehearsal).exists()
        if not waits or presence.ready(now).filter(member__rehearsal=rehearsal).exists():
            continue
        if rehearsal or opening.is_open(now):
            found[None, AlarmKind.NOBODY_READY.value, rehearsal] = ""
    return found


def watch(now: datetime.datetime) -> int:
    """Raise the alarms about contacts that are due and resolve those whose reason is gone; return how many changed."""
    return _settle(
        _due(now), Alarm.objects.exclude(kind__in=ABOUT_THE_LINE), now, stale=_of_an_earlier_wait(max(now, clock.now()))
    )


def watch_ready(now: datetime.datetime) -> int:
    """As ``watch``, for what is about the whole line: it rests on signs of life, which wait after a break."""
    return _settle(_nobody_ready(now), Alarm.objects.filter(kind__in=ABOUT_THE_LINE), now)


def _of_an_earlier_wait(now: datetime.datetime) -> set[int]:
    """Return the open alarms of who waits again since: accepted and lost, or gone and back, before the line looked.

    What is dated later than now is from before a clock went back: it counts once, when its hour comes, not each round.
    """
    since = {"at__gt": OuterRef("at"), "at__lte": now}
    came = ContactEvent.objects.filter(contact=OuterRef("contact"), after=ContactState.WAITING, **since)
    again = Exists(came.exclude(before=ContactState.WAITING))
    waiting = Alarm.objects.open().filter(contact__state=ContactState.WAITING).exclude(kind=AlarmKind.RESCUE)
    return set(waiting.filter(again).values_list("pk", flat=True))


def _settle(
    wanted: dict[Key, str], among: AlarmQuerySet, now: datetime.datetime, stale: Collection[int] = frozenset()
) -> int:
    """Resolve what is not wanted, or is ``stale``, and raise what is wanted and does not stand."""
    seen_at = max(now, clock.now())  # after the rows were read: whoever came to wait later waits a second time
    standing: dict[Key, int] = {
        (contact_id, kind, rehearsal): pk
        for pk, contact_id, kind, rehearsal in among.open().values_list("pk", "contact_id", "kind", "rehearsal")
    }
    over = [pk for key, pk in standing.items() if key not in wanted or pk in stale][:AT_ONCE]
    replaced = {None, *stale}
    fresh = [
        Alarm(contact_id=contact_id, kind=kind, rehearsal=rehearsal, level=level, at=seen_at)
        for (contact_id, kind, rehearsal), level in wanted.items()
        if standing.get((contact_id, kind, rehearsal)) in replaced
    ][:AT_ONCE]
    if over:
        Alarm.objects.open().filter(pk__in=over).update(resolved_at=now)
    if fresh:
        Alarm.objects.bulk_create(fresh, ignore_conflicts=True)  # another node may have been first
    return len(over) + len(fresh)


# Acknowledging ------------------------------------------------------------------------------------------------------


@transaction.atomic
def acknowledge(member: Member, alarm_id: int) -> bool:
    """Note that somebody has seen an alarm and looks after it; the first one counts. Say whether it was this one.

    Whatever is less grave about the same contact is seen with it; what becomes due later calls anew.
    """
    alarm = Alarm.objects.open().filter(pk=alarm_id, rehearsal=member.rehearsal).first()
    if alarm is None or not may(member, "board.see"):
        return False
    kind = AlarmKind(alarm.kind)
    with_it = GRAVEST_FIRST[GRAVEST_FIRST.index(kind) :]
    same = Alarm.objects.open().filter(contact=alarm.contact_id, kind__in=with_it, rehearsal=member.rehearsal)
    seen = {"acknowledged_by": member, "acknowledged_at": clock.now()}
    unseen = Alarm.objects.open().filter(acknowledged_at=None)
    if not unseen.filter(pk=alarm.pk).update(**seen):
        return False
    unseen.filter(pk__in=same.values("pk")).update(**seen)
    about = "contact" if alarm.contact_id else "line"
    vault.record(
        actor=str(member.pk), act="alarm.see", subject_kind=about, subject=str(alarm.subject), reason=alarm.kind
    )
    return True


# What the board shows -----------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class Shown:
    """The gravest alarm about one contact, or one about the line; ``pages``: it calls until somebody has seen it."""

    alarm: Alarm
    case_id: uuid.UUID | None

    @property
    def pages(self) -> bool:
        """Whether it sounds."""
        return self.alarm.kind in PAGES and self.alarm.acknowledged_at is None


@dataclasses.dataclass(frozen=True, slots=True)
class Strip:
    """All that the strip of alarms shows; ``key`` changes when any of it does, and only then."""

    shown: list[Shown]
    further: int
    ringing: int
    failing: list[Outlet]

    @property
    def key(self) -> str:
        """What the page compares before it draws anew."""
        rows = [f"{one.alarm.pk}:{bool(one.alarm.acknowledged_at):d}" for one in self.shown]
        return ",".join([*rows, f"+{self.further}", *(f"{one.name}!" for one in self.failing)])


def _holding(*, rehearsal: bool) -> AlarmQuerySet:
    """Return the open alarms whose reason holds at this very moment, so that nothing rings for who is served by now."""
    waiting = Contact.objects.in_line().filter(rehearsal=rehearsal)
    holds = Q(contact__state=ContactState.WAITING) | Q(kind=AlarmKind.RESCUE)
    if waiting.exists():
        holds |= Q(contact=None)
    return Alarm.objects.open().filter(holds, rehearsal=rehearsal)


def _gravest(alarms: Iterable[Alarm]) -> Iterator[Alarm]:
    """Yield the gravest alarm of each contact and each about the line: who is unseen first, then the gravest."""
    by_subject: dict[uuid.UUID | str, Alarm] = {}
    for alarm in alarms:
        known = by_subject.get(alarm.subject)
        if known is None or _rank(alarm) < _rank(known):
            by_subject[alarm.subject] = alarm
    yield from sorted(by_subject.values(), key=lambda alarm: (*_rank(alarm), alarm.at, alarm.pk))


def _rank(alarm: Alarm) -> tuple[bool, int]:
    quiet = alarm.acknowledged_at is not None or alarm.kind not in PAGES
    return quiet, GRAVEST_FIRST.index(AlarmKind(alarm.kind))


def strip(*, rehearsal: bool) -> Strip:
    """Return the alarms as the board shows them, those of real callers or of rehearsals, never both."""
    holding = _holding(rehearsal=rehearsal).select_related("acknowledged_by")
    gravest = list(_gravest(holding))
    first = gravest[:SHOWN]
    links = CaseContact.objects.filter(contact__in=[one.contact_id for one in first if one.contact_id])
    cases = dict(links.filter(case__key__state="active").values_list("contact_id", "case_id"))
    shown = [Shown(alarm, cases.get(alarm.contact_id) if alarm.contact_id else None) for alarm in first]
    ringing = sum(alarm.kind in PAGES and alarm.acknowledged_at is None for alarm in gravest)
    failing = [] if rehearsal else list(Outlet.objects.exclude(failing_since=None).order_by("name"))
    return Strip(shown, len(gravest) - len(first), ringing, failing)
