"""Who waits before whom, and for how long, in words that one sentence explains.

All emergencies first, then all that are very urgent, then whoever has waited the largest part of their target; who
was put to the front (danger, or a volunteer who got lost) comes first of their class.
"""

import bisect
import dataclasses
import datetime
import functools
import itertools
import statistics
import uuid
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from django.db.models import Q, QuerySet

from triage.hands import volunteers_now
from triage.models import Contact, Offer, OfferState
from triage.routing import hands_open
from wire import clock

TARGETS = {"A": 60, "B": 300, "C": 900, "D": 1800, "E": 3600}  # seconds within which a person answers
STRICT = ("A", "B")  # classes that nobody of another class overtakes
AGEING = ("C", "D", "E")
PACE_FROM = datetime.timedelta(hours=24)
PAUSE = datetime.timedelta(hours=2)  # longer than this between two acceptances: a shift lay between
PACE_KEPT = 60  # seconds for which a measured pace is used again
FEWEST = 3  # measured intervals below which ASSUMED counts
ACCEPTED = Q(state=OfferState.ACCEPTED, contact__practice_for=None)  # a practice tells nothing of the line's pace
NOBODY_READY = 3600  # seconds said while nobody is ready; who cannot wait so long is shown who answers now

#: What is read of each waiting contact: a queue of a thousand is read each second.
NEEDED = (
    "state",
    "urgency",
    "queued_at",
    "placed_front",
    "behind",
    "caller_seen_at",
    "still_there_asked_at",
    "rehearsal",
    "age_band",
    "needs",
    "earlier",
    "earlier_until",
    "marked",
)

Place = tuple[int, bool, bool, float, datetime.datetime, uuid.UUID]


class Waiting(Protocol):
    """What decides the place of one who waits; a contact has it."""

    @property
    def pk(self) -> uuid.UUID:
        """Return the contact's id."""

    @property
    def urgency(self) -> str:
        """Return the level."""

    @property
    def queued_at(self) -> datetime.datetime | None:
        """Return since when they wait."""

    @property
    def placed_front(self) -> bool:
        """Say whether they were put to the front of their class."""

    @property
    def behind(self) -> bool:
        """Say whether another contact from the same place waits before them."""


def place(contact: Waiting, now: datetime.datetime) -> Place:
    """Return what to sort by: class, front of it, behind all firsts, share of the target waited (C to E), arrival."""
    queued = contact.queued_at or now
    strict = contact.urgency in STRICT
    kind = STRICT.index(contact.urgency) if strict else len(STRICT)
    share = 0.0 if strict else (now - queued).total_seconds() / TARGETS[contact.urgency]
    return (kind, not contact.placed_front, contact.behind, -share, queued, contact.pk)


def in_order(contacts: Iterable[Contact], now: datetime.datetime) -> list[Contact]:
    """Return these waiting contacts in the order in which they are served."""
    return sorted(contacts, key=lambda contact: place(contact, now))


#: Those of one level in the order in which they are served: the order of an index (triage/models.py).
EARLIER = ("-placed_front", "behind", "queued_at", "pk")


def waiting_in_order(
    now: datetime.datetime | None = None,
    *,
    rehearsal: bool | None = None,
    most: int | None = None,
    seen_since: datetime.datetime | None = None,
) -> list[Contact]:
    """Return the waiting contacts, real, rehearsed or (None) both, in the order in which they are served.

    With ``most``, no more than the first so many of each level are read: enough to know the first so many of all.
    With ``seen_since``, those are left out whose page gave no sign of life from then on.
    """
    waiting = Contact.objects.in_line().only(*NEEDED)
    if rehearsal is not None:
        waiting = waiting.filter(rehearsal=rehearsal)
    if seen_since is not None:
        waiting = waiting.filter(Q(caller_seen_at=None) | Q(caller_seen_at__gte=seen_since))
    if most is None:
        return in_order(waiting, now or clock.now())
    first = (waiting.filter(urgency=level).order_by(*EARLIER)[:most] for level in TARGETS)
    return in_order(itertools.chain.from_iterable(first), now or clock.now())


# How many are ahead -------------------------------------------------------------------------------------------------


def _waiting_like(contact: Contact) -> QuerySet[Contact]:
    return Contact.objects.in_line().filter(rehearsal=contact.rehearsal).exclude(pk=contact.pk)


