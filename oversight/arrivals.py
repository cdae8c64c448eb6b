"""What the last weeks were like, counted by the database: who came in which hour, how long it took, who answered."""

import dataclasses
import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Min, Q, Sum
from django.db.models.functions import Coalesce, Greatest, TruncHour
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import NoteRevision
from roster.hours import DAY, LIMA, at_midnight, day_of
from triage.models import Contact, ContactState, Offer, OfferState, Urgency

WEEKS = 8  # that are looked back
NOTHING = datetime.timedelta(0)
LONGEST_TALK = datetime.timedelta(hours=4)  # what lasts longer was forgotten, or a clock jumped: not counted
LONGEST_NOTE = datetime.timedelta(hours=1)  # after the end; what is saved later was written later
LONGEST_WAIT = datetime.timedelta(hours=12)

Hour = tuple[datetime.date, int]  # a date and an hour in Lima


@dataclasses.dataclass(frozen=True, slots=True)
class Arrivals:
    """How many joined the queue in each hour of whole days of Lima, from ``first`` up to, not with, ``end``.

    Without anybody yet ``first`` is ``end``. Hours in which nobody came have no entry.
    """

    first: datetime.date
    end: datetime.date
    counts: Mapping[Hour, int]

    @property
    def days(self) -> list[datetime.date]:
        """The days that were counted, the oldest first; also those on which nobody came."""
        return [self.first + number * DAY for number in range((self.end - self.first).days)]

    @property
    def people(self) -> int:
        """How many came in all."""
        return sum(self.counts.values())


def arrivals(now: datetime.datetime, *, rehearsal: bool = False, weeks: int = WEEKS) -> Arrivals:
    """Count who came in the last weeks before today (two questions): of real callers, or of rehearsals.

    Today is left out, as it is not over; so are the days before anybody ever came, and what a clock that went wrong
    put into the future.
    """
    end = day_of(now)
    begin = end - datetime.timedelta(weeks=weeks)
    rows = Contact.objects.filter(rehearsal=rehearsal, queued_at__lt=at_midnight(end))
    earliest = rows.aggregate(earliest=Min("queued_at"))["earliest"]
    if earliest is None:
        return Arrivals(end, end, {})
    # By the hours of UTC, as those of Lima begin with them: the database need not know any zone.
    by_hour = rows.filter(queued_at__gte=at_midnight(begin)).annotate(hour=TruncHour("queued_at", tzinfo=datetime.UTC))
    counted = by_hour.order_by().values_list("hour").annotate(people=Count("pk"))
    counts = {(local.date(), local.hour): people for hour, people in counted if (local := hour.astimezone(LIMA))}
    return Arrivals(max(begin, day_of(earliest)), end, counts)


# How long, how many -------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class Figure:
    """One number the forecast rests on: measured from so many cases, or assumed until there are enough of them."""

    name: Promise
    value: float
    unit: str  # "minutes" and "seconds" hold seconds, "share" a share of one
    measured: bool
    cases: int


@dataclasses.dataclass(frozen=True, slots=True)
class Assumption:
    """What is taken until so many cases were seen, and between which bounds what is measured is believed."""

    name: Promise
    unit: str
    value: float
    enough: int
    least: float
    most: float

    def figure(self, measured: float | None, cases: int) -> Figure:
        """Return what was measured if that is enough, else what is assumed."""
        if measured is None or cases < self.enough:
            return Figure(self.name, self.value, self.unit, measured=False, cases=cases)
        return Figure(self.name, min(max(measured, self.least), self.most), self.unit, measured=True, cases=cases)


#: The values are those of other lines where one publishes them, else a guess: docs/QUEUE.md says which.
ASSUMED = {
    "talk": Assumption(_("Lo que dura una conversación"), "minutes", 45 * 60, 30, 5 * 60, 4 * 3600),
    "note": Assumption(_("Lo que toma la nota después"), "minutes", 8 * 60, 30, 0, 3600),
    "patience": Assumption(_("Cuánto espera una persona antes de irse"), "minutes", 15 * 60, 30, 60, 2 * 3600),
    "urgent": Assumption(_("Personas en emergencia o muy urgentes"), "share", 0.14, 100, 0.01, 0.9),
    "offers": Assumption(_("Avisos que alguien acepta"), "share", 0.8, 50, 0.2, 1),
    "answer": Assumption(_("Lo que se demora en aceptar un aviso"), "seconds", 12, 50, 1, 25),
}
Figures = Mapping[str, Figure]


