"""Who waits before whom, and for how long, in words that one sentence explains.

All emergencies first, then all that are very urgent, then whoever has waited the largest part of their target; who
was put to the front (danger, or a volunteer who got lost) comes first of their class.
"""

import datetime
import functools
import statistics
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from roster import presence
from triage.models import Contact, ContactState, Offer, OfferState

TARGETS = {"A": 60, "B": 300, "C": 900, "D": 1800, "E": 3600}  # seconds within which a person answers
STRICT = ("A", "B")  # classes that nobody of another class overtakes
AGEING = ("C", "D", "E")
PACE_FROM = datetime.timedelta(hours=24)
PACE_KEPT = 60  # seconds for which a measured pace is used again
FEWEST = 3  # measured intervals below which nothing honest can be said

Place = tuple[int, bool, float, datetime.datetime, str]


def place(contact: Contact, now: datetime.datetime) -> Place:
    """Return what to sort by: class, front of it or not, share of the target waited (ageing classes), arrival."""
    queued = contact.queued_at or now
    strict = contact.urgency in STRICT
    kind = STRICT.index(contact.urgency) if strict else len(STRICT)
    share = 0.0 if strict else (now - queued).total_seconds() / TARGETS[contact.urgency]
    return (kind, not contact.placed_front, -share, queued, str(contact.pk))


def in_order(contacts: Iterable[Contact], now: datetime.datetime) -> list[Contact]:
    """Return these waiting contacts in the order in which they are served."""
    return sorted(contacts, key=lambda contact: place(contact, now))


def waiting_in_order(now: datetime.datetime | None = None) -> list[Contact]:
    """Return all waiting contacts, rehearsals too, in the order in which they are served."""
    return in_order(Contact.objects.filter(state=ContactState.WAITING), now or timezone.now())


# How many are ahead -------------------------------------------------------------------------------------------------


def _waiting_like(contact: Contact) -> QuerySet[Contact]:
    return Contact.objects.filter(state=ContactState.WAITING, rehearsal=contact.rehearsal).exclude(pk=contact.pk)


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
    if contact.placed_front:
        return mine & Q(placed_front=True) & earlier
    return mine & (Q(placed_front=True) | earlier)


def ahead_of(contact: Contact, now: datetime.datetime | None = None) -> int:
    """Return how many waiting callers are served before this one; rehearsals and real callers never count together."""
    if contact.queued_at is None:
        return 0
    higher = Q(urgency__in=[level for level in STRICT if level < contact.urgency])
    return _waiting_like(contact).filter(higher | _earlier_in_class(contact, now or timezone.now())).count()


# How long it may take -----------------------------------------------------------------------------------------------


def _pace_of(rehearsal: bool, now: datetime.datetime) -> float | None:  # noqa: FBT001  a key of the cache below
    """Return the median of the seconds between two contacts that the same volunteer accepted, of the last 24 hours."""
    accepted = Offer.objects.filter(
        state=OfferState.ACCEPTED, answered_at__gt=now - PACE_FROM, contact__rehearsal=rehearsal
    )
    last: dict[object, datetime.datetime] = {}
    intervals = []
    for member_id, at in accepted.order_by("answered_at").values_list("member_id", "answered_at"):
        if member_id in last:
            intervals.append((at - last[member_id]).total_seconds())
        last[member_id] = at
    return statistics.median(intervals) if len(intervals) >= FEWEST else None


@functools.lru_cache(maxsize=4)
def _pace_kept(rehearsal: bool, _minute: int) -> float | None:  # noqa: FBT001
    return _pace_of(rehearsal, timezone.now())


def _pace(*, rehearsal: bool, now: datetime.datetime) -> float | None:
    return _pace_kept(rehearsal, int(now.timestamp() // PACE_KEPT))


def forget_pace() -> None:
    """Measure anew at the next question."""
    _pace_kept.cache_clear()


def expected_wait(contact: Contact, now: datetime.datetime | None = None) -> int | None:
    """Return the seconds this caller may still wait, or None when nobody is ready or too little is known.

    Measured, not promised: each ready volunteer takes somebody once per median interval, so one place takes that
    interval divided by how many are ready.
    """
    now = now or timezone.now()
    ready = presence.ready(now).filter(member__rehearsal=contact.rehearsal).count()
    pace = _pace(rehearsal=contact.rehearsal, now=now) if ready else None
    if pace is None:
        return None
    return round((ahead_of(contact, now) + 1) * pace / ready)