def _arrived_before(contact: Contact) -> Q:
    return Q(queued_at__lt=contact.queued_at) | Q(queued_at=contact.queued_at, pk__lt=contact.pk)


def _aged_more(contact: Contact, now: datetime.datetime) -> Q:
    """Hold for whoever of C to E has waited a larger share of their target than this contact."""
    share = (now - (contact.queued_at or now)) / TARGETS[contact.urgency]
    more = Q(urgency=contact.urgency) & _arrived_before(contact)
    for other in AGEING:
        if other != contact.urgency:
            more |= Q(urgency=other, queued_at__lt=now - share * TARGETS[other])
    return more


def _earlier_in_class(contact: Contact, now: datetime.datetime) -> Q:
    if contact.urgency in STRICT:
        mine, earlier = Q(urgency=contact.urgency), _arrived_before(contact)
    else:
        mine, earlier = Q(urgency__in=AGEING), _aged_more(contact, now)
    earlier &= Q(behind=contact.behind)
    if contact.behind:
        earlier |= Q(behind=False)
    if contact.placed_front:
        return mine & Q(placed_front=True) & earlier
    return mine & (Q(placed_front=True) | earlier)


def ahead_of(contact: Contact, now: datetime.datetime | None = None) -> int:
    """Return how many waiting callers are served before this one; rehearsals and real callers never count together."""
    if contact.queued_at is None:
        return 0
    higher = Q(urgency__in=[level for level in STRICT if level < contact.urgency])
    return _waiting_like(contact).filter(higher | _earlier_in_class(contact, now or clock.now())).count()


# How long it may take -----------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class Pace:
    """How fast the line works, in seconds: measured over the last 24 hours, or ASSUMED where that is too little."""

    answer: float  # from an offer to its acceptance
    interval: float  # between two acceptances of the same volunteer


#: Careful guesses until enough is measured: a whole offer, and a long conversation (for the clinical lead to say).
ASSUMED = Pace(answer=25, interval=45 * 60)


def _median(measured: list[float], otherwise: float) -> float:
    return statistics.median(measured) if len(measured) >= FEWEST else otherwise


def pace_of(accepted: Iterable[tuple[uuid.UUID, datetime.datetime, datetime.datetime]]) -> Pace:
    """Measure the pace of accepted offers (member, sent, accepted), the earliest first; a pause is no interval."""
    last: dict[uuid.UUID, datetime.datetime] = {}
    answers, intervals = [], []
    for member_id, sent, at in accepted:
        answers.append((at - sent).total_seconds())
        if member_id in last and at - last[member_id] < PAUSE:
            intervals.append((at - last[member_id]).total_seconds())
        last[member_id] = at
    return Pace(_median(answers, ASSUMED.answer), _median(intervals, ASSUMED.interval))


def measure_pace(now: datetime.datetime, *, rehearsal: bool) -> Pace:
    """Measure the pace of real callers, or of rehearsals; a pause between shifts is no interval."""
    accepted = Offer.objects.filter(
        ACCEPTED, handover=None, answered_at__gt=now - PACE_FROM, contact__rehearsal=rehearsal
    )
    rows = accepted.order_by("answered_at").values_list("member_id", "sent_at", "answered_at")
    return pace_of((member_id, sent, at) for member_id, sent, at in rows if at is not None)


@functools.lru_cache(maxsize=4)
def _pace_kept(*, rehearsal: bool, minute: int) -> Pace:
    del minute  # only a part of the cache's key
    return measure_pace(clock.now(), rehearsal=rehearsal)


def forget_pace() -> None:
    """Measure anew at the next question."""
    _pace_kept.cache_clear()


#: What is said of a wait: between these seconds and the next; the last has no end.
EDGES = (0, 120, 300, 600, 1200, 2400)


def said_range(seconds: float) -> tuple[int, int | None]:
    """Return the range (seconds, None: no end) that the page says for a wait."""
    number = bisect.bisect_right(EDGES, seconds) - 1
    return EDGES[number], EDGES[number + 1] if number + 1 < len(EDGES) else None


def was_right(said: float, waited: float) -> bool:
    """Say whether somebody who was told of ``said`` seconds waited as long as the page said, give or take 30 %."""
    least, most = said_range(said)
    return 0.7 * least <= waited and (most is None or waited <= 1.3 * most)