def _seconds(span: datetime.timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()


def _span(later: Any, earlier: str) -> Any:
    return ExpressionWrapper(later - F(earlier), output_field=DurationField())


def _of_contacts(begin: datetime.datetime, end: datetime.datetime, *, rehearsal: bool) -> dict[str, Figure]:
    rows = Contact.objects.filter(rehearsal=rehearsal, queued_at__gte=begin, queued_at__lt=end).annotate(
        talked=_span(Coalesce("ended_at", "left_at"), "assigned_at"),
        waited=_span(F("assigned_at"), "queued_at"),
        stayed=_span(Coalesce("caller_seen_at", "ended_at", "left_at"), "queued_at"),
    )
    over = Q(state__in=(ContactState.ENDED, ContactState.LEFT))
    talked = over & Q(talked__gt=NOTHING, talked__lt=LONGEST_TALK)
    answered = Q(assigned_at__isnull=False, waited__gte=NOTHING, waited__lt=LONGEST_WAIT)
    gave_up = over & Q(assigned_at__isnull=True, stayed__gte=NOTHING, stayed__lt=LONGEST_WAIT)
    found = rows.aggregate(  # each under a name of its own: one that an annotation has would hide it
        people=Count("pk"),
        urgent=Count("pk", filter=Q(urgency__in=(Urgency.A, Urgency.B))),
        talks=Count("pk", filter=talked),
        talk=Avg("talked", filter=talked),
        gave_up=Count("pk", filter=gave_up),
        all_waited=Sum("waited", filter=answered, default=NOTHING),
        all_stayed=Sum("stayed", filter=gave_up, default=NOTHING),
    )
    gone = found["gave_up"]
    # Whoever was answered had not given up by then: all waiting counts, only those who left are counted.
    waiting = (found["all_waited"] + found["all_stayed"]).total_seconds()
    return {
        "talk": ASSUMED["talk"].figure(_seconds(found["talk"]), found["talks"]),
        "patience": ASSUMED["patience"].figure(waiting / gone if gone else None, gone),
        "urgent": ASSUMED["urgent"].figure(found["urgent"] / max(1, found["people"]), found["people"]),
    }


def _of_offers(begin: datetime.datetime, end: datetime.datetime, *, rehearsal: bool) -> dict[str, Figure]:
    rows = Offer.objects.filter(contact__rehearsal=rehearsal, handover=None, sent_at__gte=begin, sent_at__lt=end)
    accepted = Q(state=OfferState.ACCEPTED)
    found = rows.annotate(took=_span(F("answered_at"), "sent_at")).aggregate(
        decided=Count("pk", filter=accepted | Q(state__in=(OfferState.DECLINED, OfferState.EXPIRED))),
        accepted=Count("pk", filter=accepted),
        answer=Avg("took", filter=accepted & Q(took__gte=NOTHING)),
    )
    decided = found["decided"]
    return {
        "offers": ASSUMED["offers"].figure(found["accepted"] / max(1, decided), decided),
        "answer": ASSUMED["answer"].figure(_seconds(found["answer"]), found["accepted"]),
    }


def _of_notes(begin: datetime.datetime, end: datetime.datetime, *, rehearsal: bool) -> dict[str, Figure]:
    """Measure from the end of a conversation to the first saved version; written while talking takes none."""
    rows = NoteRevision.objects.filter(
        revision=1, note__contact__rehearsal=rehearsal, note__contact__ended_at__gte=begin, at__lt=end
    )
    after = rows.annotate(after=_span(F("at"), "note__contact__ended_at")).filter(
        after__gt=-LONGEST_TALK, after__lt=LONGEST_NOTE
    )
    found = after.aggregate(notes=Count("pk"), took=Avg(Greatest("after", NOTHING, output_field=DurationField())))
    return {"note": ASSUMED["note"].figure(_seconds(found["took"]), found["notes"])}


def figures(now: datetime.datetime, *, rehearsal: bool = False, weeks: int = WEEKS) -> Figures:
    """Measure the last weeks (three questions); what too few cases say stays as assumed. By the names of ASSUMED."""
    begin = now - datetime.timedelta(weeks=weeks)
    found = {
        **_of_contacts(begin, now, rehearsal=rehearsal),
        **_of_offers(begin, now, rehearsal=rehearsal),
        **_of_notes(begin, now, rehearsal=rehearsal),
    }
    return {name: found[name] for name in ASSUMED}