@dataclasses.dataclass(frozen=True, slots=True)
class Outlook:
    """How soon those who wait will be answered, as it looks now."""

    ready: int  # volunteers
    hands: int  # conversations that they can take now, besides those kept for A and B
    pace: Pace
    kept: int = 0  # hands that only A and B may fill

    def wait(self, ahead: int, urgency: str = "C") -> int:
        """Return the seconds that whoever has so many ahead may still wait.

        Measured, not promised: whom open hands reach waits as long as offers are usually answered. Beyond that each
        place takes the usual interval between two conversations of a volunteer, divided by how many are ready. How
        long the last ones waited is no guide: while hands were open they waited for nothing, and whoever then finds all
        of them full would be told of seconds. While nobody is ready it is NOBODY_READY: long enough that the page names
        the lines which answer now.
        """
        if not self.ready:
            return NOBODY_READY
        beyond = ahead + 1 - self.hands - (self.kept if urgency in STRICT else 0)
        if beyond <= 0:
            return round(self.pace.answer)
        return round(beyond * self.pace.interval / self.ready)


def outlook(now: datetime.datetime, *, rehearsal: bool) -> Outlook:
    """Return how soon real callers, or rehearsed ones, will be answered."""
    ready = [one for one in volunteers_now(now) if one.rehearsal == rehearsal]
    minute = int(now.timestamp() // PACE_KEPT)
    calm = Contact.objects.in_line().filter(rehearsal=rehearsal, urgency__in=AGEING).count()
    hands, kept = hands_open(ready, calm, now)
    pace = _pace_kept(rehearsal=rehearsal, minute=minute)
    return Outlook(len(ready), hands, pace, kept)


# Where somebody stands ----------------------------------------------------------------------------------------------


class Standing(NamedTuple):
    """Where one who waits stands: how many are served before, and the seconds it may still take."""

    ahead: int
    wait: int


def standing_of(contact: Contact, now: datetime.datetime | None = None) -> Standing:
    """Return where this waiting contact stands."""
    now = now or clock.now()
    ahead = ahead_of(contact, now)
    return Standing(ahead, outlook(now, rehearsal=contact.rehearsal).wait(ahead, contact.urgency))


class _Row(NamedTuple):
    """One who waits, read without the rest of the contact: of thousands the ORM's objects cost more than the query."""

    pk: uuid.UUID
    urgency: str
    queued_at: datetime.datetime | None
    placed_front: bool
    behind: bool


class _Line:
    """Real callers, or rehearsed ones: their places in order, and how soon they will be answered."""

    def __init__(self, now: datetime.datetime, *, rehearsal: bool) -> None:
        rows = Contact.objects.in_line().filter(rehearsal=rehearsal).values_list(*_Row._fields)
        waiting = [_Row(*row) for row in rows]
        self._places = sorted(place(row, now) for row in waiting)
        self.ahead = {found[-1]: ahead for ahead, found in enumerate(self._places)}
        self.level = {row.pk: row.urgency for row in waiting}
        self.soon = outlook(now, rehearsal=rehearsal) if self._places else None

    def ahead_of(self, waiting: Waiting, now: datetime.datetime) -> int:
        """Return how many were served before this one, who need not be among them."""
        return bisect.bisect_left(self._places, place(waiting, now))


class Reading:
    """The whole queue as it was at one moment: says of everybody where they stood, or would have stood."""

    def __init__(self, now: datetime.datetime | None = None) -> None:
        self._at = now or clock.now()
        self._lines = {rehearsal: _Line(self._at, rehearsal=rehearsal) for rehearsal in (False, True)}

    def standing_of(self, contact_id: uuid.UUID) -> Standing | None:
        """Return where the contact with this id stood, if it waited then."""
        for line in self._lines.values():
            ahead = line.ahead.get(contact_id)
            if ahead is not None and line.soon is not None:
                return Standing(ahead, line.soon.wait(ahead, line.level[contact_id]))
        return None

    def estimate(self, contact: Contact) -> Standing:
        """Return where a contact that came since would have stood."""
        line = self._lines[contact.rehearsal]
        ahead = line.ahead_of(contact, self._at)
        soon = line.soon or outlook(self._at, rehearsal=contact.rehearsal)
        return Standing(ahead, soon.wait(ahead, contact.urgency))
